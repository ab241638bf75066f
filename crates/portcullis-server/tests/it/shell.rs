//! The databases' own shells: `sqlite3` and `psql`, as a person would use them.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

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

    /// Keeps everybody else from writing to a table, until the lock is dropped. Reading goes on.
    pub(crate) fn lock(&self, table: &str) -> Lock {
        let mut shell = self
            .command()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = shell.stdin.take().unwrap();
        let lock = match self {
            Self::Sqlite(_) => ".timeout 5000\nBEGIN IMMEDIATE;".to_owned(),
            Self::Postgres(_) => format!("BEGIN; LOCK TABLE {table} IN EXCLUSIVE MODE;"),
        };
        writeln!(stdin, "{lock} SELECT 'locked';").unwrap();
        let mut said = String::new();
        let mut stdout = BufReader::new(shell.stdout.take().unwrap());
        stdout.read_line(&mut said).unwrap();
        assert_eq!(said, "locked\n");
        Lock {
            shell,
            _stdin: stdin,
        }
    }

    /// Runs statements, and answers whether the shell accepted them.
    pub(crate) fn try_run(&self, statements: &str) -> (bool, String) {
        let output = run(self.command(), statements);
        let said = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        (output.status.success(), said)
    }

    fn command(&self) -> Command {
        match self {
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
        }
    }
}

/// A lock, let go with this value: its shell is killed.
pub(crate) struct Lock {
    shell: Child,
    _stdin: ChildStdin,
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}
