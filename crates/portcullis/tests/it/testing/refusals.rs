//! Refusals that the document does not know, and failures.

use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::{HeaderMap, StatusCode};
use portcullis::testing::{CheckFailed, DifferenceKind::*, DocumentCheck};
use serde_json::{Value, json};

use super::enforcer::{answer, app, check, enforce, operation};
use super::{differences, kinds, passes};

fn documented(security: &Value, statuses: &[&str]) -> Value {
    let responses: serde_json::Map<_, _> = statuses
        .iter()
        .map(|status| ((*status).to_owned(), json!({})))
        .collect();
    json!({ "security": security, "responses": responses })
}

/// An application that enforces `security`, and documents these statuses.
fn with_statuses(security: &Value, statuses: &[&str]) -> Router {
    let enforced = security.clone();
    app(&documented(security, statuses), move |request| {
        answer(enforce(&enforced, request.headers()))
    })
}

#[tokio::test]
async fn an_undocumented_401_and_403() {
    let read = json!([{ "Bearer": ["read"] }]);
    for (statuses, expected) in [
        (&["200"][..], &["401", "403"][..]),
        (&["200", "401"], &["403"]),
        (&["200", "403"], &["401"]),
        (&["200", "4XX"], &[]),
        (&["200", "4xx"], &[]),
        (&["default"], &[]),
        (&["200", "401", "403", "500"], &[]),
    ] {
        let app = with_statuses(&read, statuses);
        if expected.is_empty() {
            passes(&check(), app).await;
            continue;
        }
        let found = differences(&check(), app).await;
        let told: Vec<_> = found
            .iter()
            .map(|one| {
                assert_eq!(one.kind, UndocumentedStatus, "{found}");
                one.remedy.split(['`', ' ']).nth(2).unwrap().to_owned()
            })
            .collect();
        assert_eq!(told, expected, "{statuses:?}: {found}");
    }
}

#[tokio::test]
async fn an_undocumented_400_to_repeated_credentials() {
    let strict = |request: &axum::extract::Request| {
        if request.headers().get_all("x-key").iter().count() > 1 {
            return answer(400);
        }
        answer(enforce(&json!([{ "Key": [] }]), request.headers()))
    };
    let security = json!([{ "Key": [] }]);
    let found = kinds(&check(), app(&operation(&security), strict)).await;
    assert_eq!(found, [UndocumentedStatus]);
    let told = documented(&security, &["200", "400", "401"]);
    passes(&check(), app(&told, strict)).await;
}

#[tokio::test]
async fn an_undocumented_refusal_of_another_status() {
    // A resource that is hidden from strangers: fine, when it is documented.
    let hidden = |request: &axum::extract::Request| {
        let status = enforce(&json!([{ "Key": [] }]), request.headers());
        answer(if status == 401 { 404 } else { status })
    };
    let security = json!([{ "Key": [] }]);
    let found = kinds(&check(), app(&operation(&security), hidden)).await;
    assert_eq!(found, [UndocumentedStatus]);
    let told = documented(&security, &["200", "404"]);
    passes(&check(), app(&told, hidden)).await;
}

