//! The password grant (RFC 6749 §4.3), for first parties: a login, which begins a session.

use super::client::{self, Caller};
use super::session::{Beginning, Life, begin_session};
use super::{Found, NotGranted, TokenRequest, some_of};
use crate::account::{Login, LoginName};
use crate::auth::{Auth, InactiveLogin, UnverifiedLogin};
use crate::client::GrantType;
use crate::scope::Scopes;
use crate::secret::Password;
use crate::user::{Account, UserId};

/// Checks the password, and begins a session where sessions are kept.
pub(super) async fn begin<U: Account>(
    auth: &Auth<U>,
    caller: &Caller,
    request: &TokenRequest,
    asked: Option<Scopes>,
) -> Result<Found, NotGranted> {
    let user = find_user(auth, request).await?;
    let scopes = granted_scopes(&user, caller, asked)?;
    let subject = user.subject().into_owned();
    // An inactive user gets an access token alone, which says why nothing works.
    let is_renewable = user.is_active() && caller.may(GrantType::RefreshToken);
    let beginning = Beginning {
        user: Some((UserId::new(&*subject), user.epoch())),
        client: caller.id(),
        scopes: &scopes,
        user_agent: request.user_agent.as_deref(),
        life: if is_renewable {
            Life::Renewable(caller.session_lifetimes(auth))
        } else {
            Life::OneToken(caller.access_token_seconds(auth))
        },
    };
    let seconds_left = beginning.life.seconds();
    let (session_id, refresh_token) = begin_session(auth, beginning).await?;
    Ok(Found {
        seconds_left,
        subject,
        epoch: user.epoch(),
        session_id,
        refresh_token: refresh_token.map(|token| token.text()),
        scopes,
    })
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
    let name = if auth.settings().login_email {
        LoginName::UsernameOrEmail(username)
    } else {
        LoginName::Username(username)
    };
    let settings = auth.settings();
    let may_be_unverified = settings.unverified_login == UnverifiedLogin::Allow;
    let login = Login {
        name,
        password,
        may_succeed: |user: &U| may_be_unverified || !user.is_unverified(),
    };
    let user = login.check(auth.users(), auth.pool()).await?;
    let user = user.ok_or(NotGranted::InvalidGrant)?;
    if !user.is_active() && settings.inactive_login == InactiveLogin::Refuse
        || !(login.may_succeed)(&user)
    {
        return Err(NotGranted::InvalidGrant);
    }
    if client::is_named(auth, &user.subject()).await? {
        tracing::error!(
            subject = &*user.subject(),
            "a user's subject is a client's identifier: the user cannot sign in"
        );
        return Err(NotGranted::InvalidGrant);
    }
    Ok(user)
}

/// What is asked for, as far as the user has it and the client may; all of that, when nothing is asked
/// for.
fn granted_scopes<U: Account>(
    user: &U,
    caller: &Caller,
    asked: Option<Scopes>,
) -> Result<Scopes, NotGranted> {
    // An inactive user's token says who it is, and allows nothing.
    if !user.is_active() {
        return Ok(Scopes::none());
    }
    let may = caller.limit(&user.scopes());
    match asked {
        None => Ok(may),
        Some(asked) => some_of(asked.intersection(&may)),
    }
}
