//! Scopes: what a token allows (RFC 6749 §3.3).

use std::borrow::Borrow;
use std::collections::BTreeSet;
use std::fmt;

/// One scope: a name such as `items:read`, compared letter by letter.
///
/// ```
/// use portcullis::scope::Scope;
///
/// assert_eq!(Scope::parse("items:read")?.to_string(), "items:read");
/// assert_ne!(Scope::parse("items:read")?, Scope::parse("Items:Read")?);
/// # Ok::<(), portcullis::scope::MalformedScope>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope(Box<str>);

/// The text is not a list of scopes by RFC 6749 §3.3.
///
/// ```
/// use portcullis::scope::{MalformedScope, Scopes};
///
/// assert_eq!(Scopes::parse("items:read,items:write ").err(), Some(MalformedScope));
/// assert!(MalformedScope.to_string().contains("single spaces"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a scope has 1 to 128 printable ASCII characters other than the double quote and the backslash; scopes are separated by single spaces"
)]
pub struct MalformedScope;

impl Scope {
    /// Longest scope that is accepted, in bytes.
    pub const MAX_BYTES: usize = 128;

    /// Reads one scope: 1 to 128 characters of `%x21 / %x23-5B / %x5D-7E`.
    ///
    /// ```
    /// use portcullis::scope::Scope;
    ///
    /// assert!(Scope::parse("https://example.com/auth/items.read").is_ok());
    /// assert!(Scope::parse("items read").is_err()); // these would be two
    /// ```
    ///
    /// # Errors
    /// [`MalformedScope`] for anything else.
    pub fn parse(text: &str) -> Result<Self, MalformedScope> {
        if Self::is_valid(text) {
            Ok(Self(text.into()))
        } else {
            Err(MalformedScope)
        }
    }

    /// Whether the text is one scope; for checks at compile time.
    ///
    /// ```
    /// use portcullis::scope::Scope;
    ///
    /// const _: () = assert!(Scope::is_valid("items:read"));
    /// assert!(!Scope::is_valid("two words"));
    /// ```
    pub const fn is_valid(text: &str) -> bool {
        let mut bytes = text.as_bytes();
        if bytes.is_empty() || bytes.len() > Self::MAX_BYTES {
            return false;
        }
        while let [first, rest @ ..] = bytes {
            if !matches!(first, 0x21 | 0x23..=0x5B | 0x5D..=0x7E) {
                return false;
            }
            bytes = rest;
        }
        true
    }

