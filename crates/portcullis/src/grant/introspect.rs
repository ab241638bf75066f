//! What a token is worth, for those who may ask (RFC 7662).

use jiff::Timestamp;

use super::client::Caller;
use super::token::Token;
use super::{NotGranted, client, token};
use crate::auth::Auth;
use crate::client::{ClientCredentials, ClientId};
use crate::scope::Scopes;
use crate::store::Session;
use crate::token::{Claims, Epoch};
use crate::user::Account;

/// A token that is active (RFC 7662 §2.2).
pub(crate) struct Introspected {
    pub(crate) scopes: Scopes,
    pub(crate) client_id: String,
    pub(crate) username: Option<String>,
    pub(crate) subject: String,
    pub(crate) issued_at: i64,
    pub(crate) expires_at: i64,
    /// `aud` and `jti` of an access token. `None` for a refresh token, which proves nothing to an API.
    pub(crate) access: Option<AccessMembers>,
}

/// What only an access token has.
pub(crate) struct AccessMembers {
    pub(crate) audience: String,
    pub(crate) token_id: String,
}

/// What the token is worth; `None` if it is worth nothing, for whatever reason.
pub(crate) async fn introspect<U: Account>(
    auth: &Auth<U>,
    credentials: &ClientCredentials,
    text: &str,
) -> Result<Option<Introspected>, NotGranted> {
    let caller = client::find(auth, credentials).await?;
    let may = matches!(&caller, Caller::Registered(client) if client.may_introspect);
    if !may {
        // The answer does not tell it from an unknown client, so the operator is told.
        if matches!(caller, Caller::Registered(_)) {
            tracing::warn!(client = %caller.id(), "a client without the right asked about a token");
        }
        return Err(NotGranted::InvalidClient {
            // Who says nothing is told how (RFC 9110 §15.5.2).
            from_header: credentials.from_header || credentials.id.is_none(),
        });
    }
    let Some(token) = token::read(auth, text).await? else {
        return Ok(None);
    };
    let session = match auth.sessions() {
        None => None,
        Some(sessions) => match sessions.find_session(token.session_id()).await? {
            // Every token dies with its session.
            None => return Ok(None),
            found => found,
        },
    };
    match (token, session) {
        (Token::Access(claims), session) => of_access_token(auth, &claims, session).await,
        (
            Token::Refresh {
                is_present: true, ..
            },
            Some(session),
        ) => of_refresh_token(auth, session).await,
        (Token::Refresh { .. }, _) => Ok(None),
    }
}

async fn of_access_token<U: Account>(
    auth: &Auth<U>,
    claims: &Claims,
    session: Option<Session>,
) -> Result<Option<Introspected>, NotGranted> {
    let user = (!claims.is_of_client()).then_some(claims.subject.as_str());
    if let Some(session) = session {
        let owner = session.user.as_ref().map(crate::user::UserId::as_str);
        if owner != user || auth.now() >= session.ends_at {
            return Ok(None);
        }
    }
    let holder = Holder {
        user,
        epoch: claims.epoch,
        client: &ClientId::new(&*claims.client_id),
    };
    let Some((username, may)) = holder.still(auth).await? else {
        return Ok(None);
    };
    Ok(Some(Introspected {
        scopes: claims.scopes.intersection(&may),
        client_id: claims.client_id.clone(),
        username,
        subject: claims.subject.clone(),
        issued_at: claims.issued_at,
        expires_at: claims.expires_at,
        access: Some(AccessMembers {
            audience: auth.settings().audience.clone(),
            token_id: claims.token_id.clone(),
        }),
    }))
}

async fn of_refresh_token<U: Account>(
    auth: &Auth<U>,
    session: Session,
) -> Result<Option<Introspected>, NotGranted> {
    let Some(user) = session
        .user
        .as_ref()
        .filter(|_| !session.is_over(auth.now()))
    else {
        return Ok(None);
    };
    let holder = Holder {
        user: Some(user.as_str()),
        epoch: session.epoch,
        client: &session.client,
    };
    let Some((username, may)) = holder.still(auth).await? else {
        return Ok(None);
    };
    let second = Timestamp::as_second;
    Ok(Some(Introspected {
        scopes: session.scopes.intersection(&may),
        client_id: session.client.as_str().to_owned(),
        username,
        subject: user.as_str().to_owned(),
        issued_at: second(session.last_used_at),
        expires_at: second(session.idle_until.min(session.ends_at)),
        access: None,
    }))
}

/// For whom a token was issued.
struct Holder<'a> {
    /// `None` for the client itself.
    user: Option<&'a str>,
    epoch: Epoch,
    client: &'a ClientId,
}

impl Holder<'_> {
    /// The user's name, and what user and client may now, if both are there, the user is active, and
    /// nothing happened since that ends every earlier token.
    async fn still<U: Account>(
        &self,
        auth: &Auth<U>,
    ) -> Result<Option<(Option<String>, Scopes)>, NotGranted> {
        // The built-in client is there in any case, and may what the user may.
        let of_client = if *self.client == ClientId::first_party() {
            None
        } else {
            let Some(client) = auth.find_client(self.client).await? else {
                return Ok(None);
            };
            Some(client.scopes)
        };
        let Some(subject) = self.user else {
            return Ok(of_client.map(|scopes| (None, scopes)));
        };
        let user = auth.users().find_by_subject(subject).await?;
        let Some(user) = user.filter(|user| user.is_active() && user.epoch() == self.epoch) else {
            return Ok(None);
        };
        let scopes = user.scopes();
        let may = match of_client {
            None => scopes.into_owned(),
            Some(of_client) => scopes.intersection(&of_client),
        };
        Ok(Some((user.username().map(Into::into), may)))
    }
}
