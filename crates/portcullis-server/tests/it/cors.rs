//! Cross-origin requests: off, or for exact origins and without credentials.

use crate::http;
use crate::server::{Server, temporary_folder};

const ORIGIN: &str = "https://app.example.com";

fn preflight(server: &Server, origin: &str) -> http::Answer {
    let headers = [
        ("Origin", origin),
        ("Access-Control-Request-Method", "GET"),
        ("Access-Control-Request-Headers", "authorization"),
    ];
    http::send(server.address, "OPTIONS", "/users/me", &headers, b"")
}

#[test]
fn without_the_setting_no_origin_is_allowed() {
    let server = Server::demo();
    assert_eq!(
        preflight(&server, ORIGIN).header("access-control-allow-origin"),
        None
    );
    let answer = server.get("/users/me", &[("Origin", ORIGIN)]);
    assert_eq!(answer.header("access-control-allow-origin"), None);
}

#[test]
fn an_exact_origin_is_allowed_and_no_other() {
    let folder = temporary_folder();
    let server = Server::start(&folder, &["--demo"], &[("PORTCULLIS_CORS_ORIGINS", ORIGIN)]);
    let allowed = preflight(&server, ORIGIN);
    assert_eq!(allowed.status, 200);
    assert_eq!(allowed.header("access-control-allow-origin"), Some(ORIGIN));
    assert_eq!(allowed.header("access-control-allow-credentials"), None);
    let headers = allowed.header("access-control-allow-headers").unwrap();
    assert!(headers.contains("authorization"), "{headers}");
    // A page can read why it was refused.
    let refused = server.get("/users/me", &[("Origin", ORIGIN)]);
    refused.refuses(401, "not_authenticated");
    assert_eq!(refused.header("access-control-allow-origin"), Some(ORIGIN));
    for other in [
        "https://app.example.com.evil.example",
        "http://app.example.com",
        "null",
        "https://APP.example.com",
    ] {
        assert_eq!(
            preflight(&server, other).header("access-control-allow-origin"),
            None,
            "{other}"
        );
    }
}

/// A page signs its user out of a session.
#[test]
fn deleting_is_allowed_to_this_origin_alone() {
    let folder = temporary_folder();
    let server = Server::start(&folder, &["--demo"], &[("PORTCULLIS_CORS_ORIGINS", ORIGIN)]);
    let session = "/users/me/sessions/22-character-session-A";
    for path in ["/users/me/sessions", session] {
        let preflight = |origin: &str, method: &str| {
            let headers = [
                ("Origin", origin),
                ("Access-Control-Request-Method", method),
                ("Access-Control-Request-Headers", "authorization"),
            ];
            http::send(server.address, "OPTIONS", path, &headers, b"")
        };
        let allowed = preflight(ORIGIN, "DELETE");
        assert_eq!(allowed.status, 200);
        assert_eq!(allowed.header("access-control-allow-origin"), Some(ORIGIN));
        let methods = allowed.header("access-control-allow-methods").unwrap();
        let mut methods: Vec<_> = methods.split(',').map(str::trim).collect();
        methods.sort_unstable();
        assert_eq!(
            methods,
            ["DELETE", "GET", "PATCH", "POST", "PUT"],
            "and no more"
        );
        let headers = allowed.header("access-control-allow-headers").unwrap();
        assert!(headers.contains("authorization"), "{headers}");

        let other = preflight("https://evil.example", "DELETE");
        assert_eq!(other.header("access-control-allow-origin"), None);
    }
    // The request itself, as the page then sends it.
    let token = server.token("johndoe", "secret");
    let bearer = format!("Bearer {token}");
    let headers = [("Origin", ORIGIN), ("Authorization", bearer.as_str())];
    let ended = http::send(
        server.address,
        "DELETE",
        "/users/me/sessions",
        &headers,
        b"",
    );
    assert_eq!(ended.status, 204);
    assert_eq!(ended.header("access-control-allow-origin"), Some(ORIGIN));
    server.me(&token).refuses(401, "invalid_token");
}
