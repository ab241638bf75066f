//! What a client says to the OAuth endpoints, and what it hears.

use axum::Router;
use portcullis::openapi::ApiRouter;
use serde_json::Value;

use crate::fixture::{Answer, FORM, House, bearer, part, post, send};

pub(super) const LOGIN: &str = "username=johndoe&password=secret";

const SPENT: &str = r#"{"detail":"The refresh token is not valid","error":"invalid_grant","error_description":"The refresh token is not valid"}"#;

pub(super) fn app(house: &House) -> Router {
    house.app(ApiRouter::new())
}

/// `POST /token`.
pub(super) async fn ask(house: &House, form: &str) -> Answer {
    send(&app(house), post("/token", &[FORM], form)).await
}

/// Tokens, which must be given.
pub(super) async fn tokens(house: &House, form: &str) -> Value {
    let answer = ask(house, form).await;
    assert_eq!(answer.status, 200, "{form}: {}", answer.text());
    answer.json()
}

pub(super) fn text<'a>(tokens: &'a Value, name: &str) -> &'a str {
    tokens[name].as_str().unwrap()
}

/// The form that renews.
pub(super) fn refresh(tokens: &Value) -> String {
    format!(
        "grant_type=refresh_token&refresh_token={}",
        text(tokens, "refresh_token")
    )
}

/// The status of `GET /users/me`.
pub(super) async fn me(house: &House, tokens: &Value) -> u16 {
    let request = bearer("/users/me", text(tokens, "access_token"));
    send(&app(house), request).await.status
}

/// `POST /revoke`.
pub(super) async fn revoke(house: &House, form: &str) -> Answer {
    send(&app(house), post("/revoke", &[FORM], form)).await
}

/// A refresh token that is worth nothing: one text for every reason.
pub(super) async fn is_spent(house: &House, form: &str) {
    let answer = ask(house, form).await;
    assert_eq!((answer.status, answer.text()), (400, SPENT), "{form}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

/// Revoked, or never there: both are answered so.
pub(super) async fn is_revoked(house: &House, form: &str) {
    let answer = revoke(house, form).await;
    assert_eq!((answer.status, answer.text()), (200, ""), "{form}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("pragma"), Some("no-cache"));
}

pub(super) fn claims(tokens: &Value) -> Value {
    part(text(tokens, "access_token"), 1)
}
