//! Mails, from a letter to a mail server, with every way in which a mail server can fail.

pub(crate) mod aiosmtpd;
mod delivery;
mod looks;
mod server;
mod settings;
mod templates;
mod tls;
mod trouble;

use std::time::Duration;

use portcullis::mail::{Letter, MailFailed};
use portcullis::user::EmailAddress;

use crate::mailing::{self, ServerAddress, Settings};

const ISSUER: &str = "https://id.example.com";
const FROM: &str = "Müller & Söhne <no-reply@example.com>";

/// Settings for the mail server at `url`.
fn settings(url: &str) -> Settings {
    Settings {
        server: Some(ServerAddress::parse(url).unwrap()),
        from: Some(FROM.parse().unwrap()),
        ca_file: None,
        templates: None,
        timeout: Duration::from_secs(20),
    }
}

/// Sends a letter as the settings say.
fn send(settings: &Settings, letter: &Letter) -> Result<(), MailFailed> {
    let mailer = mailing::mailer(settings, ISSUER).unwrap().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(mailer.send(letter))
}

fn sample(kind: &str) -> Letter {
    Letter::sample(kind).unwrap()
}

fn to(kind: &str, address: &str) -> Letter {
    Letter {
        to: EmailAddress::parse(address).unwrap(),
        ..sample(kind)
    }
}

/// Why it was not sent, and that it may be later.
#[track_caller]
fn temporary(sent: Result<(), MailFailed>) -> String {
    match sent {
        Err(MailFailed::Temporary(cause)) => cause.to_string(),
        other => panic!("{other:?}"),
    }
}

/// Why it was not sent, and never will be.
#[track_caller]
fn permanent(sent: Result<(), MailFailed>) -> String {
    match sent {
        Err(MailFailed::Permanent(cause)) => cause.to_string(),
        other => panic!("{other:?}"),
    }
}
