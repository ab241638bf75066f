//! Why a password may not be chosen.

use std::fmt;

/// Why a password may not be chosen, in words for the person who chose it.
///
/// ```
/// use portcullis::password::{PasswordContext, PasswordPolicy, PasswordRefused};
/// use portcullis::secret::Password;
///
/// let policy = PasswordPolicy::default();
/// let refused = policy.check(&Password::new("swordfish"), &PasswordContext::default());
/// assert_eq!(refused, Err(PasswordRefused::TooShort { actual: 9, least: 15 }));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordRefused {
    /// Too few characters.
    #[error(
        "the password has {actual} characters; choose at least {least} (a few words in a row are easy to remember)"
    )]
    TooShort {
        /// How many it has.
        actual: usize,
        /// How many it needs.
        least: usize,
    },
    /// Too many bytes.
    #[error("the password is longer than 1,024 bytes")]
    TooLong,
    /// It is on the list of known passwords, or obviously made of one that is.
    #[error(
        "the password is one of those that are tried first, or such a one said again or with digits behind it; choose another (a few words that do not belong together are easy to remember)"
    )]
    Known,
    /// It is among the passwords that were stolen somewhere.
    #[error(
        "the password is among those that were stolen somewhere and are known since; choose another, and change it wherever else you use it"
    )]
    Breached,
    /// It is made of what is known of the person or the service.
    #[error("the password is made of {of}, which whoever knows you would try; choose another")]
    Context {
        /// What it is made of.
        of: ContextWord,
    },
}

impl PasswordRefused {
    /// The reason as programs read it, the `type` in a refusal's `detail`.
    ///
    /// ```
    /// use portcullis::password::PasswordRefused;
    ///
    /// assert_eq!(PasswordRefused::TooLong.reason(), "password_too_long");
    /// assert_eq!(PasswordRefused::Breached.reason(), "password_known");
    /// ```
    pub fn reason(self) -> &'static str {
        match self {
            Self::TooShort { .. } => "password_too_short",
            Self::TooLong => "password_too_long",
            Self::Known | Self::Breached => "password_known",
            Self::Context { .. } => "password_context",
        }
    }
}

/// Whose word a password is made of.
///
/// ```
/// use portcullis::password::ContextWord;
///
/// assert_eq!(ContextWord::Service.to_string(), "words of this service");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ContextWord {
    /// The username.
    Username,
    /// The e-mail address, or a part of it.
    Email,
    /// The name for people.
    FullName,
    /// What the service is called, where it is, and words that everybody would try there.
    Service,
}

impl fmt::Display for ContextWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Username => "the username",
            Self::Email => "the e-mail address",
            Self::FullName => "the name of its owner",
            Self::Service => "words of this service",
        })
    }
}
