//! Several schemes in one operation, scopes, and routers in routers.

use super::{Case, Request};

/// Headers, by name of what is sent.
type Headers = &'static [(&'static str, &'static [u8])];

const BEARER: (&str, &[u8]) = ("authorization", b"Bearer tok");
const EMPTY_BEARER: (&str, &[u8]) = ("authorization", b"Bearer");
const BAD_BEARER: (&str, &[u8]) = ("authorization", b"Bearer a b");
const BASIC: (&str, &[u8]) = ("authorization", b"Basic am9objpzZWNyZXQ=");
const BAD_BASIC: (&str, &[u8]) = ("authorization", b"Basic john:secret");
const KEY: (&str, &[u8]) = ("X-Key", b"k");
const EMPTY_KEY: (&str, &[u8]) = ("X-Key", b"");
const COOKIE: (&str, &[u8]) = ("cookie", b"key=k");

const BEARER_AND_KEY: [&str; 7] = [
    "and",
    "and/optional",
    "and/both_optional",
    "or",
    "or/optional",
    "nested/key",
    "nested/bearer",
];

const SENT_TO_BEARER_AND_KEY: &[(&str, Headers)] = &[
    ("neither", &[]),
    ("both", &[BEARER, KEY]),
    ("bearer alone", &[BEARER]),
    ("key alone", &[KEY]),
    ("empty bearer and key", &[EMPTY_BEARER, KEY]),
    ("malformed bearer and key", &[BAD_BEARER, KEY]),
    ("bearer and empty key", &[BEARER, EMPTY_KEY]),
    ("empty key alone", &[EMPTY_KEY]),
    ("Basic and key", &[BASIC, KEY]),
];

const SENT_TO_THREE: &[(&str, Headers)] = &[
    ("none", &[]),
    ("Basic", &[BASIC]),
    ("Bearer", &[BEARER]),
    ("cookie", &[COOKIE]),
    ("Basic and cookie", &[BASIC, COOKIE]),
    ("Bearer and cookie", &[BEARER, COOKIE]),
    ("malformed Basic and cookie", &[BAD_BASIC, COOKIE]),
    ("empty Bearer and cookie", &[EMPTY_BEARER, COOKIE]),
    (
        "another scheme and cookie",
        &[("authorization", b"Token tok"), COOKIE],
    ),
    ("two Authorization headers", &[BASIC, BEARER]),
];

/// A bearer token and a key, or a cookie.
const SENT_TO_BOTH_OR_COOKIE: &[(&str, Headers)] = &[
    ("none", &[]),
    ("bearer and key", &[BEARER, KEY]),
    ("cookie", &[COOKIE]),
    ("bearer alone", &[BEARER]),
    ("key alone", &[KEY]),
    ("bearer and cookie", &[BEARER, COOKIE]),
    ("key and cookie", &[KEY, COOKIE]),
    ("all", &[BEARER, KEY, COOKIE]),
    ("malformed bearer and cookie", &[BAD_BEARER, COOKIE]),
];

const SCOPES: [&str; 5] = [
    "scopes/none",
    "scopes/me",
    "scopes/items",
    "scopes/repeated",
    "scopes/siblings",
];

/// A token is a name and its scopes, with dots between.
const TOKENS: &[(&str, Option<&str>)] = &[
    ("no token", None),
    ("a bad token", Some("somebody.items.me")),
    ("no scopes", Some("johndoe")),
    ("the inner scope", Some("johndoe.me")),
    ("the outer scope", Some("johndoe.items")),
    ("both scopes", Some("johndoe.items.me")),
    ("both scopes, the other way round", Some("johndoe.me.items")),
    ("more scopes", Some("johndoe.admin.items.me")),
    ("a longer scope", Some("johndoe.items.menu")),
    ("another case", Some("johndoe.ITEMS.ME")),
];

fn with(route: &str, what: &str, headers: Headers) -> Case {
    let request = Request::get(&format!("/{route}"));
    Case {
        name: format!("{route}: {what}"),
        request: headers.iter().fold(request, |request, (name, value)| {
            request.header(name, value)
        }),
    }
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for route in BEARER_AND_KEY {
        for (what, headers) in SENT_TO_BEARER_AND_KEY {
            cases.push(with(route, what, headers));
        }
    }
    for (what, headers) in SENT_TO_THREE {
        cases.push(with("or/three", what, headers));
    }
    for (what, headers) in SENT_TO_BOTH_OR_COOKIE {
        cases.push(with("or/both", what, headers));
    }
    for route in SCOPES {
        for (what, token) in TOKENS {
            let mut case = with(route, what, &[]);
            if let Some(token) = token {
                let value = format!("Bearer {token}");
                case.request = case.request.header("authorization", value.as_bytes());
            }
            cases.push(case);
        }
    }
    cases
}
