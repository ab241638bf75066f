//! What operations are called with.

use axum::extract::{Path, Query, Request};
use axum::response::IntoResponse;
use axum::routing::{any, get, post};
use axum::{Json, Router};
use http::{HeaderMap, StatusCode};
use portcullis::testing::{DifferenceKind::*, DocumentCheck};
use serde_json::{Value, json};

use super::enforcer::check;
use super::{differences, kinds, passes};

type Keys = Query<std::collections::HashMap<String, String>>;

fn app(paths: &Value, routes: Router) -> Router {
    let document = json!({
        "paths": paths,
        "components": {
            "securitySchemes": {
                "InQuery": { "type": "apiKey", "in": "query", "name": "key" },
                "InCookie": { "type": "apiKey", "in": "cookie", "name": "key" },
                "Digest": { "type": "http", "scheme": "DIGEST" },
                "Provider": { "type": "openIdConnect", "openIdConnectUrl": "/.well-known" },
                "Certificate": { "type": "mutualTLS" },
            },
            "schemas": {
                "Item": {
                    "type": "object",
                    "required": ["name", "price", "tags", "kind", "parent", "id"],
                    "properties": {
                        "name": { "type": "string", "minLength": 10, "maxLength": 12 },
                        "price": { "type": "integer", "exclusiveMinimum": 4 },
                        "tags": { "type": "array", "minItems": 1, "items": { "type": "string" } },
                        "kind": { "enum": ["big", "small"] },
                        "parent": { "anyOf": [{ "type": "null" }, { "$ref": "#/components/schemas/Parent" }] },
                        "id": { "type": ["string", "null"], "format": "uuid" },
                        "note": { "type": "string" },
                    },
                },
                "Parent": { "type": "object", "required": ["is"], "properties": {
                    "is": { "type": "boolean", "default": false },
                } },
            },
        },
    });
    routes.route("/openapi.json", get(async || Json(document)))
}

#[tokio::test]
async fn a_body_is_made_from_the_schema() {
    let schema = json!({ "$ref": "#/components/schemas/Item" });
    let operation = json!({
        "requestBody": { "content": { "application/json": { "schema": schema } } },
        "responses": {},
    });
    let handler = post(async |headers: HeaderMap, Json(item): Json<Value>| {
        assert_eq!(headers["content-type"], "application/json");
        let expected = json!({
            "name": "stringxxxx", "price": 5, "tags": ["string"], "kind": "big",
            "parent": { "is": false }, "id": "00000000-0000-4000-8000-000000000000",
        });
        assert_eq!(item, expected);
    });
    let paths = json!({ "/items": { "post": operation } });
    passes(
        &check(),
        app(&paths, Router::new().route("/items", handler)),
    )
    .await;
}

