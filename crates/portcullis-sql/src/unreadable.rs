//! Rows that the database took and nobody can read: told in the log, and never guessed.

use std::error::Error;

use portcullis::store::StoreError;

/// Logs that a listing left out one of `what`, such as `a user`.
pub(crate) fn log_left_out(what: &'static str, error: &StoreError) {
    let cause = cause(error);
    tracing::error!(
        cause,
        "{what}'s row cannot be read and was left out of the list"
    );
}

/// Logs that a mail was given up, for its row cannot be read.
pub(crate) fn log_given_up(error: &StoreError) {
    let cause = cause(error);
    tracing::error!(cause, "a mail's row cannot be read, and it was given up");
}

fn cause(error: &StoreError) -> String {
    error.source().map(ToString::to_string).unwrap_or_default()
}
