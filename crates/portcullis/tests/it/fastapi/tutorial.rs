//! What FastAPI's tutorial builds, lessons 3 to 5 and 7: to log in, and to be somebody.

use std::net::SocketAddr;

use super::compare::Seen;
use super::wire::{Answer, Request};

enum Sent {
    /// To the token endpoint.
    Form(&'static str),
    /// The token that this form brings.
    TokenOf(&'static str),
    /// As `Authorization`.
    Header(&'static str),
    Nothing,
}
use Sent::{Form, Header, Nothing, TokenOf};

const FORM: &str = "application/x-www-form-urlencoded";
const ALL: &str = "username=johndoe&password=secret&scope=items:read+users:read";
const USERS: &str = "username=johndoe&password=secret&scope=users:read";
const ITEMS: &str = "username=johndoe&password=secret&scope=items:read";
const ALICE: &str = "username=alice&password=secret2&scope=items:read+users:read";
/// A JWT of nobody: `{"alg":"none"}`, `{"sub":"johndoe"}`.
const UNSIGNED: &str = "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJqb2huZG9lIn0.";

const CASES: &[(&str, &str, Sent)] = &[
    ("right", "/token", Form(ALL)),
    (
        "no scope asked for",
        "/token",
        Form("username=johndoe&password=secret"),
    ),
    (
        "wrong password",
        "/token",
        Form("username=johndoe&password=wrong"),
    ),
    (
        "the password in another case",
        "/token",
        Form("username=johndoe&password=Secret"),
    ),
    (
        "the password of another",
        "/token",
        Form("username=johndoe&password=secret2"),
    ),
    (
        "unknown user",
        "/token",
        Form("username=nobody&password=secret"),
    ),
    (
        "the name in another case",
        "/token",
        Form("username=JohnDoe&password=secret"),
    ),
    ("no password", "/token", Form("username=johndoe")),
    (
        "an inactive user",
        "/token",
        Form("username=alice&password=secret2"),
    ),
    (
        "an inactive user, wrong password",
        "/token",
        Form("username=alice&password=wrong"),
    ),
    (
        "a scope that nobody gave",
        "/token",
        Form("username=johndoe&password=secret&scope=admin:everything"),
    ),
    (
        "another grant type",
        "/token",
        Form("grant_type=refresh_token&username=johndoe&password=secret"),
    ),
    ("no token", "/status", Nothing),
    ("a bad token", "/status", Header("Bearer tok")),
    ("an unsigned token", "/status", Header(UNSIGNED)),
    (
        "another scheme",
        "/status",
        Header("Basic am9obmRvZTpzZWNyZXQ="),
    ),
    ("right", "/status", TokenOf(ALL)),
    ("an inactive user", "/status", TokenOf(ALICE)),
    ("no token", "/me", Nothing),
    ("a bad token", "/me", Header("Bearer tok")),
    ("right", "/me", TokenOf(USERS)),
    ("a scope is missing", "/me", TokenOf(ITEMS)),
    ("an inactive user", "/me", TokenOf(ALICE)),
    ("no token", "/items", Nothing),
    ("a bad token", "/items", Header("Bearer tok")),
    ("right", "/items", TokenOf(ALL)),
    ("the outer scope is missing", "/items", TokenOf(USERS)),
    ("the inner scope is missing", "/items", TokenOf(ITEMS)),
    ("an inactive user", "/items", TokenOf(ALICE)),
    ("no credentials", "/basic", Nothing),
    ("right", "/basic", Header("Basic am9obmRvZTpzZWNyZXQ=")),
    (
        "wrong password",
        "/basic",
        Header("Basic am9obmRvZTp3cm9uZw=="),
    ),
    (
        "unknown user",
        "/basic",
        Header("Basic bm9ib2R5OnNlY3JldA=="),
    ),
    ("Bearer", "/basic", Header("Bearer tok")),
];

/// One of the two: where it listens, and where the tutorial is mounted.
#[derive(Clone, Copy)]
pub(super) struct Side {
    pub(super) address: SocketAddr,
    pub(super) mounted: &'static str,
}

impl Side {
    fn log_in(self, form: &str) -> Answer {
        Request::post(&format!("{}/token", self.mounted), FORM, form.as_bytes()).send(self.address)
    }

    fn answer(self, path: &str, sent: &Sent) -> Answer {
        let request = Request::get(&format!("{}{path}", self.mounted));
        let request = match sent {
            Form(form) => return without_token(self.log_in(form)),
            Nothing => request,
            Header(value) => request.header("authorization", value.as_bytes()),
            TokenOf(form) => {
                let answer = self.log_in(form);
                let token = answer.body["access_token"].as_str().expect("a token");
                request.header("authorization", format!("Bearer {token}").as_bytes())
            }
        };
        request.send(self.address)
    }
}

/// Tokens are never alike.
fn without_token(mut answer: Answer) -> Answer {
    if let Some(token) = answer.body.get_mut("access_token") {
        *token = "…".into();
    }
    answer
}

pub(super) fn seen(fastapi: Side, ours: Side) -> Vec<Seen> {
    let seen = CASES.iter().map(|(what, path, sent)| Seen {
        case: format!("tutorial{path}: {what}"),
        fastapi: fastapi.answer(path, sent),
        ours: ours.answer(path, sent),
    });
    seen.collect()
}
