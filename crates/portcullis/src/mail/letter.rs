//! What is to be said, and to whom.

use super::{Link, OneLine, Wording};
use crate::user::EmailAddress;

/// A letter to one person: to whom it goes, and what it is about.
///
/// It has a good plain text of its own, and all that is needed for another.
///
/// ```
/// use jiff::SignedDuration;
/// use portcullis::mail::{Content, Letter, Link, OneLine};
/// use portcullis::user::EmailAddress;
///
/// let issuer = "https://id.example.com";
/// let letter = Letter {
///     message_id: "Yh5Z1mVnTk2c0aXq7hX9Lw".to_owned(),
///     to: EmailAddress::parse("johndoe@example.com")?,
///     issuer: issuer.to_owned(),
///     content: Content::ResetPassword {
///         username: OneLine::new("johndoe"),
///         link: Link::new(issuer, "reset-password", "nNTMjT…", SignedDuration::from_mins(30)),
///     },
/// };
/// assert_eq!(letter.kind(), "reset_password");
/// assert_eq!(letter.subject(), "Choose a new password for id.example.com");
/// assert!(letter.text().contains("\n\nhttps://id.example.com/reset-password#token=nNTMjT…\n\n"));
/// # Ok::<(), portcullis::user::InvalidEmailAddress>(())
/// ```
#[derive(Debug, Clone)]
pub struct Letter {
    /// What makes the letter another than all others, also when it is sent a second time: the left side
    /// of the `Message-ID` (RFC 5322 §3.6.4). The right side is the sender's.
    pub message_id: String,
    /// Whom it is for. Nobody else gets it.
    pub to: EmailAddress,
    /// The address of the service that writes it, as its tokens say it.
    pub issuer: String,
    /// What it is about.
    pub content: Content,
}

/// What a letter is about.
///
/// ```
/// use portcullis::mail::{Content, OneLine};
///
/// let content = Content::PasswordChanged { username: OneLine::new("johndoe") };
/// assert_eq!(content.kind(), "password_changed");
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Content {
    /// Show that this address is yours.
    VerifyEmail {
        /// The account that gave it.
        username: OneLine,
        /// To the page that says so.
        link: Link,
    },
    /// Somebody gave your address for another account. It has no link that does anything.
    AddressInUse {
        /// The account that has the address.
        username: OneLine,
    },
    /// A new password was asked for.
    ResetPassword {
        /// The account it is for.
        username: OneLine,
        /// To the page where it is chosen.
        link: Link,
    },
    /// An account was made for you: choose a password.
    SetPassword {
        /// The account.
        username: OneLine,
        /// To the page where it is chosen.
        link: Link,
    },
    /// Confirm the new address of your account, to that address.
    ConfirmEmail {
        /// The account.
        username: OneLine,
        /// The new address.
        new_address: OneLine,
        /// To the page that confirms it.
        link: Link,
    },
    /// Another address was asked for, to the old one.
    EmailChangeAsked {
        /// The account.
        username: OneLine,
        /// The new address.
        new_address: OneLine,
    },
    /// The account has another address now, to the old one.
    EmailChanged {
        /// The account.
        username: OneLine,
        /// The new address.
        new_address: OneLine,
    },
    /// The account has no address any more, to the old one.
    EmailRemoved {
        /// The account.
        username: OneLine,
    },
    /// The password was changed.
    PasswordChanged {
        /// The account.
        username: OneLine,
    },
    /// You may make an account.
    Invitation {
        /// To the page where it is made.
        link: Link,
    },
}

