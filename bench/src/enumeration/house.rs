//! The servers that are asked: `portcullis` with users and a mail server, and the ones with a defect.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use rusqlite::{Connection, OpenFlags, params};
use tempfile::TempDir;

use super::control::Defect;
use super::paths::Person;
use super::sink::Sink;
use crate::server::Server;

const INSERT: &str = "INSERT INTO users (username, email, email_verified, hashed_password)
VALUES (?1, ?2, true, ?3)";
/// How long mails may take to go out.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running server and its database, which is removed when this is dropped.
pub(crate) struct House {
    // Before the directory: the server must be gone when its files go.
    server: Server,
    outbox: Connection,
    pub(crate) sink: Sink,
    database: PathBuf,
    directory: TempDir,
}

impl House {
    /// As many users as there are pairs, each with a verified address and this hash.
    pub(crate) fn furnish(program: &Path, users: u32, hash: &str) -> anyhow::Result<Self> {
        let directory = tempfile::Builder::new()
            .prefix("portcullis-enumeration-")
            .tempdir()?;
        let sink = Sink::open()?;
        let configuration = format!(
            "[mail]\nurl = \"smtp://{}\"\nfrom = \"Bench <bench@example.com>\"\n",
            sink.address
        );
        std::fs::write(directory.path().join("portcullis.toml"), configuration)?;
        let database = directory.path().join("bench.db");
        // The first start makes the tables.
        Server::portcullis(program, directory.path(), &database)?.stop()?;
        insert(&database, users, hash)?;
        // It learns how long hashes take before it answers anybody, and what was begun here must not
        // take part in that.
        thread::sleep(Duration::from_millis(500));
        let server = Server::portcullis(program, directory.path(), &database)?;
        Ok(Self {
            server,
            outbox: Connection::open_with_flags(&database, OpenFlags::SQLITE_OPEN_READ_ONLY)?,
            sink,
            database,
            directory,
        })
    }

    pub(crate) fn server(&self) -> &Server {
        &self.server
    }

    /// A server with a defect, over the same database.
    pub(crate) fn control(&self, defect: Defect) -> anyhow::Result<Server> {
        Server::control(self.directory.path(), &self.database, defect)
    }

    /// Waits until all mails are out, and the machine is quiet.
    pub(crate) fn wait_for_mails(&self) -> anyhow::Result<()> {
        let begun = Instant::now();
        loop {
            let waiting: u32 = self.outbox.query_row(
                "SELECT count(*) FROM mails WHERE due_at IS NOT NULL",
                [],
                |row| row.get(0),
            )?;
            if waiting == 0 {
                break;
            }
            ensure!(begun.elapsed() < PATIENCE, "{waiting} mails do not go out");
            thread::sleep(Duration::from_millis(1));
        }
        thread::sleep(Duration::from_millis(1));
        Ok(())
    }

    pub(crate) fn stop(self) -> anyhow::Result<()> {
        self.server.stop()
    }
}

fn insert(database: &Path, users: u32, hash: &str) -> anyhow::Result<()> {
    let mut connection = Connection::open(database)?;
    let transaction = connection.transaction()?;
    for number in 0..users {
        let name = Person::Known(number).name();
        let email = format!("{name}@example.com");
        transaction
            .execute(INSERT, params![name, email, hash])
            .context("cannot insert a user")?;
    }
    transaction.commit()?;
    Ok(())
}
