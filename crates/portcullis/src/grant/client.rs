//! Step 1: the client (RFC 6749 §2.3).

use super::NotGranted;
use crate::auth::{Auth, SessionLifetimes};
use crate::client::{Client, ClientCredentials, ClientId, GrantType};
use crate::scope::Scopes;
use crate::user::Account;

/// The client that sends a request.
pub(super) enum Caller {
    /// The built-in one: public, and first party, so that it may whatever the user may.
    FirstParty,
    /// One that an operator registered.
    Registered(Box<Client>),
}

/// The client that sends a request, if it is one, and says so as it must.
pub(super) async fn find<U: Account>(
    auth: &Auth<U>,
    credentials: &ClientCredentials,
) -> Result<Caller, NotGranted> {
    let refused = || NotGranted::InvalidClient {
        from_header: credentials.from_header,
    };
    let presented = credentials.secret.as_ref();
    let id = credentials.id.as_deref().unwrap_or(ClientId::FIRST_PARTY);
    if id == ClientId::FIRST_PARTY {
        return match presented {
            None => Ok(Caller::FirstParty),
            Some(_) => Err(refused()),
        };
    }
    let found = auth.find_client(&ClientId::new(id)).await?;
    let client = found.ok_or_else(refused)?;
    // A public client has no secret: who presents one has taken it for another client.
    let authentic = match (&client.secrets, presented) {
        (None, None) => true,
        (Some(secrets), Some(secret)) => secrets.accept(secret.expose(), auth.now()),
        (None, Some(_)) | (Some(_), None) => false,
    };
    if authentic {
        Ok(Caller::Registered(Box::new(client)))
    } else {
        Err(refused())
    }
}

/// Whether a user's subject is the identifier of a registered client. A token with it would be taken for
/// that client's own (RFC 9068 §5), here or by an API.
pub(super) async fn is_named<U: Account>(
    auth: &Auth<U>,
    subject: &str,
) -> Result<bool, NotGranted> {
    let namesake = auth.find_client(&ClientId::new(subject)).await?;
    Ok(namesake.is_some())
}

impl Caller {
    pub(super) fn id(&self) -> ClientId {
        match self {
            Self::FirstParty => ClientId::first_party(),
            Self::Registered(client) => client.id.clone(),
        }
    }

    pub(super) fn may(&self, grant: GrantType) -> bool {
        match self {
            // It is public, so it has no credentials of its own (RFC 6749 §4.4).
            Self::FirstParty => grant != GrantType::ClientCredentials,
            Self::Registered(client) => {
                client.grants.contains(grant)
                    && !(client.is_public() && grant == GrantType::ClientCredentials)
            }
        }
    }

    /// What the client may, of `scopes`.
    pub(super) fn limit(&self, scopes: &Scopes) -> Scopes {
        match self {
            Self::FirstParty => scopes.clone(),
            Self::Registered(client) => scopes.intersection(&client.scopes),
        }
    }

    /// How long an access token lives, if not as for everybody.
    pub(super) fn access_token_seconds<U: Account>(&self, auth: &Auth<U>) -> u32 {
        let said = match self {
            Self::FirstParty => None,
            Self::Registered(client) => client.lifetimes.access_token_seconds,
        };
        said.unwrap_or(auth.settings().access_token_seconds)
    }

    pub(super) fn session_lifetimes<U: Account>(&self, auth: &Auth<U>) -> SessionLifetimes {
        let usual = auth.settings().session_lifetimes;
        match self {
            Self::FirstParty => usual,
            Self::Registered(client) => {
                let said = client.lifetimes;
                SessionLifetimes {
                    idle_seconds: said.session_idle_seconds.unwrap_or(usual.idle_seconds),
                    seconds: said.session_seconds.unwrap_or(usual.seconds),
                }
            }
        }
    }
}
