//! `Authorization: Basic …`: the base64 of `name:password`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{Case, Request, Sent, authorization};

const ROUTES: [&str; 2] = ["http_basic/required", "http_basic/optional"];

/// As it stands in the header.
const SENT: &[Sent] = &[
    ("absent", &[]),
    ("empty header", &[b""]),
    ("scheme alone", &[b"Basic"]),
    ("scheme and spaces", &[b"Basic   "]),
    ("right", &[b"Basic am9objpzZWNyZXQ="]),
    ("lower case", &[b"basic am9objpzZWNyZXQ="]),
    ("upper case", &[b"BASIC am9objpzZWNyZXQ="]),
    ("two spaces", &[b"Basic  am9objpzZWNyZXQ="]),
    ("spaces at the end", &[b"Basic am9objpzZWNyZXQ=  "]),
    ("tab for the space", &[b"Basic\tam9objpzZWNyZXQ="]),
    ("no space", &[b"Basicam9objpzZWNyZXQ="]),
    ("credentials alone", &[b"am9objpzZWNyZXQ="]),
    ("not base64", &[b"Basic john:secret"]),
    ("no padding", &[b"Basic am9objpzZWNyZXQ"]),
    ("too much padding", &[b"Basic am9objpzZWNyZXQ=="]),
    ("padding in the middle", &[b"Basic am9o=bjpzZWNyZXQ="]),
    ("bits left over", &[b"Basic am9objpzZWNyZXR="]),
    ("an exclamation mark inside", &[b"Basic am9o!bjpzZWNyZXQ="]),
    ("a space inside", &[b"Basic am9o bjpzZWNyZXQ="]),
    (
        "two credentials",
        &[b"Basic am9objpzZWNyZXQ= am9objpzZWNyZXQ="],
    ),
    ("the alphabet of URLs", &[b"Basic Pz8_Pz4-Og=="]),
    ("the standard alphabet", &[b"Basic Pz8/Pz4+Og=="]),
    ("bytes beyond ASCII", &[b"Basic \xc3\xbc"]),
    ("Bearer", &[b"Bearer tok"]),
    ("Digest", &[b"Digest username=\"u\""]),
    (
        "repeated, the same",
        &[b"Basic am9objpzZWNyZXQ=", b"Basic am9objpzZWNyZXQ="],
    ),
    (
        "repeated, Bearer first",
        &[b"Bearer tok", b"Basic am9objpzZWNyZXQ="],
    ),
];

/// As it is before base64.
const ENCODED: &[(&str, &[u8])] = &[
    ("no colon", b"john"),
    ("nothing", b""),
    ("a colon alone", b":"),
    ("empty name", b":secret"),
    ("empty password", b"john:"),
    ("two colons", b"john:se:cret"),
    ("spaces", b" john doe : secret "),
    ("UTF-8", b"j\xc3\xb6rg:\xc3\xa9t\xc3\xa9"),
    ("UTF-8 beyond the first plane", "john:\u{1f511}".as_bytes()),
    ("UTF-8, decomposed", "jo\u{308}rg:secret".as_bytes()),
    ("Latin-1", b"j\xf6rg:secret"),
    ("half a character", b"john:\xc3"),
    ("a NUL", b"john\0:secret"),
    ("a line feed", b"john:sec\nret"),
    ("a tab", b"john:sec\tret"),
    ("a delete", b"john:\x7f"),
    ("a control character beyond ASCII", "john:\u{85}".as_bytes()),
    ("a percent sign", b"jo%68n:secret"),
];

const REALM: [&str; 2] = ["http_basic_realm/required", "http_basic_realm/optional"];

const SENT_TO_REALM: &[Sent] = &[
    ("absent", &[]),
    ("right", &[b"Basic am9objpzZWNyZXQ="]),
    ("not base64", &[b"Basic john:secret"]),
    ("Bearer", &[b"Bearer tok"]),
];

pub(super) fn cases() -> Vec<Case> {
    let mut cases = authorization(&ROUTES, SENT);
    for route in ROUTES {
        for (what, credentials) in ENCODED {
            let value = format!("Basic {}", STANDARD.encode(credentials));
            let request = Request::get(&format!("/{route}"));
            cases.push(Case {
                name: format!("{route}: encoded, {what}"),
                request: request.header("authorization", value.as_bytes()),
            });
        }
    }
    cases.extend(authorization(&REALM, SENT_TO_REALM));
    cases
}
