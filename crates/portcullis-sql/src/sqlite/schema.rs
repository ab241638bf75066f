//! Makes and migrates the tables.

use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use super::Access;
use super::failure::opening;
use super::file::DatabaseFile;
use crate::migration::{Found, Migration, SCHEMA_TABLE};
use crate::{Create, OpenError};

const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        sql: include_str!("../../migrations/sqlite/0001_users_and_signing_keys.sql"),
    },
    Migration {
        version: 2,
        sql: include_str!("../../migrations/sqlite/0002_sessions.sql"),
    },
    Migration {
        version: 3,
        sql: include_str!("../../migrations/sqlite/0003_signing_keys.sql"),
    },
    Migration {
        version: 4,
        sql: include_str!("../../migrations/sqlite/0004_clients.sql"),
    },
    Migration {
        version: 5,
        sql: include_str!("../../migrations/sqlite/0005_accounts.sql"),
    },
];

const MAKE_SCHEMA_TABLE: &str = "CREATE TABLE IF NOT EXISTS portcullis_schema (
    version INTEGER NOT NULL PRIMARY KEY,
    checksum TEXT NOT NULL,
    applied_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s', 'now') AS INTEGER))
)";

/// Brings the database up to date, and answers whether it was empty before. Until it is known to be
/// ours or empty, nothing in it is touched.
pub(super) fn migrate(
    connection: &mut Connection,
    file: &DatabaseFile,
    create: Create,
) -> Result<bool, OpenError> {
    let failed = |error| opening(file, error);
    // A log that somebody else left is not to be put into their file by our closing it.
    let keep_log = |keep| {
        connection.set_db_config(
            DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
            keep && file.has_log(),
        )
    };
    keep_log(true).map_err(failed)?;
    let found = look(connection).map_err(failed)?;
    if create == Create::Never && matches!(found, Found::Empty) {
        return Err(OpenError::Missing {
            place: file.place().to_owned(),
        });
    }
    found.remaining(file.place(), MIGRATIONS)?;
    keep_log(false).map_err(failed)?;

    if connection.is_readonly("main").map_err(failed)? {
        return Err(OpenError::Unwritable {
            place: file.place().to_owned(),
            cause: "it may only be read".into(),
        });
    }
    write_ahead(connection).map_err(failed)?;
    apply(connection, file)
}

/// Asked again under the write lock: another process may have been migrating since.
fn apply(connection: &mut Connection, file: &DatabaseFile) -> Result<bool, OpenError> {
    let failed = |error| opening(file, error);
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(failed)?;
    let found = look(&transaction).map_err(failed)?;
    let remaining = found.remaining(file.place(), MIGRATIONS)?;
    if !remaining.is_empty() {
        transaction
            .execute_batch(MAKE_SCHEMA_TABLE)
            .map_err(failed)?;
    }
    for migration in remaining {
        transaction.execute_batch(migration.sql).map_err(failed)?;
        transaction
            .execute(
                "INSERT INTO portcullis_schema (version, checksum) VALUES (?1, ?2)",
                (migration.version, migration.checksum()),
            )
            .map_err(failed)?;
    }
    transaction.commit().map_err(failed)?;
    Ok(matches!(found, Found::Empty))
}

fn look(connection: &Connection) -> rusqlite::Result<Found> {
    let names = connection
        .prepare("SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type = 'table' DESC, name")?
        .query_map((), |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<String>>>()?;
    if names.is_empty() {
        return Ok(Found::Empty);
    }
    if !names.iter().any(|name| name == SCHEMA_TABLE) {
        return Ok(Found::Foreign(names));
    }
    let applied = connection
        .prepare("SELECT version, checksum FROM portcullis_schema ORDER BY version")?
        .query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Found::Ours(applied))
}

/// Turns the write-ahead log on. When two processes do so at once, SQLite answers busy without
/// waiting, so it is asked again.
fn write_ahead(connection: &Connection) -> rusqlite::Result<()> {
    let until = Instant::now() + Access::Write.patience();
    loop {
        let mode = connection.query_row("PRAGMA journal_mode = WAL", (), |row| {
            row.get::<_, String>(0)
        });
        match mode {
            Ok(mode) if mode == "wal" => return Ok(()),
            Err(error) if error.sqlite_error_code() != Some(ErrorCode::DatabaseBusy) => {
                return Err(error);
            }
            _ if Instant::now() < until => std::thread::sleep(Duration::from_millis(10)),
            Ok(_) => {
                return Err(rusqlite::Error::SqliteFailure(
                    rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_IOERR),
                    Some("the file system offers no shared memory for the write-ahead log".into()),
                ));
            }
            Err(error) => return Err(error),
        }
    }
}
