//! The databases' own shells: `sqlite3` and `psql`, as a person would use them.

use std::path::Path;
use std::process::Command;

use crate::postgres_server::PostgresServer;
use crate::server::run;

/// A database, and the shell that speaks to it.
pub(crate) enum Database {
    /// A file of this name.
    Sqlite(String),
    /// A URL.
    Postgres(String),
}

impl Database {
    /// A new one of each kind, for a test that runs on both.
    pub(crate) fn both(folder: &Path) -> [Self; 2] {
        [
            Self::Sqlite(folder.join("users.db").display().to_string()),
            Self::Postgres(PostgresServer::shared().fresh_database()),
        ]
    }

    pub(crate) fn url(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("sqlite://{path}"),
            Self::Postgres(url) => url.clone(),
        }
    }

    /// Runs statements in the shell, which must accept them. Answers what it printed.
    #[track_caller]
    pub(crate) fn run(&self, statements: &str) -> String {
        let (accepted, said) = self.try_run(statements);
        assert!(accepted, "{statements}: {said}");
        said
    }

    /// Runs statements, and answers whether the shell accepted them.
    pub(crate) fn try_run(&self, statements: &str) -> (bool, String) {
        let command = match self {
            Self::Sqlite(path) => {
                let mut command = Command::new("sqlite3");
                command.args(["-bail", path]);
                command
            }
            Self::Postgres(url) => {
                let mut command = Command::new("psql");
                command.args(["-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", url]);
                command
            }
        };
        let output = run(command, statements);
        let said = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        (output.status.success(), said)
    }
}
