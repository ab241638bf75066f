//! What is answered where there is no endpoint.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;

use crate::error::ErrorBody;

/// `404`, for [`Router::fallback`](axum::Router::fallback).
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// use axum::{Router, body::Body, http::Request};
/// use portcullis::endpoint::not_found;
/// use tower::ServiceExt;
///
/// let app: Router = Router::new().fallback(not_found);
/// let response = app.oneshot(Request::get("/nowhere").body(Body::empty())?).await?;
/// assert_eq!(response.status(), 404);
/// assert_eq!(response.headers()["content-type"], "application/json");
/// # Ok(()) }
/// ```
pub async fn not_found() -> Response {
    refuse(StatusCode::NOT_FOUND, "not_found", "Not Found")
}

/// `405`, for `Router::method_not_allowed_fallback`; axum adds `Allow`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// use axum::{Router, body::Body, http::Request, routing::get};
/// use portcullis::endpoint::method_not_allowed;
/// use tower::ServiceExt;
///
/// let app: Router = Router::new()
///     .route("/items", get(async || "the items"))
///     .method_not_allowed_fallback(method_not_allowed);
/// let response = app.oneshot(Request::delete("/items").body(Body::empty())?).await?;
/// assert_eq!(response.status(), 405);
/// assert_eq!(response.headers()["allow"], "GET,HEAD");
/// # Ok(()) }
/// ```
pub async fn method_not_allowed() -> Response {
    refuse(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "Method Not Allowed",
    )
}

/// The refusal when what an address names is not there.
pub(super) fn no_such_thing() -> Response {
    refuse(StatusCode::NOT_FOUND, "not_found", "Not Found")
}

fn refuse(status: StatusCode, error: &'static str, detail: &'static str) -> Response {
    (status, Json(ErrorBody { detail, error })).into_response()
}
