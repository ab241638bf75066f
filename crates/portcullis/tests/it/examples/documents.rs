//! The document of each example equals what it does.

use std::collections::BTreeMap;

use axum::Router;
use portcullis::testing::DocumentCheck;

use super::{ALICE, JOHN, Served, schemes, scopes, tokens, users};

const TOKEN: &str = "OAuth2PasswordBearer";
const FORM: &str = "application/x-www-form-urlencoded";

/// Runs the check, and counts the operations it called.
async fn check(check: DocumentCheck, app: Router, operations: usize) {
    let report = check.run(app).await;
    let report = report.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(report.operations.len(), operations, "{report}");
}

#[tokio::test]
async fn first_steps() {
    let app = tokens::first_steps::app().unwrap();
    check(DocumentCheck::new().unverified(TOKEN), app, 1).await;
}

#[tokio::test]
async fn current_user() {
    let app = tokens::current_user::app().unwrap();
    check(DocumentCheck::new().unverified(TOKEN), app, 2).await;
}

#[tokio::test]
async fn simple_oauth2() {
    let app = tokens::simple_oauth2::app().unwrap();
    let given = DocumentCheck::new().bearer(TOKEN, |_| "johndoe").body(
        "POST /token",
        FORM,
        "username=johndoe&password=secret",
    );
    check(given, app, 2).await;
}

#[tokio::test]
async fn jwt() {
    let app = users::jwt::app().await.unwrap();
    let token = Served::new(app.clone()).await.token(JOHN).await;
    let given = DocumentCheck::new()
        .bearer(TOKEN, move |_| token.clone())
        .body("POST /token", FORM, ALICE);
    check(given, app, 6).await;
}

#[tokio::test]
async fn with_scopes() {
    let app = scopes::example::app().await.unwrap();
    let served = Served::new(app.clone()).await;
    let mut tokens = BTreeMap::new();
    for scopes in ["me", "items:read", "items:write", "items:write me"] {
        let form = format!("{JOHN}&scope={}", scopes.replace(' ', "+"));
        tokens.insert(scopes.to_owned(), served.token(&form).await);
    }
    // Who asks for no scope gets all, so `none` is one that no route needs alone.
    tokens.insert(String::new(), tokens["items:write"].clone());
    let given = DocumentCheck::new()
        .bearer(TOKEN, move |scopes| tokens[&scopes.join(" ")].clone())
        .body("POST /token", FORM, JOHN);
    check(given, app, 7).await;
}

#[tokio::test]
async fn http_basic() {
    let app = schemes::http_basic::app().unwrap();
    let given = DocumentCheck::new()
        .basic("HTTPBasic", "stanleyjobson", "swordfish")
        .unverified_in("GET /claimed", "HTTPBasic");
    check(given, app, 2).await;
}

#[tokio::test]
async fn api_keys() {
    let app = schemes::api_keys::app().await.unwrap();
    let token = Served::new(app.clone()).await.token(JOHN).await;
    let given = DocumentCheck::new()
        .bearer(TOKEN, move |_| token.clone())
        .api_key("APIKeyHeader", "6Eim-ZXKHgE")
        .unverified_in("GET /header", "APIKeyHeader")
        .unverified("APIKeyQuery")
        .unverified("APIKeyCookie")
        .body("POST /token", FORM, JOHN);
    check(given, app, 7).await;
}