#[tokio::test]
async fn a_401_must_challenge() {
    let with_challenge = |challenge: Option<&'static str>| {
        move |request: &axum::extract::Request| -> Response {
            let security = json!([{ "Basic": [] }, { "Bearer": [] }, { "Key": [] }]);
            match (enforce(&security, request.headers()), challenge) {
                (200, _) => answer(200),
                (_, Some(value)) => {
                    (StatusCode::UNAUTHORIZED, [("www-authenticate", value)]).into_response()
                }
                (_, None) => StatusCode::UNAUTHORIZED.into_response(),
            }
        }
    };
    let security = operation(&json!([{ "Basic": [] }, { "Bearer": [] }, { "Key": [] }]));
    let found = kinds(&check(), app(&security, with_challenge(None))).await;
    assert_eq!(found, [NoChallenge]);
    for (challenge, missing) in [
        ("Bearer", "Basic"),
        (r#"Basic realm="Bearer""#, "Bearer"),
        (r#"Basic realm="a, Bearer b""#, "Bearer"),
    ] {
        let found = differences(&check(), app(&security, with_challenge(Some(challenge)))).await;
        assert_eq!(found.len(), 1, "{found}");
        let one = found.iter().next().unwrap();
        assert_eq!(one.kind, ChallengeIncomplete);
        assert!(
            one.documented.contains(&format!("names `{missing}`")),
            "{found}"
        );
    }
    let both = with_challenge(Some(r#"basic realm="a", BEARER"#));
    passes(&check(), app(&security, both)).await;
}

#[tokio::test]
async fn a_server_error_is_never_fine() {
    for (status, documented_too) in [(500, true), (502, false), (500, false)] {
        let key = json!([{ "Key": [] }]);
        let statuses: &[&str] = if documented_too {
            &["200", "401", "5XX"]
        } else {
            &["200", "401"]
        };
        let enforced = key.clone();
        let fails =
            move |request: &axum::extract::Request| match enforce(&enforced, request.headers()) {
                401 if request.headers().contains_key("x-key") => answer(status),
                other => answer(other),
            };
        let found = kinds(&check(), app(&documented(&key, statuses), fails)).await;
        assert_eq!(found, [ServerError], "{status}");
    }
}

#[tokio::test]
async fn a_database_that_is_away() {
    let key = json!([{ "Key": [] }]);
    let away = |request: &axum::extract::Request| match enforce(
        &json!([{ "Key": [] }]),
        request.headers(),
    ) {
        200 => answer(503),
        other => answer(other),
    };
    let found = kinds(&check(), app(&operation(&key), away)).await;
    assert_eq!(found, [CallFailed, UndocumentedStatus]);
    let told = documented(&key, &["200", "401", "503"]);
    let found = differences(&check(), app(&told, away)).await;
    assert_eq!(found.len(), 1, "{found}");
    assert!(
        found
            .to_string()
            .contains("everything that the application needs")
    );
}

fn routed(path: &str, operation: &Value, routes: Router) -> Router {
    let method = if operation.get("requestBody").is_some() {
        "post"
    } else {
        "get"
    };
    let document = json!({ "paths": { path: { method: operation } } });
    routes.route("/openapi.json", get(async || Json(document)))
}

#[tokio::test]
async fn an_operation_that_is_not_there() {
    let open = json!({ "responses": { "200": {} } });
    let check = DocumentCheck::new();
    for (path, routes) in [
        ("/items", Router::new()),
        ("/items", Router::new().route("/items", post(async || "in"))),
        ("/items/{id}", Router::new()),
    ] {
        let found = kinds(&check, routed(path, &open, routes)).await;
        assert_eq!(found, [NotRouted], "{path}");
    }
    // A handler that knows no such item.
    let unknown = async || (StatusCode::NOT_FOUND, "no such item");
    let routes = Router::new().route("/items/{id}", get(unknown));
    let report = passes(&check, routed("/items/{id}", &open, routes)).await;
    assert_eq!(report.operations[0].answers, [404]);
}

#[tokio::test]
async fn without_document_or_operation_nothing_was_checked() {
    let check = DocumentCheck::new();
    let failed = check.run(Router::new()).await.unwrap_err();
    assert!(matches!(failed, CheckFailed::NoDocument { .. }), "{failed}");
    let page = Router::new().route("/openapi.json", get(async || "<html>"));
    let failed = check.run(page).await.unwrap_err();
    assert!(failed.to_string().contains("not JSON"), "{failed}");
    let empty = Router::new().route("/openapi.json", get(async || Json(json!({ "paths": {} }))));
    let failed = check.run(empty).await.unwrap_err();
    assert!(
        matches!(failed, CheckFailed::NoOperation { .. }),
        "{failed}"
    );
}

#[tokio::test]
async fn a_login_documents_how_it_refuses() {
    let login = async |headers: HeaderMap, body: String| {
        if body == "name=johndoe" {
            return "in".into_response();
        }
        let challenge = [("www-authenticate", "Basic")];
        if headers.contains_key("x-key") {
            return StatusCode::OK.into_response();
        }
        (StatusCode::UNAUTHORIZED, challenge).into_response()
    };
    let operation = json!({ "responses": { "200": {}, "401": {} }, "requestBody": {} });
    let app = || {
        routed(
            "/login",
            &operation,
            Router::new().route("/login", post(login)),
        )
    };
    let found = differences(&DocumentCheck::new(), app()).await;
    assert!(found.to_string().contains("if it is a login"), "{found}");
    let check = DocumentCheck::new().body("POST /login", "text/plain", "name=johndoe");
    passes(&check, app()).await;
}

#[tokio::test]
async fn what_an_unwrap_shows_is_the_list() {
    let app = with_statuses(&json!([{ "Key": [] }]), &["200"]);
    let failed = check().run(app).await.unwrap_err();
    let text = format!("{failed:?}");
    assert_eq!(
        text,
        "1 difference between the document and the run time\n\n\
         GET / (UndocumentedStatus)\n  \
         document: `responses` has 200\n  \
         observed: without credentials: 401 Unauthorized, `WWW-Authenticate: Bearer, APIKey`, \
         `WWW-Authenticate: Basic realm=\"a, b\"`, out\n  \
         to do:    document `401 Unauthorized` among the operation's responses"
    );
}
