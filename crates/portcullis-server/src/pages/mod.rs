//! The page for people: `/`, a sign-in page that uses only the API.

use axum::Router;
use axum::routing::get;
use portcullis::openapi::page;

/// Nothing from elsewhere, nothing inline; the form goes here and nowhere else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'none'";

/// Path, media type, bytes.
const PAGES: &[(&str, &str, &[u8])] = &[
    (
        "/",
        "text/html; charset=utf-8",
        include_bytes!("sign_in.html"),
    ),
    (
        "/assets/sign_in.css",
        "text/css",
        include_bytes!("sign_in.css"),
    ),
    (
        "/assets/sign_in.js",
        "text/javascript",
        include_bytes!("sign_in.js"),
    ),
];

/// The routes of the page and its assets.
pub(crate) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let mut routes = Router::new();
    for &(path, media_type, bytes) in PAGES {
        routes = routes.route(path, get(async move || page(media_type, POLICY, bytes)));
    }
    routes
}
