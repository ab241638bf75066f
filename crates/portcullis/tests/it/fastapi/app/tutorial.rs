//! `tests/fastapi/tutorial.py` again, with Portcullis: what is written by hand there is asked for here.

use axum::{Json, Router};
use portcullis::openapi::ApiRouter;
use portcullis::openapi::routing::get;
use portcullis::scheme::Rejection;
use portcullis::{ActiveUser, CurrentUser, HttpBasic, Security, scopes};
use serde_json::{Value, json};

use crate::fixture::House;

scopes!(ReadUsers = "users:read");
scopes!(ReadBoth = "items:read", "users:read");

fn shown(username: &str) -> Json<Value> {
    Json(json!({ "username": username }))
}

async fn status(user: CurrentUser) -> Json<Value> {
    shown(&user.username)
}

async fn me(user: Security<ActiveUser, ReadUsers>) -> Json<Value> {
    shown(&user.username)
}

async fn items(user: Security<ActiveUser, ReadBoth>) -> Json<Value> {
    shown(&user.username)
}

async fn basic(who: HttpBasic) -> Result<Json<Value>, Rejection> {
    // Both are asked, so that the time tells nothing.
    let is_right = who.matches("johndoe", "secret") | who.matches("alice", "secret2");
    if is_right {
        Ok(shown(&who.username))
    } else {
        Err(who.refused())
    }
}

pub(in crate::fastapi) async fn app() -> Router {
    let api = ApiRouter::new()
        .api_route("/status", get(status))
        .api_route("/me", get(me))
        .api_route("/items", get(items))
        .api_route("/basic", get(basic));
    House::without_sessions().await.app(api)
}
