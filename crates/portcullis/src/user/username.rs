//! The name that a user signs in with.

use std::borrow::Cow;

use precis_profiles::UsernameCaseMapped;
use precis_profiles::precis_core::profile::Profile;

use super::choice;

/// A username: kept as written, unique and looked up in canonical form.
///
/// The canonical form is the PRECIS profile `UsernameCaseMapped` (RFC 8265 §3.3): full-width letters
/// become narrow, capitals small, the rest is put in NFC; spaces, symbols, invisible and unassigned
/// characters are refused. On top of it, `@` and `/` are refused, and so is more than 64 code points.
///
/// [`Username::parse`] reads the name of somebody who has one; [`Username::choose`] reads a new one, and
/// refuses what could pass for another.
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

/// The text cannot be a username, or not a new one.
///
/// ```
/// use portcullis::user::{InvalidUsername, Username};
///
/// assert_eq!(Username::parse("").err(), Some(InvalidUsername::Length));
/// assert_eq!(Username::parse("a@b").err(), Some(InvalidUsername::Separator));
/// assert_eq!(Username::parse("john doe").err(), Some(InvalidUsername::Character));
/// assert_eq!(Username::choose("%2e%2e").err(), Some(InvalidUsername::Punctuation));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidUsername {
    /// Empty, or more than [`Username::MAX_CODE_POINTS`].
    #[error("a username has 1 to 64 characters")]
    Length,
    /// `@` or `/`, which would make it look like an address or a path.
    #[error("a username has no `@` and no `/`")]
    Separator,
    /// A space, a control character, a symbol, or another one that PRECIS refuses.
    #[error(
        "a username is made of letters, digits and ASCII punctuation, without spaces (RFC 8265, UsernameCaseMapped)"
    )]
    Character,
    /// A new name with other punctuation than `.`, `_`, `-`, `+` and `'`.
    #[error("a new username is made of letters, digits, and `.`, `_`, `-`, `+`, `'`")]
    Punctuation,
    /// A new name that begins or ends with `.`, `-`, `+` or `'`, or that has nothing but punctuation.
    #[error("a new username begins and ends with a letter, a digit or `_`, and is not all `_`")]
    Ends,
    /// A new name with a character that is invisible, obsolete or meant for something else than names.
    #[error("a new username has no invisible, obsolete or technical letters (Unicode, UTS 39)")]
    Unusual,
    /// A new name whose letters are of several scripts, Latin beside Chinese, Japanese or Korean
    /// excepted.
    #[error("a new username is written in one script, not with letters of several")]
    MixedScripts,
    /// A new name with digits of several systems.
    #[error("the digits of a new username are of one kind")]
    MixedDigits,
    /// A new name with too many marks on one letter, or a second dot on an `i`.
    #[error("a new username has no heaps of marks on one letter, and no second dot on an `i`")]
    Marks,
    /// A new name that is not ASCII and looks like one that is.
    #[error("this username looks like another one, in plain letters (a to z)")]
    Lookalike,
    /// One of the [`ReservedNames`](super::ReservedNames), or one that looks like it.
    #[error("this username is reserved")]
    Reserved,
}

impl InvalidUsername {
    /// The reason on the wire.
    ///
    /// ```
    /// use portcullis::user::InvalidUsername;
    ///
    /// assert_eq!(InvalidUsername::MixedScripts.reason(), "username_invalid");
    /// assert_eq!(InvalidUsername::Reserved.reason(), "username_reserved");
    /// ```
    pub fn reason(self) -> &'static str {
        match self {
            Self::Reserved => "username_reserved",
            _ => "username_invalid",
        }
    }
}

impl Username {
    /// The longest username, in code points, as written and in canonical form.
    pub const MAX_CODE_POINTS: usize = 64;

    /// Reads a username, as somebody who has one types it.
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
            return Err(InvalidUsername::Separator);
        }
        let canonical = canonical_form(written)?;
        if canonical.contains(['@', '/']) {
            return Err(InvalidUsername::Separator);
        }
        if canonical.chars().count() > Self::MAX_CODE_POINTS {
            return Err(InvalidUsername::Length);
        }
        Ok(Self {
            written: written.into(),
            canonical: canonical.into(),
        })
    }

    /// Reads a name that is to be given to a new account: besides the rules of [`Username::parse`], it
    /// must not pass for another name (Unicode Technical Standard 39).
    ///
    /// It is made of letters, digits, and `.`, `_`, `-`, `+`, `'`; begins and ends with a letter, a digit
    /// or `_`; is written in one script, or in Latin beside Chinese, Japanese or Korean, with digits of
    /// one kind and without heaps of marks; and does not look like an ASCII name unless it is one.
    /// [`ReservedNames`](super::ReservedNames) is asked apart.
    ///
    /// ```
    /// use portcullis::user::{InvalidUsername, Username};
    ///
    /// for fine in ["john.doe", "Зоя", "françois", "山田taro"] {
    ///     assert!(Username::choose(fine).is_ok(), "{fine}");
    /// }
    /// let cyrillic_a = Username::choose("\u{430}dmin");
    /// assert_eq!(cyrillic_a.err(), Some(InvalidUsername::MixedScripts));
    /// let all_cyrillic = Username::choose("сосо");
    /// assert_eq!(all_cyrillic.err(), Some(InvalidUsername::Lookalike));
    /// ```
    ///
    /// # Errors
    /// [`InvalidUsername`] says which rule it breaks.
    pub fn choose(written: &str) -> Result<Self, InvalidUsername> {
        let name = Self::parse(written)?;
        choice::check(&name.written, &name.canonical)?;
        Ok(name)
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

#[cfg(test)]
#[path = "username_tests.rs"]
mod tests;
