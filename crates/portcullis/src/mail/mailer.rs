//! Who brings a letter to its reader.

use std::error::Error;
use std::pin::Pin;

use super::Letter;

/// What becomes of a letter that is being sent.
///
/// ```
/// use portcullis::mail::{Letter, Mailer, Sending};
///
/// /// Where nobody reads mail.
/// struct Nowhere;
/// impl Mailer for Nowhere {
///     fn send<'a>(&'a self, _: &'a Letter) -> Sending<'a> {
///         Box::pin(async { Ok(()) })
///     }
/// }
/// # let letter = Letter::sample("invitation").ok_or("no such kind")?;
/// # let runtime = tokio::runtime::Builder::new_current_thread().build()?;
/// # runtime.block_on(Nowhere.send(&letter))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<(), MailFailed>> + Send + 'a>>;

/// Brings letters to their readers: by SMTP, by a mail service's own API, or to a test.
///
/// A letter stays in the outbox until its mailer took it, so a mailer neither retries nor queues. It is
/// waited for as long as [`AccountSettings::mail_timeout`](crate::account::AccountSettings::mail_timeout)
/// says, and dropped then. Nothing of the letter's link belongs in a log.
///
/// Closures from [`Letter`] are mailers too:
///
/// ```
/// use std::sync::{Arc, Mutex};
///
/// use portcullis::mail::{Letter, MailFailed, Mailer};
///
/// let sent = Arc::new(Mutex::new(Vec::new()));
/// let into = Arc::clone(&sent);
/// let mailer: Arc<dyn Mailer> = Arc::new(move |letter: Letter| {
///     let into = Arc::clone(&into);
///     async move {
///         let mut sent = into.lock().map_err(|_| MailFailed::temporary("a test panicked"))?;
///         sent.push(letter);
///         Ok(())
///     }
/// });
/// # let letter = Letter::sample("invitation").ok_or("no such kind")?;
/// # let runtime = tokio::runtime::Builder::new_current_thread().build()?;
/// # runtime.block_on(mailer.send(&letter))?;
/// # assert_eq!(sent.lock().map(|sent| sent.len()).ok(), Some(1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Mailer: Send + Sync + 'static {
    /// Sends one letter, to its one address.
    ///
    /// ```
    /// use portcullis::mail::{Letter, MailFailed, Mailer, Sending};
    ///
    /// struct Postcards;
    /// impl Mailer for Postcards {
    ///     fn send<'a>(&'a self, letter: &'a Letter) -> Sending<'a> {
    ///         Box::pin(async move {
    ///             if letter.content.link().is_some() {
    ///                 return Err(MailFailed::permanent("everybody can read a postcard"));
    ///             }
    ///             println!("{}: {}", letter.to.as_str(), letter.subject());
    ///             Ok(())
    ///         })
    ///     }
    /// }
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    /// # let letter = |kind| Letter::sample(kind).ok_or("no such kind");
    /// # assert!(runtime.block_on(Postcards.send(&letter("reset_password")?)).is_err());
    /// # assert!(runtime.block_on(Postcards.send(&letter("password_changed")?)).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn send<'a>(&'a self, letter: &'a Letter) -> Sending<'a>;
}

impl<F, S> Mailer for F
where
    F: Fn(Letter) -> S + Send + Sync + 'static,
    S: Future<Output = Result<(), MailFailed>> + Send + 'static,
{
    fn send<'a>(&'a self, letter: &'a Letter) -> Sending<'a> {
        Box::pin(self(letter.clone()))
    }
}

/// A letter was not taken. Whether it is tried again depends on which of the two it is.
///
/// The cause is kept for the log. It must not hold the letter's link.
///
/// ```
/// use std::error::Error;
///
/// use portcullis::mail::MailFailed;
///
/// let failed = MailFailed::temporary("450 the mailbox is busy");
/// assert_eq!(failed.to_string(), "the mail was not taken yet");
/// assert_eq!(failed.source().map(ToString::to_string).as_deref(), Some("450 the mailbox is busy"));
/// ```
#[derive(Debug, thiserror::Error)]
pub enum MailFailed {
    /// It may be taken later: nobody answers, or not now (an SMTP reply of `4yz`).
    #[error("the mail was not taken yet")]
    Temporary(#[source] Box<dyn Error + Send + Sync>),
    /// It will never be taken: there is no such mailbox, say (an SMTP reply of `5yz`).
    #[error("the mail was refused for good")]
    Permanent(#[source] Box<dyn Error + Send + Sync>),
}

impl MailFailed {
    /// A failure that may pass.
    ///
    /// ```
    /// use portcullis::mail::MailFailed;
    ///
    /// fn answered(status: u16) -> Result<(), MailFailed> {
    ///     match status {
    ///         202 => Ok(()),
    ///         400 => Err(MailFailed::permanent("the address is refused")),
    ///         other => Err(MailFailed::temporary(format!("the mail service answered {other}"))),
    ///     }
    /// }
    /// assert!(matches!(answered(503), Err(MailFailed::Temporary(_))));
    /// ```
    pub fn temporary(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Temporary(cause.into())
    }

    /// A failure that will not pass.
    ///
    /// ```
    /// use portcullis::mail::MailFailed;
    ///
    /// let failed = MailFailed::permanent("550 no such mailbox");
    /// assert!(matches!(failed, MailFailed::Permanent(_)));
    /// ```
    pub fn permanent(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Permanent(cause.into())
    }
}
