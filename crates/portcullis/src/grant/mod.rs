//! Why a token may be issued: the steps that every grant shares, written once.

mod password;

use crate::account::NotChecked;
use crate::auth::Auth;
use crate::client::{ClientCredentials, ClientId};
use crate::scope::Scopes;
use crate::secret::Password;
use crate::token::{Grant, NotIssued};
use crate::user::Account;

/// A request for a token, as the form says it. Parameters that were empty are absent.
#[derive(Debug, Default)]
pub(crate) struct TokenRequest {
    /// `grant_type`.
    pub(crate) grant_type: Option<String>,
    /// `username`.
    pub(crate) username: Option<String>,
    /// `password`.
    pub(crate) password: Option<Password>,
    /// `scope`.
    pub(crate) scope: Option<String>,
    /// The client.
    pub(crate) client: ClientCredentials,
}

/// A token that was issued.
pub(crate) struct Granted {
    /// The access token.
    pub(crate) access_token: String,
    /// How long it is valid, in seconds.
    pub(crate) expires_in: u32,
    /// What it allows.
    pub(crate) scopes: Scopes,
}

/// Why no token was issued (RFC 6749 §5.2).
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotGranted {
    /// Something is missing or malformed.
    #[error("{0}")]
    InvalidRequest(&'static str),
    /// The client is unknown, or did not prove itself.
    #[error("the client is not known")]
    InvalidClient {
        /// Whether it tried with an `Authorization` header.
        from_header: bool,
    },
    /// The name or the password is wrong.
    #[error("the username or the password is wrong")]
    InvalidGrant,
    /// The scope is malformed, unknown, or too much.
    #[error("{0}")]
    InvalidScope(&'static str),
    /// The grant is unknown.
    #[error("this grant type is not offered")]
    UnsupportedGrantType,
    /// The password was not checked.
    #[error(transparent)]
    NotChecked(#[from] NotChecked),
    /// The token was not made.
    #[error(transparent)]
    NotIssued(#[from] NotIssued),
}

/// Issues a token, or says why not.
///
/// # Errors
/// [`NotGranted`].
pub(crate) async fn issue<U: Account>(
    auth: &Auth<U>,
    request: TokenRequest,
) -> Result<Granted, NotGranted> {
    // 1. The client.
    let client = find_client(&request.client)?;
    // 2. The grant, and the scope as far as it can be judged without the user.
    grant_type(auth, &request)?;
    let asked = asked_scopes(auth, request.scope.as_deref())?;
    // 3. What the grant itself asks for.
    let user = password::find_user(auth, &request).await?;
    // 4. The token.
    let scopes = granted_scopes(&user, asked)?;
    let issued = auth.issuer().issue(
        &Grant {
            subject: &user.subject(),
            client_id: client.as_str(),
            epoch: user.epoch(),
            scopes: &scopes,
        },
        auth.now(),
    )?;
    Ok(Granted {
        access_token: issued.token,
        expires_in: issued.expires_in,
        scopes,
    })
}

/// A request without a client is the built-in one's, which is public: it has no secret to prove.
fn find_client(credentials: &ClientCredentials) -> Result<ClientId, NotGranted> {
    let known = match &credentials.id {
        None => true,
        Some(id) => id == ClientId::FIRST_PARTY,
    };
    if known && credentials.secret.is_none() {
        return Ok(ClientId::first_party());
    }
    Err(NotGranted::InvalidClient {
        from_header: credentials.from_header,
    })
}

fn grant_type<U: Account>(auth: &Auth<U>, request: &TokenRequest) -> Result<(), NotGranted> {
    match request.grant_type.as_deref() {
        Some("password") => Ok(()),
        Some(_) => Err(NotGranted::UnsupportedGrantType),
        None if auth.settings().strict => Err(NotGranted::InvalidRequest("grant_type is missing")),
        // FastAPI's form does not ask for it.
        None => Ok(()),
    }
}

/// What the request asks for; `None` when it leaves that to us.
fn asked_scopes<U: Account>(
    auth: &Auth<U>,
    scope: Option<&str>,
) -> Result<Option<Scopes>, NotGranted> {
    let Some(scope) = scope else {
        return Ok(None);
    };
    let asked = Scopes::parse(scope).map_err(|_| {
        NotGranted::InvalidScope("scope is malformed: scopes are separated by single spaces")
    })?;
    let declared = &auth.settings().scopes;
    if asked.iter().any(|scope| !declared.contains_key(scope)) {
        return Err(NotGranted::InvalidScope(
            "a scope in the request does not exist here",
        ));
    }
    Ok(Some(asked))
}

/// What is asked for and the user has. An inactive user's token allows nothing, whatever was asked.
fn granted_scopes<U: Account>(user: &U, asked: Option<Scopes>) -> Result<Scopes, NotGranted> {
    if !user.is_active() {
        return Ok(Scopes::none());
    }
    match asked {
        None => Ok(user.scopes().into_owned()),
        Some(asked) => {
            let granted = asked.intersection(&user.scopes());
            if granted.is_empty() {
                return Err(NotGranted::InvalidScope(
                    "none of the scopes in the request may be granted",
                ));
            }
            Ok(granted)
        }
    }
}
