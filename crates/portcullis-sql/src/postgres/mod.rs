//! A store on a PostgreSQL server, which several nodes share.
//!
//! Nothing is kept here: every verb asks the server, so what one node wrote holds for the next
//! request on every other. A lookup is one round trip with a prepared statement.

mod account;
mod clients;
mod connections;
mod failure;
mod hash_costs;
mod one_time;
mod outbox;
mod place;
mod schema;
mod search;
mod sessions;
mod signing_keys;
mod tls;
mod users;

// A server is started only there.
#[cfg(all(test, unix))]
mod plan_tests;

use tokio::time::timeout;

use self::connections::Connections;
use crate::{Create, OpenError};

/// A store on a PostgreSQL server.
///
/// ```
/// # mod postgres_server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/postgres_server.rs")); }
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = postgres_server::PostgresServer::start();
/// # let url = server.url();
/// use portcullis::Auth;
/// use portcullis_sql::PostgresStore;
///
/// let auth = Auth::builder(PostgresStore::open(&url).await?)
///     .issuer("https://api.example.com")
///     .build()?;
/// assert!(auth.users().check().await.is_ok());
/// # Ok(()) }
/// ```
pub struct PostgresStore {
    connections: Connections,
    was_created: bool,
}

impl std::fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresStore").finish_non_exhaustive()
    }
}

impl PostgresStore {
    /// Connects to `postgres://user:password@host/database`, makes the tables in the first schema
    /// of the search path if it is empty, and migrates them.
    ///
    /// - Several hosts may be named (`host1,host2:5433`): the one that takes writes is used.
    /// - Beyond this machine TLS is required, and the server's certificate verified against those of
    ///   the operating system or of `SSL_CERT_FILE`. Only an explicit `sslmode=disable` does without:
    ///   then whoever sits between can read and change everything, the password and the hashes too.
    /// - To a loopback address, `localhost` or a Unix socket there is no TLS, unless by
    ///   `sslmode=require`.
    ///
    /// ```
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use portcullis_sql::{OpenError, PostgresStore};
    ///
    /// let url = "postgres://portcullis:hunter2@127.0.0.1:1/users"; // nobody listens there
    /// match PostgresStore::open(url).await {
    ///     Err(OpenError::Unreachable { place, .. }) => {
    ///         assert_eq!(place, "postgres://127.0.0.1:1/users");
    ///     }
    ///     other => panic!("{other:?}"),
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`OpenError`], which never holds the password. A database that holds something else is left
    /// as it is.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        Self::open_or_create(url, Create::IfMissing).await
    }

    pub(crate) async fn open_or_create(url: &str, create: Create) -> Result<Self, OpenError> {
        let (config, place) = place::parse(url)?;
        let connections = Connections::new(config, &place)?;
        let mut connection = connections.first(&place).await?;
        let migrating = schema::migrate(&mut connection, &place, create);
        let silence = |_| OpenError::Unreachable {
            place: place.clone(),
            cause: "it accepted the connection, and then said nothing".into(),
        };
        let was_created = timeout(schema::PATIENCE, migrating)
            .await
            .map_err(silence)??;
        drop(connection);
        Ok(Self {
            connections,
            was_created,
        })
    }

    /// Whether `url` can be understood.
    pub(crate) fn check_address(url: &str) -> Result<(), OpenError> {
        place::parse(url).map(|_| ())
    }

    /// Whether this very opening made the tables.
    ///
    /// ```
    /// # mod postgres_server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/postgres_server.rs")); }
    /// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = postgres_server::PostgresServer::start();
    /// # let url = server.url();
    /// use portcullis_sql::PostgresStore;
    ///
    /// assert!(PostgresStore::open(&url).await?.was_created());
    /// assert!(!PostgresStore::open(&url).await?.was_created()); // the tables were there
    /// # Ok(()) }
    /// ```
    pub fn was_created(&self) -> bool {
        self.was_created
    }
}
