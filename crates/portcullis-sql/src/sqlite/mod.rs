//! A store in one file beside the program.
//!
//! ```text
//! verb that reads ──► readers: one of several read-only connections, on the calling thread
//! verb that writes ─► writer: one thread with one connection, one transaction a verb
//! ```
//!
//! A user, a session or a client that was read a moment ago is remembered until anything is written
//! (`remembered`). Once the file's name no longer leads to the file, nothing is read or written until
//! a restart.
//!
//! SQLite answers a prepared lookup faster than a hop to another thread takes, and in WAL mode no
//! reader waits for a writer. So reads run where they are asked; only writes travel.

mod clients;
mod failure;
mod file;
mod hash_costs;
mod one_time;
mod outbox;
mod readers;
mod remembered;
mod schema;
mod search;
mod sessions;
mod signing_keys;
mod users;
mod writer;

#[cfg(test)]
mod plan_tests;
#[cfg(test)]
mod statement_tests;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use self::file::DatabaseFile;
use self::readers::Readers;
use self::remembered::Remembered;
use self::writer::Writer;
use crate::{Create, OpenError};

/// A store in an SQLite file. Several processes may use the same file at once.
///
/// ```
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("users.db");
/// use portcullis::store::UserSource;
/// use portcullis_sql::{Create, SqliteStore};
///
/// let store = SqliteStore::open(&path, Create::IfMissing)?;
/// assert!(store.find_by_subject("4f9x2").await?.is_none()); // nobody yet
/// # Ok(()) }
/// ```
pub struct SqliteStore {
    // The readers are closed first, so that the writer, as the last, puts the log into the file.
    readers: Readers,
    writer: Writer,
    was_created: bool,
}

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteStore").finish_non_exhaustive()
    }
}

impl SqliteStore {
    /// Opens the file at `path`, makes it if it is missing and `create` says so (readable by its
    /// owner alone), and migrates it. Blocks; [`open`](crate::open) does not.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let folder = folder.path();
    /// use portcullis_sql::{Create, SqliteStore};
    ///
    /// assert!(SqliteStore::open(&folder.join("users.db"), Create::IfMissing).is_ok());
    /// std::fs::write(folder.join("diary.txt"), "Dear diary, …")?;
    /// assert!(SqliteStore::open(&folder.join("diary.txt"), Create::IfMissing).is_err());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`OpenError`]. A file that holds something else is left as it is.
    pub fn open(path: &Path, create: Create) -> Result<Self, OpenError> {
        let file = DatabaseFile::find(path, create)?;
        let failed = |error| failure::opening(&file, error);
        let identified = file
            .identify()
            .map_err(|cause| OpenError::failed(file.place(), cause))?;
        let identified = Arc::new(identified);
        let remembered = Arc::new(Remembered::new());
        let mut connection = connect(&file, Access::Write).map_err(failed)?;
        let was_created = schema::migrate(&mut connection, &file, create)?;
        let readers = Readers::open(&file, Arc::clone(&identified), Arc::clone(&remembered));
        let readers = readers.map_err(failed)?;
        // Before the first and after the last connection: so all are on the same file.
        identified
            .check()
            .map_err(|cause| OpenError::failed(file.place(), cause))?;
        Ok(Self {
            readers,
            writer: Writer::start(connection, identified, remembered)
                .map_err(|cause| OpenError::failed(file.place(), cause))?,
            was_created,
        })
    }

    /// Whether this very opening made the tables.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("users.db");
    /// use portcullis_sql::{Create, SqliteStore};
    ///
    /// assert!(SqliteStore::open(&path, Create::IfMissing)?.was_created());
    /// assert!(!SqliteStore::open(&path, Create::IfMissing)?.was_created()); // it was there
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn was_created(&self) -> bool {
        self.was_created
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write,
}

impl Access {
    /// How long a lock is waited for. A read does not wait for writers in WAL mode, only for another
    /// process's recovery; and it waits on a thread that serves others too.
    fn patience(self) -> Duration {
        match self {
            Self::Read => Duration::from_millis(250),
            Self::Write => Duration::from_secs(5),
        }
    }
}

/// A connection, set up as every one of ours is. Nothing is written to the file.
fn connect(file: &DatabaseFile, access: Access) -> rusqlite::Result<Connection> {
    // Each connection stays behind one lock, so SQLite's own are left out. No URI: a file's name is
    // only a name.
    let flags = OpenFlags::SQLITE_OPEN_NO_MUTEX
        | match access {
            Access::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
            Access::Write => OpenFlags::SQLITE_OPEN_READ_WRITE,
        };
    let connection = Connection::open_with_flags(file.path(), flags)?;
    connection.busy_timeout(access.patience())?;
    connection.set_prepared_statement_cache_capacity(32);
    // FULL: an answered write survives a power cut. Memory-mapping is off, for a file that somebody
    // truncates would then end the process. trusted_schema: what somebody wrote into the schema
    // reaches no function with side effects. secure_delete: what was erased is overwritten.
    connection.execute_batch(
        "PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA secure_delete = ON;
         PRAGMA mmap_size = 0;",
    )?;
    Ok(connection)
}