    /// The scope as text.
    ///
    /// ```
    /// use portcullis::scope::Scope;
    ///
    /// let scope = Scope::parse("items:read")?;
    /// assert_eq!(scope.as_str().split_once(':'), Some(("items", "read")));
    /// # Ok::<(), portcullis::scope::MalformedScope>(())
    /// ```
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Scope {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A set of scopes. Their order carries no meaning; they print in alphabetical order.
///
/// ```
/// use portcullis::scope::Scopes;
///
/// let granted = Scopes::parse("items:read users:read")?;
/// let asked = Scopes::parse("users:read admin")?;
/// assert_eq!(asked.intersection(&granted).to_string(), "users:read");
/// # Ok::<(), portcullis::scope::MalformedScope>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scopes(BTreeSet<Scope>);

impl Scopes {
    /// The most that a user may have, in bytes as printed: a token with all of them must stay small
    /// enough to be sent with every request.
    pub const MAX_BYTES: usize = 4096;

    /// What operators have who may see all accounts.
    ///
    /// ```
    /// use portcullis::scope::{Scope, Scopes};
    ///
    /// assert!(Scope::is_valid(Scopes::USERS_READ));
    /// ```
    pub const USERS_READ: &str = "users:read";

    /// What operators have who may manage all accounts.
    ///
    /// ```
    /// use portcullis::scope::{Scope, Scopes};
    ///
    /// assert!(Scope::is_valid(Scopes::USERS_WRITE));
    /// ```
    pub const USERS_WRITE: &str = "users:write";

    /// No scope at all.
    ///
    /// ```
    /// use portcullis::scope::Scopes;
    ///
    /// assert_eq!(Scopes::none().to_string(), "");
    /// ```
    pub const fn none() -> Self {
        Self(BTreeSet::new())
    }

    /// Reads a `scope` parameter: scopes separated by single spaces (RFC 6749 §3.3). Empty text is
    /// the empty set; a scope named twice counts once.
    ///
    /// ```
    /// use portcullis::scope::Scopes;
    ///
    /// assert_eq!(Scopes::parse("b a b")?.to_string(), "a b");
    /// assert!(Scopes::parse("")?.is_empty());
    /// assert!(Scopes::parse("a  b").is_err());
    /// # Ok::<(), portcullis::scope::MalformedScope>(())
    /// ```
    ///
    /// # Errors
    /// [`MalformedScope`] for two spaces in a row, a space at an end, or a malformed scope.
    pub fn parse(text: &str) -> Result<Self, MalformedScope> {
        if text.is_empty() {
            return Ok(Self::none());
        }
        text.split(' ').map(Scope::parse).collect()
    }

    /// Whether nothing is in it.
    ///
    /// ```
    /// use portcullis::scope::Scopes;
    ///
    /// assert!(Scopes::default().is_empty());
    /// assert!(!Scopes::parse("items:read")?.is_empty());
    /// # Ok::<(), portcullis::scope::MalformedScope>(())
    /// ```
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `scope` is in it.
    ///
    /// ```
    /// use portcullis::scope::Scopes;
    ///
    /// let granted = Scopes::parse("items:read items:write")?;
    /// assert!(granted.contains("items:write"));
    /// assert!(!granted.contains("items"));
    /// # Ok::<(), portcullis::scope::MalformedScope>(())
    /// ```
    pub fn contains(&self, scope: &str) -> bool {
        self.0.contains(scope)
    }

    /// Whether every scope of `self` is in `other`.
    ///
    /// ```
    /// use portcullis::scope::Scopes;
    ///
    /// let needed = Scopes::parse("items:read")?;
    /// assert!(needed.is_subset(&Scopes::parse("items:read items:write")?));
    /// assert!(!needed.is_subset(&Scopes::none()));
    /// # Ok::<(), portcullis::scope::MalformedScope>(())
    /// ```
    pub fn is_subset(&self, other: &Self) -> bool {
        self.0.is_subset(&other.0)
    }

    /// The scopes that are in both.
    ///
    /// ```
    /// use portcullis::scope::Scopes;
    ///
    /// let asked = Scopes::parse("admin items:read")?;
    /// let may_have = Scopes::parse("items:read items:write")?;
    /// assert_eq!(asked.intersection(&may_have).to_string(), "items:read");
    /// # Ok::<(), portcullis::scope::MalformedScope>(())
    /// ```
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0).cloned().collect())
    }

    /// The scopes that are in either.
    ///
    /// ```
    /// use portcullis::scope::Scopes;
    ///
    /// let reads = Scopes::parse("items:read users:read")?;
    /// let writes = Scopes::parse("items:write")?;
    /// assert_eq!(reads.union(&writes).to_string(), "items:read items:write users:read");
    /// # Ok::<(), portcullis::scope::MalformedScope>(())
    /// ```
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0).cloned().collect())
    }

    /// The scopes of `self` that are not in `other`.
    ///
    /// ```
    /// use portcullis::scope::Scopes;
    ///
    /// let needed = Scopes::parse("items:read items:write")?;
    /// let granted = Scopes::parse("items:read")?;
    /// assert_eq!(needed.difference(&granted).to_string(), "items:write"); // missing
    /// # Ok::<(), portcullis::scope::MalformedScope>(())
    /// ```
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        Self(self.0.difference(&other.0).cloned().collect())
    }

    /// The scopes, in alphabetical order.
    ///
    /// ```
    /// use portcullis::scope::{Scope, Scopes};
    ///
    /// let scopes = Scopes::parse("users:read items:read")?;
    /// let names: Vec<_> = scopes.iter().map(Scope::as_str).collect();
    /// assert_eq!(names, ["items:read", "users:read"]);
    /// # Ok::<(), portcullis::scope::MalformedScope>(())
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = &Scope> {
        self.0.iter()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().collect())
    }
}

/// Separated by single spaces, as on the wire.
impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, scope) in self.0.iter().enumerate() {
            if position > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope.as_str())?;
        }
        Ok(())
    }
}

/// A list of strings, as in a user's JSON.
impl serde::Serialize for Scopes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Scope::as_str))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_6749_s3_3_separator_is_one_space() {
        for bad in ["a  b", " a", "a ", "a\tb", "a\"b", "a\\b", "ä", "a\u{a0}b"] {
            assert_eq!(Scopes::parse(bad), Err(MalformedScope), "{bad:?}");
        }
    }

    #[test]
    fn order_and_repetition_do_not_matter() {
        assert_eq!(Scopes::parse("b a b"), Scopes::parse("a b"));
        assert_eq!(Scopes::parse("b a").unwrap().to_string(), "a b");
    }

    #[test]
    fn names_of_the_tutorial_are_scopes() {
        for good in [
            "users:read",
            "instagram_basic",
            "https://www.googleapis.com/auth/drive",
        ] {
            assert!(Scope::parse(good).is_ok(), "{good}");
        }
    }
}
