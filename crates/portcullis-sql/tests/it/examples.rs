//! The examples, as a person runs them: over HTTP, with a row written in the database's shell.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;

use axum::Router;
use tokio::net::TcpListener;

use crate::engine::Engine;

#[expect(dead_code, reason = "`main` is run by a person")]
#[path = "../../examples/sqlite_users.rs"]
mod sqlite_users;

#[expect(dead_code, reason = "`main` is run by a person")]
#[path = "../../examples/sessions.rs"]
mod sessions;

fn folder(engine: &Engine) -> &Path {
    let Engine::Sqlite(folder) = engine else {
        unreachable!("the examples are about SQLite")
    };
    folder.path()
}

async fn serve(engine: &Engine) -> SocketAddr {
    listen(sqlite_users::app(folder(engine)).await.unwrap()).await
}

async fn listen(app: Router) -> SocketAddr {
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

async fn post(address: SocketAddr, path: &str, form: &str) -> (u16, String) {
    let header = "content-type: application/x-www-form-urlencoded";
    send(address, &format!("POST {path}"), header, form).await
}

async fn login(address: SocketAddr) -> (u16, String) {
    post(address, "/token", "username=johndoe&password=swordfish").await
}

async fn get(address: SocketAddr, path: &str, token: &str) -> (u16, String) {
    let header = format!("authorization: Bearer {token}");
    send(address, &format!("GET {path}"), &header, "").await
}

/// The statement that an example's own text tells people to type.
fn insert(text: &str) -> String {
    let (_, after) = text.split_once("//! ```sql\n").unwrap();
    let (statement, _) = after.split_once("//! ```").unwrap();
    statement.replace("//! ", "")
}

const SQLITE_USERS: &str = include_str!("../../examples/sqlite_users.rs");
const SESSIONS: &str = include_str!("../../examples/sessions.rs");

#[tokio::test]
async fn a_user_written_by_hand_signs_in() {
    let engine = Engine::sqlite();
    let address = serve(&engine).await;
    let (status, body) = login(address).await;
    assert_eq!(status, 400, "nobody is there yet: {body}");

    engine.shell(&insert(SQLITE_USERS)).unwrap();
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

/// Access token and refresh token of an answer of `POST /token`, which has what the tutorial says.
#[track_caller]
fn tokens((status, body): (u16, String)) -> (String, String) {
    assert_eq!(status, 200, "{body}");
    let inner = body.strip_prefix(r#"{"access_token":""#).unwrap();
    let between = r#"","token_type":"bearer","expires_in":900,"refresh_token":""#;
    let (access, refresh) = inner.split_once(between).unwrap();
    let refresh = refresh.strip_suffix(r#""}"#).unwrap();
    (access.to_owned(), refresh.to_owned())
}

/// The last step of the tutorial, over the database of the one before.
#[tokio::test]
async fn who_is_signed_in_stays_so_and_signs_out() {
    let engine = Engine::sqlite();
    serve(&engine).await;
    assert_eq!(insert(SESSIONS), insert(SQLITE_USERS));
    engine.shell(&insert(SESSIONS)).unwrap();
    let app = sessions::app(folder(&engine)).await.unwrap();
    let address = listen(app).await;

    let (first, refresh) = tokens(login(address).await);
    let form = format!("grant_type=refresh_token&refresh_token={refresh}");
    let (token, refresh) = tokens(post(address, "/token", &form).await);
    assert_ne!(token, first);
    let (status, list) = get(address, "/users/me/sessions", &token).await;
    assert_eq!(status, 200, "{list}");
    // One session: renewing is no other login.
    let shown = list.starts_with(r#"[{"id":""#) && list.ends_with(r#","current":true}]"#);
    assert!(shown, "{list}");
    let client = r#","client_id":"portcullis","#;
    assert_eq!(list.matches(client).count(), 1, "{list}");

    let revoked = post(address, "/revoke", &format!("token={refresh}")).await;
    assert_eq!(revoked, (200, String::new()));
    let refused = r#"{"detail":"Could not validate credentials","error":"invalid_token"}"#;
    for token in [first, token] {
        let items = get(address, "/items", &token).await;
        assert_eq!(items, (401, refused.to_owned()));
    }
    let form = format!("grant_type=refresh_token&refresh_token={refresh}");
    assert_eq!(post(address, "/token", &form).await.0, 400);

    // Everywhere at once.
    let (here, _) = tokens(login(address).await);
    let (there, _) = tokens(login(address).await);
    let header = format!("authorization: Bearer {here}");
    let ended = send(address, "DELETE /users/me/sessions", &header, "").await;
    assert_eq!(ended, (204, String::new()));
    assert_eq!(get(address, "/items", &there).await.0, 401);
}