#[tokio::test]
async fn a_body_that_does_not_do_is_asked_for() {
    let operation = json!({
        "requestBody": { "content": { "application/json": { "schema": { "type": "string" } } } },
        "responses": { "200": {} },
    });
    let handler = async |Json(item): Json<Value>| {
        if item["name"] == "Plumbus" {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        }
    };
    let paths = json!({ "/items": { "post": operation } });
    let app = app(&paths, Router::new().route("/items", post(handler)));
    let found = differences(&check(), app.clone()).await;
    assert_eq!(found.len(), 1, "{found}");
    assert_eq!(found.iter().next().unwrap().kind, CallFailed);
    assert!(found.to_string().contains(".body("), "{found}");
    let check = check().body("POST /items", "application/json", r#"{"name":"Plumbus"}"#);
    passes(&check, app).await;
}

#[tokio::test]
async fn a_form_is_made_from_the_schema() {
    let schema = json!({ "required": ["a b"], "properties": { "a b": { "example": "c&d" } } });
    let operation = json!({
        "requestBody": { "content": {
            "application/x-www-form-urlencoded": { "schema": schema },
        } },
        "responses": {},
    });
    let handler = post(async |body: String| assert_eq!(body, "a%20b=c%26d"));
    let paths = json!({ "/": { "post": operation } });
    passes(&check(), app(&paths, Router::new().route("/", handler))).await;
}

#[tokio::test]
async fn parameters_come_from_the_document_or_from_the_developer() {
    let parameter = |name: &str, place: &str, schema: Value| json!({ "name": name, "in": place, "required": true, "schema": schema });
    let paths = json!({ "/items/{id}/{rest}": {
        "parameters": [parameter("id", "path", json!({ "type": "integer", "minimum": 40 }))],
        "get": {
            "parameters": [
                parameter("q", "query", json!({ "default": "a b" })),
                parameter("x-trace", "header", json!({ "type": "string" })),
                { "name": "page", "in": "query", "schema": { "type": "integer" } },
            ],
            "responses": { "200": {} },
        },
    } });
    let handler = async |Path((id, rest)): Path<(u32, String)>, request: Request| {
        let query = request.uri().query().unwrap();
        let query = query.trim_end_matches("&key=").to_owned();
        let trace = request.headers()["x-trace"].to_str().unwrap().to_owned();
        let seen = (id, &*rest, &*query, &*trace);
        let made = (40, "1", "q=a%20b", "string");
        let given = (42, "a/b", "q=a%20b&page=3", "t1");
        if seen == made || seen == given {
            StatusCode::OK
        } else {
            StatusCode::IM_A_TEAPOT
        }
    };
    let app = app(
        &paths,
        Router::new().route("/items/{id}/{rest}", get(handler)),
    );
    passes(&check(), app.clone()).await;
    let given = check().parameter("id", "42").parameter("rest", "a/b");
    let given = given.parameter("page", "3").parameter("x-trace", "t1");
    passes(&given, app.clone()).await;
    let half = check().parameter("id", "42");
    assert_eq!(kinds(&half, app).await, [CallFailed]);
}

#[tokio::test]
async fn names_that_are_not_in_the_document() {
    let paths = json!({ "/items/{id}": { "get": { "responses": {} } } });
    let app = || {
        let routes = Router::new().route("/items/{id}", get(async || "in"));
        app(&paths, routes)
    };
    for check in [
        check().skip("GET /item/{id}", "misspelt"),
        check().body("POST /items/{id}", "text/plain", "x"),
        check().parameter("ident", "42"),
        check().unverified_in("GET /items", "InQuery"),
    ] {
        assert_eq!(kinds(&check, app()).await, [InputUnused]);
    }
    passes(&check().parameter("id", "42"), app()).await;
}

#[tokio::test]
async fn what_is_skipped_is_in_the_report() {
    let paths = json!({
        "/": { "get": { "responses": {} }, "delete": { "responses": {} } },
    });
    let root = get(async || "in").delete(async || StatusCode::INTERNAL_SERVER_ERROR);
    let app = app(&paths, Router::new().route("/", root));
    assert_eq!(kinds(&check(), app.clone()).await, [ServerError]);
    let check = check().skip("DELETE /", "it fails on purpose");
    let report = passes(&check, app).await;
    let skipped = ("DELETE /".to_owned(), "it fails on purpose".to_owned());
    assert_eq!(report.skipped, [skipped]);
    let text = report.to_string();
    assert!(text.contains("GET /: open to all; answered 200"), "{text}");
    assert!(
        text.contains("DELETE /: skipped: it fails on purpose"),
        "{text}"
    );
}

/// An operation with `security`, whose handler answers 200 to whom `is_right`.
async fn holds(security: Value, check: DocumentCheck, is_right: fn(&Request) -> bool) {
    let handler = any(async move |request: Request| {
        if is_right(&request) {
            return StatusCode::OK.into_response();
        }
        let challenge = [("www-authenticate", "Digest, Bearer, APIKey")];
        (StatusCode::UNAUTHORIZED, challenge).into_response()
    });
    let responses = json!({ "200": {}, "401": {} });
    let paths = json!({ "/": { "get": { "security": security, "responses": responses } } });
    passes(&check, app(&paths, Router::new().route("/", handler))).await;
}

#[tokio::test]
async fn every_place_for_credentials() {
    fn header<'a>(request: &'a Request, name: &str) -> &'a str {
        let value = request.headers().get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }
    let check = DocumentCheck::new;
    holds(
        json!([{ "InQuery": [] }]),
        check().api_key("InQuery", "a b&c"),
        |request| {
            let query = request.uri().query();
            query.is_some_and(|query| query.starts_with("key=a%20b%26c"))
        },
    )
    .await;
    holds(
        json!([{ "InCookie": [] }]),
        check().api_key("InCookie", "secret"),
        |request| {
            header(request, "cookie")
                .split("; ")
                .all(|pair| pair == "key=secret")
                && !header(request, "cookie").is_empty()
        },
    )
    .await;
    holds(
        json!([{ "Digest": [] }]),
        check().digest("Digest", r#"username="a", response="0f""#),
        |request| header(request, "authorization") == r#"Digest username="a", response="0f""#,
    )
    .await;
    holds(
        json!([{ "Provider": [] }]),
        check().bearer("Provider", |_| "opaque"),
        |request| header(request, "authorization") == "Bearer opaque",
    )
    .await;
}

#[tokio::test]
async fn a_scheme_that_no_request_can_carry() {
    let operation = json!({ "security": [{ "Certificate": [] }], "responses": { "4XX": {} } });
    let challenge = || (StatusCode::UNAUTHORIZED, [("www-authenticate", "x")]);
    let routes = Router::new().route("/", get(async move || challenge()));
    let app = app(&json!({ "/": { "get": operation } }), routes);
    let found = differences(&check(), app).await;
    assert!(found.to_string().contains("`mutualTLS`"), "{found}");
    assert!(found.to_string().contains(".skip("), "{found}");
}

#[tokio::test]
async fn an_application_mounted_elsewhere() {
    let paths = json!({ "/items": { "get": { "responses": {} } } });
    let inner = app(&paths, Router::new().route("/items", get(async || "in")));
    let outer = Router::new().nest("/api", inner);
    passes(&check().mounted_at("/api"), outer.clone()).await;
    passes(&check().mounted_at("/api/"), outer.clone()).await;
    let failed = check().run(outer).await.unwrap_err().to_string();
    assert_eq!(
        failed,
        "no OpenAPI document: GET /openapi.json answered 404 Not Found (is it mounted? \
         `.mounted_at(…)`; is the document elsewhere? `.document_at(…)`)"
    );
}

#[tokio::test]
async fn a_key_that_is_described_as_a_parameter_too() {
    let parameter = json!({ "name": "key", "in": "query", "required": true,
        "schema": { "type": "string" } });
    let operation = json!({
        "security": [{ "InQuery": [] }],
        "parameters": [parameter],
        "responses": { "200": {}, "401": {} },
    });
    let handler = get(async |Query(pairs): Keys| {
        if pairs.get("key").is_some_and(|key| key == "secret") {
            return StatusCode::OK.into_response();
        }
        assert_ne!(pairs.get("key").map(String::as_str), Some("string"));
        (StatusCode::UNAUTHORIZED, [("www-authenticate", "APIKey")]).into_response()
    });
    let app = app(
        &json!({ "/": { "get": operation } }),
        Router::new().route("/", handler),
    );
    passes(&DocumentCheck::new().api_key("InQuery", "secret"), app).await;
}
