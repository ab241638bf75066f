//! What is asked of a database about mails that wait to be sent: the outbox.
//!
//! A mail is written in the step that it is about, and sent afterwards, by whoever runs the worker
//! ([`Auth::deliver`](crate::Auth::deliver)): so no request waits for a mail server, and none is
//! lost with one. What lies here says what to tell whom. The token in the link is made when the
//! mail is sent, and is never stored.

use jiff::Timestamp;

use super::Answer;
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
            | Self::PasswordChanged { address, .. }
            | Self::Invitation { address, .. } => Some(address),
        }
    }

    /// The account that it is about, where that is known.
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
            | Self::Invitation { .. } => None,
            Self::VerifyEmail { user, .. }
            | Self::ResetPassword { user, .. }
            | Self::SetPassword { user, .. }
            | Self::ConfirmEmail { user, .. }
            | Self::EmailChangeAsked { user, .. }
            | Self::EmailChanged { user, .. }
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
    },
}

/// A mail whose turn it is, held by one worker until it is due again.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { store, .. } = House::new().await?;
/// # use jiff::Timestamp;
/// use portcullis::store::Outbox;
///
/// store.insert_mail(mail("johndoe@example.com")?).await?;
/// let (now, until) = (Timestamp::UNIX_EPOCH, Timestamp::constant(60, 0));
/// let claimed = store.claim_mails(now, until, 10).await?;
/// assert_eq!(claimed[0].attempt, 1);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedMail {
    /// The mail.
    pub mail: Mail,
    /// How often it was somebody's turn, this one counted. It tells this holder from a later one.
    pub attempt: u32,
}

/// How full the outbox is.
///
/// ```
/// let empty = portcullis::store::OutboxLoad::default();
/// assert_eq!((empty.waiting, empty.given_up), (0, 0));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OutboxLoad {
    /// Mails that are still to be sent.
    pub waiting: u64,
    /// Mails that were given up, and are kept for the operator to see.
    pub given_up: u64,
}

