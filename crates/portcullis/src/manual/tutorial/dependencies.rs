//! Step 7: a module of their own, optional users, whole routers.
//!
//! You want security in one file, and the rest of the program to ask for it by name. Types are all
//! that crosses the border: `security.rs` says what a visitor and a staff member are, and how the
//! tokens are issued:
//!
//! ```
#![doc = include_str!("../../../examples/dependencies/security.rs")]
//! # fn main() {}
//! ```
//!
//! `main.rs` asks for them:
//!
//! ```text
#![doc = include_str!("../../../examples/dependencies/main.rs")]
//! ```
//!
//! # What a client sees
//!
//! `cargo run -p portcullis --example dependencies`:
//!
//! ```console
//! $ curl http://127.0.0.1:8000/hello
//! Hello, stranger
//! $ curl -d 'username=johndoe&password=correct horse battery staple' http://127.0.0.1:8000/token
//! {"access_token":"…",…}
//! $ curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8000/hello
//! Hello, johndoe
//! $ curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8000/office/ledger
//! the ledger
//! $ curl -H 'Authorization: Bearer guess' http://127.0.0.1:8000/hello
//! {"detail":"Could not validate credentials","error":"invalid_token"}
//! $ curl -i http://127.0.0.1:8000/office/ledger
//! HTTP/1.1 401 Unauthorized
//! www-authenticate: Bearer
//! …
//!
//! {"detail":"Not authenticated","error":"not_authenticated"}
//! ```
//!
//! # Optional is not careless
//!
//! `Option<ActiveUser>` is `None` when nothing was presented. What *was* presented must be right: a
//! client with an expired token is told so, and is not served as a stranger.
//!
//! # One guard for a whole router
//!
//! [`require`](crate::extract::require) asks a guard of every route that a router has, and documents
//! it. The routes' own arguments are asked for besides.
//!
//! # A state of your own
//!
//! Most programs keep more in their state than [`Auth`](crate::Auth). Say how `Auth` is got out of it,
//! and each other part that a dependency needs. `#[derive(Clone, FromRef)]` writes the two impls for
//! you, with `axum = { version = "0.8", features = ["macros"] }`; by hand they are these:
//!
//! ```
//! use axum::extract::FromRef;
//! use portcullis::extract::{Context, Dependency, require};
//! use portcullis::openapi::{ApiRouter, Document, routing::get};
//! use portcullis::{ActiveUser, Auth, Depends, scheme::Rejection};
//! # use portcullis::openapi::DocumentError;
//!
//! #[derive(Clone)] // or `#[derive(Clone, FromRef)]`, and no impls
//! struct AppState {
//!     auth: Auth,
//!     config: Config,
//! }
//!
//! impl FromRef<AppState> for Auth {
//!     fn from_ref(state: &AppState) -> Self {
//!         state.auth.clone()
//!     }
//! }
//!
//! impl FromRef<AppState> for Config {
//!     fn from_ref(state: &AppState) -> Self {
//!         state.config.clone()
//!     }
//! }
//!
//! #[derive(Clone)]
//! struct Config {
//!     shop: String,
//! }
//!
//! struct Clerk(String);
//!
//! impl Dependency for Clerk {
//!     type On = ActiveUser; // takes `Auth` out of the state by itself
//!     type State = Config; // what `resolve` needs
//!     async fn resolve(user: ActiveUser, context: Context<'_, Config>) -> Result<Self, Rejection> {
//!         Ok(Self(format!("{} of {}", user.username, context.state.shop)))
//!     }
//! }
//!
//! async fn hello(Depends(Clerk(name)): Depends<Clerk>) -> String {
//!     format!("Hello, {name}")
//! }
//!
//! fn app(state: AppState) -> Result<axum::Router, DocumentError> {
//!     let office = ApiRouter::new().api_route("/ledger", get(async || "the ledger"));
//!     let api = ApiRouter::new()
//!         .api_route("/hello", get(hello))
//!         .nest("/office", require::<ActiveUser, _>(office, state.clone()))
//!         .merge(portcullis::token_router(&state.auth));
//!     Ok(Document::new("Shop", "1.0").serve(api)?.with_state(state))
//! }
//! # use portcullis::testing;
//! # use tower::ServiceExt;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let john = testing::user("johndoe", "")?;
//! # let auth = Auth::builder(testing::Users::new([john.clone()]))
//! #     .issuer("http://127.0.0.1:8000")
//! #     .build()?;
//! # let state = AppState { auth: auth.clone(), config: Config { shop: "the shop".into() } };
//! # let app = app(state)?;
//! # let request = http::Request::get("/hello")
//! #     .header("authorization", testing::bearer(&auth, &john, "")?)
//! #     .body(axum::body::Body::empty())?;
//! # let body = app.clone().oneshot(request).await?.into_body();
//! # let body = axum::body::to_bytes(body, 1000).await?;
//! # assert_eq!(body, "Hello, johndoe of the shop");
//! # let request = http::Request::get("/office/ledger").body(axum::body::Body::empty())?;
//! # assert_eq!(app.oneshot(request).await?.status(), 401);
//! # Ok(())
//! # }
//! ```
//!
//! # Otherwise than FastAPI
//!
//! - `auto_error=False` becomes `Option<…>`, and the document says so: `{}` is among the
//!   alternatives.
//! - `dependencies=[…]` of a router becomes `require`. axum's `route_layer(from_extractor…)` does the
//!   same to requests, but leaves no mark in the document.
