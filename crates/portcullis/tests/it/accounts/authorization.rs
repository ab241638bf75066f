//! Who may do what: every operation of the document, by everybody.

use std::collections::BTreeSet;

use serde_json::json;

use super::{AccountHouse, PASSWORD};

/// In the order of the columns of [`TABLE`].
const CALLERS: [&str; 7] = [
    "nobody", "gone", "johndoe", "alice", "reader", "writer", "machine",
];

const NOBODY: &str = "401 not_authenticated";
const INACTIVE: &str = "400 inactive_user";
const MACHINE: &str = "401 invalid_token";
const SCOPE: &str = "403 insufficient_scope";

/// An operation, with what stands for the names in its path; its body; and the answers.
type Line = (&'static str, &'static str, [&'static str; 7]);

/// What anybody may do, whoever they are.
const fn anybody(answer: &'static str) -> [&'static str; 7] {
    [answer; 7]
}

/// What users do with what is theirs.
const fn users(own: &'static str) -> [&'static str; 7] {
    [NOBODY, INACTIVE, own, own, own, own, MACHINE]
}

const fn readers(answer: &'static str) -> [&'static str; 7] {
    [NOBODY, INACTIVE, SCOPE, SCOPE, answer, SCOPE, MACHINE]
}

const fn writers(answer: &'static str) -> [&'static str; 7] {
    [NOBODY, INACTIVE, SCOPE, SCOPE, SCOPE, answer, MACHINE]
}

const LOGIN: &str = "username=alice&password=correct+horse+battery+staple";
const NEW: &str = r#"{"username":"new.name","password":"twelve yellow umbrellas"}"#;
const OPERATORS: &str = r#"{"username":"new.name","email":"new@example.com","scopes":["a"]}"#;
const SHOWN: &str = r#"{"password":"correct horse battery staple"}"#;
const CHANGE: &str = r#"{"current_password":"correct horse battery staple","new_password":"twelve yellow umbrellas"}"#;
const EMAIL: &str = r#"{"email":"new@example.com","password":"correct horse battery staple"}"#;
const RESET: &str = r#"{"token":"0","new_password":"twelve yellow umbrellas"}"#;
const TOKEN: &str = r#"{"token":"0"}"#;
const ADDRESS: &str = r#"{"email":"johndoe@example.com"}"#;

/// `{id}` is the user johndoe, `{session}` one of his sessions.
const TABLE: [Line; 34] = [
    ("POST /token", LOGIN, anybody("200")),
    ("POST /revoke", "token=0", anybody("200")),
    // A client proves itself; a token of whomever does not count.
    ("POST /introspect", "token=0", anybody("401 invalid_client")),
    ("GET /.well-known/jwks.json", "", anybody("200")),
    (
        "GET /.well-known/oauth-authorization-server",
        "",
        anybody("200"),
    ),
    (
        "GET /verify",
        "",
        [
            NOBODY,
            "401 invalid_token",
            "204",
            "204",
            "204",
            "204",
            MACHINE,
        ],
    ),
    ("GET /users/me", "", users("200")),
    ("PATCH /users/me", r#"{"full_name":"New"}"#, users("200")),
    ("DELETE /users/me", SHOWN, users("204")),
    ("PUT /users/me/password", CHANGE, users("204")),
    ("PUT /users/me/email", EMAIL, users("202")),
    ("GET /users/me/export", "", users("200")),
    ("GET /users/me/sessions", "", users("200")),
    ("DELETE /users/me/sessions", "", users("204")),
    (
        "DELETE /users/me/sessions/{session}",
        "",
        [
            NOBODY,
            INACTIVE,
            "204",
            "404 not_found",
            "404 not_found",
            "404 not_found",
            MACHINE,
        ],
    ),
    (
        "POST /email-change/confirm",
        TOKEN,
        anybody("400 invalid_token"),
    ),
    ("POST /email-verification", ADDRESS, anybody("202")),
    (
        "POST /email-verification/confirm",
        TOKEN,
        anybody("400 invalid_token"),
    ),
    ("POST /password-recovery", ADDRESS, anybody("202")),
    ("POST /password-reset", RESET, anybody("400 invalid_token")),
    (
        "POST /users",
        NEW,
        ["201", INACTIVE, "201", "201", "201", "201", MACHINE],
    ),
    (
        "POST /users",
        OPERATORS,
        [
            "422 invalid_request",
            INACTIVE,
            "422 invalid_request",
            "422 invalid_request",
            "422 invalid_request",
            "201",
            MACHINE,
        ],
    ),
    ("GET /users", "", readers("200")),
    ("GET /users?search=john&limit=1", "", readers("200")),
    ("GET /users/{id}", "", readers("200")),
    ("GET /users/nobody", "", readers("404 not_found")),
    ("PATCH /users/{id}", r#"{"disabled":true}"#, writers("200")),
    (
        "PATCH /users/nobody",
        r#"{"disabled":true}"#,
        writers("404 not_found"),
    ),
    ("DELETE /users/{id}", "", writers("204")),
    ("DELETE /users/nobody", "", writers("404 not_found")),
    ("DELETE /users/{id}/sessions", "", writers("204")),
    ("POST /users/{id}/password-recovery", "", writers("202")),
    (
        "POST /users/nobody/password-recovery",
        "",
        writers("404 not_found"),
    ),
    (
        "POST /invitations",
        r#"{"email":"new@example.com"}"#,
        writers("202"),
    ),
];

async fn credentials(house: &AccountHouse, caller: &str) -> Option<String> {
    match caller {
        "nobody" => None,
        "machine" => Some(house.machine().await),
        user => Some(house.token(user).await),
    }
}

/// The path of johndoe's things.
async fn path(house: &AccountHouse, operation: &str) -> String {
    let token = house.token("johndoe").await;
    let sessions = house.ask("GET /users/me/sessions").by(&token).send().await;
    let session = sessions.json()[0]["id"].as_str().unwrap().to_owned();
    operation
        .replace("{id}", &house.id("johndoe").await)
        .replace("{session}", &session)
}

async fn answer(caller: &str, (operation, body, _): &Line) -> (String, bool) {
    let house = AccountHouse::new().await;
    let operation = path(&house, operation).await;
    let token = credentials(&house, caller).await;
    let before = house.snapshot().await;
    let mut ask = house.ask(&operation).raw(*body);
    if !body.is_empty() {
        let is_json = body.starts_with('{');
        let form = "application/x-www-form-urlencoded";
        ask = ask.header(
            "content-type",
            if is_json { "application/json" } else { form },
        );
    }
    if let Some(token) = token {
        ask = ask.by(&token);
    }
    let answer = ask.send().await;
    (answer.code(), house.snapshot().await == before)
}

#[tokio::test]
async fn everybody_may_do_what_the_table_says_and_nothing_else() {
    let mut wrong = Vec::new();
    for line in &TABLE {
        for (caller, expected) in CALLERS.into_iter().zip(line.2) {
            let (code, is_untouched) = answer(caller, line).await;
            if code != expected {
                wrong.push(format!("{} by {caller}: {code}, not {expected}", line.0));
            }
            if !code.starts_with('2') && !is_untouched {
                wrong.push(format!("{} by {caller}: refused, and yet done", line.0));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `/users/{id}` for what stands for it in the table.
fn template(operation: &str) -> String {
    let operation = operation.split('?').next().unwrap();
    operation
        .replace("{session}", "{id}")
        .replace("/nobody", "/{id}")
}

#[tokio::test]
async fn the_table_has_every_operation_of_the_document() {
    let house = AccountHouse::new().await;
    let document = house.ask("GET /openapi.json").send().await.json();
    let mut documented = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            documented.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    let table: BTreeSet<_> = TABLE.iter().map(|line| template(line.0)).collect();
    assert_eq!(table, documented);
}

#[tokio::test]
async fn a_scope_that_was_left_out_of_the_token_is_missing() {
    let house = AccountHouse::new().await;
    house.settle("both", "users:read users:write").await;
    let form = format!("username=both&password={PASSWORD}&scope=users:read");
    let ask = house.ask("POST /token");
    let ask = ask.header("content-type", "application/x-www-form-urlencoded");
    let tokens = ask.raw(form.replace(' ', "+")).send().await.json();
    let token = tokens["access_token"].as_str().unwrap();
    let id = house.id("johndoe").await;
    let operation = format!("PATCH /users/{id}");
    let refused = house.ask(&operation).by(token).json(&json!({})).await;
    let challenge = r#"Bearer error="insufficient_scope", scope="users:write""#;
    assert_eq!(
        refused.refusal(),
        (403, "insufficient_scope".to_owned(), Some(challenge))
    );
    // And at registration it is as if there were none.
    let body = json!({"username": "new.name", "password": PASSWORD, "scopes": ["users:write"]});
    let refused = house.ask("POST /users").by(token).json(&body).await;
    assert_eq!(refused.faults(), ["body.scopes: extra_forbidden"]);
}
