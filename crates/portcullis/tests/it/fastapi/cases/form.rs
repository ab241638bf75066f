//! The form of a login.

use super::{Case, Request};

const FORM: &str = "application/x-www-form-urlencoded";

const BODIES: &[(&str, &[u8])] = &[
    (
        "right",
        b"grant_type=password&username=johndoe&password=secret",
    ),
    ("no grant type", b"username=johndoe&password=secret"),
    (
        "empty grant type",
        b"grant_type=&username=johndoe&password=secret",
    ),
    (
        "another grant type",
        b"grant_type=refresh_token&username=johndoe&password=secret",
    ),
    (
        "grant type in upper case",
        b"grant_type=PASSWORD&username=johndoe&password=secret",
    ),
    (
        "grant type and more",
        b"grant_type=passwords&username=johndoe&password=secret",
    ),
    (
        "grant type and a line feed",
        b"grant_type=password%0a&username=johndoe&password=secret",
    ),
    ("no body", b""),
    ("no username", b"grant_type=password&password=secret"),
    (
        "empty username",
        b"grant_type=password&username=&password=secret",
    ),
    ("no password", b"grant_type=password&username=johndoe"),
    (
        "empty password",
        b"grant_type=password&username=johndoe&password=",
    ),
    (
        "one scope",
        b"grant_type=password&username=johndoe&password=secret&scope=items",
    ),
    (
        "two scopes",
        b"grant_type=password&username=johndoe&password=secret&scope=items+me",
    ),
    (
        "scopes out of order",
        b"grant_type=password&username=johndoe&password=secret&scope=me+items",
    ),
    (
        "a scope twice",
        b"grant_type=password&username=johndoe&password=secret&scope=me+me",
    ),
    (
        "empty scope",
        b"grant_type=password&username=johndoe&password=secret&scope=",
    ),
    (
        "scopes with two spaces",
        b"grant_type=password&username=johndoe&password=secret&scope=items++me",
    ),
    (
        "a scope with a quote",
        b"grant_type=password&username=johndoe&password=secret&scope=%22",
    ),
    (
        "client id",
        b"grant_type=password&username=johndoe&password=secret&client_id=app",
    ),
    (
        "client id and secret",
        b"grant_type=password&username=johndoe&password=secret&client_id=app&client_secret=s",
    ),
    (
        "empty client id and secret",
        b"grant_type=password&username=johndoe&password=secret&client_id=&client_secret=",
    ),
    (
        "an unknown parameter",
        b"grant_type=password&username=johndoe&password=secret&otp=1",
    ),
    (
        "username twice",
        b"grant_type=password&username=alice&username=johndoe&password=secret",
    ),
    (
        "password twice",
        b"grant_type=password&username=johndoe&password=secret&password=secret",
    ),
    (
        "plus and percent",
        b"grant_type=password&username=john+doe&password=%2B%26%3d",
    ),
    (
        "UTF-8",
        b"grant_type=password&username=j%C3%B6rg&password=%C3%A9",
    ),
    (
        "UTF-8, not encoded",
        "grant_type=password&username=jörg&password=é".as_bytes(),
    ),
    (
        "not UTF-8",
        b"grant_type=password&username=johndoe&password=%ff",
    ),
    (
        "spaces around",
        b"grant_type=password&username=+johndoe+&password=+secret+",
    ),
];

const RIGHT: &[u8] = b"grant_type=password&username=johndoe&password=secret";

const MULTIPART: &[u8] = b"--b\r\nContent-Disposition: form-data; name=\"grant_type\"\r\n\r\n\
    password\r\n--b\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\njohndoe\r\n--b\r\n\
    Content-Disposition: form-data; name=\"password\"\r\n\r\nsecret\r\n--b--\r\n";

/// Other ways to send it: name, address, media type, body.
const OTHERWISE: &[(&str, &str, &str, &[u8])] = &[
    (
        "with a charset",
        "",
        "application/x-www-form-urlencoded; charset=UTF-8",
        RIGHT,
    ),
    (
        "media type in upper case",
        "",
        "APPLICATION/X-WWW-FORM-URLENCODED",
        RIGHT,
    ),
    (
        "as JSON",
        "",
        "application/json",
        br#"{"username":"johndoe","password":"secret"}"#,
    ),
    ("as JSON that is none", "", "application/json", b"{"),
    ("as text", "", "text/plain", RIGHT),
    (
        "as multipart",
        "",
        "multipart/form-data; boundary=b",
        MULTIPART,
    ),
    (
        "in the address",
        "?grant_type=password&username=johndoe&password=secret",
        FORM,
        b"",
    ),
    ("in the address too", "?username=alice", FORM, RIGHT),
];

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for route in ["form/loose", "form/strict"] {
        for (what, body) in BODIES {
            cases.push(Case {
                name: format!("{route}: {what}"),
                request: Request::post(&format!("/{route}"), FORM, body),
            });
        }
        for (what, query, media_type, body) in OTHERWISE {
            cases.push(Case {
                name: format!("{route}: {what}"),
                request: Request::post(&format!("/{route}{query}"), media_type, body),
            });
        }
        // RFC 6749 §2.3.1: the client's own credentials.
        cases.push(Case {
            name: format!("{route}: client credentials in the header"),
            request: Request::post(&format!("/{route}"), FORM, RIGHT)
                .header("authorization", b"Basic YXBwOnM="),
        });
    }
    cases
}