impl Content {
    /// The kind of letter, in one word: the name of a template, say.
    ///
    /// ```
    /// use portcullis::mail::Letter;
    ///
    /// for letter in Letter::samples() {
    ///     let template = format!("{}.html", letter.content.kind());
    ///     # assert!(Letter::sample(letter.kind()).is_some_and(|other| other.kind() == letter.kind()));
    /// }
    /// ```
    pub fn kind(&self) -> &'static str {
        match self {
            Self::VerifyEmail { .. } => "verify_email",
            Self::AddressInUse { .. } => "address_in_use",
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

    /// The account it is about.
    ///
    /// ```
    /// use portcullis::mail::{Content, OneLine};
    ///
    /// let content = Content::PasswordChanged { username: OneLine::new("johndoe") };
    /// assert_eq!(content.username().map(OneLine::as_str), Some("johndoe"));
    /// ```
    pub fn username(&self) -> Option<&OneLine> {
        match self {
            Self::VerifyEmail { username, .. }
            | Self::AddressInUse { username }
            | Self::ResetPassword { username, .. }
            | Self::SetPassword { username, .. }
            | Self::ConfirmEmail { username, .. }
            | Self::EmailChangeAsked { username, .. }
            | Self::EmailChanged { username, .. }
            | Self::EmailRemoved { username }
            | Self::PasswordChanged { username } => Some(username),
            Self::Invitation { .. } => None,
        }
    }

    /// The new address of the account, where it is about one.
    ///
    /// ```
    /// use portcullis::mail::{Content, OneLine};
    ///
    /// let content = Content::EmailChanged {
    ///     username: OneLine::new("johndoe"),
    ///     new_address: OneLine::new("new@example.com"),
    /// };
    /// assert_eq!(content.new_address().map(OneLine::as_str), Some("new@example.com"));
    /// ```
    pub fn new_address(&self) -> Option<&OneLine> {
        match self {
            Self::ConfirmEmail { new_address, .. }
            | Self::EmailChangeAsked { new_address, .. }
            | Self::EmailChanged { new_address, .. } => Some(new_address),
            _ => None,
        }
    }

    /// The link that does what the letter is about, where there is something to do.
    ///
    /// ```
    /// use portcullis::mail::Letter;
    ///
    /// let with_a_link = Letter::samples().iter().filter(|letter| letter.content.link().is_some()).count();
    /// assert_eq!(with_a_link, 5);
    /// ```
    pub fn link(&self) -> Option<&Link> {
        match self {
            Self::VerifyEmail { link, .. }
            | Self::ResetPassword { link, .. }
            | Self::SetPassword { link, .. }
            | Self::ConfirmEmail { link, .. }
            | Self::Invitation { link } => Some(link),
            _ => None,
        }
    }
}

impl Letter {
    /// The kind of letter: that of its content.
    ///
    /// ```
    /// # use portcullis::mail::Letter;
    /// # let letter = Letter::sample("invitation").ok_or("no such kind")?;
    /// assert_eq!(letter.kind(), letter.content.kind());
    /// # Ok::<(), &str>(())
    /// ```
    pub fn kind(&self) -> &'static str {
        self.content.kind()
    }

    /// The name of the service that writes: the host of its issuer.
    ///
    /// ```
    /// # use portcullis::mail::Letter;
    /// # let letter = Letter::sample("invitation").ok_or("no such kind")?;
    /// assert_eq!(letter.issuer, "https://id.example.com");
    /// assert_eq!(letter.service(), "id.example.com");
    /// # Ok::<(), &str>(())
    /// ```
    pub fn service(&self) -> &str {
        let after_scheme = self.issuer.split_once("://").map(|(_, rest)| rest);
        let rest = after_scheme.unwrap_or(&self.issuer);
        rest.split('/').next().unwrap_or(rest)
    }

    /// What it says, in parts, for a form of your own. In it is the link, in the clear.
    ///
    /// ```
    /// # use portcullis::mail::Letter;
    /// # let letter = Letter::sample("reset_password").ok_or("no such kind")?;
    /// let wording = letter.wording();
    /// assert_eq!(wording.button, "Choose a new password");
    /// # Ok::<(), &str>(())
    /// ```
    pub fn wording(&self) -> Wording {
        Wording::of(self)
    }

    /// What it is about, in a line. No name that somebody chose is in it, and no secret.
    ///
    /// ```
    /// # use portcullis::mail::Letter;
    /// # let letter = Letter::sample("password_changed").ok_or("no such kind")?;
    /// assert_eq!(letter.subject(), "Your password for id.example.com was changed");
    /// # Ok::<(), &str>(())
    /// ```
    pub fn subject(&self) -> String {
        self.wording().subject
    }

    /// The whole letter as plain text, in English. The link in it, a secret, is on a line of its own.
    ///
    /// ```
    /// # use portcullis::mail::Letter;
    /// # let letter = Letter::sample("password_changed").ok_or("no such kind")?;
    /// assert_eq!(
    ///     letter.text(),
    ///     "The password of your account \"johndoe\" at id.example.com was changed.\n\
    ///     \n\
    ///     If it was you, all is well. All devices were signed out: sign in with the new password.\n\
    ///     \n\
    ///     If it was not you, ask for a new password at once, here:\n\
    ///     \n\
    ///     https://id.example.com/\n"
    /// );
    /// # Ok::<(), &str>(())
    /// ```
    pub fn text(&self) -> String {
        self.wording().text()
    }
}
