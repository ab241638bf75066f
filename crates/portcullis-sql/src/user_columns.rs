//! The columns of a user, read alike from either engine.

use jiff::Timestamp;
use portcullis::scope::{MalformedScope, Scopes};
use portcullis::token::Epoch;
use portcullis::user::{User, UserId};

/// The columns that make a user, in the order in which both engines select them. What follows them
/// is the password's hash.
macro_rules! user_columns {
    () => {
        "id, username, email, full_name, disabled, scopes, email_verified, created_at, epoch"
    };
}
pub(crate) use user_columns;

/// A row's values, borrowed from wherever the engine keeps them.
pub(crate) struct UserColumns<'a> {
    pub(crate) id: &'a str,
    pub(crate) username: &'a str,
    pub(crate) email: Option<&'a str>,
    pub(crate) full_name: Option<&'a str>,
    pub(crate) disabled: bool,
    pub(crate) scopes: &'a str,
    pub(crate) email_verified: bool,
    pub(crate) created_at: i64,
    pub(crate) epoch: i64,
}

/// A value that the database took and that cannot be. The user is refused then, not guessed: scopes
/// that nobody can read must not become none, nor all.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnreadableUser {
    #[error("the user {id} has malformed scopes: {cause}")]
    Scopes { id: String, cause: MalformedScope },
    #[error("the user {id} was made at an impossible time: {cause}")]
    CreatedAt { id: String, cause: jiff::Error },
}

impl UserColumns<'_> {
    pub(crate) fn read(self) -> Result<User, UnreadableUser> {
        Ok(User {
            id: UserId::new(self.id),
            username: self.username.to_owned(),
            email: self.email.map(str::to_owned),
            full_name: self.full_name.map(str::to_owned),
            disabled: self.disabled,
            scopes: Scopes::parse(self.scopes).map_err(|cause| UnreadableUser::Scopes {
                id: self.id.to_owned(),
                cause,
            })?,
            email_verified: self.email_verified,
            created_at: Timestamp::from_second(self.created_at).map_err(|cause| {
                UnreadableUser::CreatedAt {
                    id: self.id.to_owned(),
                    cause,
                }
            })?,
            epoch: Epoch::new(self.epoch),
        })
    }
}

/// How many kinds of password hashes are listed. More are in no import, and each costs a hash to learn.
pub(crate) const MOST_HASH_COSTS: u32 = 64;
