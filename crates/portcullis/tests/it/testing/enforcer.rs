//! An application without Portcullis: its document says one thing, and it enforces another.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use http::{HeaderMap, StatusCode};
use portcullis::testing::DocumentCheck;
use serde_json::{Value, json};

/// The schemes of every application here.
pub(crate) fn schemes() -> Value {
    json!({
        "Key": { "type": "apiKey", "in": "header", "name": "x-key" },
        "Bearer": { "type": "oauth2", "flows": { "password": {
            "tokenUrl": "token", "scopes": { "read": "", "write": "" },
        } } },
        "Basic": { "type": "http", "scheme": "basic" },
    })
}

/// Knows the right credentials of these schemes.
pub(crate) fn check() -> DocumentCheck {
    DocumentCheck::new()
        .api_key("Key", "secret")
        .bearer("Bearer", |scopes| {
            format!("token.{}.signature", scopes.join("+"))
        })
        .basic("Basic", "johndoe", "secret")
}

/// What a request presents of one scheme.
enum Presented {
    Nothing,
    Wrong,
    /// Right, with these scopes.
    Right(Vec<String>),
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn presented(scheme: &str, headers: &HeaderMap) -> Presented {
    let right = |is: bool| {
        if is {
            Presented::Right(Vec::new())
        } else {
            Presented::Wrong
        }
    };
    let authorization = header(headers, "authorization").unwrap_or_default();
    match scheme {
        "Key" => header(headers, "x-key").map_or(Presented::Nothing, |key| right(key == "secret")),
        "Basic" if authorization.starts_with("Basic") => {
            right(authorization == "Basic am9obmRvZTpzZWNyZXQ=")
        }
        "Bearer" if authorization.starts_with("Bearer") => {
            let scopes = authorization
                .strip_prefix("Bearer token.")
                .and_then(|token| token.strip_suffix(".signature"));
            scopes.map_or(Presented::Wrong, |scopes| {
                Presented::Right(scopes.split('+').map(str::to_owned).collect())
            })
        }
        _ => Presented::Nothing,
    }
}

/// Whether `security` lets a request in: 200, or the status of the refusal.
pub(crate) fn enforce(security: &Value, headers: &HeaderMap) -> u16 {
    let alternatives = security.as_array().unwrap();
    if alternatives.is_empty() {
        return 200;
    }
    let mut anything = false;
    let mut lacks_scope = false;
    for alternative in alternatives {
        let mut complete = true;
        for (scheme, scopes) in alternative.as_object().unwrap() {
            match presented(scheme, headers) {
                Presented::Nothing => complete = false,
                Presented::Wrong => return 401,
                Presented::Right(has) => {
                    anything = true;
                    let needed = scopes.as_array().unwrap();
                    if !needed
                        .iter()
                        .all(|scope| has.iter().any(|one| scope == one))
                    {
                        lacks_scope = true;
                        complete = false;
                    }
                }
            }
        }
        let is_empty = alternative.as_object().unwrap().is_empty();
        if complete && (!is_empty || !anything) {
            return 200;
        }
    }
    if lacks_scope { 403 } else { 401 }
}

/// A refusal with every challenge.
pub(crate) fn answer(status: u16) -> Response {
    let code = StatusCode::from_u16(status).unwrap();
    if status == 200 {
        return (code, "in").into_response();
    }
    let challenges = [
        ("www-authenticate", "Bearer, APIKey"),
        ("x-other", "this is no challenge"),
    ];
    let mut response = (code, challenges, "out").into_response();
    let basic = r#"Basic realm="a, b""#.parse().unwrap();
    response.headers_mut().append("www-authenticate", basic);
    response
}

/// An application with `GET /`, documented by `operation`, that answers by `handler`.
pub(crate) fn app(
    operation: &Value,
    handler: impl Fn(&Request) -> Response + Send + Sync + 'static,
) -> Router {
    document_app(&json!({ "get": operation }), handler)
}

/// An application whose document has one path, `/`.
pub(crate) fn document_app(
    item: &Value,
    handler: impl Fn(&Request) -> Response + Send + Sync + 'static,
) -> Router {
    let document = json!({
        "openapi": "3.1.0",
        "paths": { "/": item },
        "components": { "securitySchemes": schemes() },
    })
    .to_string();
    let handler = Arc::new(handler);
    Router::new()
        .route(
            "/openapi.json",
            get(async move || Response::new(Body::from(document))),
        )
        .route("/", any(async move |request: Request| handler(&request)))
}

/// An operation with `security`, and the refusals that go with it.
pub(crate) fn operation(security: &Value) -> Value {
    let alternatives = security.as_array().unwrap();
    let mut responses = json!({ "200": {} });
    if !alternatives.is_empty() {
        responses["401"] = json!({});
        responses["403"] = json!({});
    }
    json!({ "security": security, "responses": responses })
}

/// An application that documents one security, and enforces another.
pub(crate) fn mismatch(documented: &Value, enforced: &Value) -> Router {
    let enforced = enforced.clone();
    app(&operation(documented), move |request| {
        answer(enforce(&enforced, request.headers()))
    })
}
