//! What is asked of a database: a few small traits of few verbs, each atomic.
//!
//! [`UserSource`] is all that the extractors and `POST /token` need: implement it for a table of
//! your own. [`Store`] is what the server needs besides. [`MemoryStore`] is the reference, and
//! [`conformance`] proves any implementation.
//!
//! Contract of every verb: identifiers, hashes and times are made by the caller; a secret arrives
//! only hashed or sealed; `find_` answers `None` for what is not there; what one call wrote, the
//! next call sees. No transaction travels through a signature.

mod answer;
pub mod conformance;
mod memory;

pub use answer::Answer;
pub use memory::MemoryStore;

use jiff::Timestamp;

use crate::password::PasswordHash;
use crate::scope::Scopes;
use crate::token::{Epoch, SealedKey};
use crate::user::{Account, User, UserId, Username};

/// A database did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It is away, or too busy: the same may work later. Answered with `503`.
    #[error("the database is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It answered something that cannot be: another program's data, or a defect. Answered with `500`.
    #[error("the database holds something unexpected")]
    Unexpected(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl StoreError {
    /// [`StoreError::Unavailable`] because of `cause`.
    pub fn unavailable(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(cause.into())
    }

    /// [`StoreError::Unexpected`] because of `cause`.
    pub fn unexpected(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unexpected(cause.into())
    }
}

/// A user together with the hash of its password.
#[derive(Debug, Clone)]
pub struct Credential<U> {
    /// The user.
    pub user: U,
    /// The hash; `None` for a user who cannot sign in with a password.
    pub hashed_password: Option<PasswordHash>,
}

/// Where users are found. The one trait to implement for a user table of your own.
pub trait UserSource: Send + Sync + 'static {
    /// The user type that handlers receive.
    type User: Account;

    /// The user who signs in as `username`, found by its canonical form, with the password's hash.
    fn find_by_username<'a>(
        &'a self,
        username: &'a Username,
    ) -> Answer<'a, Option<Credential<Self::User>>>;

    /// The user whose [`Account::subject`] is `subject`. Asked on every protected request.
    fn find_by_subject<'a>(&'a self, subject: &'a str) -> Answer<'a, Option<Self::User>>;

    /// Replaces an outdated hash of the same password, if it is still `old`. It must not change the
    /// user's epoch: nobody is to be signed out by it. Without an implementation, hashes stay as
    /// they are.
    fn replace_hash<'a>(
        &'a self,
        _subject: &'a str,
        _old: &'a PasswordHash,
        _new: &'a PasswordHash,
    ) -> Answer<'a, ()> {
        Answer::ready(Ok(()))
    }

    /// Whether the database answers.
    fn check(&self) -> Answer<'_, ()> {
        Answer::ready(Ok(()))
    }
}

impl<T: UserSource + ?Sized> UserSource for std::sync::Arc<T> {
    type User = T::User;

    fn find_by_username<'a>(
        &'a self,
        username: &'a Username,
    ) -> Answer<'a, Option<Credential<Self::User>>> {
        (**self).find_by_username(username)
    }

    fn find_by_subject<'a>(&'a self, subject: &'a str) -> Answer<'a, Option<Self::User>> {
        (**self).find_by_subject(subject)
    }

    fn replace_hash<'a>(
        &'a self,
        subject: &'a str,
        old: &'a PasswordHash,
        new: &'a PasswordHash,
    ) -> Answer<'a, ()> {
        (**self).replace_hash(subject, old, new)
    }

    fn check(&self) -> Answer<'_, ()> {
        (**self).check()
    }
}

/// A user to be made.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Its identifier.
    pub id: UserId,
    /// Its name.
    pub username: Username,
    /// Its e-mail address.
    pub email: Option<String>,
    /// Its name for people.
    pub full_name: Option<String>,
    /// The hash of its password.
    pub hashed_password: Option<PasswordHash>,
    /// Whether it is inactive.
    pub disabled: bool,
    /// What it may be granted.
    pub scopes: Scopes,
    /// When it is made.
    pub created_at: Timestamp,
}

impl NewUser {
    /// The user that it becomes.
    pub fn to_user(&self) -> User {
        User {
            id: self.id.clone(),
            username: self.username.as_str().to_owned(),
            email: self.email.clone(),
            full_name: self.full_name.clone(),
            disabled: self.disabled,
            scopes: self.scopes.clone(),
            email_verified: false,
            created_at: self.created_at,
            epoch: Epoch::default(),
        }
    }
}

/// What became of an insertion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InsertedUser {
    /// The user is stored.
    Inserted,
    /// Another user has this name, in canonical form. Nothing was stored.
    UsernameTaken,
}

/// Some users, in the order of their canonical names.
#[derive(Debug, Clone, Default)]
pub struct UserPage {
    /// The users.
    pub users: Vec<User>,
    /// The canonical name after which the next page begins, as the store keeps it. `None` when there
    /// is nobody after this page.
    pub next: Option<String>,
}

/// The verbs by which accounts are managed. Those that change a user answer whether it was there.
pub trait Users: UserSource<User = User> {
    /// Stores a new user, unless the name is taken.
    fn insert_user(&self, user: NewUser) -> Answer<'_, InsertedUser>;

    /// Up to `limit` users after the canonical name `after`, in the order of canonical names (byte
    /// by byte), and where the next page begins.
    fn list_users<'a>(&'a self, after: Option<&'a str>, limit: u32) -> Answer<'a, UserPage>;

    /// Sets a new password's hash, and advances the epoch.
    fn update_password<'a>(&'a self, id: &'a UserId, hash: PasswordHash) -> Answer<'a, bool>;

    /// Disables or enables a user, and advances the epoch when that changes anything.
    fn update_disabled<'a>(&'a self, id: &'a UserId, disabled: bool) -> Answer<'a, bool>;

    /// Gives the scopes of `add` and then takes away those of `remove`, in one step; advances the
    /// epoch when any was taken away. Answers what the user has then.
    fn update_scopes<'a>(
        &'a self,
        id: &'a UserId,
        add: &'a Scopes,
        remove: &'a Scopes,
    ) -> Answer<'a, Option<Scopes>>;

    /// Deletes a user.
    fn delete_user<'a>(&'a self, id: &'a UserId) -> Answer<'a, bool>;
}

/// Where the sealed signing keys lie.
pub trait SigningKeys: Send + Sync + 'static {
    /// All keys, the oldest first.
    fn list_signing_keys(&self) -> Answer<'_, Vec<SealedKey>>;

    /// Stores `key` if there is none at all, and answers whether it did. Of several callers at
    /// once, exactly one is answered `true`.
    fn insert_first_signing_key(&self, key: SealedKey) -> Answer<'_, bool>;
}

/// Everything the server asks of a database.
pub trait Store: Users + SigningKeys {}

impl<S: Users + SigningKeys + ?Sized> Store for S {}
