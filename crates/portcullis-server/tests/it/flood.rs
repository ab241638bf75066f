//! Many at once: logins, half-open connections.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use crate::server::{Server, temporary_folder};

#[test]
fn two_hundred_logins_at_once_while_the_rest_answers() {
    let server = Arc::new(Server::demo());
    let token = server.token("johndoe", "secret");
    let together = Arc::new(Barrier::new(201));
    let logins: Vec<_> = (0..200)
        .map(|_| {
            let (server, together) = (Arc::clone(&server), Arc::clone(&together));
            thread::spawn(move || {
                together.wait();
                server.login("johndoe", "secret")
            })
        })
        .collect();
    together.wait();
    let slowest = (0..20)
        .map(|_| {
            let started = Instant::now();
            assert_eq!(server.get("/healthz", &[]).status, 200);
            assert_eq!(server.me(&token).status, 200);
            started.elapsed()
        })
        .max();
    let mut granted = 0;
    let mut shed = 0;
    for login in logins {
        let answer = login.join().unwrap();
        if answer.status == 200 {
            granted += 1;
        } else {
            answer.refuses(503, "temporarily_unavailable");
            let seconds: u32 = answer.header("retry-after").unwrap().parse().unwrap();
            assert!((1..=60).contains(&seconds));
            shed += 1;
        }
    }
    // A place for each hashing thread and for each that may wait.
    assert!(granted >= 16, "{granted} granted");
    assert!(shed > 0, "nothing was shed");
    // Far beyond what a healthy machine takes, far below what 200 hashes would.
    assert!(slowest < Some(Duration::from_secs(3)), "{slowest:?}");
    // And afterwards it is as before.
    server.token("johndoe", "secret");
}

#[test]
fn five_hundred_half_open_connections() {
    let folder = temporary_folder();
    let server = Server::start(
        &folder,
        &["--demo"],
        &[("PORTCULLIS_LIMITS_HEADER_SECONDS", "2")],
    );
    let mut half_open: Vec<_> = (0..500)
        .map(|number| {
            let mut stream = TcpStream::connect(server.address).unwrap();
            let start: &[u8] = if number % 2 == 0 {
                b""
            } else {
                b"GET /users/me HTTP/1.1\r\nHost: x\r\nX-Slow: "
            };
            stream.write_all(start).unwrap();
            stream
        })
        .collect();
    assert_eq!(server.get("/healthz", &[]).status, 200);
    server.token("johndoe", "secret");
    // Each is closed after its time, or with an answer that says so.
    for stream in &mut half_open {
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        let mut answer = Vec::new();
        stream
            .read_to_end(&mut answer)
            .expect("the server closes it");
        assert!(
            answer.is_empty() || answer.starts_with(b"HTTP/1.1 408"),
            "{answer:?}"
        );
    }
    assert_eq!(server.get("/healthz", &[]).status, 200);
}

#[test]
fn connections_beyond_the_limit_wait_and_are_served() {
    let folder = temporary_folder();
    let variables = [
        ("PORTCULLIS_LIMITS_CONNECTIONS", "8"),
        ("PORTCULLIS_LIMITS_HEADER_SECONDS", "1"),
    ];
    let server = Server::start(&folder, &["--demo"], &variables);
    let idle: Vec<_> = (0..40)
        .map(|_| TcpStream::connect(server.address).unwrap())
        .collect();
    // The idle ones lose their places one by one.
    assert_eq!(server.get("/healthz", &[]).status, 200);
    drop(idle);
}

#[test]
fn a_client_that_does_not_read_loses_its_place() {
    let folder = temporary_folder();
    let variables = [
        ("PORTCULLIS_LIMITS_CONNECTIONS", "4"),
        ("PORTCULLIS_LIMITS_HEADER_SECONDS", "1"),
    ];
    let server = Server::start(&folder, &["--demo"], &variables);
    let request = "GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n".repeat(20);
    let deaf: Vec<_> = (0..4)
        .map(|_| {
            let mut stream = TcpStream::connect(server.address).unwrap();
            stream.write_all(request.as_bytes()).unwrap();
            stream
        })
        .collect();
    // Waits for a place, which the deaf give back.
    assert_eq!(server.get("/healthz", &[]).status, 200);
    drop(deaf);
}

#[test]
fn a_body_that_never_ends_is_refused_after_ten_seconds() {
    let server = Server::demo();
    let mut stream = TcpStream::connect(server.address).unwrap();
    let start = "POST /token HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\
        Content-Type: application/x-www-form-urlencoded\r\n\r\nusername=johndoe";
    stream.write_all(start.as_bytes()).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    let began = Instant::now();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 400");
    assert!(
        began.elapsed() >= Duration::from_secs(9),
        "{:?}",
        began.elapsed()
    );
}
