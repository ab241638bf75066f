//! Applications that lie about their security in ways of their own: each is caught, and told how.

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use portcullis::testing::{DifferenceKind::*, DocumentCheck};
use serde_json::{Value, json};

use super::enforcer::{answer, app, check, document_app, enforce, operation};
use super::{differences, kinds, passes};

fn key() -> Value {
    json!([{ "Key": [] }])
}

fn authorization(headers: &HeaderMap) -> &str {
    let value = headers.get("authorization");
    value.map_or("", |value| value.to_str().unwrap())
}

/// Lets in whoever has anything in `Authorization` that `is_fine`, and anonymous ones if `open`.
fn by_header(open: bool, is_fine: impl Fn(&str) -> bool) -> impl Fn(&Request) -> Response {
    move |request| {
        let value = authorization(request.headers());
        let passes = if value.is_empty() {
            open
        } else {
            is_fine(value)
        };
        answer(if passes { 200 } else { 401 })
    }
}

type IsFine = fn(&str) -> bool;

#[tokio::test]
async fn wrong_credentials_that_are_accepted() {
    let bearer = operation(&json!([{ "Bearer": [] }]));
    let basic = operation(&json!([{ "Basic": [] }]));
    let right = |value: &str| value.starts_with("Bearer token.") && value.ends_with(".signature");
    let cases: [(&Value, IsFine, &str); 7] = [
        (
            &bearer,
            |value| value.starts_with("Bearer"),
            "nothing after it",
        ),
        (
            &bearer,
            |value| value.starts_with("Bearer "),
            "`Bearer not a token`",
        ),
        (
            &bearer,
            |value| value.starts_with("Bearer ") && value.split(' ').count() == 2,
            "well-formed credentials that nobody has",
        ),
        // A token whose signature nobody verifies.
        (
            &bearer,
            |value| value.starts_with("Bearer token."),
            "the right credentials with one letter changed",
        ),
        // FastAPI's HTTPBase does not look at the scheme.
        (
            &bearer,
            |value| value.ends_with(".signature"),
            "under the name of another scheme, `Other`",
        ),
        (
            &basic,
            |value| value.starts_with("Basic am9obmRvZTpzZWNy"),
            "a wrong password",
        ),
        (
            &basic,
            |value| value.starts_with("Basic am9obmRvZ") || value.ends_with("OnNlY3JldA=="),
            "a wrong username",
        ),
    ];
    for (operation, is_fine, expected) in cases {
        let found = differences(&check(), app(operation, by_header(false, is_fine))).await;
        let all: Vec<_> = found.iter().collect();
        assert_eq!(all.len(), 1, "{found}");
        assert_eq!(all[0].kind, WrongAccepted, "{found}");
        assert!(all[0].observed.contains(expected), "{expected}: {found}");
        assert!(all[0].remedy.contains(".unverified("), "{found}");
    }
    passes(&check(), app(&bearer, by_header(false, right))).await;
}

#[tokio::test]
async fn bad_credentials_that_count_as_none_where_they_are_optional() {
    let optional = operation(&json!([{ "Bearer": [] }, {}]));
    let found = kinds(&check(), app(&optional, by_header(true, |_| true))).await;
    assert_eq!(found, [WrongAccepted]);
    // Malformed alone.
    let lenient = |value: &str| value.ends_with(".signature") || !value.contains('.');
    let found = differences(&check(), app(&optional, by_header(true, lenient))).await;
    assert_eq!(found.len(), 1, "{found}");
    // Another scheme is as good as none.
    let strict = |value: &str| value.ends_with(".signature") || !value.starts_with("Bearer");
    passes(&check(), app(&optional, by_header(true, strict))).await;
}

#[tokio::test]
async fn a_scheme_that_only_extracts() {
    let bearer = operation(&json!([{ "Bearer": ["read"] }]));
    let well_formed = |value: &str| value.starts_with("Bearer ") && value.split(' ').count() == 2;
    let any = || app(&bearer, by_header(false, well_formed));
    let found = kinds(&check(), any()).await;
    assert_eq!(found, [WrongAccepted, ScopeNotEnforced]);
    let unverified = DocumentCheck::new().unverified("Bearer");
    passes(&unverified, any()).await;
    // What is malformed stays wrong.
    let anything = app(
        &bearer,
        by_header(false, |value| value.starts_with("Bearer")),
    );
    assert_eq!(kinds(&unverified, anything).await, [WrongAccepted]);
}

#[tokio::test]
async fn one_of_two_scopes_is_not_enforced() {
    let both = json!([{ "Bearer": ["read", "write"] }]);
    let lax = app(&operation(&both), |request| {
        answer(enforce(
            &json!([{ "Bearer": ["write"] }]),
            request.headers(),
        ))
    });
    let found = differences(&check(), lax).await;
    assert_eq!(found.len(), 1, "{found}");
    let one = found.iter().next().unwrap();
    assert_eq!(one.kind, ScopeNotEnforced);
    assert!(one.observed.contains("lacks the scope `read`"), "{found}");
}

