//! The examples, driven over HTTP through a real listener.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use axum::Router;
use serde_json::Value;
use tokio::net::TcpListener;

mod accounts;
mod dialogues;
mod documents;
mod length;
mod own_user_model;
mod schemes;
mod scopes;
mod tokens;
mod users;

/// A listener of its own, and plain HTTP/1.1 to it.
struct Served(SocketAddr);

struct Reply {
    status: u16,
    /// In small letters.
    head: String,
    /// Each `WWW-Authenticate`, as it was sent.
    challenges: Vec<String>,
    body: String,
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Status, `error`, and the only challenge.
    #[track_caller]
    fn refusal(&self) -> (u16, String, &str) {
        assert!(self.challenges.len() <= 1, "{:?}", self.challenges);
        let error = self.json()["error"].as_str().unwrap_or_default().to_owned();
        let challenge = self.challenges.first().map_or("", String::as_str);
        (self.status, error, challenge)
    }
}

const NOBODY: (u16, &str, &str) = (401, "not_authenticated", "Bearer");
const BAD_TOKEN: (u16, &str, &str) = (401, "invalid_token", r#"Bearer error="invalid_token""#);
const ALICE: &str = "username=alice&password=correct+horse+battery+staple";
const JOHN: &str = "username=johndoe&password=correct+horse+battery+staple";

#[track_caller]
fn refused(reply: &Reply, expected: (u16, &str, &str)) {
    let (status, error, challenge) = reply.refusal();
    assert_eq!((status, error.as_str(), challenge), expected);
}

#[track_caller]
fn said(reply: &Reply, expected: &str) {
    assert_eq!((reply.status, reply.body.as_str()), (200, expected));
}

/// The requirement and the statuses of an operation.
#[track_caller]
fn documented(operation: &Value, security: &Value, statuses: &[&str]) {
    assert_eq!(operation["security"], *security);
    let responses = operation["responses"].as_object().unwrap();
    assert_eq!(responses.keys().collect::<Vec<_>>(), statuses);
}

impl Served {
    async fn new(app: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self(address)
    }

    async fn send(&self, line: &str, headers: &str, body: &str) -> Reply {
        let request = format!(
            "{line} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n{body}",
            self.0,
            body.len()
        );
        let address = self.0;
        let exchange = tokio::task::spawn_blocking(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(request.as_bytes()).unwrap();
            let mut text = String::new();
            stream.read_to_string(&mut text).unwrap();
            text
        });
        let text = exchange.await.unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let is_challenge = |line: &&str| line.to_ascii_lowercase().starts_with("www-authenticate:");
        let value = |line: &str| line.split_once(':').unwrap().1.trim().to_owned();
        Reply {
            status: head[9..12].parse().unwrap(),
            challenges: head.lines().filter(is_challenge).map(value).collect(),
            head: head.to_ascii_lowercase(),
            body: body.to_owned(),
        }
    }

    async fn login(&self, form: &str) -> Reply {
        let form_type = "content-type: application/x-www-form-urlencoded\r\n";
        self.send("POST /token", form_type, form).await
    }

    async fn token(&self, form: &str) -> String {
        let reply = self.login(form).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.json()["access_token"].as_str().unwrap().to_owned()
    }

    async fn with(&self, path: &str, header: &str) -> Reply {
        self.send(&format!("GET {path}"), &format!("{header}\r\n"), "")
            .await
    }

    /// The document; and there is a page that shows it.
    async fn document(&self) -> Value {
        assert_eq!(self.get("/docs", None).await.status, 200);
        self.get("/openapi.json", None).await.json()
    }

    async fn get(&self, path: &str, token: Option<&str>) -> Reply {
        let header = token.map(|token| format!("authorization: Bearer {token}\r\n"));
        self.send(&format!("GET {path}"), &header.unwrap_or_default(), "")
            .await
    }
}
