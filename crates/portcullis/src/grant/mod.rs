//! Why a token may be issued: the steps that every grant shares, written once.

mod client;
mod client_credentials;
mod count;
mod end;
mod introspect;
mod password;
mod refresh_token;
mod session;
mod token;

pub(crate) use end::end_session;
pub(crate) use introspect::{Introspected, introspect};
pub(crate) use session::{Beginning, Life, begin_session};

use zeroize::Zeroizing;

use crate::account::NotChecked;
use crate::auth::{Asked, Auth};
use crate::client::{ClientCredentials, GrantType};
use crate::scope::Scopes;
use crate::secret::{NoRandomness, Password};
use crate::store::StoreError;
use crate::token::{Epoch, Grant, NotIssued};
use crate::user::Account;

/// What a client asks for, parsed but not yet believed. Most of it is secret, so it is never printed.
#[derive(Default)]
pub(crate) struct TokenRequest {
    pub(crate) grant_type: Option<String>,
    pub(crate) username: Option<String>,
    pub(crate) password: Option<Password>,
    pub(crate) refresh_token: Option<Zeroizing<String>>,
    pub(crate) scope: Option<String>,
    pub(crate) client: ClientCredentials,
    /// What the client's program calls itself.
    pub(crate) user_agent: Option<String>,
}

/// Tokens, and what they allow.
pub(crate) struct Granted {
    pub(crate) access_token: String,
    pub(crate) expires_in: u32,
    pub(crate) refresh_token: Option<Zeroizing<String>>,
    pub(crate) scopes: Scopes,
}

/// What a grant found: for whom, in which session, and how much.
struct Found {
    subject: String,
    epoch: Epoch,
    session_id: String,
    /// For how long the session goes on at most, in seconds: no token outlives it.
    seconds_left: u32,
    refresh_token: Option<Zeroizing<String>>,
    scopes: Scopes,
}

/// Why no token is issued (RFC 6749 §5.2).
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotGranted {
    #[error("{0}")]
    InvalidRequest(&'static str),
    #[error("the client is not known")]
    InvalidClient {
        /// Whether the client used the `Authorization` header.
        from_header: bool,
    },
    /// One text for a wrong password and an unknown name.
    #[error("the username or the password is wrong")]
    InvalidGrant,
    /// One text for a refresh token that is unknown, spent, expired, revoked or somebody else's.
    #[error("the refresh token is not valid")]
    InvalidRefreshToken,
    #[error("{0}")]
    InvalidScope(&'static str),
    #[error("this grant type is not offered")]
    UnsupportedGrantType,
    #[error("the client may not use this grant type")]
    UnauthorizedClient,
    #[error(transparent)]
    NotChecked(#[from] NotChecked),
    #[error(transparent)]
    NotIssued(#[from] NotIssued),
}

impl From<StoreError> for NotGranted {
    fn from(error: StoreError) -> Self {
        NotChecked::from(error).into()
    }
}

impl From<NoRandomness> for NotGranted {
    fn from(error: NoRandomness) -> Self {
        NotIssued::from(error).into()
    }
}

/// Decides on a request for a token.
pub(crate) async fn issue<U: Account>(
    auth: &Auth<U>,
    request: TokenRequest,
) -> Result<Granted, NotGranted> {
    let asked = Asked::of(request.grant_type.as_deref());
    let decision = decide(auth, request).await;
    count::decided(auth, asked, &decision);
    decision
}

async fn decide<U: Account>(auth: &Auth<U>, request: TokenRequest) -> Result<Granted, NotGranted> {
    // 1. The client.
    let caller = client::find(auth, &request.client).await?;
    // 2. The grant, and the scope as far as it can be judged without the user.
    let grant = offered_grant(auth, &request)?;
    if !caller.may(grant) {
        return Err(NotGranted::UnauthorizedClient);
    }
    let asked = asked_scopes(auth, request.scope.as_deref())?;
    // 3. What the grant itself asks for, and the session.
    let found = match grant {
        GrantType::Password => password::begin(auth, &caller, &request, asked).await?,
        GrantType::RefreshToken => refresh_token::go_on(auth, &caller, &request, asked).await?,
        GrantType::ClientCredentials => client_credentials::begin(auth, &caller, asked).await?,
    };
    // 4. The token.
    let lifetime = caller.access_token_seconds(auth).min(found.seconds_left);
    let issued = auth.issuer().lasting(lifetime).issue(
        &Grant {
            subject: &found.subject,
            client_id: caller.id().as_str(),
            session_id: &found.session_id,
            epoch: found.epoch,
            scopes: &found.scopes,
        },
        auth.now(),
    )?;
    Ok(Granted {
        access_token: issued.token,
        expires_in: issued.expires_in,
        refresh_token: found.refresh_token,
        scopes: found.scopes,
    })
}

/// The grant that is asked for, if it is offered here.
fn offered_grant<U: Account>(
    auth: &Auth<U>,
    request: &TokenRequest,
) -> Result<GrantType, NotGranted> {
    let grant = match request.grant_type.as_deref() {
        Some(name) => GrantType::named(name),
        None if auth.settings().strict => {
            return Err(NotGranted::InvalidRequest("grant_type is missing"));
        }
        // FastAPI's form does not ask for it.
        None => Some(GrantType::Password),
    };
    grant
        .filter(|grant| auth.offers(*grant))
        .ok_or(NotGranted::UnsupportedGrantType)
}

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

/// What is left of the scopes in a request, if anything is.
fn some_of(left: Scopes) -> Result<Scopes, NotGranted> {
    if left.is_empty() {
        return Err(NotGranted::InvalidScope(
            "none of the scopes in the request may be granted",
        ));
    }
    Ok(left)
}
