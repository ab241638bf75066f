//! A database's address, and which store it means.

use std::path::PathBuf;
use std::sync::Arc;

use portcullis::store::Store;

use crate::{OpenError, PostgresStore, SqliteStore};

/// Whether a database that is not there is made.
///
/// ```
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let url = format!("sqlite://{}/users.db", folder.path().display());
/// use portcullis_sql::{Create, OpenError};
///
/// let refused = portcullis_sql::open(&url, Create::Never).await;
/// assert!(matches!(refused, Err(OpenError::Missing { .. })));
/// assert!(portcullis_sql::open(&url, Create::IfMissing).await.is_ok());
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Create {
    /// It is made. A `PostgreSQL` database itself must exist; its tables are made.
    IfMissing,
    /// It must be there, with its tables.
    Never,
}

/// An opened database.
///
/// ```
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let url = format!("sqlite://{}/users.db", folder.path().display());
/// use portcullis::Auth;
/// use portcullis_sql::{Create, Database};
///
/// let Database { store, was_created } = portcullis_sql::open_database(&url, Create::IfMissing).await?;
/// let auth = Auth::builder(store).issuer("https://api.example.com").build()?;
/// auth.users().check().await?;
/// assert!(was_created);
/// # Ok(()) }
/// ```
pub struct Database {
    /// The store on it.
    pub store: Arc<dyn Store>,
    /// Whether this very opening made its tables.
    pub was_created: bool,
}

/// Opens the database at `url`: `sqlite://relative.db`, `sqlite:///absolute.db` or
/// `postgres://user:password@host/database`. A file's name is taken as it is written, without
/// percent-decoding.
///
/// ```
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let url = format!("sqlite://{}/users.db", folder.path().display());
/// use portcullis_sql::Create;
///
/// let store = portcullis_sql::open(&url, Create::IfMissing).await?;
/// assert!(store.list_signing_keys().await?.is_empty());
/// # Ok(()) }
/// ```
///
/// # Errors
/// [`OpenError`], which never holds the address's password.
pub async fn open(url: &str, create: Create) -> Result<Arc<dyn Store>, OpenError> {
    Ok(open_database(url, create).await?.store)
}

/// [`open`], and whether it made the tables.
///
/// ```
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let url = format!("sqlite://{}/users.db", folder.path().display());
/// use portcullis_sql::{Create, open_database};
///
/// assert!(open_database(&url, Create::IfMissing).await?.was_created); // time to add a user
/// assert!(!open_database(&url, Create::IfMissing).await?.was_created);
/// # Ok(()) }
/// ```
///
/// # Errors
/// As [`open`].
pub async fn open_database(url: &str, create: Create) -> Result<Database, OpenError> {
    if let Some(file) = url.strip_prefix("sqlite:") {
        let path = sqlite_path(file)?;
        let opening = tokio::task::spawn_blocking(move || SqliteStore::open(&path, create));
        let store = opening
            .await
            .map_err(|cause| OpenError::failed("in SQLite", cause))??;
        return Ok(Database {
            was_created: store.was_created(),
            store: Arc::new(store),
        });
    }
    if is_postgres(url) {
        let store = PostgresStore::open_or_create(url, create).await?;
        return Ok(Database {
            was_created: store.was_created(),
            store: Arc::new(store),
        });
    }
    Err(unknown(url))
}

/// Whether `url` is the address of a database. Nothing is opened.
///
/// ```
/// use portcullis_sql::check_address;
///
/// assert!(check_address("sqlite:///var/lib/portcullis/users.db").is_ok());
/// assert!(check_address("postgres://portcullis@db.example.com/users").is_ok());
/// assert!(check_address("mysql://portcullis@db.example.com/users").is_err());
/// ```
///
/// # Errors
/// [`OpenError::Address`].
pub fn check_address(url: &str) -> Result<(), OpenError> {
    if let Some(file) = url.strip_prefix("sqlite:") {
        return sqlite_path(file).map(|_| ());
    }
    if is_postgres(url) {
        return PostgresStore::check_address(url);
    }
    Err(unknown(url))
}

fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

/// Only what stands before the colon is repeated: what follows may be a password.
fn unknown(url: &str) -> OpenError {
    let problem = match url.split_once(':') {
        Some((scheme, _)) if scheme.chars().all(|c| c.is_ascii_alphanumeric()) => {
            format!("`{scheme}:` is no database that is known here")
        }
        _ => "this is no database address".to_owned(),
    };
    OpenError::Address { problem }
}

