//! Bad input gets a clear error, and loses nothing.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::path::Path;

use crate::http;
use crate::server::{Server, portcullis, run, temporary_folder};
use crate::shell::Database;

/// `serve` that must not start. Answers what it said.
#[track_caller]
fn serve_refuses(folder: &Path, arguments: &[&str]) -> String {
    let mut command = portcullis(folder);
    command.arg("serve").args(arguments);
    if !arguments.contains(&"--listen") {
        command.args(["--listen", "127.0.0.1:0"]);
    }
    let output = run(command, "");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.starts_with("error: "), "{said}");
    said
}

#[test]
fn an_occupied_port() {
    let occupied = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = occupied.local_addr().unwrap().to_string();
    let said = serve_refuses(temporary_folder().path(), &["--demo", "--listen", &address]);
    assert!(
        said.contains(&address) && said.contains("--listen"),
        "{said}"
    );
}

#[test]
fn a_database_that_cannot_be_written() {
    let folder = temporary_folder();
    std::fs::write(folder.path().join("file"), "not a directory").unwrap();
    for (url, names) in [
        ("sqlite://file/users.db", "file/users.db"),
        ("sqlite://missing/users.db", "missing/users.db"),
        ("sqlite://file", "file"),
        ("mysql://localhost/users", "postgres://"),
        ("users.db", "sqlite://"),
    ] {
        let said = serve_refuses(folder.path(), &["--database", url]);
        assert!(said.contains(names), "{url}: {said}");
    }
    let kept = std::fs::read_to_string(folder.path().join("file")).unwrap();
    assert_eq!(kept, "not a directory");
}

#[test]
fn a_postgresql_that_is_away_or_refuses_keeps_its_password_secret() {
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let url = format!("postgres://app:hunter2@{free}/accounts");
    let said = serve_refuses(temporary_folder().path(), &["--database", &url]);
    assert!(
        said.contains(&free.port().to_string()) && !said.contains("hunter2"),
        "{said}"
    );
}

#[test]
fn a_users_table_that_is_somebody_elses() {
    let folder = temporary_folder();
    for database in Database::both(folder.path()) {
        database.run("CREATE TABLE users (name VARCHAR(20)); INSERT INTO users VALUES ('theirs');");
        let said = serve_refuses(folder.path(), &["--database", &database.url()]);
        assert!(
            said.contains("left alone") && said.contains("users"),
            "{said}"
        );
        assert_eq!(database.run("SELECT name FROM users;").trim(), "theirs");
        assert!(!folder.path().join("portcullis.key").exists());
    }
}

#[test]
fn a_database_of_a_newer_version() {
    let folder = temporary_folder();
    for database in Database::both(folder.path()) {
        drop(Server::start(
            &folder,
            &["--database", &database.url()],
            &[],
        ));
        database.run(
            "INSERT INTO portcullis_schema (version, checksum, applied_at) VALUES (9999, 'x', 0);",
        );
        let said = serve_refuses(folder.path(), &["--database", &database.url()]);
        assert!(said.contains("newer") && said.contains("9999"), "{said}");
    }
}

#[test]
fn settings_that_are_unknown_or_unsafe() {
    let folder = temporary_folder();
    std::fs::write(
        folder.path().join("portcullis.toml"),
        "lisen = \"127.0.0.1:1\"\n",
    )
    .unwrap();
    let said = serve_refuses(folder.path(), &["--demo"]);
    assert!(
        said.contains("portcullis.toml") && said.contains("`lisen`"),
        "{said}"
    );

    let folder = temporary_folder();
    let said = serve_refuses(folder.path(), &["--listen", "0.0.0.0:0"]);
    assert!(
        said.contains("issuer") && said.contains("behind_proxy"),
        "{said}"
    );
    let issuer = "issuer = \"https://id.example.com\"\nbehind_proxy = true\n";
    std::fs::write(folder.path().join("portcullis.toml"), issuer).unwrap();
    let said = serve_refuses(folder.path(), &["--demo", "--listen", "0.0.0.0:0"]);
    assert!(said.contains("loopback"), "{said}");
    let said = serve_refuses(folder.path(), &["--config", "missing.toml"]);
    assert!(said.contains("missing.toml"), "{said}");
    let said = serve_refuses(folder.path(), &["--demo"]);
    assert!(said.contains("this machine alone"), "{said}");
    let mut command = portcullis(folder.path());
    command.args(["serve", "--demo", "--database", "sqlite://x.db"]);
    assert_eq!(run(command, "").status.code(), Some(2));
}

#[test]
fn bodies_and_passwords_that_are_too_large() {
    let server = Server::demo();
    let body = vec![b'x'; 10 * 1024 * 1024];
    server
        .post_raw("/token", &body, &[])
        .refuses(413, "too_large");
    let long = "x".repeat(1024 * 1024);
    server.login("johndoe", &long).refuses(413, "too_large");
    // Within the body's bound, but no password: refused before hashing, known name or not.
    for username in ["johndoe", "nobody"] {
        server
            .login(username, &"x".repeat(1025))
            .refuses(400, "invalid_request");
    }
    server
        .login("johndoe", &"x".repeat(1024))
        .refuses(400, "invalid_grant");
    assert_eq!(server.get("/healthz", &[]).status, 200);
    // Announced in chunks instead of by its length.
    let mut stream = TcpStream::connect(server.address).unwrap();
    let head = "POST /token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    let mut sent = Ok(());
    for _ in 0..4 {
        sent = sent.and_then(|()| stream.write_all(chunk.as_bytes()));
    }
    let mut start = [0; 12];
    std::io::Read::read_exact(&mut stream, &mut start).unwrap();
    assert_eq!(&start, b"HTTP/1.1 413");
}

#[test]
fn heads_that_are_malformed_or_too_large() {
    let server = Server::demo();
    let long = format!("Bearer {}", "x".repeat(20_000));
    server
        .get("/users/me", &[("Authorization", &long)])
        .refuses(401, "invalid_token");
    let longer = "x".repeat(200_000);
    let refused = http::try_send(
        server.address,
        "GET",
        "/users/me",
        &[("Authorization", &longer)],
        b"",
    );
    assert!(refused.is_err() || refused.is_ok_and(|answer| answer.status == 431));
    for bytes in [
        &b"GARBAGE\r\n\r\n"[..],
        b"\x16\x03\x01\x02\x00",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.write_all(bytes).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        std::io::Read::read_to_end(&mut stream, &mut answer).unwrap();
        assert!(
            answer.is_empty() || answer.starts_with(b"HTTP/1.1 4"),
            "{answer:?}"
        );
    }
    assert_eq!(server.get("/healthz", &[]).status, 200);
}
