//! A refusal that the developer replaced, and what the document says of it.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use portcullis::extract::{Context, Dependency, NoState};
use portcullis::openapi::{ApiRouter, Document, routing};
use portcullis::scheme::{Alternative, ApiKey, Reason, Rejection, SecurityScheme};
use portcullis::{AnyOf, ApiKeyHeader, Auth, Depends, HttpBasic, HttpBearer};

use crate::fixture::{House, get, send};

/// As FastAPI answered until 0.122: `403`, without a challenge.
struct Forbidden;
impl SecurityScheme for Forbidden {
    fn refuse(rejection: Rejection) -> Response {
        match rejection.reason() {
            Reason::NotAuthenticated => {
                (StatusCode::FORBIDDEN, "Not authenticated").into_response()
            }
            _ => rejection.into_response(),
        }
    }
}
impl portcullis::scheme::BearerFormat for Forbidden {}

/// Nobody shall know that there is something.
macro_rules! hidden {
    ($name:ident, $parameter:literal) => {
        struct $name;
        impl SecurityScheme for $name {
            const NAME: Option<&'static str> = Some($parameter);
            fn refuse(_: Rejection) -> Response {
                StatusCode::NOT_FOUND.into_response()
            }
        }
        impl ApiKey for $name {
            const PARAMETER: &'static str = $parameter;
        }
    };
}
hidden!(Hidden, "x-hidden");
hidden!(Secret, "x-secret");

type Keys = (ApiKeyHeader<Hidden>, ApiKeyHeader<Secret>);

struct Both;
impl Dependency for Both {
    type On = Keys;
    type State = NoState;

    async fn resolve(_: Keys, _: Context<'_, NoState>) -> Result<Self, Rejection> {
        Ok(Self)
    }
}

fn api() -> ApiRouter<Auth> {
    ApiRouter::new()
        .api_route(
            "/forbidden",
            routing::get(
                async |token: HttpBearer<Forbidden>| -> Result<&str, Rejection> {
                    Err(token.refused())
                },
            ),
        )
        .api_route(
            "/hidden",
            routing::get(async |_: Option<ApiKeyHeader<Hidden>>| "in"),
        )
        .api_route(
            "/either",
            routing::get(
                async |AnyOf(found): AnyOf<(ApiKeyHeader<Hidden>, HttpBasic)>| match found {
                    Alternative::First(_) => "key",
                    Alternative::Second(_) => "basic",
                },
            ),
        )
}

#[tokio::test]
async fn it_is_answered_instead_of_ours() {
    let house = House::new().await;
    let app = house.app(api());
    let absent = send(&app, get("/forbidden", &[])).await;
    assert_eq!((absent.status, absent.text()), (403, "Not authenticated"));
    assert_eq!(absent.header("www-authenticate"), None);
    let empty = send(&app, get("/forbidden", &[("authorization", "Bearer")])).await;
    assert_eq!(empty.status, 403);
    // What was not replaced is ours: the handler's own refusal of a wrong token.
    let wrong = send(&app, get("/forbidden", &[("authorization", "Bearer x")])).await;
    let challenge = Some(r#"Bearer error="invalid_token""#);
    assert_eq!(
        wrong.refusal(),
        (401, "invalid_token".to_owned(), challenge)
    );

    let hidden = send(&app, get("/hidden", &[("x-hidden", "")])).await;
    assert_eq!((hidden.status, hidden.text()), (404, ""));
    assert_eq!(send(&app, get("/hidden", &[])).await.status, 200);
}

#[tokio::test]
async fn of_several_alternatives_none_speaks_for_all() {
    let house = House::new().await;
    let app = house.app(api());
    let absent = send(&app, get("/either", &[])).await;
    assert_eq!(absent.status, 401);
    let empty = send(&app, get("/either", &[("x-hidden", "")])).await;
    assert_eq!(empty.status, 404);
}

#[test]
fn the_document_learns_it() {
    let (_, document) = Document::new("Test", "1.0").finish(api()).unwrap();
    let responses = |path: &str| document["paths"][path]["get"]["responses"].clone();
    let forbidden = responses("/forbidden");
    let statuses: Vec<_> = forbidden.as_object().unwrap().keys().cloned().collect();
    assert_eq!(statuses, ["200", "400", "401", "403"]);
    assert!(
        forbidden["403"]["content"]["text/plain"].is_object(),
        "{forbidden}"
    );
    assert!(forbidden["403"].get("headers").is_none(), "{forbidden}");
    assert!(forbidden["401"]["headers"]["WWW-Authenticate"].is_object());

    let hidden = responses("/hidden");
    let statuses: Vec<_> = hidden.as_object().unwrap().keys().cloned().collect();
    assert_eq!(statuses, ["200", "404"]);
    assert!(hidden["404"].get("content").is_none(), "{hidden}");

    // When none is there, the answer is ours.
    let either = responses("/either");
    assert!(
        either["401"].is_object() && either["404"].is_object(),
        "{either}"
    );
}

/// Each has an answer of its own, but the one for all of them is ours.
#[tokio::test]
async fn the_answer_for_several_is_documented() {
    let api: ApiRouter<Auth> = ApiRouter::new()
        .api_route("/both", routing::get(async |_: Depends<Both>| "in"))
        .api_route("/either", routing::get(async |_: AnyOf<Keys>| "in"))
        .api_route(
            "/maybe-both",
            routing::get(async |_: Option<Depends<Both>>| "in"),
        )
        .api_route(
            "/maybe-either",
            routing::get(async |_: Option<AnyOf<Keys>>| "in"),
        );
    let (_, document) = Document::new("Test", "1.0").finish(api.clone()).unwrap();
    let house = House::new().await;
    let app = house.app(api);
    let one: &[_] = &[("x-hidden", "1")];
    let empty: &[_] = &[("x-hidden", "")];
    for (path, sent, found, documented) in [
        ("/both", &[][..], 401, &["200", "401", "404"][..]),
        ("/both", one, 401, &["200", "401", "404"]),
        ("/both", empty, 404, &["200", "401", "404"]),
        ("/either", &[], 401, &["200", "401", "404"]),
        ("/either", one, 200, &["200", "401", "404"]),
        ("/maybe-both", &[], 200, &["200", "401", "404"]),
        ("/maybe-both", one, 401, &["200", "401", "404"]),
        ("/maybe-either", &[], 200, &["200", "404"]),
        ("/maybe-either", empty, 404, &["200", "404"]),
    ] {
        let answer = send(&app, get(path, sent)).await;
        assert_eq!(answer.status, found, "{path} {sent:?}");
        let responses = &document["paths"][path]["get"]["responses"];
        let statuses: Vec<_> = responses.as_object().unwrap().keys().collect();
        assert_eq!(statuses, documented, "{path}");
    }
}
