//! From a request to a mail, through the running server.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::http;
use crate::server::{Server, temporary_folder};
use crate::smtp_sink::{Authority, Manner, Reply, SmtpSink};

/// A mail server under STARTTLS with a login, and a server that uses it.
fn both() -> (SmtpSink, Server) {
    let authority = Authority::new();
    let sink = SmtpSink::with(Manner {
        start_tls: Some(authority.server("127.0.0.1")),
        login: Some(("portcullis", "hunter2")),
        offers: &["AUTH PLAIN"],
        ..Manner::default()
    });
    let folder: Arc<TempDir> = temporary_folder();
    let file = authority.file(folder.path());
    let url = sink.url().replace("://", "://portcullis:hunter2@");
    let variables = [
        ("PORTCULLIS_MAIL_URL", url.as_str()),
        ("PORTCULLIS_MAIL_FROM", "no-reply@example.com"),
        ("PORTCULLIS_MAIL_CA_FILE", file.to_str().unwrap()),
        ("PORTCULLIS_MAIL_TIMEOUT_SECONDS", "1"),
        ("PORTCULLIS_LOG_LEVEL", "trace"),
    ];
    let server = Server::start(&folder, &["--demo"], &variables);
    (sink, server)
}

#[track_caller]
fn register(server: &Server, name: &str) {
    let body = format!(
        r#"{{"username":"{name}","email":"{name}@example.com","password":"seven grey cranes over Uppsala"}}"#
    );
    let json = [("Content-Type", "application/json")];
    let answer = http::send(server.address, "POST", "/users", &json, body.as_bytes());
    assert_eq!(answer.status, 201, "{}", answer.text());
}

#[test]
fn a_registration_becomes_a_mail_and_no_log_holds_its_token() {
    let (sink, server) = both();
    register(&server, "ada");
    let [mail] = sink.wait_for(1).try_into().unwrap();
    assert!(mail.is_encrypted && mail.login.as_deref() == Some("portcullis"));
    assert_eq!(mail.to, ["<ada@example.com>"]);
    let text = mail.text();
    let start = format!("{}/verify-email#token=", server.base_url());
    let token = text
        .lines()
        .find_map(|line| line.strip_prefix(&start))
        .unwrap();
    assert_eq!(token.len(), 43);
    let log = server.log();
    assert!(!log.contains(token) && !log.contains("hunter2"), "{log}");
}

/// ATK-M15: nobody who asks waits for the mail server, and the mail goes out when it is well.
#[test]
fn while_the_mail_server_hangs_requests_are_answered_and_mails_come_later() {
    let (sink, server) = both();
    sink.answer("CONNECT", Reply::Hang);
    let began = Instant::now();
    register(&server, "ada");
    register(&server, "bob");
    assert!(began.elapsed() < Duration::from_secs(5));
    let log = server.log_with("a mail was not sent; trying again");
    assert!(!log.contains("hunter2"), "{log}");
    assert!(sink.mails().is_empty());
    sink.behave();
    let mut to: Vec<_> = sink
        .wait_for(2)
        .into_iter()
        .flat_map(|mail| mail.to)
        .collect();
    to.sort();
    assert_eq!(to, ["<ada@example.com>", "<bob@example.com>"]);
}
