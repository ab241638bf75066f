//! A password's hash, as a store keeps it.

use std::fmt;

/// A password's hash, as a store keeps it: a PHC string or a bcrypt string, perhaps malformed.
///
/// It prints as `…`. It is compared by hashing, in [`Hasher::verify`](super::Hasher::verify).
#[derive(Clone)]
pub struct PasswordHash(Box<str>);

impl PasswordHash {
    /// What a store read. Nothing is checked here: a hash that nobody understands is a refused
    /// login, not an error.
    pub fn from_store(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// The text to store.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}
