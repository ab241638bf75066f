//! Username-and-password security for HTTP APIs on axum: **the extractor is the check is the
//! documentation.**
//!
//! A form with `username` and `password` goes to `POST /token`, a bearer token comes back, and each
//! protected operation receives its current, active user as an argument, or refuses as RFC 6750
//! prescribes. What a handler asks for in its arguments is checked, and written into the OpenAPI
//! document, by its type alone.
//!
//! ```
//! use portcullis::openapi::{ApiRouter, Document, routing::get};
//! use portcullis::{ActiveUser, Auth, store::MemoryStore};
//!
//! async fn items(user: ActiveUser) -> String {
//!     format!("the items of {}", user.username)
//! }
//!
//! let auth = Auth::builder(MemoryStore::new())
//!     .issuer("http://127.0.0.1:8000")
//!     .build()?;
//! let api = ApiRouter::new()
//!     .api_route("/items", get(items))
//!     .merge(portcullis::router(&auth));
//! let app: axum::Router = Document::new("Items", "1.0").serve(api)?.with_state(auth);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! `app` answers `POST /token`, `GET /users/me`, `GET /items`, and shows its interactive docs at
//! `/docs`.
//!
//! Where to read on: [`extract`] for what a handler can ask for, [`store`] for where users lie,
//! [`Auth`] for what can be set, [`manual`] for the guide.
//!
//! **First parties only.** RFC 9700 §2.4 withdraws the password grant for third parties: it is for
//! an API and a page that belong to the same owner. Nothing here claims conformance to OAuth 2.1.

// The layers, each importing only those below it; `tests/it/architecture.rs` holds the line.
pub mod testing;

pub mod endpoint;
pub mod extract;
pub mod scheme;

pub(crate) mod grant;

pub mod auth;

pub mod account;

pub mod store;

pub mod client;
pub mod clock;
pub mod error;
pub mod password;
pub mod scope;
pub mod secret;
pub mod token;
pub mod user;

pub mod manual;
pub mod openapi;

pub use auth::Auth;
pub use endpoint::{router, token_router};
pub use extract::{AccessToken, ActiveUser, CurrentUser, Depends, Security};
pub use scheme::{
    AnyOf, ApiKeyCookie, ApiKeyHeader, ApiKeyQuery, HttpBasic, HttpBearer, HttpDigest, OAuth2,
    OAuth2AuthorizationCodeBearer, OAuth2PasswordBearer, OAuth2PasswordRequestForm,
    OAuth2PasswordRequestFormStrict, OpenIdConnect, RequiredScopes, SecurityScopes,
};
pub use user::User;
