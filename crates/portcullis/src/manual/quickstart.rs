//! An API with users, in one file.
//!
//! Three things are needed: a store that holds users, an [`Auth`](crate::Auth) that knows it, and
//! handlers that ask for what they need. This is `examples/quickstart.rs`:
//!
//! ```no_run
#![doc = include_str!("../../examples/quickstart.rs")]
//! ```
//!
//! # What a client sees
//!
//! A form goes to `POST /token`, and the token that comes back opens the rest:
//!
//! ```
//! use portcullis::openapi::{ApiRouter, Document};
//! use portcullis::{Auth, store::MemoryStore};
//! # use axum::body::{Body, to_bytes};
//! # use http::Request;
//! # use portcullis::account::{Administration, UserDraft};
//! # use portcullis::secret::Password;
//! # use std::sync::Arc;
//! use tower::ServiceExt;
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let store = Arc::new(MemoryStore::new());
//! # let auth = Auth::builder(store.clone()).issuer("http://127.0.0.1:8000").build()?;
//! # let accounts = Administration::new(&*store, auth.pool());
//! # let password = Password::new("correct horse battery staple");
//! # accounts.add(UserDraft::new("johndoe"), &password).await?;
//! let app = Document::new("Items", "1.0")
//!     .serve(ApiRouter::new().merge(portcullis::router(&auth)))?
//!     .with_state(auth);
//!
//! let login = Request::post("/token")
//!     .header("content-type", "application/x-www-form-urlencoded")
//!     .body(Body::from("username=johndoe&password=correct+horse+battery+staple"))?;
//! let response = app.clone().oneshot(login).await?;
//! assert_eq!(response.status(), 200);
//! # let body = to_bytes(response.into_body(), 65_536).await?;
//! # let body: serde_json::Value = serde_json::from_slice(&body)?;
//! # let token = body["access_token"].as_str().unwrap_or_default();
//!
//! let me = Request::get("/users/me")
//!     .header("authorization", format!("Bearer {token}"))
//!     .body(Body::empty())?;
//! assert_eq!(app.clone().oneshot(me).await?.status(), 200);
//!
//! let nobody = app.oneshot(Request::get("/users/me").body(Body::empty())?).await?;
//! assert_eq!(nobody.status(), 401);
//! assert_eq!(nobody.headers()["www-authenticate"], "Bearer");
//! # Ok(())
//! # }
//! ```
//!
//! # What to know
//!
//! - [`MemoryStore`](crate::store::MemoryStore) forgets everything when the process ends. For users
//!   that stay, give [`Auth::builder`](crate::Auth::builder) another
//!   [`UserSource`](crate::store::UserSource).
//! - Without [`signing_key`](crate::auth::AuthBuilder::signing_key), so does the key: a restart signs
//!   everybody out. [`StoredKeys`](crate::auth::StoredKeys) keeps it, and exchanges it in time.
//! - A token is valid for 15 minutes, unless
//!   [`access_token_seconds`](crate::auth::AuthBuilder::access_token_seconds) says otherwise.
//!
//! Step by step, from a token in a header to users in a database: the [tutorial](super::tutorial).
