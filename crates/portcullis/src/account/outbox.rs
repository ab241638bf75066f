//! Sends what waits in the outbox: finds out whom it is for, makes the token, and hands the letter to
//! the mailer.
//!
//! A mail is sent at least once: it leaves the outbox when the mailer took it, so that only a process
//! that dies between the two sends it again, under the same Message-ID.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::errand::Task;
use crate::clock::Clock;
use crate::mail::{Letter, MailFailed, Mailer};
use crate::secret::NoRandomness;
use crate::store::{AccountStore, ClaimedMail, Errand, Mail, StoreError};

/// What became of a mail whose turn it was.
///
/// ```
/// use portcullis::account::Delivery;
///
/// assert_ne!(Delivery::Sent, Delivery::Postponed);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// The mailer took it.
    Sent,
    /// There is nobody it is for, or others follow from it.
    Resolved,
    /// It is tried again later.
    Postponed,
    /// It is not tried again.
    GivenUp,
}

/// Why a mail could not be sent just now.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotSent {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    #[error(transparent)]
    Mailer(#[from] MailFailed),
    #[error("the account was changed in the meantime")]
    Changed,
    #[error("the mailer took longer than {0:?}")]
    TooLong(Duration),
}

/// Carries mails from the outbox to a mailer. [`Auth::deliver`](crate::Auth::deliver) runs one.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { store, .. } = House::new().await?;
/// use std::time::Duration;
/// use portcullis::account::Postman;
/// use portcullis::clock::SystemClock;
/// use portcullis::mail::{Letter, MailFailed};
///
/// let mailer = |letter: Letter| async move {
///     println!("{}", letter.text());
///     Ok::<(), MailFailed>(())
/// };
/// let postman = Postman {
///     store: &*store,
///     mailer: &mailer,
///     issuer: "https://api.example.com",
///     clock: &SystemClock,
///     timeout: Duration::from_secs(30),
/// };
/// assert!(postman.claim(8).await?.is_empty()); // nothing waits
/// # Ok(()) }
/// ```
#[derive(Clone, Copy)]
pub struct Postman<'a> {
    /// The outbox, and the accounts.
    pub store: &'a dyn AccountStore,
    /// Who takes the letters.
    pub mailer: &'a dyn Mailer,
    /// Where links lead.
    pub issuer: &'a str,
    /// The time.
    pub clock: &'a dyn Clock,
    /// How long one attempt may take.
    pub timeout: Duration,
}

impl Postman<'_> {
    /// Takes up to `limit` mails that are due. Nobody else gets them for twice as long as an attempt may
    /// take, so that two never try the same one.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, .. } = House::new().await?;
    /// # use portcullis::store::Outbox;
    /// # let mailer = |_| async { Ok(()) };
    /// # let postman = postman(&*store, &mailer);
    /// store.insert_mail(mail("nobody@example.com")?).await?;
    /// assert_eq!(postman.claim(8).await?.len(), 1);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn claim(&self, limit: u32) -> Result<Vec<ClaimedMail>, StoreError> {
        let now = self.clock.now();
        let lease = SignedDuration::try_from(self.timeout * 2).unwrap_or(SignedDuration::MAX);
        let until = now.saturating_add(lease).unwrap_or(now);
        self.store.claim_mails(now, until, limit).await
    }

    /// Deals with one mail, and says in the outbox what became of it.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, .. } = House::new().await?;
    /// # use portcullis::store::Outbox;
    /// # let mailer = |_| async { Ok(()) };
    /// # let postman = postman(&*store, &mailer);
    /// use portcullis::account::Delivery;
    ///
    /// store.insert_mail(mail("nobody@example.com")?).await?;
    /// for claimed in postman.claim(8).await? {
    ///     assert_eq!(postman.deliver(&claimed).await?, Delivery::Resolved); // nobody has this address
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`StoreError`] when the outbox could not be told; the mail is due again in a while.
    pub async fn deliver(&self, claimed: &ClaimedMail) -> Result<Delivery, StoreError> {
        let now = self.clock.now();
        if now >= give_up_at(&claimed.mail) {
            let told = "nobody sent it while it was of use";
            self.store.give_up_mail(claimed, now, told).await?;
            return Ok(Delivery::GivenUp);
        }
        match self.attempt(claimed).await {
            Ok((delivery, follow_up)) => {
                self.store.finish_mail(claimed, follow_up).await?;
                Ok(delivery)
            }
            Err(failed) => self.failed(claimed, &failed).await,
        }
    }

    async fn attempt(&self, claimed: &ClaimedMail) -> Result<(Delivery, Vec<Mail>), NotSent> {
        match self.task(&claimed.mail).await? {
            Task::Resolve(follow_up) => Ok((Delivery::Resolved, follow_up)),
            Task::Say(to, content) => {
                let letter = Letter {
                    message_id: claimed.mail.id.clone(),
                    to,
                    issuer: self.issuer.to_owned(),
                    content,
                };
                let sending = self.mailer.send(&letter);
                let sent = tokio::time::timeout(self.timeout, sending).await;
                sent.map_err(|_| NotSent::TooLong(self.timeout))??;
                Ok((Delivery::Sent, Vec::new()))
            }
        }
    }

    async fn failed(
        &self,
        claimed: &ClaimedMail,
        failed: &NotSent,
    ) -> Result<Delivery, StoreError> {
        use std::error::Error;
        let now = self.clock.now();
        let cause = match failed {
            NotSent::Mailer(failed) => failed.source().map(ToString::to_string),
            _ => None,
        };
        let told = cause.unwrap_or_else(|| failed.to_string());
        let (mail, kind) = (&claimed.mail.id, claimed.mail.errand.kind());
        let is_final = matches!(failed, NotSent::Mailer(MailFailed::Permanent(_)));
        let later = now.saturating_add(pause(claimed.attempt)).unwrap_or(now);
        if is_final || later >= give_up_at(&claimed.mail) {
            tracing::error!(%mail, kind, cause = told, "a mail is given up");
            self.store.give_up_mail(claimed, now, &told).await?;
            return Ok(Delivery::GivenUp);
        }
        tracing::warn!(%mail, kind, cause = told, "a mail was not sent; trying again");
        self.store.postpone_mail(claimed, later, &told).await?;
        Ok(Delivery::Postponed)
    }
}

/// How long after the attempt of this number the next one is made: ten seconds, then twice as long each
/// time, up to an hour.
fn pause(attempt: u32) -> SignedDuration {
    let doublings = attempt.saturating_sub(1).min(9);
    SignedDuration::from_secs((10 << doublings).min(3_600))
}

/// When a mail is of no use any more: a link that somebody waited for after a day, the rest after three.
fn give_up_at(mail: &Mail) -> Timestamp {
    let patience = match mail.errand {
        Errand::ResetPassword { .. }
        | Errand::RecoverByEmail { .. }
        | Errand::RecoverByUsername { .. }
        | Errand::VerifyByEmail { .. } => SignedDuration::from_hours(24),
        _ => SignedDuration::from_hours(72),
    };
    let created_at = mail.created_at;
    created_at.saturating_add(patience).unwrap_or(created_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_an_hour() {
        let seconds: Vec<i64> = (1..=12).map(|attempt| pause(attempt).as_secs()).collect();
        assert_eq!(
            seconds,
            [
                10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 3_600, 3_600, 3_600
            ]
        );
        assert_eq!(pause(u32::MAX).as_secs(), 3_600);
    }
}
