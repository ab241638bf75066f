//! Where the metrics are read: by whoever is on this machine, or on a listener of their own.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HOST};
use http::{HeaderMap, StatusCode};
use portcullis::endpoint::{method_not_allowed, not_found};

use super::Metrics;
use crate::config::is_loopback;

/// What Prometheus is told that it gets.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What a proxy adds. Beside them, everything that begins with `x-forwarded`.
const OF_PROXIES: [&str; 7] = [
    "cf-connecting-ip",
    "forwarded",
    "true-client-ip",
    "via",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-real-ip",
];

/// The route on the listener of the API, for the machine itself. The listener must be on loopback, and
/// no proxy in front of it: then who connects is here.
pub(crate) fn beside_the_others<S>(metrics: Metrics) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    let read = async |State(metrics): State<Metrics>, headers: HeaderMap| {
        if has_come_through_a_proxy(&headers) || !is_asked_as_this_machine(&headers) {
            return not_found().await;
        }
        answer(&metrics)
    };
    Router::new()
        .route("/metrics", get(read))
        .with_state(metrics)
}

/// All that is on the listener of its own.
pub(crate) fn on_its_own(metrics: Metrics) -> Router {
    let read = async |State(metrics): State<Metrics>| answer(&metrics);
    Router::new()
        .route("/metrics", get(read))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(metrics)
}

/// Whether somebody else asks through a proxy that nobody told us of.
fn has_come_through_a_proxy(headers: &HeaderMap) -> bool {
    headers.keys().any(|name| {
        let name = name.as_str();
        name.starts_with("x-forwarded") || OF_PROXIES.contains(&name)
    })
}

/// Whether it is asked for under a name that only this machine has. A page in a browser here can lead a
/// name of its own to this machine, and would then read the answer; so would who asks a proxy that
/// hands on the name.
fn is_asked_as_this_machine(headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    let host = hosts.next().and_then(|host| host.to_str().ok());
    hosts.next().is_none() && host.is_some_and(is_loopback)
}

fn answer(metrics: &Metrics) -> Response {
    match metrics.text() {
        Ok(text) => {
            let headers = [(CONTENT_TYPE, OPEN_METRICS), (CACHE_CONTROL, "no-store")];
            (headers, text).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "the metrics cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
