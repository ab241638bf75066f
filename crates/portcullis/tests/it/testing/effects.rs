//! Operations that do something: paths, bodies, and users who delete themselves.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::{Path, State};
use axum::routing::delete;
use axum::{Json, Router};
use http::HeaderMap;
use portcullis::openapi::{ApiRouter, Document, routing, schemars};
use portcullis::testing::{self, DifferenceKind::*, DocumentCheck, Users};
use portcullis::{ActiveUser, Auth};
use serde_json::json;

use super::enforcer::{answer, check, enforce};
use super::{kinds, passes};
use crate::fixture::{ISSUER, cheap};

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct NewItem {
    name: String,
    price: u32,
}

async fn rename(
    Path((id, shelf)): Path<(u32, String)>,
    user: ActiveUser,
    Json(item): Json<NewItem>,
) -> String {
    let NewItem { name, price } = item;
    format!("{}: {id} on {shelf} is {name} for {price}", user.username)
}

#[tokio::test]
async fn an_operation_with_path_and_body_is_called_as_its_types_say() {
    let john = testing::user("johndoe", "").unwrap();
    let builder = Auth::builder(Users::new([john.clone()])).issuer(ISSUER);
    let auth = builder.hashing(cheap()).build().unwrap();
    let api = ApiRouter::new()
        .api_route("/items/{id}/{shelf}", routing::put(rename))
        .merge(portcullis::token_router(&auth));
    let document = Document::new("Test", "1.0").serve(api).unwrap();
    let app = document.with_state(auth.clone());
    let check = DocumentCheck::new().bearer("OAuth2PasswordBearer", move |_| {
        testing::access_token(&auth, &john, "").unwrap()
    });
    let report = passes(&check, app.clone()).await;
    let name = "PUT /items/{id}/{shelf}";
    let mut all = report.operations.iter();
    let renamed = all.find(|one| one.operation == name).unwrap();
    assert_eq!(renamed.answers, [200]);
    let wrong = check.body(name, "application/json", "{}");
    assert_eq!(kinds(&wrong, app).await, [CallFailed]);
}

/// Deletes whoever calls: from then on, the right key is nobody's.
async fn delete_me(
    State(deleted): State<Arc<AtomicUsize>>,
    headers: HeaderMap,
) -> axum::response::Response {
    match enforce(&json!([{ "Key": [] }]), &headers) {
        200 if deleted.fetch_add(1, Ordering::SeqCst) == 0 => answer(200),
        200 => answer(401),
        refused => answer(refused),
    }
}

#[tokio::test]
async fn nothing_right_is_sent_before_the_right_call() {
    let operation = json!({ "security": [{ "Key": [] }], "responses": { "200": {}, "401": {} } });
    let document = json!({
        "paths": { "/me": { "delete": operation } },
        "components": { "securitySchemes": super::enforcer::schemes() },
    });
    let deleted = Arc::new(AtomicUsize::new(0));
    let app = Router::new()
        .route("/openapi.json", axum::routing::get(async || Json(document)))
        .route("/me", delete(delete_me))
        .with_state(deleted.clone());
    let report = passes(&check(), app).await;
    assert_eq!(report.operations[0].answers, [200]);
    assert_eq!(
        deleted.load(Ordering::SeqCst),
        2,
        "once rightly, once repeated"
    );
}

#[tokio::test]
async fn a_service_that_does_not_answer() {
    let app = tower::service_fn(async |_| Err::<axum::response::Response, _>("the line is dead"));
    let failed = check().run(app).await.unwrap_err();
    let text = format!("{failed:?}");
    assert_eq!(text, "GET /openapi.json: no answer: the line is dead");
}

#[tokio::test]
async fn right_credentials_that_do_not_fit_into_a_request() {
    let security = json!([{ "Key": [] }]);
    let app = super::enforcer::mismatch(&security, &security);
    let broken = check().api_key("Key", "two\nlines");
    let found = kinds(&broken, app).await;
    assert!(found.contains(&NotSent), "{found:?}");
}
