//! What SQLite's errors mean.

use portcullis::store::StoreError;
use rusqlite::{Error, ErrorCode};

use super::file::DatabaseFile;
use crate::OpenError;

/// An error of a verb.
pub(super) fn failure(error: Error) -> StoreError {
    if is_passing(&error) {
        StoreError::unavailable(error)
    } else {
        StoreError::unexpected(error)
    }
}

/// Whether the same may work later.
fn is_passing(error: &Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(
            ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::SystemIoFailure
                | ErrorCode::DiskFull
                | ErrorCode::CannotOpen
                | ErrorCode::ReadOnly
                | ErrorCode::PermissionDenied
                | ErrorCode::OutOfMemory
                | ErrorCode::FileLockingProtocolFailed
                | ErrorCode::SchemaChanged
                | ErrorCode::OperationInterrupted
                | ErrorCode::OperationAborted
        )
    )
}

/// An error of opening.
pub(super) fn opening(file: &DatabaseFile, error: Error) -> OpenError {
    let place = file.place().to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            OpenError::NotADatabase { place }
        }
        Some(
            ErrorCode::CannotOpen
            | ErrorCode::ReadOnly
            | ErrorCode::PermissionDenied
            | ErrorCode::DiskFull
            | ErrorCode::SystemIoFailure,
        ) => OpenError::Unwritable {
            place,
            cause: error.into(),
        },
        _ => OpenError::Failed {
            place,
            cause: error.into(),
        },
    }
}
