//! Why a database was not opened, told to whoever must do something about it.

/// The cause behind an [`OpenError`].
type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a database was not opened. The texts say what is wrong, where, and what to do; no password
/// is in them. Each is whole, cause included, so there is no further [`source`].
///
/// [`source`]: std::error::Error::source
///
/// ```
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use portcullis_sql::{Create, OpenError};
///
/// let Err(refused) = portcullis_sql::open("sqlite://:memory:", Create::IfMissing).await else {
///     return Err("opened".into());
/// };
/// assert!(matches!(refused, OpenError::Address { .. }));
/// assert!(refused.to_string().contains("in memory is not offered"));
/// # Ok(()) }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The address is not one of a database.
    #[error(
        "{problem}; a database is sqlite://FILE, sqlite:///ABSOLUTE/FILE or postgres://USER@HOST/DATABASE"
    )]
    Address {
        /// What is wrong with it.
        problem: String,
    },
    /// There is no such database, and none was to be made.
    #[error(
        "there is no database at {place}; check the address, or let `portcullis serve` or `portcullis user add` make it"
    )]
    Missing {
        /// Where it was looked for.
        place: String,
    },
    /// The file or its directory cannot be written.
    #[error(
        "the database {place} cannot be made or written: {cause}; the file and its directory must exist and be writable (SQLite keeps two more files beside it)"
    )]
    Unwritable {
        /// Where.
        place: String,
        /// Why.
        cause: Cause,
    },
    /// The file is something else.
    #[error(
        "{place} is not an SQLite database (or a damaged one); it was left alone: name another file"
    )]
    NotADatabase {
        /// Which file.
        place: String,
    },
    /// The tables are somebody else's.
    #[error(
        "the database {place} holds tables that are not Portcullis' ({tables}); it was left alone: name another database, or an empty one"
    )]
    Foreign {
        /// Which database.
        place: String,
        /// Some of the tables.
        tables: String,
    },
    /// A newer version made it.
    #[error(
        "the database {place} was made by a newer Portcullis (schema version {found}, this one knows {known}); it was left alone: run that version"
    )]
    Newer {
        /// Which database.
        place: String,
        /// Its version.
        found: i64,
        /// The newest known version.
        known: i64,
    },
    /// Its migrations are not ours.
    #[error(
        "the database {place} was migrated by a differing schema version {version}; it was left alone: run the Portcullis that made it, or restore a backup"
    )]
    Altered {
        /// Which database.
        place: String,
        /// The version whose text differs.
        version: i64,
    },
    /// No server answers.
    #[error(
        "the database server at {place} cannot be reached: {cause}; check that it runs, and the host and port in the address"
    )]
    Unreachable {
        /// Where.
        place: String,
        /// Why.
        cause: Cause,
    },
    /// The server speaks no TLS, which is required beyond this machine.
    #[error(
        "the database server at {place} offers no TLS: turn it on there; only with `sslmode=disable` in the address is it done without, and then anybody on the way can read and change everything, the database's password and the users' hashes too"
    )]
    NoTls {
        /// Where.
        place: String,
    },
    /// The server cannot be trusted.
    #[error(
        "no TLS with the database server at {place}: {cause}; its certificate must be valid for the host in the address, and trusted by this machine or by the file that SSL_CERT_FILE names"
    )]
    Tls {
        /// Where.
        place: String,
        /// Why.
        cause: Cause,
    },
    /// The server refused us.
    #[error(
        "the database server refused {place}: {cause}; check the user, the password and the database's name in the address"
    )]
    Refused {
        /// Where.
        place: String,
        /// Why.
        cause: Cause,
    },
    /// Anything else.
    #[error("the database {place} could not be opened: {cause}")]
    Failed {
        /// Which database.
        place: String,
        /// Why.
        cause: Cause,
    },
}

impl OpenError {
    pub(crate) fn failed(place: &str, cause: impl Into<Cause>) -> Self {
        Self::Failed {
            place: place.to_owned(),
            cause: cause.into(),
        }
    }
}
