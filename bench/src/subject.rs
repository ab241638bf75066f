//! What is measured: `portcullis` running on a database full of users.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::server::Server;
use crate::{compile, users};

/// The running server and its database, which is removed when this is dropped.
pub(crate) struct Subject {
    // Before the directory, since fields are dropped in order: the server must
    // be gone when its files go.
    server: Server,
    directory: TempDir,
    users: u32,
}

impl Subject {
    /// Builds the server unless `program` is given, lets it make its database,
    /// fills that with users, and starts the server on it.
    pub(crate) fn prepare(program: Option<&Path>, users: u32) -> anyhow::Result<Self> {
        let program: PathBuf = match program {
            Some(program) => program.canonicalize()?,
            None => compile::portcullis()?,
        };
        let directory = tempfile::Builder::new()
            .prefix("portcullis-bench-")
            .tempdir()?;
        let database = directory.path().join("bench.db");
        // The first start makes the tables.
        Server::portcullis(&program, directory.path(), &database)?.stop()?;
        eprintln!("inserting {users} users …");
        users::insert(&database, users)?;
        let server = Server::portcullis(&program, directory.path(), &database)?;
        Ok(Self {
            server,
            directory,
            users,
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Where the run keeps its files.
    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn users(&self) -> u32 {
        self.users
    }

    /// Stops the server and fails when it did not end well.
    pub(crate) fn stop(self) -> anyhow::Result<()> {
        self.server.stop()
    }
}
