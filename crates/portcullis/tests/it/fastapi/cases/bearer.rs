//! `Authorization: Bearer …`, to every scheme that reads it.

use super::{Case, Request, Sent, authorization};

const ROUTES: [&str; 10] = [
    "http_bearer/required",
    "http_bearer/optional",
    "oauth2/required",
    "oauth2/optional",
    "oauth2_password/required",
    "oauth2_password/optional",
    "oauth2_code/required",
    "oauth2_code/optional",
    "open_id_connect/required",
    "open_id_connect/optional",
];

const SENT: &[Sent] = &[
    ("absent", &[]),
    ("empty header", &[b""]),
    ("right", &[b"Bearer tok"]),
    ("lower case", &[b"bearer tok"]),
    ("upper case", &[b"BEARER tok"]),
    ("mixed case", &[b"bEaReR tok"]),
    ("scheme alone", &[b"Bearer"]),
    ("scheme alone, lower case", &[b"bearer"]),
    ("scheme and spaces", &[b"Bearer   "]),
    ("two spaces", &[b"Bearer  tok"]),
    ("spaces at the end", &[b"Bearer tok  "]),
    ("tab for the space", &[b"Bearer\ttok"]),
    ("space and tab", &[b"Bearer \ttok"]),
    ("no space", &[b"Bearertok"]),
    ("token alone", &[b"tok"]),
    ("two tokens", &[b"Bearer a b"]),
    ("a list", &[b"Bearer a, Bearer b"]),
    ("every character of a token", &[b"Bearer aZ09-._~+/=="]),
    ("padding alone", &[b"Bearer ="]),
    ("padding inside", &[b"Bearer a=b"]),
    ("comma", &[b"Bearer a,b"]),
    ("colon", &[b"Bearer a:b"]),
    ("percent sign", &[b"Bearer a%20b"]),
    ("quoted", &[b"Bearer \"tok\""]),
    ("a parameter", &[b"Bearer token=\"tok\""]),
    ("UTF-8", &[b"Bearer t\xc3\xb6k"]),
    ("Latin-1", &[b"Bearer t\xf6k"]),
    ("Basic", &[b"Basic dTpw"]),
    ("Digest", &[b"Digest username=\"u\""]),
    ("a scheme of nobody", &[b"Token tok"]),
    ("repeated, the same", &[b"Bearer tok", b"Bearer tok"]),
    ("repeated, another", &[b"Bearer tok", b"Bearer other"]),
    ("repeated, Basic first", &[b"Basic dTpw", b"Bearer tok"]),
    ("repeated, Basic last", &[b"Bearer tok", b"Basic dTpw"]),
];

/// The schemes with a name, a description or URLs of their own: they must read no other header.
const NAMED: [&str; 6] = [
    "http_bearer_named/required",
    "http_bearer_named/optional",
    "oauth2_password_named/required",
    "oauth2_password_named/optional",
    "oauth2_code_named/required",
    "oauth2_code_named/optional",
];

const SENT_TO_NAMED: &[Sent] = &[
    ("absent", &[]),
    ("right", &[b"Bearer tok"]),
    ("Basic", &[b"Basic dTpw"]),
];

pub(super) fn cases() -> Vec<Case> {
    let mut cases = authorization(&ROUTES, SENT);
    cases.extend(authorization(&NAMED, SENT_TO_NAMED));
    for route in ROUTES {
        // RFC 6750 §2.3 allows it, RFC 9700 §4.3.2 takes it back.
        cases.push(Case {
            name: format!("{route}: in the query"),
            request: Request::get(&format!("/{route}?access_token=tok")),
        });
    }
    cases
}
