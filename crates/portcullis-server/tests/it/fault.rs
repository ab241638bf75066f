//! The database goes away under a running server: refused, never let in, and nothing told.

use std::time::Instant;

use crate::postgres_server::PostgresServer;
use crate::server::{Server, portcullis, run, temporary_folder};

const PASSWORD: &str = "correct horse battery staple";

/// A server with one user, and a token of it.
fn signed_in(arguments: &[&str]) -> (Server, String) {
    let folder = temporary_folder();
    let mut add = portcullis(folder.path());
    add.args(["user", "add", "johndoe", "--password-stdin"])
        .args(arguments);
    assert!(run(add, PASSWORD).status.success());
    let server = Server::start(&folder, arguments, &[]);
    let token = server.token("johndoe", PASSWORD);
    assert_eq!(server.me(&token).status, 200);
    (server, token)
}

fn refuses_everything(server: &Server, token: &str) {
    assert_eq!(server.get("/healthz", &[]).status, 200);
    for answer in [
        server.me(token),
        server.login("johndoe", PASSWORD),
        server.login("nobody", PASSWORD),
        server.get("/readyz", &[]),
    ] {
        answer.refuses(503, "temporarily_unavailable");
        assert!(answer.header("retry-after").is_some());
        for told in ["sql", "connection", "file", "host"] {
            assert!(
                !answer.text().to_lowercase().contains(told),
                "{}",
                answer.text()
            );
        }
    }
    // What can be judged without the database still is.
    server
        .get("/users/me", &[])
        .refuses(401, "not_authenticated");
    server.me("not.a.token").refuses(401, "invalid_token");
    assert_eq!(server.get("/.well-known/jwks.json", &[]).status, 200);
}

#[test]
fn postgresql_stops() {
    let postgres = PostgresServer::start();
    let (server, token) = signed_in(&["--database", &postgres.fresh_database()]);
    drop(postgres);
    let began = Instant::now();
    refuses_everything(&server, &token);
    assert!(began.elapsed().as_secs() < 30, "{:?}", began.elapsed());
    server.log_with("not available");
}

#[test]
fn the_sqlite_file_is_replaced() {
    let (server, token) = signed_in(&[]);
    let file = server.folder.path().join("portcullis.db");
    std::fs::rename(&file, server.folder.path().join("elsewhere.db")).unwrap();
    // The next look at the file is at most a millisecond away.
    std::thread::sleep(std::time::Duration::from_millis(2));
    refuses_everything(&server, &token);
    std::fs::copy(server.folder.path().join("elsewhere.db"), &file).unwrap();
    refuses_everything(&server, &token);
}
