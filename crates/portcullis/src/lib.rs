//! Username-and-password security for HTTP APIs on axum: **the extractor is the check is the
//! documentation.**
//!
//! A form with `username` and `password` goes to `POST /token`, a bearer token comes back, and each
//! protected operation receives its current, active user as an argument, or refuses as RFC 6750
//! prescribes. What a handler asks for in its arguments is checked, and written into the OpenAPI
//! document, by its type alone. What FastAPI has in `fastapi.security` is here, by the same names.
//!
//! # The paved path
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
//! # With scopes
//!
//! A route for active users with a scope, documented, is three lines beyond its handler:
//!
//! ```
//! use portcullis::openapi::{ApiRouter, Document, routing::get};
//! use portcullis::{ActiveUser, Auth, Security, scopes, store::MemoryStore};
//!
//! scopes!(ReadItems = "items:read"); // 1
//!
//! async fn items(user: Security<ActiveUser, ReadItems>) -> String {
//!     format!("the items of {}", user.username)
//! }
//!
//! let auth = Auth::builder(MemoryStore::new())
//!     .issuer("http://127.0.0.1:8000")
//!     .scope("items:read", "Read items.") // 2
//!     .build()?;
//! let api = ApiRouter::new()
//!     .api_route("/items", get(items)) // 3
//!     .merge(portcullis::router(&auth));
//! let (_, document) = Document::new("Items", "1.0").finish::<Auth>(api)?;
//! assert_eq!(
//!     document["paths"]["/items"]["get"]["security"],
//!     serde_json::json!([{ "OAuth2PasswordBearer": ["items:read"] }])
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Other schemes, and either of two
//!
//! ```
//! use portcullis::extract::{Context, Dependency, NoState};
//! use portcullis::scheme::{Alternative, ApiKey, Rejection, SecurityScheme};
//! use portcullis::{ActiveUser, AnyOf, ApiKeyHeader, Depends};
//!
//! struct MachineKey;
//! impl SecurityScheme for MachineKey {}
//! impl ApiKey for MachineKey {
//!     const PARAMETER: &'static str = "x-machine-key";
//! }
//!
//! /// A machine whose key is right.
//! struct Machine;
//! impl Dependency for Machine {
//!     type On = ApiKeyHeader<MachineKey>;
//!     type State = NoState;
//!     async fn resolve(key: Self::On, _: Context<'_, NoState>) -> Result<Self, Rejection> {
//!         if key.matches("6Eim-ZXKHgE") { Ok(Self) } else { Err(key.refused()) }
//!     }
//! }
//!
//! async fn readings(AnyOf(who): AnyOf<(ActiveUser, Depends<Machine>)>) -> String {
//!     match who {
//!         Alternative::First(user) => format!("for {}", user.username),
//!         Alternative::Second(Depends(Machine)) => "for a machine".into(),
//!     }
//! }
//! ```
//!
//! # Where to read on
//!
//! | you want | read |
//! |---|---|
//! | a whole program | [`manual::quickstart`] |
//! | to learn it step by step | [`manual::tutorial`] |
//! | to find your line of FastAPI | [`manual::from_fastapi`] |
//! | to know what a handler can ask for | [`extract`] for who is calling, [`scheme`] for how a credential arrives |
//! | schemes, refusals and dependencies of your own | [`manual::own_schemes`] |
//! | to know where users lie, and yours | [`store`], [`manual::own_user_model`] |
//! | to test your API | [`testing`], [`manual::testing`] |
//! | to know why it does not compile | [`manual::when_it_does_not_compile`] |
//! | settings | [`Auth`], [`auth::AuthBuilder`] |
//! | to know what is attacked, and what is done | [`manual::threats`] |
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

pub mod mail;

pub mod client;
pub mod clock;
pub mod error;
pub mod password;
pub mod scope;
pub mod secret;
mod strict_json;
pub mod token;
pub mod user;

pub mod manual;
pub mod openapi;

pub use auth::Auth;
pub use endpoint::{accounts_router, router, token_router};
pub use extract::{AccessToken, ActiveToken, ActiveUser, CurrentUser, Depends, Security};
pub use scheme::{
    AnyOf, ApiKeyCookie, ApiKeyHeader, ApiKeyQuery, HttpBasic, HttpBearer, HttpDigest, OAuth2,
    OAuth2AuthorizationCodeBearer, OAuth2PasswordBearer, OAuth2PasswordRequestForm,
    OAuth2PasswordRequestFormStrict, OpenIdConnect, RequiredScopes, SecurityScopes,
};
pub use user::User;
