//! What is asked of a database about mails that wait to be sent: the outbox.
//!
//! A mail is written in the step that it is about, and sent afterwards, by whoever runs the worker
//! ([`Auth::deliver`](crate::Auth::deliver)): so no request waits for a mail server, and none is
//! lost with one. What lies here says what to tell whom. The token in the link is made when the
//! mail is sent, and is never stored.

use jiff::Timestamp;

use super::{Answer, Mail};
use crate::user::{EmailAddress, UserId};

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
    /// Stores a mail, due at once. Where the user that it is about is gone by now, nothing is stored.
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

    /// Up to `limit` mails about a user, waiting or given up, the oldest first; those alone that go to
    /// `address`, if one is said.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, johndoe, .. } = House::new().await?;
    /// # use portcullis::store::Outbox;
    /// assert!(store.list_mails(&johndoe.id, None, 100).await?.is_empty());
    /// # Ok(()) }
    /// ```
    fn list_mails<'a>(
        &'a self,
        user: &'a UserId,
        address: Option<&'a EmailAddress>,
        limit: u32,
    ) -> Answer<'a, Vec<Mail>>;

    /// Removes the mails that were given up before `before`, or were due before it and nobody took them,
    /// and answers how many.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, .. } = House::new().await?;
    /// # use portcullis::store::Outbox;
    /// assert_eq!(store.sweep_mails(jiff::Timestamp::UNIX_EPOCH).await?, 0);
    /// # Ok(()) }
    /// ```
    fn sweep_mails(&self, before: Timestamp) -> Answer<'_, u64>;

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
