//! A user: a row of ours, and the names it goes by.

mod email_address;

pub use email_address::{EmailAddress, InvalidEmailAddress};

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use precis_profiles::UsernameCaseMapped;
use precis_profiles::precis_core::profile::Profile;
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

/// A username: kept as written, unique and looked up in canonical form.
///
/// The canonical form is the PRECIS profile `UsernameCaseMapped` (RFC 8265 §3.3): full-width letters
/// become narrow, capitals small, the rest is put in NFC; spaces, symbols, invisible and unassigned
/// characters are refused. On top of it, `@` and `/` are refused, and so is more than 64 code points.
///
/// ```
/// use portcullis::user::Username;
///
/// let name = Username::parse("JohnDoe")?;
/// assert_eq!(name.as_str(), "JohnDoe");
/// assert_eq!(name.canonical(), "johndoe");
/// # Ok::<(), portcullis::user::InvalidUsername>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Username {
    written: Box<str>,
    canonical: Box<str>,
}

/// The text cannot be a username.
///
/// ```
/// use portcullis::user::{InvalidUsername, Username};
///
/// assert_eq!(Username::parse("").err(), Some(InvalidUsername::Length));
/// assert_eq!(Username::parse("a@b").err(), Some(InvalidUsername::Reserved));
/// assert_eq!(Username::parse("john doe").err(), Some(InvalidUsername::Character));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUsername {
    /// Empty, or more than [`Username::MAX_CODE_POINTS`].
    #[error("a username has 1 to 64 characters")]
    Length,
    /// `@` or `/`, which would make it look like an address or a path.
    #[error("a username has no `@` and no `/`")]
    Reserved,
    /// A space, a control character, a symbol, or another one that PRECIS refuses.
    #[error(
        "a username is made of letters, digits and ASCII punctuation, without spaces (RFC 8265, UsernameCaseMapped)"
    )]
    Character,
}

impl Username {
    /// The longest username, in code points, as written and in canonical form.
    pub const MAX_CODE_POINTS: usize = 64;

    /// Reads a username.
    ///
    /// ```
    /// use portcullis::user::Username;
    ///
    /// assert!(Username::parse("johndoe").is_ok());
    /// let refused = Username::parse("me@example.com").unwrap_err();
    /// assert_eq!(refused.to_string(), "a username has no `@` and no `/`");
    /// ```
    ///
    /// # Errors
    /// [`InvalidUsername`] says which rule it breaks.
    pub fn parse(written: &str) -> Result<Self, InvalidUsername> {
        // Counted first, and at most one too many, so that a huge text costs nothing.
        if !(1..=Self::MAX_CODE_POINTS)
            .contains(&written.chars().take(Self::MAX_CODE_POINTS + 1).count())
        {
            return Err(InvalidUsername::Length);
        }
        if written.contains(['@', '/']) {
            return Err(InvalidUsername::Reserved);
        }
        let canonical = canonical_form(written)?;
        if canonical.contains(['@', '/']) {
            return Err(InvalidUsername::Reserved);
        }
        if canonical.chars().count() > Self::MAX_CODE_POINTS {
            return Err(InvalidUsername::Length);
        }
        Ok(Self {
            written: written.into(),
            canonical: canonical.into(),
        })
    }

    /// The name as its owner writes it.
    ///
    /// ```
    /// assert_eq!(portcullis::user::Username::parse("JohnDoe")?.as_str(), "JohnDoe");
    /// # Ok::<(), portcullis::user::InvalidUsername>(())
    /// ```
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// The form by which it is unique and found.
    ///
    /// ```
    /// use portcullis::user::Username;
    ///
    /// let typed = Username::parse("JOHNDOE")?;
    /// assert_eq!(typed.canonical(), Username::parse("ＪohnDoe")?.canonical());
    /// # Ok::<(), portcullis::user::InvalidUsername>(())
    /// ```
    pub fn canonical(&self) -> &str {
        &self.canonical
    }
}

fn canonical_form(written: &str) -> Result<Cow<'_, str>, InvalidUsername> {
    if written.is_ascii() {
        // What the profile does to ASCII, without its tables: the case is folded, the rest stays.
        if written.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Ok(written.to_ascii_lowercase().into());
        }
        return Err(InvalidUsername::Character);
    }
    UsernameCaseMapped::new()
        .enforce(written)
        .map_err(|_| InvalidUsername::Character)
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

#[cfg(test)]
#[path = "user/user_tests.rs"]
mod tests;
