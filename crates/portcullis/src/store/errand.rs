//! What is to be mailed: an errand, and the mail that carries it.

use jiff::Timestamp;

use crate::scope::Scopes;
use crate::secret::{NoRandomness, random_id};
use crate::token::Epoch;
use crate::user::{EmailAddress, UserId, Username};

/// Something to be mailed.
///
/// ```
/// use jiff::Timestamp;
/// use portcullis::store::{Errand, Mail};
/// use portcullis::user::EmailAddress;
///
/// let address = EmailAddress::parse("johndoe@example.com")?;
/// let mail = Mail::new(Errand::RecoverByEmail { address }, Timestamp::UNIX_EPOCH)?;
/// assert_eq!(mail.id.len(), 22);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Its identifier, which makes the Message-ID: the same however often it is tried.
    pub id: String,
    /// What it is about.
    pub errand: Errand,
    /// When it was written.
    pub created_at: Timestamp,
}

impl Errand {
    /// As stores and exports name it.
    ///
    /// ```
    /// use portcullis::store::Errand;
    /// use portcullis::user::Username;
    ///
    /// let errand = Errand::RecoverByUsername { username: Username::parse("johndoe")? };
    /// assert_eq!(errand.kind(), "recover_by_username");
    /// # Ok::<(), portcullis::user::InvalidUsername>(())
    /// ```
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::RecoverByEmail { .. } => "recover_by_email",
            Self::RecoverByUsername { .. } => "recover_by_username",
            Self::VerifyByEmail { .. } => "verify_by_email",
            Self::VerifyEmail { .. } => "verify_email",
            Self::ResetPassword { .. } => "reset_password",
            Self::SetPassword { .. } => "set_password",
            Self::ConfirmEmail { .. } => "confirm_email",
            Self::EmailChangeAsked { .. } => "email_change_asked",
            Self::EmailChanged { .. } => "email_changed",
            Self::EmailRemoved { .. } => "email_removed",
            Self::PasswordChanged { .. } => "password_changed",
            Self::Invitation { .. } => "invitation",
        }
    }

    /// The address that it is about, where one is.
    ///
    /// ```
    /// use portcullis::store::Errand;
    /// use portcullis::user::Username;
    ///
    /// let errand = Errand::RecoverByUsername { username: Username::parse("johndoe")? };
    /// assert!(errand.address().is_none());
    /// # Ok::<(), portcullis::user::InvalidUsername>(())
    /// ```
    pub const fn address(&self) -> Option<&EmailAddress> {
        match self {
            Self::RecoverByUsername { .. } => None,
            Self::RecoverByEmail { address }
            | Self::VerifyByEmail { address }
            | Self::VerifyEmail { address, .. }
            | Self::ResetPassword { address, .. }
            | Self::SetPassword { address, .. }
            | Self::ConfirmEmail { address, .. }
            | Self::EmailChangeAsked { address, .. }
            | Self::EmailChanged { address, .. }
            | Self::EmailRemoved { address, .. }
            | Self::PasswordChanged { address, .. }
            | Self::Invitation { address, .. } => Some(address),
        }
    }

    /// The account that it is about, where that is known; the one that invites.
    ///
    /// ```
    /// use portcullis::store::Errand;
    /// use portcullis::user::Username;
    ///
    /// let errand = Errand::RecoverByUsername { username: Username::parse("johndoe")? };
    /// assert!(errand.user().is_none()); // there may be no such account
    /// # Ok::<(), portcullis::user::InvalidUsername>(())
    /// ```
    pub const fn user(&self) -> Option<&UserId> {
        match self {
            Self::RecoverByEmail { .. }
            | Self::RecoverByUsername { .. }
            | Self::VerifyByEmail { .. }
            | Self::Invitation { by: None, .. } => None,
            Self::Invitation {
                by: Some((user, _)),
                ..
            }
            | Self::VerifyEmail { user, .. }
            | Self::ResetPassword { user, .. }
            | Self::SetPassword { user, .. }
            | Self::ConfirmEmail { user, .. }
            | Self::EmailChangeAsked { user, .. }
            | Self::EmailChanged { user, .. }
            | Self::EmailRemoved { user, .. }
            | Self::PasswordChanged { user, .. } => Some(user),
        }
    }
}

