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
mod family;
mod memory;
mod records;
mod sessions;

pub use answer::Answer;
pub use bounds::SESSIONS_PER_USER;
pub use clients::{Clients, InsertedClient};
pub use family::{Family, Spent};
pub use memory::MemoryStore;
pub use records::{InsertedUser, NewUser, UserPage};
pub use sessions::{FirstRefresh, NewSession, Rotated, Rotation, Session, Sessions};

use crate::password::PasswordHash;
use crate::scope::Scopes;
use crate::token::SealedKey;
use crate::user::{Account, User, UserId, Username};

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

/// The verbs by which accounts are managed. Those that change a user answer whether it was there.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { store, .. } = House::new().await?;
/// use portcullis::{User, store::StoreError, store::Users};
///
/// async fn everybody(store: &dyn Users) -> Result<Vec<User>, StoreError> {
///     let mut page = store.list_users(None, 100).await?;
///     let mut everybody = page.users;
///     while let Some(after) = page.next {
///         page = store.list_users(Some(&after), 100).await?;
///         everybody.append(&mut page.users);
///     }
///     Ok(everybody)
/// }
/// assert_eq!(everybody(&*store).await?.len(), 1);
/// # Ok(()) }
/// ```
pub trait Users: UserSource<User = User> {
    /// Stores a new user, unless the name is taken.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, .. } = House::new().await?;
    /// # use portcullis::{store::InsertedUser, store::Users};
    /// # let new = new_user("JohnDoe")?;
    /// let answer = store.insert_user(new).await?;
    /// assert_eq!(answer, InsertedUser::UsernameTaken); // there is a `johndoe`
    /// # Ok(()) }
    /// ```
    fn insert_user(&self, user: NewUser) -> Answer<'_, InsertedUser>;

    /// Up to `limit` users after the canonical name `after`, in the order of canonical names (byte
    /// by byte), and where the next page begins.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, .. } = House::new().await?;
    /// # use portcullis::store::Users;
    /// # store.insert_user(new_user("alice")?).await?;
    /// let page = store.list_users(None, 1).await?;
    /// assert_eq!((page.users[0].username.as_str(), page.next.as_deref()), ("alice", Some("alice")));
    /// let page = store.list_users(Some("alice"), 1).await?;
    /// assert_eq!((page.users[0].username.as_str(), page.next), ("johndoe", None));
    /// # Ok(()) }
    /// ```
    fn list_users<'a>(&'a self, after: Option<&'a str>, limit: u32) -> Answer<'a, UserPage>;

    /// Sets a new password's hash, and advances the epoch.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, johndoe, .. } = House::new().await?;
    /// # use portcullis::{password::PasswordHash, store::Users, user::UserId};
    /// # let johndoe = johndoe.id;
    /// let hash = PasswordHash::from_store("$argon2id$v=19$…");
    /// assert!(store.update_password(&johndoe, hash.clone()).await?);
    /// assert!(!store.update_password(&UserId::new("nobody"), hash).await?);
    /// # Ok(()) }
    /// ```
    fn update_password<'a>(&'a self, id: &'a UserId, hash: PasswordHash) -> Answer<'a, bool>;

    /// Disables or enables a user, and advances the epoch when that changes anything.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, johndoe, .. } = House::new().await?;
    /// # use portcullis::{store::UserSource, store::Users};
    /// # let johndoe = johndoe.id;
    /// assert!(store.update_disabled(&johndoe, true).await?);
    /// let user = store.find_by_subject(johndoe.as_str()).await?.ok_or("nobody")?;
    /// assert!(user.disabled);
    /// # Ok(()) }
    /// ```
    fn update_disabled<'a>(&'a self, id: &'a UserId, disabled: bool) -> Answer<'a, bool>;

    /// Gives the scopes of `add` and then takes away those of `remove`, in one step; advances the
    /// epoch when any was taken away. Answers what the user has then.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, johndoe, .. } = House::new().await?;
    /// # use portcullis::{scope::Scopes, store::Users};
    /// # let johndoe = johndoe.id;
    /// let (add, remove) = (Scopes::parse("items:write")?, Scopes::parse("items:read")?);
    /// let after = store.update_scopes(&johndoe, &add, &remove).await?;
    /// assert_eq!(after, Some(Scopes::parse("items:write")?));
    /// # Ok(()) }
    /// ```
    fn update_scopes<'a>(
        &'a self,
        id: &'a UserId,
        add: &'a Scopes,
        remove: &'a Scopes,
    ) -> Answer<'a, Option<Scopes>>;

    /// Deletes a user.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, johndoe, .. } = House::new().await?;
    /// # use portcullis::store::Users;
    /// # let johndoe = johndoe.id;
    /// assert!(store.delete_user(&johndoe).await?);
    /// assert!(!store.delete_user(&johndoe).await?); // gone already
    /// # Ok(()) }
    /// ```
    fn delete_user<'a>(&'a self, id: &'a UserId) -> Answer<'a, bool>;
}

/// Where the sealed signing keys lie. [`StoredKeys`](crate::auth::StoredKeys) has the rules.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// use portcullis::store::{MemoryStore, SigningKeys};
/// use portcullis::token::{SealingKey, SigningKey};
///
/// let store = MemoryStore::new();
/// let key = SealingKey::generate()?.seal(&SigningKey::generate()?, jiff::Timestamp::UNIX_EPOCH)?;
/// assert!(store.replace_signing_keys(vec![], vec![key.clone()]).await?);
/// assert_eq!(store.list_signing_keys().await?, [key]);
/// # Ok(()) }
/// ```
pub trait SigningKeys: Send + Sync + 'static {
    /// All keys, the oldest first; of the same second, by `kid`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # use portcullis::store::{MemoryStore, SigningKeys};
    /// assert!(MemoryStore::new().list_signing_keys().await?.is_empty()); // before the first start
    /// # Ok(()) }
    /// ```
    fn list_signing_keys(&self) -> Answer<'_, Vec<SealedKey>>;

    /// Puts `keys` in the place of all keys, if those are still `expected`, as they were listed, and
    /// answers whether it did. It happens whole or not at all; of several callers at once who expect
    /// the same, exactly one is answered `true`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # use portcullis::{store::MemoryStore, store::SigningKeys, token::SealingKey, token::SigningKey};
    /// # let sealing = SealingKey::generate()?;
    /// let key = sealing.seal(&SigningKey::generate()?, jiff::Timestamp::UNIX_EPOCH)?;
    /// let store = MemoryStore::new();
    /// assert!(store.replace_signing_keys(vec![], vec![key.clone()]).await?);
    /// assert!(!store.replace_signing_keys(vec![], vec![]).await?); // there is one by now
    /// assert!(store.replace_signing_keys(vec![key], vec![]).await?);
    /// # Ok(()) }
    /// ```
    fn replace_signing_keys(
        &self,
        expected: Vec<SealedKey>,
        keys: Vec<SealedKey>,
    ) -> Answer<'_, bool>;
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
pub trait Store: Users + SigningKeys + Sessions + Clients {}

impl<S: Users + SigningKeys + Sessions + Clients + ?Sized> Store for S {}
