//! The password grant (RFC 6749 §4.3), for first parties: a login, which begins a session.

use jiff::{SignedDuration, Timestamp};

use super::{Found, NotGranted, TokenRequest};
use crate::account::authenticate;
use crate::auth::{Auth, InactiveLogin};
use crate::client::ClientId;
use crate::scope::Scopes;
use crate::secret::{Password, random_id};
use crate::store::{FirstRefresh, NewSession};
use crate::token::RefreshToken;
use crate::user::{Account, UserId};

/// Most characters that are kept of what a client's program calls itself.
const USER_AGENT: usize = 256;

/// Checks the password, and begins a session where sessions are kept.
pub(super) async fn begin<U: Account>(
    auth: &Auth<U>,
    client: &ClientId,
    request: &TokenRequest,
    asked: Option<Scopes>,
) -> Result<Found<U>, NotGranted> {
    let user = find_user(auth, request).await?;
    let scopes = granted_scopes(&user, asked)?;
    let granted = (&scopes, request.user_agent.as_deref());
    let (session_id, refresh_token) = begin_session(auth, &user, client, granted).await?;
    Ok(Found {
        user,
        session_id,
        refresh_token: refresh_token.map(|token| token.text()),
        scopes,
    })
}

/// Begins a session where sessions are kept: its id, and its first refresh token. `granted` is what it
/// allows, and what the client's program calls itself.
pub(crate) async fn begin_session<U: Account>(
    auth: &Auth<U>,
    user: &U,
    client: &ClientId,
    (scopes, user_agent): (&Scopes, Option<&str>),
) -> Result<(String, Option<RefreshToken>), NotGranted> {
    let session_id = random_id()?;
    let Some(sessions) = auth.sessions() else {
        return Ok((session_id, None));
    };
    // An inactive user gets an access token alone, which says why nothing works.
    let first = if user.is_active() {
        Some(RefreshToken::first(&session_id)?)
    } else {
        None
    };
    let (idle_until, ends_at) = ends(auth, first.is_some());
    let session = NewSession {
        id: session_id.clone(),
        user: UserId::new(&*user.subject()),
        client: client.clone(),
        scopes: scopes.clone(),
        epoch: user.epoch(),
        refresh: first.as_ref().map(|token| FirstRefresh {
            family: token.family_digest(),
            token: token.digest(),
        }),
        user_agent: user_agent.map(shortened),
        created_at: auth.now(),
        idle_until,
        ends_at,
    };
    sessions.insert_session(session).await?;
    Ok((session_id, first))
}

/// Until when a session must be used, and when it ends in any case.
fn ends<U: Account>(auth: &Auth<U>, is_renewable: bool) -> (Timestamp, Timestamp) {
    let settings = auth.settings();
    let now = auth.now();
    let after = |seconds: u32| {
        now.saturating_add(SignedDuration::from_secs(i64::from(seconds)))
            .unwrap_or(Timestamp::MAX)
    };
    if is_renewable {
        let lifetimes = settings.session_lifetimes;
        (after(lifetimes.idle_seconds), after(lifetimes.seconds))
    } else {
        let end = after(settings.access_token_seconds);
        (end, end)
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(USER_AGENT).collect()
}

/// The user, if the password is right.
async fn find_user<U: Account>(auth: &Auth<U>, request: &TokenRequest) -> Result<U, NotGranted> {
    let username = request
        .username
        .as_deref()
        .ok_or(NotGranted::InvalidRequest("username is missing"))?;
    let password = request
        .password
        .as_ref()
        .ok_or(NotGranted::InvalidRequest("password is missing"))?;
    if password.expose().len() > Password::MAX_BYTES {
        return Err(NotGranted::InvalidRequest(
            "password is longer than 1,024 bytes",
        ));
    }
    let user = authenticate(auth.users(), auth.pool(), username, password).await?;
    let user = user.ok_or(NotGranted::InvalidGrant)?;
    if !user.is_active() && auth.settings().inactive_login == InactiveLogin::Refuse {
        return Err(NotGranted::InvalidGrant);
    }
    Ok(user)
}

/// What is asked for, as far as the user has it; all that the user has, when nothing is asked for.
fn granted_scopes<U: Account>(user: &U, asked: Option<Scopes>) -> Result<Scopes, NotGranted> {
    // An inactive user's token says who it is, and allows nothing.
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
