//! What PostgreSQL's errors mean.

use std::error::Error as _;
use std::time::Duration;

use portcullis::scope::MalformedScope;
use portcullis::store::StoreError;
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use crate::OpenError;
use crate::client_columns::UnreadableClient;
use crate::mail_columns::UnreadableMail;
use crate::one_time_columns::UnreadableToken;
use crate::session_columns::UnreadableSession;
use crate::user_columns::UnreadableUser;

/// Why a verb failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// The server, or the way to it.
    Server(Error),
    /// The server said nothing for so long.
    Silence(Duration),
    /// What the server answered.
    Row(Box<dyn std::error::Error + Send + Sync>),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Server(error)
    }
}

impl From<UnreadableUser> for Failure {
    fn from(error: UnreadableUser) -> Self {
        Self::Row(error.into())
    }
}

impl From<UnreadableSession> for Failure {
    fn from(error: UnreadableSession) -> Self {
        Self::Row(error.into())
    }
}

impl From<UnreadableClient> for Failure {
    fn from(error: UnreadableClient) -> Self {
        Self::Row(error.into())
    }
}

impl From<UnreadableToken> for Failure {
    fn from(error: UnreadableToken) -> Self {
        Self::Row(error.into())
    }
}

impl From<UnreadableMail> for Failure {
    fn from(error: UnreadableMail) -> Self {
        Self::Row(error.into())
    }
}

impl From<MalformedScope> for Failure {
    fn from(error: MalformedScope) -> Self {
        Self::Row(error.into())
    }
}

impl From<jiff::Error> for Failure {
    fn from(error: jiff::Error) -> Self {
        Self::Row(error.into())
    }
}

impl Failure {
    /// Whether the address that was to be a user's own is another's, who came first.
    pub(super) fn is_email_taken(&self) -> bool {
        let Self::Server(error) = self else {
            return false;
        };
        error.as_db_error().is_some_and(|told| {
            *told.code() == SqlState::UNIQUE_VIOLATION
                && told.constraint() == Some("users_by_verified_email")
        })
    }

    /// Whether the connection must not be used again: it is broken, or leads to a server that no
    /// longer takes writes (which is only looked at when connecting).
    pub(super) fn ends_connection(&self) -> bool {
        let error = match self {
            Self::Server(error) => error,
            Self::Silence(_) => return true,
            Self::Row(_) => return false,
        };
        match error.code() {
            None => true,
            Some(code) => {
                *code == SqlState::READ_ONLY_SQL_TRANSACTION
                    || code.code().starts_with("57P")
                    || code.code().starts_with("08")
            }
        }
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Server(error) if is_passing(&error) => Self::unavailable(error),
            Failure::Server(error) => Self::unexpected(without_values(error)),
            Failure::Silence(time) => Self::unavailable(format!(
                "the database server did not answer within {} seconds",
                time.as_secs()
            )),
            Failure::Row(error) => Self::unexpected(error),
        }
    }
}

/// What is logged of an error. Its detail is left out: of a constraint it is the whole row, with the hash
/// of a password or the digests of tokens.
fn without_values(error: Error) -> Box<dyn std::error::Error + Send + Sync> {
    match error.as_db_error() {
        Some(told) => format!(
            "{}: {} ({})",
            told.severity(),
            told.message(),
            told.code().code()
        )
        .into(),
        None => error.into(),
    }
}

/// Whether the same may work later. By the class of the state (PostgreSQL, appendix A): connection,
/// rolled back, out of resources, not now, operator's intervention, system; or no state at all,
/// which is a broken connection, unless a value could not be read.
fn is_passing(error: &Error) -> bool {
    match error.code() {
        None => {
            error.is_closed()
                || error
                    .source()
                    .is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
        }
        Some(code) => {
            *code == SqlState::READ_ONLY_SQL_TRANSACTION
                || ["08", "40", "53", "55", "57", "58"]
                    .iter()
                    .any(|class| code.code().starts_with(class))
        }
    }
}

/// An error of opening.
pub(super) fn opening(place: &str, error: &Error) -> OpenError {
    let place = place.to_owned();
    let text = whole_text(error);
    // The driver keeps the kind of its errors to itself, but for their texts.
    let is_tls = text.starts_with("error performing TLS handshake");
    if is_tls && text.ends_with("server does not support TLS") {
        return OpenError::NoTls { place };
    }
    let cause = text.into();
    let Some(code) = error.code() else {
        if is_tls {
            return OpenError::Tls { place, cause };
        }
        return OpenError::Unreachable { place, cause };
    };
    // Class 28: authorization. 3D000: no such database. 42501: not permitted.
    if code.code().starts_with("28")
        || *code == SqlState::UNDEFINED_DATABASE
        || *code == SqlState::INSUFFICIENT_PRIVILEGE
    {
        OpenError::Refused { place, cause }
    } else {
        OpenError::Failed { place, cause }
    }
}

/// The error and what lies behind it, in one line. The driver's own text is only the outermost.
fn whole_text(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let more = cause.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        source = cause.source();
    }
    text
}