/// The address without its password, for people and for logs. What cannot be told apart from a
/// password is left out with it.
///
/// ```
/// use portcullis_sql::without_password;
///
/// assert_eq!(
///     without_password("postgres://portcullis:hunter2@db.example.com/users"),
///     "postgres://portcullis:…@db.example.com/users"
/// );
/// ```
pub fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return "…".to_owned();
    };
    if scheme == "sqlite" {
        return url.to_owned();
    }
    let (user, rest) = match rest.split_once('@') {
        None => (String::new(), rest),
        Some((user, rest)) if !user.contains(['/', '?']) && !rest.contains('@') => {
            let shown = match user.split_once(':') {
                Some((name, _)) => format!("{name}:…@"),
                None => format!("{user}@"),
            };
            (shown, rest)
        }
        Some(_) => return format!("{scheme}://…"),
    };
    let Some((place, parameters)) = rest.split_once('?') else {
        return format!("{scheme}://{user}{rest}");
    };
    let shown: Vec<_> = parameters
        .split('&')
        .map(|parameter| match parameter.split_once('=') {
            // The names are decoded before they are understood, so only plain ones are shown.
            Some((name, _)) if name.contains('%') || name.contains("password") => {
                format!("{name}=…")
            }
            _ => parameter.to_owned(),
        })
        .collect();
    format!("{scheme}://{user}{place}?{}", shown.join("&"))
}

/// The file of `sqlite:` and what follows.
fn sqlite_path(after_scheme: &str) -> Result<PathBuf, OpenError> {
    let wrong = |problem: &str| {
        Err(OpenError::Address {
            problem: problem.to_owned(),
        })
    };
    match after_scheme.strip_prefix("//") {
        None => wrong("`sqlite:` is followed by two slashes and a file"),
        Some("") => wrong("`sqlite://` names no file"),
        Some(file) if file.contains(":memory:") => wrong(
            "an SQLite database in memory is not offered (several connections share the file)",
        ),
        Some(file) if file.contains(['?', '#', '\0']) => {
            wrong("an SQLite address has no parameters, and its file no `?`, `#` or NUL")
        }
        Some(file) if file.ends_with('/') => {
            wrong("the SQLite address names a directory, not a file")
        }
        Some(file) => Ok(PathBuf::from(file)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_password() {
        for (url, shown) in [
            ("sqlite:///a/users.db", "sqlite:///a/users.db"),
            (
                "postgres://me:hunter2@a,b:5433/db",
                "postgres://me:…@a,b:5433/db",
            ),
            (
                "postgres://me@host/db?sslmode=require",
                "postgres://me@host/db?sslmode=require",
            ),
            (
                "postgres:///db?password=hunter2&user=me",
                "postgres:///db?password=…&user=me",
            ),
            (
                "postgres:///db?p%61ssword=hunter2",
                "postgres:///db?p%61ssword=…",
            ),
            ("postgres://me:hunter2@hunter2@host/db", "postgres://…"),
            ("postgres://me:hunter2/hunter2@host/db", "postgres://…"),
            ("postgres://me:hunter2?hunter2@host/db", "postgres://…"),
            ("host=a password=hunter2", "…"),
            ("hunter2", "…"),
        ] {
            assert_eq!(without_password(url), shown);
        }
    }

    #[test]
    fn two_slashes_are_relative_and_three_absolute() {
        assert_eq!(
            sqlite_path("//users.db").unwrap(),
            PathBuf::from("users.db")
        );
        assert_eq!(
            sqlite_path("//a/users.db").unwrap(),
            PathBuf::from("a/users.db")
        );
        assert_eq!(
            sqlite_path("///a/users.db").unwrap(),
            PathBuf::from("/a/users.db")
        );
    }

    #[test]
    fn an_address_that_means_something_else_is_refused() {
        for wrong in [
            "users.db",
            "/users.db",
            "//",
            ":memory:",
            "//:memory:",
            "//a.db?mode=ro",
            "//a/",
        ] {
            let refused = sqlite_path(wrong);
            assert!(
                matches!(refused, Err(OpenError::Address { .. })),
                "{wrong}: {refused:?}"
            );
        }
    }

    #[tokio::test]
    async fn no_password_is_in_a_refusal() {
        for url in [
            "mysql://me:hunter2@host/db",
            "me:hunter2@host",
            "hunter2",
            "",
            "sqlite:hunter2",
            "sqlite://a?password=hunter2",
        ] {
            let refused = open(url, Create::Never).await.err().unwrap();
            assert!(
                matches!(refused, OpenError::Address { .. }),
                "{url}: {refused:?}"
            );
            assert!(
                !format!("{refused} {refused:?}").contains("hunter2"),
                "{refused}"
            );
        }
    }
}
