//! An empty database of either engine, with the shell that people use on it.

use std::process::{Command, Stdio};
use std::sync::Arc;

use portcullis::store::{Credential, Store};
use portcullis::user::{User, Username};
use portcullis_sql::{Create, Database, OpenError};
use tempfile::TempDir;

use crate::postgres_server::PostgresServer;

pub(crate) enum Engine {
    Sqlite(TempDir),
    Postgres(String),
}

impl Engine {
    /// An empty database of each engine.
    pub(crate) fn both() -> [Self; 2] {
        [Self::sqlite(), Self::postgres()]
    }

    pub(crate) fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().unwrap())
    }

    pub(crate) fn postgres() -> Self {
        Self::Postgres(PostgresServer::shared().fresh_database())
    }

    pub(crate) fn url(&self) -> String {
        match self {
            Self::Sqlite(folder) => format!("sqlite://{}/users.db", folder.path().display()),
            Self::Postgres(url) => url.clone(),
        }
    }

    pub(crate) async fn open(&self) -> Arc<dyn Store> {
        self.try_open(Create::IfMissing).await.unwrap().store
    }

    pub(crate) async fn try_open(&self, create: Create) -> Result<Database, OpenError> {
        portcullis_sql::open_database(&self.url(), create).await
    }

    /// What the shell prints, or what it complains about. A process of its own, as a person's is.
    pub(crate) fn shell(&self, sql: &str) -> Result<String, String> {
        let mut command = match self {
            Self::Sqlite(folder) => {
                let mut command = Command::new("sqlite3");
                command
                    .args(["-batch", "-bail"])
                    .arg(folder.path().join("users.db"));
                command
            }
            Self::Postgres(url) => {
                let mut command = Command::new("psql");
                command
                    .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
                    .args(["--set=ON_ERROR_STOP=1", url, "--command"]);
                command
            }
        };
        let output = command.arg(sql).stdin(Stdio::null()).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        if output.status.success() {
            Ok(text(&output.stdout))
        } else {
            Err(text(&output.stderr))
        }
    }

    /// The complaint of the shell, which must have one.
    pub(crate) fn refused(&self, sql: &str) -> String {
        self.shell(sql).expect_err(sql)
    }
}

pub(crate) async fn find(store: &dyn Store, name: &str) -> Option<Credential<User>> {
    let name = Username::parse(name).unwrap();
    store.find_by_username(&name).await.unwrap()
}

pub(crate) async fn found(store: &dyn Store, name: &str) -> Credential<User> {
    find(store, name).await.expect(name)
}
