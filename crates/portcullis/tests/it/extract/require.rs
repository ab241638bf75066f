//! One guard for every route of a router.

use axum::Router;
use portcullis::extract::require;
use portcullis::openapi::{ApiRouter, Document, routing};
use portcullis::scheme::{ApiKey, Guard, SecurityScheme};
use portcullis::testing::{self, DocumentCheck};
use portcullis::{ActiveUser, ApiKeyHeader, Auth, CurrentUser, Security, scopes};
use serde_json::{Value, json};

use super::ReadItems;
use crate::fixture::{House, bearer, get, post, send};

scopes!(WriteItems = "items:write");

struct Key;
impl SecurityScheme for Key {}
impl ApiKey for Key {
    const PARAMETER: &'static str = "x-key";
}

/// Open routes, and behind `G` a few below `/guarded`, one of them merged and one nested.
fn built<G: Guard<Auth> + 'static>(house: &House) -> (Router, Value) {
    let guarded = ApiRouter::new()
        .api_route("/both", routing::get(async || "in").post(async || "in"))
        .api_route("/key", routing::get(async |_: ApiKeyHeader<Key>| "in"))
        .merge(ApiRouter::new().api_route("/user", routing::get(async |_: CurrentUser| "in")))
        .nest(
            "/deep",
            ApiRouter::new().api_route("/{id}", routing::get(async || "in")),
        );
    let api = ApiRouter::new()
        .api_route("/open", routing::get(async || "in"))
        .nest("/guarded", require::<G, _>(guarded, house.auth.clone()))
        .merge(portcullis::token_router(&house.auth));
    let (app, document) = Document::new("Test", "1.0").finish(api).unwrap();
    (app.with_state(house.auth.clone()), document)
}

const PATHS: [&str; 3] = ["/guarded/both", "/guarded/user", "/guarded/deep/7"];

#[tokio::test]
async fn every_route_of_it_is_guarded_and_no_other() {
    let house = House::new().await;
    let (app, _) = built::<Security<ActiveUser, ReadItems>>(&house);
    let (john, alice) = (house.johndoe().await, house.alice().await);
    assert_eq!(send(&app, get("/open", &[])).await.status, 200);
    for path in PATHS {
        let nobody = send(&app, get(path, &[])).await;
        let expected = (401, "not_authenticated".to_owned(), Some("Bearer"));
        assert_eq!(nobody.refusal(), expected, "{path}");
        assert_eq!(send(&app, bearer(path, &john)).await.status, 200, "{path}");
        let inactive = send(&app, bearer(path, &alice)).await;
        assert_eq!(inactive.refusal().1, "inactive_user", "{path}");
    }
    assert_eq!(send(&app, post("/guarded/both", &[], "")).await.status, 401);
}

#[tokio::test]
async fn a_scope_of_the_router_is_needed() {
    let house = House::new().await;
    let (app, _) = built::<Security<ActiveUser, WriteItems>>(&house);
    let token = house.johndoe().await;
    for path in PATHS {
        let challenge = r#"Bearer error="insufficient_scope", scope="items:write""#;
        let refused = send(&app, bearer(path, &token)).await;
        let expected = (403, "insufficient_scope".to_owned(), Some(challenge));
        assert_eq!(refused.refusal(), expected, "{path}");
    }
}

#[tokio::test]
async fn the_routes_own_arguments_are_needed_too() {
    let house = House::new().await;
    let (app, _) = built::<Security<ActiveUser, ReadItems>>(&house);
    let token = format!("Bearer {}", house.johndoe().await);
    let (token, key) = (("authorization", &*token), ("x-key", "k"));
    for (headers, status, challenge) in [
        (&[token, key][..], 200, None),
        (&[token], 401, Some("APIKey")),
        (&[key], 401, Some("Bearer")),
    ] {
        let answer = send(&app, get("/guarded/key", headers)).await;
        let found = (answer.status, answer.header("www-authenticate"));
        assert_eq!(found, (status, challenge));
    }
}

