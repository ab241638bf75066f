//! The refresh token grant (RFC 6749 §6): a session goes on, with the next token of its family.

use jiff::SignedDuration;

use super::client::Caller;
use super::{Found, NotGranted, TokenRequest};
use crate::auth::{Auth, SessionLifetimes};
use crate::scope::Scopes;
use crate::store::{Rotated, Rotation, Session, Sessions};
use crate::token::{RefreshToken, Salt};
use crate::user::Account;

/// Spends the presented token, and makes its successor.
pub(super) async fn go_on<U: Account>(
    auth: &Auth<U>,
    caller: &Caller,
    request: &TokenRequest,
    asked: Option<Scopes>,
) -> Result<Found, NotGranted> {
    let sessions = auth.sessions().ok_or(NotGranted::UnsupportedGrantType)?;
    let text = request
        .refresh_token
        .as_ref()
        .ok_or(NotGranted::InvalidRequest("refresh_token is missing"))?;
    let presented = RefreshToken::parse(text).ok_or(NotGranted::InvalidRefreshToken)?;
    let session = sessions.find_session(presented.session()).await?;
    // Another client's token stays as it is: whoever presents it does not own it (RFC 6749 §10.4).
    let session = session
        .filter(|session| session.client == caller.id())
        .ok_or(NotGranted::InvalidRefreshToken)?;
    // Every access token shows a session's id: to know it must tell nothing of the session, and cost
    // no write.
    let family = sessions.find_family(presented.session()).await?;
    let family = family
        .filter(|family| family.shared == presented.family_digest())
        .ok_or(NotGranted::InvalidRefreshToken)?;
    let user = user_of(auth, &session).await?;
    let still = caller.limit(&session.scopes.intersection(&user.scopes()));
    let scopes = match narrowed(still, asked) {
        // Before anything is spent: a scope that is refused must not cost the session. A token that was
        // spent is judged all the same, whatever it asks for.
        Err(refused) if family.present == presented.digest() => return Err(refused),
        judged => judged,
    };
    let idle_seconds = caller.session_lifetimes(auth).idle_seconds;
    let successor = rotate(auth, sessions, &presented, idle_seconds).await?;
    let left = session.ends_at.as_second() - auth.now().as_second();
    Ok(Found {
        seconds_left: u32::try_from(left).unwrap_or_default(),
        subject: user.subject().into_owned(),
        epoch: user.epoch(),
        session_id: session.id,
        refresh_token: Some(successor.text()),
        scopes: scopes?,
    })
}

/// The user of the session, if it is active, and of the epoch of the login.
async fn user_of<U: Account>(auth: &Auth<U>, session: &Session) -> Result<U, NotGranted> {
    let owner = session.user.as_ref();
    let subject = owner.ok_or(NotGranted::InvalidRefreshToken)?.as_str();
    let user = auth.users().find_by_subject(subject).await?;
    user.filter(|user| user.is_active() && user.epoch() == session.epoch)
        .ok_or(NotGranted::InvalidRefreshToken)
}

/// What was granted at the login, as far as user and client still have it, or less where less is asked
/// for. More is refused (RFC 6749 §6).
fn narrowed(still: Scopes, asked: Option<Scopes>) -> Result<Scopes, NotGranted> {
    match asked {
        None => Ok(still),
        Some(asked) if asked.is_subset(&still) => Ok(asked),
        Some(_) => Err(NotGranted::InvalidScope(
            "a refresh token cannot widen what was granted",
        )),
    }
}

/// The successor of the presented token. A retry gets the same one again.
async fn rotate<U: Account>(
    auth: &Auth<U>,
    sessions: &dyn Sessions,
    presented: &RefreshToken,
    idle_seconds: u32,
) -> Result<RefreshToken, NotGranted> {
    let salt = Salt::random()?;
    let successor = presented.successor(&salt);
    let now = auth.now();
    let seconds = |seconds: u32| SignedDuration::from_secs(i64::from(seconds));
    let idle = seconds(idle_seconds);
    let retry = seconds(SessionLifetimes::RETRY_SECONDS);
    let rotation = Rotation {
        session: presented.session().to_owned(),
        family: presented.family_digest(),
        presented: presented.digest(),
        successor: successor.digest(),
        salt,
        now,
        idle_until: now.saturating_add(idle).unwrap_or(now),
        retry_since: now.saturating_sub(retry).unwrap_or(now),
    };
    match sessions.rotate_session(rotation).await? {
        Rotated::Rotated => Ok(successor),
        Rotated::Retried(salt) => Ok(presented.successor(&salt)),
        Rotated::Replayed => {
            auth.counters().replay();
            tracing::warn!(
                session = presented.session(),
                "a spent refresh token was presented again: the session is ended"
            );
            Err(NotGranted::InvalidRefreshToken)
        }
        Rotated::Unknown => Err(NotGranted::InvalidRefreshToken),
    }
}
