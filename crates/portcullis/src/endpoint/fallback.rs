//! What is answered where there is no endpoint.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;

use crate::error::ErrorBody;

/// `404`, for [`Router::fallback`](axum::Router::fallback).
pub async fn not_found() -> Response {
    refuse(StatusCode::NOT_FOUND, "not_found", "Not Found")
}

/// `405`, for `Router::method_not_allowed_fallback`; axum adds `Allow`.
pub async fn method_not_allowed() -> Response {
    refuse(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "Method Not Allowed",
    )
}

fn refuse(status: StatusCode, error: &'static str, detail: &'static str) -> Response {
    (status, Json(ErrorBody { detail, error })).into_response()
}
