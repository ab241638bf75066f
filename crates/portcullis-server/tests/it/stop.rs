//! Stopping under load.

use std::net::TcpStream;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crate::http::{self, form};
use crate::server::Server;

#[test]
fn requests_in_progress_finish_and_new_connections_are_refused() {
    let mut server = Server::demo();
    let address = server.address;
    let body = Arc::new(form(&[("username", "johndoe"), ("password", "secret")]));
    // Fewer than may wait, so that each one that is heard is answered with a token.
    let logins: Vec<_> = (0..12)
        .map(|_| {
            let body = Arc::clone(&body);
            // Connected before the stop, so each is accepted or still in the queue of the system.
            let connection = TcpStream::connect(address).unwrap();
            thread::spawn(move || {
                let headers = [("Content-Type", "application/x-www-form-urlencoded")];
                http::send_on(connection, "POST", "/token", &headers, body.as_bytes())
            })
        })
        .collect();
    // The first answer tells that hashing is under way; the others wait for their turn.
    let mut logins = logins.into_iter();
    let first = logins.next().unwrap().join().unwrap();
    assert_eq!(first.unwrap().status, 200);
    let asked = Instant::now();
    assert!(server.stop(), "it ends with 0: {}", server.log());
    assert!(asked.elapsed() < Duration::from_secs(9));
    for login in logins {
        let answer = login.join().unwrap();
        assert_eq!(answer.expect("a whole answer").status, 200);
    }
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn an_idle_connection_does_not_delay_the_end() {
    let mut server = Server::demo();
    let idle = TcpStream::connect(server.address).unwrap();
    let asked = Instant::now();
    assert!(server.stop());
    assert!(asked.elapsed() < Duration::from_secs(5));
    drop(idle);
}

#[test]
fn the_demo_leaves_nothing_behind() {
    let mut server = Server::demo();
    let pid = server.pid();
    let open = std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
    let database = open
        .filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok())
        .find(|path| path.ends_with("demo.db"))
        .expect("the demo's database is open");
    assert!(database.exists());
    assert!(server.stop());
    assert!(!database.parent().unwrap().exists());
    assert_eq!(std::fs::read_dir(server.folder.path()).unwrap().count(), 0);
}