impl Mail {
    /// A new one, with an identifier of its own.
    ///
    /// ```
    /// use jiff::Timestamp;
    /// use portcullis::store::{Errand, Mail};
    /// use portcullis::user::Username;
    ///
    /// let username = Username::parse("johndoe")?;
    /// let mail = Mail::new(Errand::RecoverByUsername { username }, Timestamp::UNIX_EPOCH)?;
    /// assert_eq!(mail.created_at, Timestamp::UNIX_EPOCH);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`NoRandomness`].
    pub fn new(errand: Errand, created_at: Timestamp) -> Result<Self, NoRandomness> {
        Ok(Self {
            id: random_id()?,
            errand,
            created_at,
        })
    }
}

/// What a mail is about. The first three are as somebody typed them: whether there is such an account
/// is found out when it is their turn, so that nothing about the request tells.
///
/// ```
/// use portcullis::store::Errand;
/// use portcullis::user::{EmailAddress, UserId};
///
/// let errand = Errand::PasswordChanged {
///     user: UserId::new("4f9x2"),
///     address: EmailAddress::parse("johndoe@example.com")?,
/// };
/// assert!(!matches!(errand, Errand::Invitation { .. }));
/// # Ok::<(), portcullis::user::InvalidEmailAddress>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Errand {
    /// Somebody forgot a password, and typed an address.
    RecoverByEmail {
        /// The address.
        address: EmailAddress,
    },
    /// Somebody forgot a password, and typed a username.
    RecoverByUsername {
        /// The username.
        username: Username,
    },
    /// Somebody wants the link again that proves an address.
    VerifyByEmail {
        /// The address.
        address: EmailAddress,
    },
    /// An account has this address, which is to be proved.
    VerifyEmail {
        /// The account.
        user: UserId,
        /// The address.
        address: EmailAddress,
    },
    /// The owner of an account sets a new password.
    ResetPassword {
        /// The account.
        user: UserId,
        /// Its address.
        address: EmailAddress,
    },
    /// The owner of an account that an operator made sets the first password.
    SetPassword {
        /// The account.
        user: UserId,
        /// Its address.
        address: EmailAddress,
    },
    /// The owner of an account wants this address, which is to be proved.
    ConfirmEmail {
        /// The account.
        user: UserId,
        /// The new address.
        address: EmailAddress,
        /// The user's epoch when it was asked for. What ends the user's tokens ends this, too: whoever
        /// can put the letter off must not get a link that is newer than the next password.
        epoch: Epoch,
    },
    /// The old address is told that another one is wanted.
    EmailChangeAsked {
        /// The account.
        user: UserId,
        /// The old address.
        address: EmailAddress,
        /// The new one.
        new_address: EmailAddress,
    },
    /// The old address is told that another one took its place.
    EmailChanged {
        /// The account.
        user: UserId,
        /// The old address.
        address: EmailAddress,
        /// The new one.
        new_address: EmailAddress,
    },
    /// The old address is told that the account has none any more.
    EmailRemoved {
        /// The account.
        user: UserId,
        /// The old address.
        address: EmailAddress,
    },
    /// The owner is told that the password is another one.
    PasswordChanged {
        /// The account.
        user: UserId,
        /// Its address.
        address: EmailAddress,
    },
    /// Somebody is invited to make an account.
    Invitation {
        /// Who.
        address: EmailAddress,
        /// What the account will be granted.
        scopes: Scopes,
        /// The operator who invites, and the operator's epoch then; `None` where a program does. An
        /// invitation is good as long as this operator could send it anew.
        by: Option<(UserId, Epoch)>,
    },
}
