//! The yardstick `bare`: axum answering the body of `GET /users/me` from a
//! constant. What this server reaches is the ceiling for any that authenticates.

use std::net::SocketAddr;

use anyhow::Context;
use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, PRAGMA};
use axum::routing::get;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;

/// The headers that the contract asks of every answer with a person's data.
const HEADERS: [(HeaderName, HeaderValue); 3] = [
    (CONTENT_TYPE, HeaderValue::from_static("application/json")),
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (PRAGMA, HeaderValue::from_static("no-cache")),
];

/// Serves `body` at `GET /users/me` until the process is ended.
pub(crate) fn run(listen: SocketAddr, body: String) -> anyhow::Result<()> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(serve(listen, body))
}

async fn serve(listen: SocketAddr, body: String) -> anyhow::Result<()> {
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen on {listen}"))?
        .tap_io(|stream| {
            // Worth a slower answer at most, so the measurement may go on.
            let _ = stream.set_nodelay(true);
        });
    axum::serve(listener, router(body)).await?;
    Ok(())
}

fn router(body: String) -> Router {
    // Leaked, so that answering copies a pointer and counts no references.
    let body: &'static str = body.leak();
    Router::new().route(
        "/users/me",
        get(move || async move { (HEADERS, body.as_bytes()) }),
    )
}
