//! The database goes away under sessions, and comes back: nobody is told that a sign-out worked which
//! did not, and no refresh token is lost.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::thread;

use serde_json::Value;

use crate::http::{self, Answer};
use crate::postgres_server::PostgresServer;
use crate::server::{Server, portcullis, run, temporary_folder};
use crate::shell::Database;

const PASSWORD: &str = "correct horse battery staple";

/// A server with one user.
fn started(url: &str) -> Server {
    let folder = temporary_folder();
    let mut add = portcullis(folder.path());
    add.args(["user", "add", "johndoe", "--password-stdin"])
        .args(["--database", url]);
    assert!(run(add, PASSWORD).status.success());
    Server::start(&folder, &["--database", url], &[])
}

/// The tokens of a login.
struct Session(Value);

impl Session {
    fn begin(server: &Server) -> Self {
        let answer = server.login("johndoe", PASSWORD);
        assert_eq!(answer.status, 200, "{}", answer.text());
        Self(answer.json())
    }

    fn access(&self) -> &str {
        self.0["access_token"].as_str().unwrap()
    }

    fn refresh(&self) -> &str {
        self.0["refresh_token"].as_str().unwrap()
    }

    fn renew(&self, server: &Server) -> Answer {
        let token = ("refresh_token", self.refresh());
        server.post("/token", &[("grant_type", "refresh_token"), token], &[])
    }

    fn revoke(&self, server: &Server) -> Answer {
        server.post("/revoke", &[("token", self.refresh())], &[])
    }

    fn revoke_by_access(&self, server: &Server) -> Answer {
        server.post("/revoke", &[("token", self.access())], &[])
    }

    fn ask(&self, server: &Server, method: &str, path: &str) -> Answer {
        let bearer = format!("Bearer {}", self.access());
        let headers = [("Authorization", bearer.as_str())];
        http::send(server.address, method, path, &headers, b"")
    }

    fn list(&self, server: &Server) -> Answer {
        self.ask(server, "GET", "/users/me/sessions")
    }

    fn end(&self, server: &Server) -> Answer {
        let path = format!("/users/me/sessions/{}", &self.refresh()[..22]);
        self.ask(server, "DELETE", &path)
    }

    fn end_all(&self, server: &Server) -> Answer {
        self.ask(server, "DELETE", "/users/me/sessions")
    }
}

#[track_caller]
fn is_away(answer: &Answer) {
    answer.refuses(503, "temporarily_unavailable");
    assert!(answer.header("retry-after").is_some());
}

/// After the database is back: both sessions as they were, each with one successor, and sign-out works.
fn goes_on(server: &Server, [lives, ends]: [&Session; 2]) {
    for session in [lives, ends] {
        assert_eq!(server.me(session.access()).status, 200);
    }
    let listed = lives.list(server).json();
    assert_eq!(listed.as_array().unwrap().len(), 2, "{listed}");
    let next = Session(lives.renew(server).json());
    let again = Session(lives.renew(server).json());
    assert_ne!(next.refresh(), lives.refresh());
    assert_eq!(next.refresh(), again.refresh(), "one successor");
    let after = Session(next.renew(server).json());

    assert_eq!(ends.revoke(server).status, 200);
    server.me(ends.access()).refuses(401, "invalid_token");
    ends.renew(server).refuses(400, "invalid_grant");
    assert_eq!(server.me(after.access()).status, 200);
    assert_eq!(after.revoke_by_access(server).status, 200);
    server.me(after.access()).refuses(401, "invalid_token");
}

#[test]
fn postgresql_crashes_and_comes_back() {
    let mut postgres = PostgresServer::start();
    // What is acknowledged is written: the tests' server does without, for speed.
    let written = "?options=-csynchronous_commit%3Don";
    let server = started(&(postgres.fresh_database() + written));
    let (lives, ends) = (Session::begin(&server), Session::begin(&server));
    for round in 0..2 {
        postgres.stop();
        for session in [&lives, &ends] {
            for answer in [
                session.renew(&server),
                session.revoke(&server),
                session.revoke_by_access(&server),
                server.me(session.access()),
                session.list(&server),
                session.end(&server),
                session.end_all(&server),
            ] {
                is_away(&answer);
            }
        }
        is_away(&server.login("johndoe", PASSWORD));
        postgres.start_again();
        if round == 0 {
            assert_eq!(server.me(lives.access()).status, 200);
        }
    }
    goes_on(&server, [&lives, &ends]);
}

/// Another program holds the lock for longer than the server waits. In WAL mode readers do not mind.
#[test]
fn the_sqlite_file_is_locked_for_too_long() {
    let folder = temporary_folder();
    let [database, _] = Database::both(folder.path());
    let server = started(&database.url());
    let (lives, ends) = (Session::begin(&server), Session::begin(&server));

    let mut shell = Command::new("sqlite3")
        .args(["-bail", &database.url().replace("sqlite://", "")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = shell.stdin.take().unwrap();
    writeln!(stdin, "BEGIN EXCLUSIVE; SELECT 'locked';").unwrap();
    let mut said = String::new();
    let mut stdout = BufReader::new(shell.stdout.take().unwrap());
    stdout.read_line(&mut said).unwrap();
    assert_eq!(said, "locked\n");

    // At once, for the writer lets each of them wait for five seconds.
    thread::scope(|scope| {
        let (server, lives, ends) = (&server, &lives, &ends);
        let writes = [
            scope.spawn(|| lives.renew(server)),
            scope.spawn(|| ends.revoke(server)),
            scope.spawn(|| server.login("johndoe", PASSWORD)),
        ];
        assert_eq!(server.me(lives.access()).status, 200);
        assert_eq!(lives.list(server).status, 200);
        for write in writes {
            is_away(&write.join().unwrap());
        }
    });
    writeln!(stdin, "ROLLBACK;").unwrap();
    drop(stdin);
    assert!(shell.wait().unwrap().success());
    goes_on(&server, [&lives, &ends]);
}
