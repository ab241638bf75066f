//! The same app, wherever it is mounted.

use axum::Router;
use portcullis::openapi::{ApiRouter, Document, routing};
use portcullis::{ActiveUser, Security, scopes};
use serde_json::json;

use crate::fixture::{FORM, House, bearer, get, post, send};

scopes!(ReadItems = "items:read");

const LOGIN: &str = "username=johndoe&password=secret&scope=items:read";

async fn items(user: Security<ActiveUser, ReadItems>) -> String {
    format!("the items of {}", user.username)
}

/// Resolves a reference against the address of a page, as a browser does (RFC 3986 §5.2).
fn resolved(base: &str, reference: &str) -> String {
    if reference.starts_with('/') {
        return reference.to_owned();
    }
    let folder = base.rfind('/').map_or("", |end| &base[..=end]);
    let reference = reference.trim_start_matches("./");
    let reference = if reference == "." { "" } else { reference };
    format!("{folder}{reference}")
}

/// Reads the document, then does what it says: gets a token where it says, and uses it.
async fn follow(app: &Router, document_at: &str, operation: &str) {
    let document = send(app, get(document_at, &[])).await.json();
    let server = document["servers"][0]["url"].as_str().unwrap();
    let base = resolved(document_at, server);
    let scheme = &document["components"]["securitySchemes"]["OAuth2PasswordBearer"];
    let url = scheme["flows"]["password"]["tokenUrl"].as_str().unwrap();
    let endpoint = resolved(&base, url);
    let login = send(app, post(&endpoint, &[FORM], LOGIN)).await;
    assert_eq!(login.status, 200, "{endpoint}: {}", login.text());
    let token = login.json()["access_token"].as_str().unwrap().to_owned();

    let paths = document["paths"].as_object().unwrap();
    assert!(paths.contains_key(operation), "{operation}: {paths:?}");
    let security = &paths[operation]["get"]["security"];
    assert_eq!(
        *security,
        json!([{ "OAuth2PasswordBearer": ["items:read"] }])
    );
    let path = format!("{}{operation}", base.trim_end_matches('/'));
    let answer = send(app, bearer(&path, &token)).await;
    assert_eq!(
        (answer.status, answer.text()),
        (200, "the items of johndoe"),
        "{path}"
    );
    let anonymous = send(app, get(&path, &[])).await;
    assert_eq!(anonymous.refusal().0, 401, "{path}");
}

fn api(house: &House) -> ApiRouter<portcullis::Auth> {
    ApiRouter::new()
        .api_route("/items", routing::get(items))
        .merge(portcullis::router(&house.auth))
}

#[tokio::test]
async fn at_the_root() {
    let house = House::new().await;
    follow(
        &house.app(ApiRouter::new().api_route("/items", routing::get(items))),
        "/openapi.json",
        "/items",
    )
    .await;
}

#[tokio::test]
async fn the_whole_app_under_a_prefix() {
    let house = House::new().await;
    let app = Document::new("Test", "1.0").serve(api(&house)).unwrap();
    let app = app.with_state(house.auth.clone());
    let app = Router::new().nest("/api/v1", app);
    follow(&app, "/api/v1/openapi.json", "/items").await;
    let twice = Router::new().nest("/deeper", app);
    follow(&twice, "/deeper/api/v1/openapi.json", "/items").await;
    assert_eq!(
        send(&twice, get("/deeper/api/v1/docs", &[])).await.status,
        200
    );
    let script = send(&twice, get("/deeper/api/v1/docs/docs.js", &[])).await;
    assert_eq!(script.status, 200);
}

#[tokio::test]
async fn the_endpoints_under_a_prefix_of_the_app() {
    let house = House::new().await;
    let api = ApiRouter::new()
        .nest("/auth", portcullis::router(&house.auth))
        .nest(
            "/shop",
            ApiRouter::new().api_route("/items", routing::get(items)),
        );
    let app = Document::new("Test", "1.0").serve(api).unwrap();
    let app = app.with_state(house.auth.clone());
    follow(&app, "/openapi.json", "/shop/items").await;
    let nested = Router::new().nest("/v2", app);
    follow(&nested, "/v2/openapi.json", "/shop/items").await;
}

#[tokio::test]
async fn two_apps_side_by_side() {
    let house = House::new().await;
    let mounted = |prefix: &str| {
        let app = Document::new("Test", "1.0").serve(api(&house)).unwrap();
        Router::new().nest(prefix, app.with_state(house.auth.clone()))
    };
    let app = mounted("/one").merge(mounted("/two"));
    follow(&app, "/one/openapi.json", "/items").await;
    follow(&app, "/two/openapi.json", "/items").await;
}
