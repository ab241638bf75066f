//! What is said to users by mail, and who brings it to them.
//!
//! Whatever has to be mailed becomes a [`Letter`]: to whom, and what it is about. A [`Mailer`] brings
//! it there. The server has one that speaks SMTP; in your own program, a closure will do:
//!
//! ```
//! use std::sync::Arc;
//!
//! use portcullis::mail::{Letter, MailFailed, Mailer};
//!
//! let mailer: Arc<dyn Mailer> = Arc::new(async |letter: Letter| {
//!     println!("To: {}\nSubject: {}\n\n{}", letter.to.as_str(), letter.subject(), letter.text());
//!     Ok::<(), MailFailed>(())
//! });
//! # let runtime = tokio::runtime::Builder::new_current_thread().build()?;
//! # for letter in Letter::samples() { runtime.block_on(mailer.send(&letter))?; }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod letter;
mod link;
mod mailer;
mod one_line;
mod sample;
mod wording;

pub use letter::{Content, Letter};
pub use link::Link;
pub use mailer::{MailFailed, Mailer, Sending};
pub use one_line::OneLine;
pub use wording::Wording;

#[cfg(test)]
#[path = "mail_tests.rs"]
mod tests;
