//! What a search compares.

use crate::user::Username;

/// What the canonical usernames and e-mail addresses that a search looks for begin with.
///
/// ```
/// use portcullis::store::SearchPrefix;
///
/// let prefix = SearchPrefix::of("JohnD");
/// assert_eq!((&*prefix.username, &*prefix.email), ("johnd", "johnd"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchPrefix {
    /// Folded as canonical usernames are. What no username begins with finds nobody.
    pub username: String,
    /// Folded as canonical addresses are: letters beyond ASCII keep their case.
    pub email: String,
}

impl SearchPrefix {
    /// What somebody typed, folded.
    ///
    /// ```
    /// let prefix = portcullis::store::SearchPrefix::of("ＪOHN");
    /// assert_eq!(prefix.username, "john");
    /// ```
    pub fn of(typed: &str) -> Self {
        Self {
            username: match Username::parse(typed) {
                Ok(username) => username.canonical().to_owned(),
                Err(_) => typed.to_owned(),
            },
            email: typed.to_ascii_lowercase(),
        }
    }
}
