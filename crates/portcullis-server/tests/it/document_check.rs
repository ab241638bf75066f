//! The running server's document says what the server does.

use axum::body::{Body, to_bytes};
use axum::response::Response;
use http::{HeaderMap, HeaderValue, Request, header};
use portcullis::testing::{CheckFailed, DifferenceKind, DocumentCheck};
use serde_json::json;
use tower::service_fn;

use crate::http::{form, send};
use crate::server::{Server, portcullis, run, temporary_folder};

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";
const PASSWORD: &str = "correct horse battery staple";

fn text(value: &HeaderValue) -> &str {
    value.to_str().unwrap()
}

/// Takes a request to the server, and its answer back; `change` may falsify the answer.
async fn forwarded(
    address: std::net::SocketAddr,
    request: Request<Body>,
    change: fn(&mut HeaderMap),
) -> std::io::Result<Response> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let answer = tokio::task::spawn_blocking(move || {
        // The client writes `Host` and `Content-Length` itself.
        let headers: Vec<_> = parts
            .headers
            .iter()
            .filter(|(name, _)| **name != header::HOST)
            .map(|(name, value)| (name.as_str(), text(value)))
            .collect();
        let target = parts.uri.path_and_query().unwrap().as_str();
        send(address, parts.method.as_str(), target, &headers, &body)
    });
    let answer = answer.await.unwrap();
    let mut response = Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        response = response.header(name, value);
    }
    let mut response = response.body(Body::from(answer.body)).unwrap();
    change(response.headers_mut());
    Ok(response)
}

/// A token of `johndoe` with these scopes. Who asks for none gets them all, so one that nothing asks for is
/// in the place of none.
fn token(server: &Server, scopes: &[String]) -> String {
    let scope = if scopes.is_empty() {
        "audit:read".to_owned()
    } else {
        scopes.join(" ")
    };
    let fields = [
        ("username", "johndoe"),
        ("password", PASSWORD),
        ("scope", &*scope),
    ];
    let answer = server.post("/token", &fields, &[]);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let token = answer.json()["access_token"].as_str().map(str::to_owned);
    token.unwrap()
}

/// A server with `johndoe`, somebody who is changed and deleted, by id, and a client that may introspect:
/// its `client_id`, and its secret.
fn with_a_client() -> (std::sync::Arc<Server>, String, [String; 2]) {
    let folder = temporary_folder();
    let mut add = portcullis(folder.path());
    add.args(["user", "add", "johndoe", "--password-stdin"]);
    add.args(["--scope", "users:read", "--scope", "users:write"]);
    add.args(["--scope", "audit:read"]);
    assert!(run(add, PASSWORD).status.success());
    let mut add = portcullis(folder.path());
    add.args(["user", "add", "somebody", "--password-stdin", "--json"]);
    let somebody: serde_json::Value = serde_json::from_slice(&run(add, PASSWORD).stdout).unwrap();
    let mut add = portcullis(folder.path());
    add.args(["client", "add", "api", "--introspect", "--json"]);
    let added: serde_json::Value = serde_json::from_slice(&run(add, "").stdout).unwrap();
    let text = |member: &str| added[member].as_str().unwrap().to_owned();
    let server = Server::start(&folder, &[], &[]);
    (
        std::sync::Arc::new(server),
        somebody["id"].as_str().unwrap().to_owned(),
        [text("client_id"), text("client_secret")],
    )
}

fn check(
    (server, somebody, [id, secret]): (std::sync::Arc<Server>, String, [String; 2]),
) -> DocumentCheck {
    let new = json!({"username": "new.name", "password": PASSWORD});
    let same = json!({"current_password": PASSWORD, "new_password": PASSWORD});
    let other = json!({"email": "other@example.com", "password": PASSWORD});
    let login = form(&[("username", "johndoe"), ("password", PASSWORD)]);
    let question = form(&[
        ("client_id", &id),
        ("client_secret", &secret),
        ("token", "unknown"),
    ]);
    DocumentCheck::new()
        .body("POST /introspect", FORM, question)
        .bearer("OAuth2PasswordBearer", move |scopes| token(&server, scopes))
        .parameter("id", somebody)
        .body("POST /users", JSON, new.to_string())
        .body("PUT /users/me/password", JSON, same.to_string())
        .body("PUT /users/me/email", JSON, other.to_string())
        .skip(
            "POST /users/{id}/password-recovery",
            "somebody has no address that was proved; the library's check has one",
        )
        .skip(
            "DELETE /users/me",
            "nobody is left to ask the rest; its own tests have it",
        )
        .body("POST /token", FORM, login)
        .body("POST /revoke", FORM, form(&[("token", "unknown")]))
        .skip(
            "DELETE /users/me/sessions/{id}",
            "a session that is not there is 404; its own tests end one that is",
        )
}

#[tokio::test]
async fn the_document_of_the_server_is_true() {
    let house = with_a_client();
    let address = house.0.address;
    let app = service_fn(move |request| forwarded(address, request, |_| {}));
    let report = check(house).run(app).await.unwrap();
    let names: Vec<_> = report
        .operations
        .iter()
        .map(|one| (&*one.operation, &*one.answers))
        .collect();
    for expected in [
        ("GET /.well-known/jwks.json", [200]),
        ("GET /users", [200]),
        ("GET /users/me", [200]),
        ("GET /verify", [204]),
        ("PATCH /users/{id}", [200]),
        ("POST /introspect", [200]),
        ("POST /token", [200]),
        // The second time, by an operator: by the first one the name is taken.
        ("POST /users", [409]),
        ("DELETE /users/me/sessions", [204]),
        ("DELETE /users/{id}", [204]),
    ] {
        let (operation, answers): (&str, &[u16]) = (expected.0, &expected.1);
        assert!(
            names.contains(&(operation, answers)),
            "{operation}: {report}"
        );
    }
    assert!(names.len() > 20, "{report}");
    assert_eq!(report.skipped.len(), 3, "{report}");
}

/// The check, shown to see through the forwarding: a proxy that strips the challenge is caught.
#[tokio::test]
async fn a_proxy_that_strips_the_challenge_is_caught() {
    let house = with_a_client();
    let address = house.0.address;
    let strip = |headers: &mut HeaderMap| {
        headers.remove(header::WWW_AUTHENTICATE);
    };
    let app = service_fn(move |request| forwarded(address, request, strip));
    let failed = check(house).run(app).await.unwrap_err();
    let CheckFailed::Differs(differences) = failed else {
        panic!("{failed}")
    };
    let kinds: Vec<_> = differences.iter().map(|one| one.kind).collect();
    // Each guarded operation that is called.
    let is_it = |kind: &DifferenceKind| *kind == DifferenceKind::NoChallenge;
    assert!(kinds.iter().all(is_it) && kinds.len() > 10, "{differences}");
}
