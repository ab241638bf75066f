//! A user: a row of ours, and the names it goes by.

mod choice;
mod email_address;
mod reserved;
mod username;

pub use email_address::{EmailAddress, InvalidEmailAddress};
pub use reserved::ReservedNames;
pub use username::{InvalidUsername, Username};

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use crate::scope::Scopes;
use crate::secret::{NoRandomness, random_id};
use crate::token::Epoch;

/// A user's opaque identifier: the `sub` of its tokens (RFC 9068 §2.2). Never reused, never a name.
///
/// ```
/// use portcullis::user::UserId;
///
/// let id = UserId::random()?;
/// assert_eq!(id, UserId::new(id.as_str())); // as a store reads it back
/// # Ok::<(), portcullis::secret::NoRandomness>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct UserId(Box<str>);

impl UserId {
    /// A new, unpredictable identifier.
    ///
    /// ```
    /// # use portcullis::user::UserId;
    /// assert_ne!(UserId::random()?, UserId::random()?);
    /// # Ok::<(), portcullis::secret::NoRandomness>(())
    /// ```
    ///
    /// # Errors
    /// [`NoRandomness`] when the operating system's source fails.
    pub fn random() -> Result<Self, NoRandomness> {
        Ok(Self(random_id()?.into()))
    }

    /// An identifier that a store kept.
    ///
    /// ```
    /// assert_eq!(portcullis::user::UserId::new("4f9x2").to_string(), "4f9x2");
    /// ```
    pub fn new(id: impl Into<Box<str>>) -> Self {
        Self(id.into())
    }

    /// The identifier as text.
    ///
    /// ```
    /// assert_eq!(portcullis::user::UserId::new("4f9x2").as_str(), "4f9x2");
    /// ```
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the extractors must know of a user, whatever its type and its table.
///
/// Implemented for [`User`]; implement it for a user type of your own, and
/// [`UserSource`](crate::store::UserSource) for where those users lie.
///
/// ```
/// use std::borrow::Cow;
///
/// use portcullis::{scope::Scopes, token::Epoch, user::Account};
///
/// #[derive(Clone)]
/// struct Member { number: u32, retired: bool, epoch: i64 }
///
/// impl Account for Member {
///     fn subject(&self) -> Cow<'_, str> { self.number.to_string().into() }
///     fn is_active(&self) -> bool { !self.retired }
///     fn scopes(&self) -> Cow<'_, Scopes> { Cow::Owned(Scopes::none()) }
///     fn epoch(&self) -> Epoch { Epoch::new(self.epoch) }
/// }
/// # let ada = Member { number: 1, retired: false, epoch: 0 };
/// # assert_eq!((&*ada.subject(), ada.is_active(), ada.epoch().number()), ("1", true, 0));
/// ```
pub trait Account: Clone + Send + Sync + 'static {
    /// The user's identifier: the `sub` of its tokens. It must not be given to somebody else later,
    /// so not a name. Whoever has the identifier of a registered client cannot sign in.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { johndoe: user, .. } = House::new().await?;
    /// # use portcullis::user::Account;
    /// assert_eq!(user.subject(), user.id.as_str());
    /// # Ok(()) }
    /// ```
    fn subject(&self) -> Cow<'_, str>;

    /// The name that its owner writes, told to those who may ask about a token. `None` unless said.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { johndoe: user, .. } = House::new().await?;
    /// # use portcullis::user::Account;
    /// assert_eq!(Account::username(&user), Some("johndoe".into()));
    /// # Ok(()) }
    /// ```
    fn username(&self) -> Option<Cow<'_, str>> {
        None
    }

    /// Whether the user has an e-mail address that was not proved to be its own. `false` unless said.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { johndoe: mut user, .. } = House::new().await?;
    /// # use portcullis::user::Account;
    /// assert!(!user.is_unverified()); // he has no address
    /// user.email = Some("johndoe@example.com".into());
    /// assert!(user.is_unverified());
    /// # Ok(()) }
    /// ```
    fn is_unverified(&self) -> bool {
        false
    }

    /// Whether the user may use protected operations.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { johndoe: mut user, .. } = House::new().await?;
    /// # use portcullis::user::Account;
    /// assert!(user.is_active());
    /// user.disabled = true;
    /// assert!(!user.is_active());
    /// # Ok(()) }
    /// ```
    fn is_active(&self) -> bool;

    /// What the user may be granted.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { johndoe: user, .. } = House::new().await?;
    /// # use portcullis::user::Account;
    /// assert!(Account::scopes(&user).contains("items:read"));
    /// # Ok(()) }
    /// ```
    fn scopes(&self) -> Cow<'_, Scopes>;

    /// The user's security epoch: when it changes, every earlier token is dead. Without a column
    /// for it, take [`Epoch::fingerprint`] of the password's hash and the active flag; but a change
    /// that is taken back then revives the tokens from before it, until they expire.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, auth, .. } = House::new().await?;
    /// # let administration = administration(&store, &auth);
    /// # use portcullis::user::Account;
    /// let before = administration.find("johndoe").await?;
    /// administration.set_disabled("johndoe", true).await?;
    /// let after = administration.find("johndoe").await?;
    /// assert_ne!(before.epoch(), after.epoch()); // every token from before is dead
    /// # Ok(()) }
    /// ```
    fn epoch(&self) -> Epoch;
}

impl Account for User {
    fn subject(&self) -> Cow<'_, str> {
        self.id.as_str().into()
    }

    fn username(&self) -> Option<Cow<'_, str>> {
        Some(self.username.as_str().into())
    }

    fn is_unverified(&self) -> bool {
        self.email.is_some() && !self.email_verified
    }

    fn is_active(&self) -> bool {
        !self.disabled
    }

    fn scopes(&self) -> Cow<'_, Scopes> {
        Cow::Borrowed(&self.scopes)
    }

    fn epoch(&self) -> Epoch {
        self.epoch
    }
}

/// A user, as the API shows it. The password's hash is not in it, so no answer can carry it.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { johndoe: user, .. } = House::new().await?;
/// let json = serde_json::to_value(&user)?;
/// assert_eq!(json["username"], "johndoe");
/// assert_eq!(json["scopes"], serde_json::json!(["items:read"]));
/// assert!(json.get("hashed_password").is_none());
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
// Said again, or the example above would stand in the OpenAPI document.
#[schemars(
    description = "A user, as the API shows it. The password's hash is not in it, so no answer can carry it."
)]
pub struct User {
    /// Opaque identifier, stable for the life of the account.
    #[schemars(with = "String")]
    pub id: UserId,
    /// The name to sign in with, as its owner writes it.
    pub username: String,
    /// E-mail address, if one is known.
    pub email: Option<String>,
    /// The name to show to people.
    pub full_name: Option<String>,
    /// Whether the account is inactive.
    pub disabled: bool,
    /// What the user may be granted.
    #[schemars(with = "Vec<String>")]
    pub scopes: Scopes,
    /// Whether the address was proved to be the user's.
    pub email_verified: bool,
    /// When the account was made (RFC 3339, UTC).
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub created_at: Timestamp,
    /// The security epoch, which stays inside.
    #[serde(skip)]
    pub epoch: Epoch,
}
