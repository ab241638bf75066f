//! What is asked of a database about sessions: one for each login, and the family of its refresh
//! tokens.

use jiff::Timestamp;

use super::Answer;
use crate::client::ClientId;
use crate::scope::Scopes;
use crate::token::{Epoch, Salt, TokenDigest};
use crate::user::UserId;

/// A login that begins.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// 128 bits in base64url, 22 characters; the `sid` of its access tokens.
    pub id: String,
    /// Whose it is.
    pub user: UserId,
    /// By which client.
    pub client: ClientId,
    /// What was granted; refresh tokens carry it on (RFC 6749 §6).
    pub scopes: Scopes,
    /// The user's epoch at the login.
    pub epoch: Epoch,
    /// Its first refresh token, if it has any.
    pub refresh: Option<FirstRefresh>,
    /// What the client called itself, at most 256 characters.
    pub user_agent: Option<String>,
    /// When it begins.
    pub created_at: Timestamp,
    /// Until when it must be used, or it ends.
    pub idle_until: Timestamp,
    /// When it ends in any case.
    pub ends_at: Timestamp,
}

/// What is kept of a session's first refresh token.
#[derive(Debug, Clone, Copy)]
pub struct FirstRefresh {
    /// The digest of what all its tokens share.
    pub family: TokenDigest,
    /// The digest of the token.
    pub token: TokenDigest,
}

/// A session, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The `sid` of its access tokens.
    pub id: String,
    /// Whose it is.
    pub user: UserId,
    /// By which client.
    pub client: ClientId,
    /// What was granted.
    pub scopes: Scopes,
    /// The user's epoch at the login.
    pub epoch: Epoch,
    /// What the client called itself.
    pub user_agent: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When a token was last issued for it.
    pub last_used_at: Timestamp,
    /// Until when it must be used, or it ends.
    pub idle_until: Timestamp,
    /// When it ends in any case.
    pub ends_at: Timestamp,
}

impl Session {
    /// Whether it is over by now.
    pub fn is_over(&self, now: Timestamp) -> bool {
        now >= self.idle_until || now >= self.ends_at
    }
}

/// One use of a refresh token.
#[derive(Debug, Clone)]
pub struct Rotation {
    /// The session that the token names.
    pub session: String,
    /// The digest of the family's secret in the presented token.
    pub family: TokenDigest,
    /// The digest of the presented token.
    pub presented: TokenDigest,
    /// The digest of its successor under `salt`.
    pub successor: TokenDigest,
    /// What makes the successor, should the presented token be the present one.
    pub salt: Salt,
    /// Now.
    pub now: Timestamp,
    /// Until when the session must be used again.
    pub idle_until: Timestamp,
    /// Since when a rotation may be retried: now, less the time to retry.
    pub retry_since: Timestamp,
}

/// What became of a use of a refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotated {
    /// It was the present one, and is spent: the successor took its place.
    Rotated,
    /// It was spent a moment ago, and its successor is unused: here is the salt that made it.
    Retried(Salt),
    /// It was spent before: the session is ended.
    Replayed,
    /// No such session, or no token of it: nothing is changed.
    Unknown,
}

/// Sessions, and the families of refresh tokens. Each verb is atomic: of two uses of one token at the
/// same instant, one rotates, and the other is a retry.
pub trait Sessions: Send + Sync + 'static {
    /// Begins a session.
    fn insert_session(&self, session: NewSession) -> Answer<'_, ()>;

    /// The session with this id, over or not.
    fn find_session<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Session>>;

    /// The sessions of a user, over or not, the newest first.
    fn list_sessions<'a>(&'a self, user: &'a UserId) -> Answer<'a, Vec<Session>>;

    /// Uses a refresh token: compares, spends and replaces at once.
    fn rotate_session(&self, rotation: Rotation) -> Answer<'_, Rotated>;

    /// Ends a session. Answers whether it was there.
    fn delete_session<'a>(&'a self, id: &'a str) -> Answer<'a, bool>;

    /// Ends all sessions of a user. Answers how many there were.
    fn delete_sessions<'a>(&'a self, user: &'a UserId) -> Answer<'a, u64>;

    /// Removes the sessions that are over at `now`, and the salts of rotations before `retry_since`.
    fn sweep_sessions(&self, now: Timestamp, retry_since: Timestamp) -> Answer<'_, ()>;
}
