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
mod arc;
mod bounds;
mod clients;
pub mod conformance;
mod errand;
mod family;
mod kept_token;
mod memory;
mod one_time;
mod outbox;
mod records;
mod search_prefix;
mod sessions;
mod signing_keys;
mod users;

pub use answer::Answer;
pub use bounds::SESSIONS_PER_USER;
pub use clients::{Clients, InsertedClient};
pub use errand::{Errand, Mail};
pub use family::{Family, Spent};
pub use kept_token::KeptToken;
pub use memory::MemoryStore;
pub use one_time::{OneTimeTokens, Spend, Spending, TokenSpent};
pub use outbox::{ClaimedMail, Outbox, OutboxLoad};
pub use records::{InsertedUser, NewUser, PasswordChange, UserChange, UserPage};
pub use search_prefix::SearchPrefix;
pub use sessions::{FirstRefresh, NewSession, Rotated, Rotation, Session, Sessions};
pub use signing_keys::SigningKeys;
pub use users::Users;

use crate::password::PasswordHash;
use crate::user::{Account, EmailAddress, Username};

/// A database did not do what it was asked.
///
/// ```
/// use portcullis::store::StoreError;
///
/// fn is_worth_another_try(error: &StoreError) -> bool {
///     matches!(error, StoreError::Unavailable(_))
/// }
/// assert!(is_worth_another_try(&StoreError::unavailable("the connection was closed")));
/// assert!(!is_worth_another_try(&StoreError::unexpected("no column `epoch`")));
/// ```
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
    ///
    /// ```
    /// use portcullis::store::StoreError;
    ///
    /// let closed = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    /// let error = StoreError::unavailable(closed);
    /// assert_eq!(error.to_string(), "the database is not available");
    /// ```
    pub fn unavailable(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(cause.into())
    }

    /// [`StoreError::Unexpected`] because of `cause`.
    ///
    /// ```
    /// use portcullis::{scope::Scopes, store::StoreError};
    ///
    /// let column = "items:read  items:write"; // two spaces: none of ours
    /// let error = Scopes::parse(column).map_err(StoreError::unexpected);
    /// assert!(matches!(error, Err(StoreError::Unexpected(_))));
    /// ```
    pub fn unexpected(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unexpected(cause.into())
    }
}

/// A user together with the hash of its password.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { store, .. } = House::new().await?;
/// use portcullis::{store::UserSource, user::Username};
///
/// let found = store.find_by_username(&Username::parse("johndoe")?).await?;
/// let credential = found.ok_or("nobody")?;
/// assert_eq!(credential.user.username, "johndoe");
/// assert!(credential.hashed_password.is_some());
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct Credential<U> {
    /// The user.
    pub user: U,
    /// The hash; `None` for a user who cannot sign in with a password.
    pub hashed_password: Option<PasswordHash>,
}

