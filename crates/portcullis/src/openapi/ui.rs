//! `GET /openapi.json`, and `GET /docs`: Swagger UI, with every asset from this program.

use axum::Router;
use axum::body::Bytes;
use axum::routing::get;
use http::header::CONTENT_TYPE;

use super::page;

/// Nothing from elsewhere, nothing inline: a document's text cannot become a script.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

const PAGE: &[u8] = include_bytes!("ui/docs.html");

/// Path below `/docs/`, media type, bytes.
const ASSETS: &[(&str, &str, &[u8])] = &[
    ("docs.js", "text/javascript", include_bytes!("ui/docs.js")),
    (
        "swagger-ui.css",
        "text/css",
        include_bytes!("ui/swagger-ui.css"),
    ),
    (
        "swagger-ui-bundle.js",
        "text/javascript",
        include_bytes!("ui/swagger-ui-bundle.js"),
    ),
    ("favicon.png", "image/png", include_bytes!("ui/favicon.png")),
];

pub(super) fn routes<S: Clone + Send + Sync + 'static>(document: Vec<u8>) -> Router<S> {
    let document = Bytes::from(document);
    let mut routes = Router::new()
        .route(
            "/docs",
            get(async || page("text/html; charset=utf-8", POLICY, PAGE)),
        )
        .route(
            "/openapi.json",
            get(async move || ([(CONTENT_TYPE, "application/json")], document.clone())),
        );
    for &(name, media_type, bytes) in ASSETS {
        let path = format!("/docs/{name}");
        routes = routes.route(&path, get(async move || page(media_type, POLICY, bytes)));
    }
    routes
}
