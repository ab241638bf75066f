//! The server hides slower hashes behind one time: from its first answer on, and when they come later.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::http::{form, send};
use crate::server::{Server, temporary_folder};
use crate::shell::Database;

/// Of bcrypt at cost 12, which takes some ten times longer than a new hash.
const IMPORT: &str = "INSERT INTO users (username, hashed_password)
VALUES ('fishing', '$2b$12$WCMetE1BapjKl7Knpd7yW.vJaTdm3qtzV4v0WFq8P1wvr45DErw26');";

fn start(folder: &Arc<TempDir>, database: &Database) -> Server {
    Server::start(folder, &["--database", &database.url()], &[])
}

/// How long a refusal takes, at best.
fn refused(server: &Server, name: &str) -> Duration {
    let once = || {
        let headers = [("Content-Type", "application/x-www-form-urlencoded")];
        let body = form(&[("username", name), ("password", "wrong")]);
        let begun = Instant::now();
        let answer = send(server.address, "POST", "/token", &headers, body.as_bytes());
        let took = begun.elapsed();
        answer.refuses(400, "invalid_grant");
        took
    };
    (0..3).map(|_| once()).min().unwrap()
}

#[test]
fn e03_refusals_wait_for_a_slower_hash_from_the_first_answer_on() {
    let folder = temporary_folder();
    for database in Database::both(folder.path()) {
        let server = start(&folder, &database);
        let usual = refused(&server, "nobody1");
        drop(server);
        database.run(IMPORT);
        let server = start(&folder, &database);
        // Nobody has signed in here: it was learnt at the start.
        let unknown = refused(&server, "nobody1");
        let slower = refused(&server, "fishing");
        assert!(unknown > usual * 2, "{unknown:?}, and {usual:?} before");
        // A refusal waits for more than the slower hash takes, so either may be a little ahead.
        assert!(unknown * 5 > slower * 4, "{unknown:?}, {slower:?}");
        assert!(slower * 5 > unknown * 4, "{unknown:?}, {slower:?}");
    }
}

#[test]
fn e03_a_hash_that_is_imported_later_is_learnt_in_ten_seconds() {
    let folder = temporary_folder();
    let [database, _] = Database::both(folder.path());
    let server = start(&folder, &database);
    let usual = refused(&server, "nobody1");
    database.run(IMPORT);
    let deadline = Instant::now() + Duration::from_secs(20);
    while refused(&server, "nobody1") < usual * 2 {
        assert!(Instant::now() < deadline, "refusals take what they took");
        std::thread::sleep(Duration::from_millis(500));
    }
}