/// Where users are found. The one trait to implement for a user table of your own.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { store, .. } = House::new().await?;
/// use portcullis::store::{Answer, Credential, UserSource};
/// use portcullis::{User, user::Username};
///
/// /// The only user of a small device.
/// struct Owner(Credential<User>);
///
/// impl UserSource for Owner {
///     type User = User;
///
///     fn find_by_username<'a>(&'a self, name: &'a Username) -> Answer<'a, Option<Credential<User>>> {
///         let is_owner = self.0.user.username == name.canonical();
///         Answer::ready(Ok(is_owner.then(|| self.0.clone())))
///     }
///     fn find_by_subject<'a>(&'a self, subject: &'a str) -> Answer<'a, Option<User>> {
///         let is_owner = self.0.user.id.as_str() == subject;
///         Answer::ready(Ok(is_owner.then(|| self.0.user.clone())))
///     }
/// }
/// # let johndoe = Username::parse("johndoe")?;
/// # let owner = Owner(store.find_by_username(&johndoe).await?.ok_or("nobody")?);
/// assert!(owner.find_by_username(&Username::parse("alice")?).await?.is_none());
/// # assert!(owner.find_by_username(&johndoe).await?.is_some());
/// # Ok(()) }
/// ```
pub trait UserSource: Send + Sync + 'static {
    /// The user type that handlers receive.
    type User: Account;

    /// The user who signs in as `username`, found by its canonical form, with the password's hash.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, .. } = House::new().await?;
    /// use portcullis::{store::UserSource, user::Username};
    ///
    /// let found = store.find_by_username(&Username::parse("JohnDoe")?).await?;
    /// assert!(found.is_some_and(|found| found.user.username == "johndoe"));
    /// # Ok(()) }
    /// ```
    fn find_by_username<'a>(
        &'a self,
        username: &'a Username,
    ) -> Answer<'a, Option<Credential<Self::User>>>;

    /// The user who has verified this address, found by its canonical form, with the password's hash.
    /// Nobody, without an implementation: then nobody signs in with an address.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, .. } = House::new().await?;
    /// use portcullis::{store::UserSource, user::EmailAddress};
    ///
    /// let address = EmailAddress::parse("johndoe@example.com")?;
    /// assert!(store.find_by_email(&address).await?.is_none());
    /// # Ok(()) }
    /// ```
    fn find_by_email<'a>(
        &'a self,
        _address: &'a EmailAddress,
    ) -> Answer<'a, Option<Credential<Self::User>>> {
        Answer::ready(Ok(None))
    }

    /// The user whose [`Account::subject`] is `subject`. Asked on every protected request.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, johndoe, .. } = House::new().await?;
    /// use portcullis::store::UserSource;
    ///
    /// assert_eq!(store.find_by_subject(johndoe.id.as_str()).await?, Some(johndoe));
    /// assert!(store.find_by_subject("johndoe").await?.is_none()); // a name is no subject
    /// # Ok(()) }
    /// ```
    fn find_by_subject<'a>(&'a self, subject: &'a str) -> Answer<'a, Option<Self::User>>;

    /// Replaces an outdated hash of the same password, if it is still `old`. It must not change the
    /// user's epoch: nobody is to be signed out by it. Without an implementation, hashes stay as
    /// they are.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, .. } = House::new().await?;
    /// # use portcullis::{password::PasswordHash, store::UserSource, user::Username};
    /// # let name = Username::parse("johndoe")?;
    /// let found = store.find_by_username(&name).await?.ok_or("nobody")?;
    /// let (old, new) = (found.hashed_password.ok_or("no hash")?, PasswordHash::from_store("…"));
    /// store.replace_hash(found.user.id.as_str(), &old, &new).await?;
    /// let after = store.find_by_username(&name).await?.ok_or("nobody")?;
    /// assert_eq!(after.hashed_password.ok_or("no hash")?.as_str(), new.as_str());
    /// assert_eq!(after.user.epoch, found.user.epoch);
    /// # Ok(()) }
    /// ```
    fn replace_hash<'a>(
        &'a self,
        _subject: &'a str,
        _old: &'a PasswordHash,
        _new: &'a PasswordHash,
    ) -> Answer<'a, ()> {
        Answer::ready(Ok(()))
    }

    /// Stored hashes, one or more of each scheme and cost that any user's hash has. A user whose hash
    /// takes longer or shorter than a new one is known by the time of a refusal, unless all refusals wait;
    /// from this they know how long ([`refresh_floor`](crate::account::refresh_floor)). Asked every few
    /// seconds, so it must not read the whole table. Without an implementation, only what logins
    /// showed is known.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, .. } = House::new().await?;
    /// use portcullis::store::UserSource;
    ///
    /// let costs = store.list_hash_costs().await?;
    /// assert!(costs.iter().any(|hash| hash.as_str().starts_with("$argon2id$v=19$m=8,t=1,p=1$")));
    /// # Ok(()) }
    /// ```
    fn list_hash_costs(&self) -> Answer<'_, Vec<PasswordHash>> {
        Answer::ready(Ok(Vec::new()))
    }

    /// Whether the database answers.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { auth, .. } = House::new().await?;
    /// assert!(auth.users().check().await.is_ok()); // what `GET /readyz` asks
    /// # Ok(()) }
    /// ```
    fn check(&self) -> Answer<'_, ()> {
        Answer::ready(Ok(()))
    }
}

/// Everything the server asks of a database.
///
/// ```
/// use portcullis::store::{MemoryStore, Store};
/// use std::sync::Arc;
///
/// let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
/// let auth = portcullis::Auth::builder(store.clone()).issuer("http://127.0.0.1:8000").build();
/// assert!(auth.is_ok());
/// ```
pub trait Store: AccountStore + SigningKeys + Sessions + Clients {}

impl<S: AccountStore + SigningKeys + Sessions + Clients + ?Sized> Store for S {}

/// What people do with their accounts asks this of a database.
///
/// ```
/// use portcullis::store::{AccountStore, MemoryStore};
/// use std::sync::Arc;
///
/// let accounts: Arc<dyn AccountStore> = Arc::new(MemoryStore::new());
/// # drop(accounts);
/// ```
pub trait AccountStore: Users + OneTimeTokens + Outbox {}

impl<S: Users + OneTimeTokens + Outbox + ?Sized> AccountStore for S {}
