//! The application: configuration and store in, router out.

use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use http::{HeaderName, HeaderValue, Method, header};
use portcullis::Auth;
use portcullis::auth::AuthBuilder;
use portcullis::endpoint;
use portcullis::openapi::Document;
use portcullis::scope::{Scope, Scopes};
use portcullis::store::{AccountStore, Clients, Sessions, Store};
use portcullis::token::KeyRing;
use portcullis::user::User;
use tower_http::cors::CorsLayer;

use crate::config::Config;
use crate::metrics::{self, Counting, Metrics};
use crate::pages;

/// A scope that every server declares, beside those of the operations on accounts.
const AUDIT: (&str, &str) = ("audit:read", "See the record of what happened");

/// The state of a server at `issuer`.
pub(crate) fn auth(
    config: &Config,
    store: Arc<dyn Store>,
    keys: Arc<KeyRing>,
    issuer: &str,
) -> anyhow::Result<Auth> {
    let sessions: Arc<dyn Sessions> = Arc::clone(&store) as Arc<dyn Store>;
    let clients: Arc<dyn Clients> = Arc::clone(&store) as Arc<dyn Store>;
    let accounts: Arc<dyn AccountStore> = Arc::clone(&store) as Arc<dyn Store>;
    let settings = config.accounts.clone();
    let mut auth: AuthBuilder<User> = Auth::builder(store)
        .issuer(issuer)
        .sessions(sessions, config.session_lifetimes)
        .clients(clients)
        .accounts(accounts, settings)
        .password_grant(config.password_grant)
        .keys(keys)
        .access_token_seconds(config.access_token_seconds)
        .strict(config.strict)
        .inactive_login(config.inactive_login)
        .unverified_login(config.unverified_login)
        .login_email(config.login_email)
        .hashing(config.hashing)
        .hashing_threads(config.hashing_threads);
    if let Some(audience) = &config.audience {
        auth = auth.audience(audience);
    }
    auth = auth.scope(AUDIT.0, AUDIT.1);
    for (name, description) in &config.scopes {
        auth = auth.scope(name, description);
    }
    Ok(auth.build()?)
}

/// Whether clients can ask for `scope`.
pub(crate) fn is_declared(config: &Config, scope: &Scope) -> bool {
    let own = [Scopes::USERS_READ, Scopes::USERS_WRITE, AUDIT.0];
    config.scopes.contains_key(scope.as_str()) || own.contains(&scope.as_str())
}

/// Every route of the server.
pub(crate) fn app(config: &Config, auth: Auth, metrics: Metrics) -> anyhow::Result<Router> {
    let document = Document::new("Portcullis", env!("CARGO_PKG_VERSION"))
        .description("Username-and-password security for HTTP APIs.");
    let mut app = document
        .serve(endpoint::router(&auth))?
        .merge(pages::routes(config)?);
    if config.metrics_are_beside_the_others() {
        app = app.merge(metrics::beside_the_others(metrics.clone()));
    }
    let mut app = app
        .fallback(endpoint::not_found)
        .method_not_allowed_fallback(endpoint::method_not_allowed)
        .with_state(auth);
    if !config.cors_origins.is_empty() {
        app = app.layer(cors(&config.cors_origins)?);
    }
    Ok(app.layer(Counting(metrics)))
}

/// Exact origins, never with credentials: a page sends its token itself.
fn cors(origins: &[String]) -> anyhow::Result<CorsLayer> {
    let origins: Vec<HeaderValue> = origins
        .iter()
        .map(|origin| HeaderValue::from_str(origin))
        .collect::<Result<_, _>>()
        .context("setting `cors.origins`")?;
    Ok(CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
        .expose_headers([
            header::WWW_AUTHENTICATE,
            header::RETRY_AFTER,
            HeaderName::from_static("allow"),
        ])
        .max_age(std::time::Duration::from_mins(10)))
}
