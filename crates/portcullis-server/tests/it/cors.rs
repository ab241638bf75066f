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
