//! Why something about accounts was not done.

use std::borrow::Cow;

use super::{NotChecked, NotHashed};
use crate::password::PasswordRefused;
use crate::secret::NoRandomness;
use crate::store::StoreError;
use crate::user::InvalidUsername;

/// Why an account was not made or changed. Nothing was done then.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { store, auth, .. } = House::new().await?;
/// # let administration = administration(&store, &auth);
/// use portcullis::account::NotDone;
///
/// let refused = administration.delete("nobody").await;
/// assert!(matches!(refused, Err(NotDone::NoSuchUser)));
/// # Ok(()) }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotDone {
    /// The name cannot be a username.
    #[error(transparent)]
    InvalidUsername(#[from] InvalidUsername),
    /// What was filled in does not fit, each member with its reason.
    #[error("{}", Fault::list(.0))]
    Faults(Vec<Fault>),
    /// The name is taken.
    #[error("this username is taken (letters that differ only in case are the same)")]
    UsernameTaken,
    /// Another account has verified the address.
    #[error("another account has this e-mail address")]
    EmailTaken,
    /// Nobody may make an account, or only who is invited.
    #[error("registration is closed here, or by invitation alone")]
    RegistrationClosed,
    /// No such account.
    #[error("there is no user of this name")]
    NoSuchUser,
    /// The password that was to be shown is wrong.
    #[error("the password is wrong")]
    IncorrectPassword,
    /// The account changed in the meantime, so that whoever asks is no longer signed in.
    #[error("the account has another password by now")]
    SignedOut,
    /// A one-time token that is unknown, used, expired, or for something else: one text for all.
    #[error(
        "the link is not valid: it was used already, it has expired, or it is for something else"
    )]
    InvalidToken,
    /// The password may not be chosen.
    #[error(transparent)]
    Password(#[from] PasswordRefused),
    /// The hashing.
    #[error(transparent)]
    Hashing(#[from] NotHashed),
    /// No identifier.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<NotChecked> for NotDone {
    fn from(error: NotChecked) -> Self {
        match error {
            NotChecked::Store(error) => Self::Store(error),
            NotChecked::Hashing(error) => Self::Hashing(error),
        }
    }
}

/// What is wrong with one thing that was filled in.
///
/// ```
/// use portcullis::account::Fault;
///
/// let fault = Fault::new("email", "missing", "an e-mail address is needed here");
/// assert_eq!((fault.member, fault.reason), ("email", "missing"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What was filled in.
    pub member: &'static str,
    /// The reason as programs read it, such as `password_too_short`.
    pub reason: &'static str,
    /// The reason as people read it. It holds nothing of what was filled in.
    pub told: Cow<'static, str>,
}

impl Fault {
    /// A fault of `member`.
    ///
    /// ```
    /// use portcullis::account::Fault;
    ///
    /// let fault = Fault::new("username", "username_reserved", "this name is kept for the service");
    /// assert_eq!(fault.told, "this name is kept for the service");
    /// ```
    pub fn new(
        member: &'static str,
        reason: &'static str,
        told: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            member,
            reason,
            told: told.into(),
        }
    }

    fn list(faults: &[Self]) -> String {
        let told: Vec<&str> = faults.iter().map(|fault| &*fault.told).collect();
        told.join("; ")
    }
}
