//! The columns of a session, read alike from either engine.

use jiff::Timestamp;
use portcullis::client::ClientId;
use portcullis::scope::{MalformedScope, Scopes};
use portcullis::store::{Family, Session, Spent};
use portcullis::token::{Epoch, Salt, TokenDigest};
use portcullis::user::UserId;

/// The columns that make a session, in the order in which both engines select them.
macro_rules! session_columns {
    () => {
        "id, user_id, client_id, scopes, epoch, user_agent, created_at, last_used_at, idle_until, \
         ends_at"
    };
}
pub(crate) use session_columns;

/// The columns that make the family of a session's refresh tokens.
macro_rules! family_columns {
    () => {
        "family_digest, token_digest, spent_digest, salt, rotated_at_ms"
    };
}
pub(crate) use family_columns;

/// How many rows one transaction of a sweep removes: nobody else waits long for it.
pub(crate) const SWEPT_AT_ONCE: u32 = 1_000;
/// How many transactions one sweep makes. What is left then is left for the next one.
pub(crate) const SWEEPS: u32 = 100;

/// A row's values, borrowed from wherever the engine keeps them.
pub(crate) struct SessionColumns<'a> {
    pub(crate) id: &'a str,
    pub(crate) user: Option<&'a str>,
    pub(crate) client: &'a str,
    pub(crate) scopes: &'a str,
    pub(crate) epoch: i64,
    pub(crate) user_agent: Option<&'a str>,
    /// `created_at`, `last_used_at`, `idle_until` and `ends_at`, in seconds.
    pub(crate) times: [i64; 4],
}

/// A value that the database took and that cannot be. The session is refused then, not guessed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnreadableSession {
    #[error("the session {id} has malformed scopes: {cause}")]
    Scopes { id: String, cause: MalformedScope },
    #[error("the session {id} has an impossible time: {cause}")]
    Time { id: String, cause: jiff::Error },
    #[error("what is kept of a refresh token is not what was put there")]
    Family,
}

impl SessionColumns<'_> {
    pub(crate) fn read(self) -> Result<Session, UnreadableSession> {
        let id = || self.id.to_owned();
        let time = |second| {
            Timestamp::from_second(second)
                .map_err(|cause| UnreadableSession::Time { id: id(), cause })
        };
        let [created_at, last_used_at, idle_until, ends_at] = self.times;
        Ok(Session {
            id: id(),
            user: self.user.map(UserId::new),
            client: ClientId::new(self.client),
            scopes: Scopes::parse(self.scopes)
                .map_err(|cause| UnreadableSession::Scopes { id: id(), cause })?,
            epoch: Epoch::new(self.epoch),
            user_agent: self.user_agent.map(str::to_owned),
            created_at: time(created_at)?,
            last_used_at: time(last_used_at)?,
            idle_until: time(idle_until)?,
            ends_at: time(ends_at)?,
        })
    }
}

/// What a row keeps of refresh tokens, borrowed from wherever the engine keeps it.
pub(crate) struct FamilyColumns<'a> {
    pub(crate) shared: &'a [u8],
    pub(crate) present: &'a [u8],
    pub(crate) spent: Option<&'a [u8]>,
    pub(crate) salt: Option<&'a [u8]>,
    /// When, in milliseconds.
    pub(crate) rotated_at: Option<i64>,
}

impl FamilyColumns<'_> {
    pub(crate) fn read(self) -> Result<Family, UnreadableSession> {
        let spent = match (self.spent, self.salt, self.rotated_at) {
            (Some(token), Some(salt), Some(at)) => Some(Spent {
                token: digest(token)?,
                salt: Salt::from_bytes(bytes(salt)?),
                at: Timestamp::from_millisecond(at).map_err(|_| UnreadableSession::Family)?,
            }),
            _ => None,
        };
        Ok(Family {
            shared: digest(self.shared)?,
            present: digest(self.present)?,
            spent,
        })
    }
}

fn digest(column: &[u8]) -> Result<TokenDigest, UnreadableSession> {
    Ok(TokenDigest::from_bytes(bytes(column)?))
}

fn bytes(column: &[u8]) -> Result<[u8; 32], UnreadableSession> {
    column.try_into().map_err(|_| UnreadableSession::Family)
}