#[tokio::test]
async fn scopes_that_cannot_be_tried() {
    let read = json!([{ "Bearer": ["read"] }]);
    let fixed = DocumentCheck::new().authorization("Bearer", "Bearer token.read.signature");
    let enforced = read.clone();
    let app = app(&operation(&read), move |request| {
        answer(enforce(&enforced, request.headers()))
    });
    assert_eq!(kinds(&fixed, app).await, [ScopeNotTried]);
}

#[tokio::test]
async fn a_scheme_without_credentials_is_not_silently_left_out() {
    let security = json!([{ "Key": [] }, { "Basic": [] }]);
    let app = || super::enforcer::mismatch(&security, &security);
    let found = differences(&DocumentCheck::new().api_key("Key", "secret"), app()).await;
    let all: Vec<_> = found
        .iter()
        .map(|one| (&*one.operation, one.kind))
        .collect();
    assert_eq!(all, [("scheme Basic", NoCredentials)]);
    assert!(
        found
            .to_string()
            .contains(".basic(\"Basic\", username, password)")
    );
    // Each line that it suggests is the right one.
    let found = differences(&DocumentCheck::new(), app()).await;
    assert_eq!(found.len(), 2, "{found}");
    assert!(
        found.to_string().contains(".api_key(\"Key\", key)"),
        "{found}"
    );
    // Credentials of another kind are no credentials.
    let mixed_up = DocumentCheck::new()
        .api_key("Key", "secret")
        .api_key("Basic", "secret");
    let found = differences(&mixed_up, app()).await;
    assert!(found.to_string().contains("of another kind"), "{found}");
}

#[tokio::test]
async fn a_scheme_that_is_not_declared() {
    let security = json!([{ "Kye": [] }]);
    let app = app(&operation(&security), |_| answer(401));
    let found = differences(&check(), app).await;
    let all: Vec<_> = found.iter().map(|one| one.kind).collect();
    assert_eq!(all, [SchemeUndeclared], "{found}");
    assert!(found.to_string().contains("`Kye`"));
}

#[tokio::test]
async fn two_schemes_at_one_place() {
    let security = json!([{ "Basic": [], "Bearer": [] }]);
    let app = app(&operation(&security), |_| answer(401));
    assert_eq!(kinds(&check(), app).await, [CannotStandTogether]);
}

#[tokio::test]
async fn the_wrong_credentials_given_to_the_check() {
    let app = super::enforcer::mismatch(&key(), &key());
    let wrong = check().api_key("Key", "not it");
    let found = differences(&wrong, app).await;
    assert_eq!(found.iter().next().unwrap().kind, NeverAccepted);
    assert!(
        !found.to_string().contains("not it"),
        "it prints the key: {found}"
    );
}

#[tokio::test]
async fn security_of_the_whole_document() {
    let whole = |operation: Value, status: u16| {
        let document = json!({
            "security": [{ "Key": [] }],
            "paths": { "/": { "get": operation } },
            "components": { "securitySchemes": super::enforcer::schemes() },
        });
        axum::Router::new()
            .route(
                "/openapi.json",
                axum::routing::get(async || axum::Json(document)),
            )
            .route(
                "/",
                axum::routing::get(async move |headers: HeaderMap| {
                    let enforced = if status == 200 { json!([]) } else { key() };
                    answer(enforce(&enforced, &headers))
                }),
            )
    };
    let responses = json!({ "200": {}, "4XX": {} });
    let inherits = json!({ "responses": responses });
    let open = json!({ "responses": responses, "security": [] });
    passes(&check(), whole(inherits.clone(), 401)).await;
    passes(&check(), whole(open.clone(), 200)).await;
    assert_eq!(kinds(&check(), whole(inherits, 200)).await, [NotEnforced]);
    assert_eq!(
        kinds(&check(), whole(open, 401)).await,
        [SecurityUndocumented]
    );
}

#[tokio::test]
async fn what_deletes_is_called_last() {
    let open = json!({ "responses": {} });
    let item = json!({ "delete": open, "get": open, "post": open, "put": open });
    let methods = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = methods.clone();
    let app = document_app(&item, move |request| {
        seen.lock().unwrap().push(request.method().to_string());
        assert_eq!(request.headers()["host"], "localhost");
        StatusCode::OK.into_response()
    });
    let report = passes(&check(), app).await;
    let mut methods = methods.lock().unwrap().clone();
    methods.dedup();
    assert_eq!(methods, ["GET", "POST", "PUT", "DELETE"]);
    assert_eq!(report.operations.len(), 4);
}
