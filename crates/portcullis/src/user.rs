//! A user: a row of ours, and the names it goes by.

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
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct UserId(Box<str>);

impl UserId {
    /// A new, unpredictable identifier.
    ///
    /// # Errors
    /// [`NoRandomness`] when the operating system's source fails.
    pub fn random() -> Result<Self, NoRandomness> {
        Ok(Self(random_id()?.into()))
    }

    /// An identifier that a store kept.
    pub fn new(id: impl Into<Box<str>>) -> Self {
        Self(id.into())
    }

    /// The identifier as text.
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
#[derive(Debug, Clone)]
pub struct Username {
    written: Box<str>,
    canonical: Box<str>,
}

/// The text cannot be a username.
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
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// The form by which it is unique and found.
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

/// An e-mail address: one `@`, a local part and a host name, and nothing that could break a mail's
/// header. Kept as written. Whether it is somebody's is shown by a mail, not by its form.
///
/// ```
/// use portcullis::user::EmailAddress;
///
/// assert!(EmailAddress::parse("johndoe@example.com").is_ok());
/// assert!(EmailAddress::parse("a@x, b@y").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailAddress(Box<str>);

/// The text cannot be an e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an e-mail address is like name@example.com")]
pub struct InvalidEmailAddress;

impl EmailAddress {
    /// The longest address, in bytes (RFC 5321 §4.5.3.1.3, without the angle brackets).
    pub const MAX_BYTES: usize = 254;

    /// Reads an address.
    ///
    /// # Errors
    /// [`InvalidEmailAddress`].
    pub fn parse(written: &str) -> Result<Self, InvalidEmailAddress> {
        let (local, host) = written.split_once('@').ok_or(InvalidEmailAddress)?;
        let plain = |letter: char| {
            !letter.is_whitespace() && !letter.is_control() && !",;:<>()[]\"\\".contains(letter)
        };
        let labels_fit = host.split('.').all(|label| {
            !label.is_empty()
                && label
                    .chars()
                    .all(|letter| letter.is_alphanumeric() || letter == '-')
        });
        let fits = written.len() <= Self::MAX_BYTES
            && !local.is_empty()
            && local.chars().all(plain)
            && labels_fit;
        fits.then(|| Self(written.into()))
            .ok_or(InvalidEmailAddress)
    }

    /// The address as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What the extractors must know of a user, whatever its type and its table.
///
/// Implemented for [`User`]; implement it for a user type of your own, and
/// [`UserSource`](crate::store::UserSource) for where those users lie.
pub trait Account: Clone + Send + Sync + 'static {
    /// The user's identifier: the `sub` of its tokens. It must not be given to somebody else later,
    /// so not a name.
    fn subject(&self) -> Cow<'_, str>;

    /// Whether the user may use protected operations.
    fn is_active(&self) -> bool;

    /// What the user may be granted.
    fn scopes(&self) -> Cow<'_, Scopes>;

    /// The user's security epoch: when it changes, every earlier token is dead. Without a column
    /// for it, take [`Epoch::fingerprint`] of the password's hash and the active flag; but a change
    /// that is taken back then revives the tokens from before it, until they expire.
    fn epoch(&self) -> Epoch;
}

impl Account for User {
    fn subject(&self) -> Cow<'_, str> {
        self.id.as_str().into()
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
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
mod tests {
    use super::*;

    fn canonical(text: &str) -> Result<String, InvalidUsername> {
        Username::parse(text).map(|name| name.canonical().to_owned())
    }

    #[test]
    fn case_and_width_do_not_make_another_name() {
        for same in ["johndoe", "JohnDoe", "JOHNDOE", "ｊｏｈｎｄｏｅ"] {
            assert_eq!(canonical(same), Ok("johndoe".into()), "{same}");
        }
        assert_eq!(canonical("M\u{dc}LLER"), canonical("mu\u{308}ller"));
    }

    #[test]
    fn ascii_shortcut_agrees_with_the_profile() {
        let profile = UsernameCaseMapped::new();
        for byte in 0u8..128 {
            let text = format!("a{}z", char::from(byte));
            let by_profile = profile.enforce(text.as_str()).ok().map(Cow::into_owned);
            assert_eq!(
                canonical_form(&text).ok().map(Cow::into_owned),
                by_profile,
                "{text:?}"
            );
        }
    }

    #[test]
    fn spaces_invisible_and_control_characters_are_refused() {
        for bad in [
            "john doe",
            " john",
            "john ",
            "jo\thn",
            "jo\nhn",
            "jo\0hn",
            "jo\u{7f}hn",
            "ad\u{200b}min",
            "ad\u{a0}min",
            "\u{202e}nimda",
            "ad\u{ad}min",
            "\u{feff}admin",
            "😀",
        ] {
            assert_eq!(canonical(bad), Err(InvalidUsername::Character), "{bad:?}");
        }
    }

    #[test]
    fn addresses_and_paths_are_refused_in_any_width() {
        for bad in ["a@b", "a/b", "../x", "a\u{ff20}b", "a\u{ff0f}b"] {
            assert_eq!(canonical(bad), Err(InvalidUsername::Reserved), "{bad:?}");
        }
    }

    #[test]
    fn an_address_is_one_address() {
        for good in ["a@b", "first.last+tag@sub.example.com", "ü@bücher.example"] {
            assert!(EmailAddress::parse(good).is_ok(), "{good}");
        }
        let long = format!("{}@example.com", "x".repeat(250));
        for bad in [
            "",
            "a",
            "@b",
            "a@",
            "a@b@c",
            "a b@c",
            "a@b c",
            "a@x,b@y",
            "a@b\r\nBcc: c@d",
            "\"a\"@b",
            "a@b.",
            "a@.b",
            "<a@b>",
            &long,
        ] {
            assert!(EmailAddress::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn length_is_counted_in_code_points() {
        assert!(canonical(&"ü".repeat(64)).is_ok());
        assert_eq!(canonical(&"ü".repeat(65)), Err(InvalidUsername::Length));
        assert_eq!(canonical(""), Err(InvalidUsername::Length));
    }
}
