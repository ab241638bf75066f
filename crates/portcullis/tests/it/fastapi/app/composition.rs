//! AND, OR, optional; routers in routers.

use axum::Json;
use portcullis::openapi::ApiRouter;
use portcullis::openapi::routing::get;
use portcullis::scheme::{Alternative, AnyOf, ApiKeyCookie, ApiKeyHeader, HttpBasic, HttpBearer};
use serde_json::{Value, json};

use super::schemes::{HeaderKey, Key};

type HeaderApiKey = ApiKeyHeader<HeaderKey>;
type BearerOrKey = AnyOf<(HttpBearer, HeaderApiKey)>;

async fn and(bearer: HttpBearer, key: HeaderApiKey) -> Json<Value> {
    Json(json!({ "bearer": &*bearer, "key": &*key }))
}

async fn and_optional(bearer: HttpBearer, key: Option<HeaderApiKey>) -> Json<Value> {
    Json(json!({ "bearer": &*bearer, "key": key.as_deref() }))
}

async fn and_both_optional(bearer: Option<HttpBearer>, key: Option<HeaderApiKey>) -> Json<Value> {
    Json(json!({ "bearer": bearer.as_deref(), "key": key.as_deref() }))
}

fn either(found: &BearerOrKey) -> Json<Value> {
    Json(match &found.0 {
        Alternative::First(bearer) => json!({ "bearer": &**bearer }),
        Alternative::Second(key) => json!({ "key": &**key }),
        Alternative::Third(never) | Alternative::Fourth(never) => match *never {},
    })
}

async fn or_optional(found: Option<BearerOrKey>) -> Json<Value> {
    found.as_ref().map_or_else(|| Json(json!({})), either)
}

async fn or_three(AnyOf(found): AnyOf<(HttpBasic, HttpBearer, ApiKeyCookie<Key>)>) -> Json<Value> {
    Json(match found {
        Alternative::First(basic) => json!({ "basic": basic.username }),
        Alternative::Second(bearer) => json!({ "bearer": &*bearer }),
        Alternative::Third(key) => json!({ "key": &*key }),
        Alternative::Fourth(never) => match never {},
    })
}

async fn or_both(
    AnyOf(found): AnyOf<((HttpBearer, HeaderApiKey), ApiKeyCookie<Key>)>,
) -> Json<Value> {
    Json(match found {
        Alternative::First((bearer, key)) => json!({ "bearer": &*bearer, "key": &*key }),
        Alternative::Second(cookie) => json!({ "cookie": &*cookie }),
        Alternative::Third(never) | Alternative::Fourth(never) => match never {},
    })
}

fn nested() -> ApiRouter {
    ApiRouter::new()
        .api_route("/bearer", get(async |_: HttpBearer| Json(json!({}))))
        .api_route(
            "/key",
            get(async |_: HttpBearer, key: HeaderApiKey| Json(json!({ "key": &*key }))),
        )
}

pub(super) fn routes() -> ApiRouter {
    ApiRouter::new()
        .api_route("/and", get(and))
        .api_route("/and/optional", get(and_optional))
        .api_route("/and/both_optional", get(and_both_optional))
        .api_route("/or", get(async |found: BearerOrKey| either(&found)))
        .api_route("/or/optional", get(or_optional))
        .api_route("/or/three", get(or_three))
        .api_route("/or/both", get(or_both))
        .nest_api_service("/nested", nested())
}