#[tokio::test]
async fn it_is_in_the_document() {
    let house = House::new().await;
    let (_, document) = built::<Security<ActiveUser, ReadItems>>(&house);
    let paths = &document["paths"];
    let token = json!([{ "OAuth2PasswordBearer": ["items:read"] }]);
    for (path, method) in [
        ("/guarded/both", "get"),
        ("/guarded/both", "post"),
        ("/guarded/user", "get"),
        ("/guarded/deep/{id}", "get"),
    ] {
        let operation = &paths[path][method];
        assert_eq!(operation["security"], token, "{method} {path}");
        let responses = operation["responses"].as_object().unwrap();
        let statuses: Vec<_> = responses.keys().collect();
        assert_eq!(statuses, ["200", "400", "401", "403", "503"]);
    }
    assert_eq!(
        paths["/guarded/key"]["get"]["security"],
        json!([{ "APIKeyHeader": [], "OAuth2PasswordBearer": ["items:read"] }])
    );
    assert_eq!(paths["/open"]["get"].get("security"), None);
    assert_eq!(paths["/token"]["post"].get("security"), None);
}

#[tokio::test]
async fn the_document_equals_the_run_time() {
    let john = testing::user("johndoe", "items:read items:write").unwrap();
    let auth = Auth::builder(testing::Users::new([john.clone()]))
        .issuer("http://127.0.0.1:8000")
        .scope("items:read", "Read items.")
        .scope("items:write", "Write items.")
        .build()
        .unwrap();
    let guarded = ApiRouter::new()
        .api_route("/plain", routing::get(async || "in").put(async || "in"))
        .api_route("/key", routing::get(async |_: ApiKeyHeader<Key>| "in"))
        .api_route(
            "/more",
            routing::get(async |_: Security<ActiveUser, WriteItems>| "in"),
        );
    let guarded = require::<Security<ActiveUser, ReadItems>, _>(guarded, auth.clone());
    let api = ApiRouter::new()
        .nest("/guarded", guarded)
        .merge(portcullis::token_router(&auth));
    let app = Document::new("Test", "1.0").serve(api).unwrap();
    let token = {
        let auth = auth.clone();
        move |scopes: &[String]| testing::access_token(&auth, &john, &scopes.join(" ")).unwrap()
    };
    let report = DocumentCheck::new()
        .bearer("OAuth2PasswordBearer", token)
        .unverified("APIKeyHeader")
        .skip("POST /token", "these users have no passwords")
        .run(app.with_state(auth))
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(report.operations.len(), 6, "{report}");
}

#[tokio::test]
async fn an_optional_guard_refuses_what_is_bad() {
    let house = House::new().await;
    let (app, document) = built::<Option<ActiveUser>>(&house);
    assert_eq!(send(&app, get("/guarded/both", &[])).await.status, 200);
    assert_eq!(send(&app, bearer("/guarded/both", "bad")).await.status, 401);
    let security = &document["paths"]["/guarded/both"]["get"]["security"];
    assert_eq!(*security, json!([{ "OAuth2PasswordBearer": [] }, {}]));
}

#[test]
fn a_router_without_routes_stays_one() {
    let empty = require::<ApiKeyHeader<Key>, _>(ApiRouter::new(), ());
    let (_, document) = Document::new("Empty", "1.0").finish(empty).unwrap();
    assert_eq!(document["paths"], json!({}));
}

/// Whatever answers below a path of its own is a route; what is left over is not.
#[tokio::test]
async fn a_nested_service_is_guarded_and_a_fallback_is_not() {
    let house = House::new().await;
    let files = Router::new()
        .route("/a", axum::routing::get(async || "file"))
        .fallback(async || "no such file");
    let only = axum::routing::get(async || "in").fallback(async || "another method");
    let guarded = ApiRouter::new()
        .nest_service("/files", files)
        .route("/only", only)
        .fallback(async || "left over");
    let guarded = require::<ActiveUser, Auth>(guarded, house.auth.clone());
    let later = guarded.api_route("/later", routing::get(async || "later"));
    let (app, _) = Document::new("Test", "1.0").finish(later).unwrap();
    let app = app.with_state(house.auth.clone());
    for (path, expected) in [
        ("/files/a", 401),
        ("/files/none", 401),
        ("/only", 401),
        ("/later", 200),
        ("/none", 200),
    ] {
        let answer = send(&app, get(path, &[])).await;
        assert_eq!(answer.status, expected, "{path}");
    }
    assert_eq!(send(&app, post("/only", &[], "")).await.status, 401);
}
