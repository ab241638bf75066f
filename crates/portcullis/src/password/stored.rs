//! A password's hash, as a store keeps it.

use std::fmt;

use super::cost::HashCost;

/// A password's hash, as a store keeps it: a PHC string or a bcrypt string, perhaps malformed.
///
/// It prints as `…`. It is compared by hashing, in [`Hasher::verify`](super::Hasher::verify).
///
/// ```
/// use portcullis::password::PasswordHash;
///
/// let stored = PasswordHash::from_store("$2b$04$Pd0Gz9jPPyPFbUyBqLHuWOVbju1iZ6YwAoi80qcuA2Zf3G5jaO7t2");
/// assert_eq!(format!("{stored:?}"), "…"); // not in a log
/// ```
#[derive(Clone)]
pub struct PasswordHash(Box<str>);

impl PasswordHash {
    /// What a store read. Nothing is checked here: a hash that nobody understands is a refused
    /// login, not an error.
    ///
    /// ```
    /// use portcullis::password::PasswordHash;
    ///
    /// let column: Option<String> = Some("$argon2id$v=19$…".into());
    /// let hashed_password = column.map(PasswordHash::from_store);
    /// assert!(hashed_password.is_some());
    /// ```
    pub fn from_store(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// The text to store.
    ///
    /// ```
    /// use portcullis::password::PasswordHash;
    ///
    /// let hash = PasswordHash::from_store("$argon2id$v=19$…");
    /// assert_eq!(hash.as_str(), "$argon2id$v=19$…"); // for `UPDATE users SET …`
    /// ```
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What comparing with it costs; `None` where no password could match.
    pub(crate) fn cost(&self) -> Option<HashCost> {
        HashCost::of(&self.0)
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}
