//! The example, as a person runs it: over HTTP, with a row written in the database's shell.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use tokio::net::TcpListener;

use crate::engine::Engine;

#[expect(dead_code, reason = "`main` is run by a person")]
#[path = "../../examples/sqlite_users.rs"]
mod sqlite_users;

async fn serve(engine: &Engine) -> SocketAddr {
    let Engine::Sqlite(folder) = engine else {
        unreachable!("the example is about SQLite")
    };
    let app = sqlite_users::app(folder.path()).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

/// Status and body.
async fn send(address: SocketAddr, line: &str, header: &str, body: &str) -> (u16, String) {
    let length = body.len();
    let request = format!(
        "{line} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{header}\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    let exchange = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    });
    let text = exchange.await.unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), body.to_owned())
}

async fn login(address: SocketAddr) -> (u16, String) {
    let form = "username=johndoe&password=swordfish";
    let header = "content-type: application/x-www-form-urlencoded";
    send(address, "POST /token", header, form).await
}

async fn get(address: SocketAddr, path: &str, token: &str) -> (u16, String) {
    let header = format!("authorization: Bearer {token}");
    send(address, &format!("GET {path}"), &header, "").await
}

/// The statement that the example's own text tells people to type.
fn insert() -> String {
    let text = include_str!("../../examples/sqlite_users.rs");
    let (_, after) = text.split_once("//! ```sql\n").unwrap();
    let (statement, _) = after.split_once("//! ```").unwrap();
    statement.replace("//! ", "")
}

#[tokio::test]
async fn a_user_written_by_hand_signs_in() {
    let engine = Engine::sqlite();
    let address = serve(&engine).await;
    let (status, body) = login(address).await;
    assert_eq!(status, 400, "nobody is there yet: {body}");

    engine.shell(&insert()).unwrap();
    let (status, body) = login(address).await;
    assert_eq!(status, 200, "{body}");
    let (_, token) = body.split_once(r#""access_token":""#).unwrap();
    let token = token.split('"').next().unwrap();
    let items = get(address, "/items", token).await;
    assert_eq!(items, (200, "the items of John Doe".to_owned()));
    let (status, me) = get(address, "/users/me", token).await;
    assert_eq!(status, 200);
    assert!(me.contains(r#""username":"johndoe""#), "{me}");
    assert!(!me.contains("$2b$") && !me.contains("argon2"), "{me}");

    // The hash made elsewhere was replaced by one of ours.
    let hash = engine.shell("SELECT hashed_password FROM users").unwrap();
    assert!(hash.starts_with("$argon2id$"), "{hash}");

    // Another process over the same files: a restart.
    let restarted = serve(&engine).await;
    let (status, body) = get(restarted, "/items", token).await;
    assert_eq!(status, 200, "{body}");

    engine.shell("UPDATE users SET disabled = true").unwrap();
    let (status, body) = get(restarted, "/items", token).await;
    assert_eq!(status, 401, "every earlier token is dead: {body}");
}

#[tokio::test]
async fn its_routes_are_documented() {
    let address = serve(&Engine::sqlite()).await;
    let (status, body) = get(address, "/items", "bad").await;
    assert_eq!(status, 401, "{body}");
    let (status, document) = get(address, "/openapi.json", "").await;
    assert_eq!(status, 200);
    let (_, items) = document.split_once(r#""/items":{"get":{"#).unwrap();
    let (items, _) = items.split_once("}}}}").unwrap();
    assert!(items.contains(r#""401":"#), "{items}");
    assert!(
        document.contains(r#""security":[{"OAuth2PasswordBearer":[]}]"#),
        "{document}"
    );
}