/// The verbs about the outbox.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { store, .. } = House::new().await?;
/// # use jiff::Timestamp;
/// use portcullis::store::Outbox;
///
/// store.insert_mail(mail("johndoe@example.com")?).await?;
/// let claimed = store.claim_mails(Timestamp::UNIX_EPOCH, Timestamp::constant(60, 0), 10).await?;
/// for claimed in &claimed {
///     // … send it, and then:
///     assert!(store.finish_mail(claimed, vec![]).await?);
/// }
/// assert_eq!(store.measure_outbox().await?.waiting, 0);
/// # Ok(()) }
/// ```
pub trait Outbox: Send + Sync + 'static {
    /// Stores a mail, due at once.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, .. } = House::new().await?;
    /// # use portcullis::store::Outbox;
    /// store.insert_mail(mail("johndoe@example.com")?).await?;
    /// assert_eq!(store.measure_outbox().await?.waiting, 1);
    /// # Ok(()) }
    /// ```
    fn insert_mail(&self, mail: Mail) -> Answer<'_, ()>;

    /// Up to `limit` mails that are due at `now`, the longest due first. They are due again at `until`,
    /// so that nobody else takes them before, and somebody does should this holder vanish.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, .. } = House::new().await?;
    /// # use jiff::Timestamp;
    /// # use portcullis::store::Outbox;
    /// # let (now, until) = (Timestamp::UNIX_EPOCH, Timestamp::constant(60, 0));
    /// store.insert_mail(mail("johndoe@example.com")?).await?;
    /// assert_eq!(store.claim_mails(now, until, 10).await?.len(), 1);
    /// assert!(store.claim_mails(now, until, 10).await?.is_empty()); // somebody has it
    /// assert_eq!(store.claim_mails(until, until, 10).await?.len(), 1); // who did not finish
    /// # Ok(()) }
    /// ```
    fn claim_mails(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Answer<'_, Vec<ClaimedMail>>;

    /// Removes a mail that was sent, or had nobody to go to, and stores those that follow from it.
    /// Answers `false`, and does nothing, when it is no longer this holder's.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, .. } = House::new().await?;
    /// # use jiff::Timestamp;
    /// # use portcullis::store::Outbox;
    /// # let (now, until) = (Timestamp::UNIX_EPOCH, Timestamp::constant(60, 0));
    /// store.insert_mail(mail("johndoe@example.com")?).await?;
    /// let late = store.claim_mails(now, now, 1).await?;
    /// let other = store.claim_mails(now, until, 1).await?; // it was due again at once
    /// assert!(!store.finish_mail(&late[0], vec![]).await?);
    /// assert!(store.finish_mail(&other[0], vec![]).await?);
    /// # Ok(()) }
    /// ```
    fn finish_mail<'a>(
        &'a self,
        claimed: &'a ClaimedMail,
        follow_up: Vec<Mail>,
    ) -> Answer<'a, bool>;

    /// Tries a mail again at `due_at`, and keeps why it did not go. Answers `false`, and does nothing,
    /// when it is no longer this holder's.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, .. } = House::new().await?;
    /// # use jiff::Timestamp;
    /// # use portcullis::store::Outbox;
    /// # let now = Timestamp::UNIX_EPOCH;
    /// store.insert_mail(mail("johndoe@example.com")?).await?;
    /// let claimed = store.claim_mails(now, Timestamp::constant(60, 0), 1).await?;
    /// assert!(store.postpone_mail(&claimed[0], now, "connection refused").await?);
    /// assert_eq!(store.claim_mails(now, now, 1).await?[0].attempt, 2);
    /// # Ok(()) }
    /// ```
    fn postpone_mail<'a>(
        &'a self,
        claimed: &'a ClaimedMail,
        due_at: Timestamp,
        failure: &'a str,
    ) -> Answer<'a, bool>;

    /// Gives a mail up at `now`, and keeps it with the reason. Answers `false`, and does nothing, when
    /// it is no longer this holder's.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, .. } = House::new().await?;
    /// # use jiff::Timestamp;
    /// # use portcullis::store::Outbox;
    /// # let now = Timestamp::UNIX_EPOCH;
    /// store.insert_mail(mail("johndoe@example.com")?).await?;
    /// let claimed = store.claim_mails(now, now, 1).await?;
    /// assert!(store.give_up_mail(&claimed[0], now, "550 no such mailbox").await?);
    /// assert_eq!(store.measure_outbox().await?.given_up, 1);
    /// assert!(store.claim_mails(now, now, 1).await?.is_empty());
    /// # Ok(()) }
    /// ```
    fn give_up_mail<'a>(
        &'a self,
        claimed: &'a ClaimedMail,
        now: Timestamp,
        failure: &'a str,
    ) -> Answer<'a, bool>;

    /// The mails about a user, waiting or given up, the oldest first.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, johndoe, .. } = House::new().await?;
    /// # use portcullis::store::Outbox;
    /// assert!(store.list_mails(&johndoe.id).await?.is_empty());
    /// # Ok(()) }
    /// ```
    fn list_mails<'a>(&'a self, user: &'a UserId) -> Answer<'a, Vec<Mail>>;

    /// Removes the mails that were given up before `given_up_before`, and answers how many.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, .. } = House::new().await?;
    /// # use portcullis::store::Outbox;
    /// assert_eq!(store.sweep_mails(jiff::Timestamp::UNIX_EPOCH).await?, 0);
    /// # Ok(()) }
    /// ```
    fn sweep_mails(&self, given_up_before: Timestamp) -> Answer<'_, u64>;

    /// How full it is.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, .. } = House::new().await?;
    /// # use portcullis::store::Outbox;
    /// assert_eq!(store.measure_outbox().await?.waiting, 0);
    /// # Ok(()) }
    /// ```
    fn measure_outbox(&self) -> Answer<'_, OutboxLoad>;
}
