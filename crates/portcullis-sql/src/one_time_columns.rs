//! The columns of a one-time token, read alike from either engine.

use jiff::Timestamp;
use portcullis::scope::{MalformedScope, Scopes};
use portcullis::store::KeptToken;
use portcullis::token::{Epoch, Purpose, TokenDigest};
use portcullis::user::{EmailAddress, InvalidEmailAddress, UserId};

/// The columns that make a one-time token, in the order in which both engines select them.
macro_rules! one_time_columns {
    () => {
        "digest, purpose, user_id, address, epoch, scopes, created_at, expires_at"
    };
}
pub(crate) use one_time_columns;

/// A row's values, borrowed from wherever the engine keeps them.
pub(crate) struct OneTimeColumns<'a> {
    pub(crate) digest: &'a [u8],
    pub(crate) purpose: &'a str,
    pub(crate) user: Option<&'a str>,
    pub(crate) address: &'a str,
    pub(crate) epoch: i64,
    pub(crate) scopes: &'a str,
    /// `created_at` and `expires_at`, in seconds.
    pub(crate) times: [i64; 2],
}

/// A value that the database took and that cannot be. The token is refused then, not guessed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnreadableToken {
    #[error("a one-time token's digest is not what was put there")]
    Digest,
    #[error("a one-time token has an unknown purpose")]
    Purpose,
    #[error("a one-time token was sent to an impossible address: {0}")]
    Address(#[from] InvalidEmailAddress),
    #[error("a one-time token has malformed scopes: {0}")]
    Scopes(#[from] MalformedScope),
    #[error("a one-time token has an impossible time: {0}")]
    Time(#[from] jiff::Error),
}

impl OneTimeColumns<'_> {
    pub(crate) fn read(self) -> Result<KeptToken, UnreadableToken> {
        let digest = self.digest.try_into();
        let [created_at, expires_at] = self.times;
        Ok(KeptToken {
            digest: TokenDigest::from_bytes(digest.map_err(|_| UnreadableToken::Digest)?),
            purpose: Purpose::parse(self.purpose).ok_or(UnreadableToken::Purpose)?,
            user: self.user.map(UserId::new),
            address: EmailAddress::parse(self.address)?,
            epoch: Epoch::new(self.epoch),
            scopes: Scopes::parse(self.scopes)?,
            created_at: Timestamp::from_second(created_at)?,
            expires_at: Timestamp::from_second(expires_at)?,
        })
    }
}
