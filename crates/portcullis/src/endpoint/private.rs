//! `Private`: an answer that nobody may keep.

use aide::OperationOutput;
use aide::generate::GenContext;
use aide::openapi::{Operation, Response as Documented, StatusCode};
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::{CACHE_CONTROL, PRAGMA};

/// An answer that carries a token, a secret or a person's data: no cache may keep it (RFC 6749
/// §5.1).
///
/// ```
/// use axum::{Json, response::IntoResponse};
/// use portcullis::endpoint::Private;
///
/// let response = Private(Json(["4111 1111 1111 1111"])).into_response();
/// assert_eq!(response.headers()["cache-control"], "no-store");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Private<T>(pub T);

impl<T: IntoResponse> IntoResponse for Private<T> {
    fn into_response(self) -> Response {
        let mut response = self.0.into_response();
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
        response
    }
}

impl<T: OperationOutput> OperationOutput for Private<T> {
    type Inner = T::Inner;

    fn operation_response(
        context: &mut GenContext,
        operation: &mut Operation,
    ) -> Option<Documented> {
        T::operation_response(context, operation)
    }

    fn inferred_responses(
        context: &mut GenContext,
        operation: &mut Operation,
    ) -> Vec<(Option<StatusCode>, Documented)> {
        T::inferred_responses(context, operation)
    }
}
