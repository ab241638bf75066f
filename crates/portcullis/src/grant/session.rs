//! A session begins (a login, or a client's own): what a store is told of it.

use jiff::{SignedDuration, Timestamp};

use super::NotGranted;
use crate::auth::{Auth, SessionLifetimes};
use crate::client::ClientId;
use crate::scope::Scopes;
use crate::secret::random_id;
use crate::store::{FirstRefresh, NewSession};
use crate::token::{Epoch, RefreshToken};
use crate::user::{Account, UserId};

/// Most characters that are kept of what a client's program calls itself.
const USER_AGENT: usize = 256;

/// For whom a session begins, and what it allows.
pub(crate) struct Beginning<'a> {
    /// The user and its epoch; `None` for the client itself.
    pub(crate) user: Option<(UserId, Epoch)>,
    pub(crate) client: ClientId,
    pub(crate) scopes: &'a Scopes,
    pub(crate) user_agent: Option<&'a str>,
    pub(crate) life: Life,
}

/// How long a session lives.
#[derive(Clone, Copy)]
pub(crate) enum Life {
    /// As long as it is renewed in time, by refresh tokens.
    Renewable(SessionLifetimes),
    /// As long as its one access token, in seconds.
    OneToken(u32),
}

impl Life {
    /// The longest that it can be.
    pub(super) const fn seconds(self) -> u32 {
        match self {
            Self::Renewable(lives) => lives.seconds,
            Self::OneToken(seconds) => seconds,
        }
    }
}

/// Begins a session where sessions are kept: its id, and its first refresh token.
pub(crate) async fn begin_session<U: Account>(
    auth: &Auth<U>,
    beginning: Beginning<'_>,
) -> Result<(String, Option<RefreshToken>), NotGranted> {
    let session_id = random_id()?;
    let Some(sessions) = auth.sessions() else {
        return Ok((session_id, None));
    };
    let (idle_seconds, seconds, first) = match beginning.life {
        Life::OneToken(seconds) => (seconds, seconds, None),
        Life::Renewable(lives) => {
            let first = RefreshToken::first(&session_id)?;
            (lives.idle_seconds, lives.seconds, Some(first))
        }
    };
    let now = auth.now();
    let (user, epoch) = beginning.user.unzip();
    let session = NewSession {
        id: session_id.clone(),
        user,
        client: beginning.client,
        scopes: beginning.scopes.clone(),
        epoch: epoch.unwrap_or_default(),
        refresh: first.as_ref().map(|token| FirstRefresh {
            family: token.family_digest(),
            token: token.digest(),
        }),
        user_agent: beginning.user_agent.map(shortened),
        created_at: now,
        idle_until: after(now, idle_seconds),
        ends_at: after(now, seconds),
    };
    sessions.insert_session(session).await?;
    Ok((session_id, first))
}

fn after(now: Timestamp, seconds: u32) -> Timestamp {
    now.saturating_add(SignedDuration::from_secs(i64::from(seconds)))
        .unwrap_or(Timestamp::MAX)
}

fn shortened(text: &str) -> String {
    text.chars().take(USER_AGENT).collect()
}
