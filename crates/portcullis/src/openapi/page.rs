//! Pages and their assets, as a browser should take them.

use axum::body::Bytes;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};

/// A page or an asset that is a part of the program, under a Content-Security-Policy: never framed,
/// never guessed to be of another type, asked for again after an update.
///
/// ```
/// use portcullis::openapi::page;
///
/// let response = page("text/html; charset=utf-8", "default-src 'none'", b"<!doctype html>Hello");
/// assert_eq!(response.headers()["x-frame-options"], "DENY");
/// ```
pub fn page(media_type: &'static str, policy: &'static str, bytes: &'static [u8]) -> Response {
    let mut response = Bytes::from_static(bytes).into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_TYPE, media_type),
        (CONTENT_SECURITY_POLICY, policy),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
        // The next version of this program may bring other assets under the same names.
        (CACHE_CONTROL, "no-cache"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
