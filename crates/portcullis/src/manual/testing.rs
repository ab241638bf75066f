//! Tests of your own API: act as a user, move the time, and hold the document to what it says.
//!
//! Let the function that builds your app take its [`Auth`](crate::Auth). In production that is one
//! over a database; in a test, one over a few users that are written down. Neither passwords nor a
//! database are needed, and the app is the same to the last route:
//!
//! ```
//! use std::sync::Arc;
//!
//! use axum::{Router, body::Body, http::Request};
//! use portcullis::clock::ManualClock;
//! use portcullis::openapi::{ApiRouter, Document, DocumentError, routing::get};
//! use portcullis::testing::{self, DocumentCheck};
//! use portcullis::{ActiveUser, Auth, Security, scopes};
//! use tower::ServiceExt;
//!
//! scopes!(ReadItems = "items:read");
//!
//! async fn items(user: Security<ActiveUser, ReadItems>) -> String {
//!     format!("the items of {}", user.username)
//! }
//!
//! fn app(auth: Auth) -> Result<Router, DocumentError> {
//!     let api = ApiRouter::new()
//!         .api_route("/items", get(items))
//!         .merge(portcullis::router(&auth));
//!     Ok(Document::new("Items", "1.0").serve(api)?.with_state(auth))
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let john = testing::user("johndoe", "items:read items:write")?;
//! let mut alice = testing::user("alice", "items:read")?;
//! alice.disabled = true;
//!
//! let clock = Arc::new(ManualClock::at_second(1_700_000_000));
//! let auth = Auth::builder(testing::Users::new([john.clone(), alice.clone()]))
//!     .issuer("http://127.0.0.1:8000")
//!     .scope("items:read", "Read items.")
//!     .scope("items:write", "Write items.")
//!     .clock(clock.clone())
//!     .build()?;
//! let app = app(auth.clone())?;
//! let status = async |authorization: axum::http::HeaderValue| {
//!     let request = Request::get("/items").header("authorization", authorization);
//!     let request = request.body(Body::empty()).unwrap();
//!     app.clone().oneshot(request).await.unwrap().status()
//! };
//!
//! // A token with exactly these scopes, without a login.
//! assert_eq!(status(testing::bearer(&auth, &john, "items:read")?).await, 200);
//! assert_eq!(status(testing::bearer(&auth, &john, "items:write")?).await, 403);
//! assert_eq!(status(testing::bearer(&auth, &alice, "items:read")?).await, 400);
//!
//! // A quarter of an hour later.
//! let old = testing::bearer(&auth, &john, "items:read")?;
//! clock.advance(15 * 60);
//! assert_eq!(status(old).await, 401);
//!
//! // Every documented operation, without credentials, with wrong ones and with right ones.
//! let token = move |scopes: &[String]| {
//!     testing::access_token(&auth, &john, &scopes.join(" ")).unwrap()
//! };
//! DocumentCheck::new().bearer("OAuth2PasswordBearer", token).run(app.clone()).await?;
//! # Ok(())
//! # }
//! ```
//!
//! `testing::user("johndoe", …)` makes another person each time, also by the same name: keep the value
//! and clone it, as above. A token for a namesake is refused with `401 invalid_token`.
//!
//! # Where sessions and clients are kept
//!
//! A token of no session is refused there, so [`bearer`](crate::testing::bearer) makes none. The users
//! lie in a store, as in production: [`MemoryStore`](crate::store::MemoryStore) is one that a test can
//! have for itself. [`sign_in`](crate::testing::sign_in) begins a session of a user and gives its token;
//! [`client_token`](crate::testing::client_token) does the same for a client:
//!
//! ```
//! use std::{num::NonZeroUsize, sync::Arc};
//!
//! use axum::{Router, body::Body, http::Request};
//! use portcullis::account::{Administration, ClientAdministration, ClientDraft, UserDraft};
//! use portcullis::auth::SessionLifetimes;
//! use portcullis::openapi::{ApiRouter, Document, DocumentError, routing::get};
//! use portcullis::password::Argon2Parameters;
//! use portcullis::testing::{self, DocumentCheck};
//! use portcullis::{AccessToken, ActiveUser, Auth, Security, scopes};
//! use portcullis::{client::Grants, scope::Scopes, secret::Password, store::MemoryStore};
//! use tower::ServiceExt;
//!
//! scopes!(ReadItems = "items:read");
//!
//! async fn items(user: Security<ActiveUser, ReadItems>) -> String {
//!     format!("the items of {}", user.username)
//! }
//!
//! // For machines too: an `ActiveUser` would refuse them.
//! async fn report(_: Security<AccessToken, ReadItems>) -> &'static str {
//!     "all items"
//! }
//!
//! fn app(auth: Auth) -> Result<Router, DocumentError> {
//!     let api = ApiRouter::new()
//!         .api_route("/items", get(items))
//!         .api_route("/report", get(report))
//!         .merge(portcullis::router(&auth));
//!     Ok(Document::new("Items", "1.0").serve(api)?.with_state(auth))
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let store = Arc::new(MemoryStore::new());
//! let auth = Auth::builder(store.clone())
//!     .issuer("http://127.0.0.1:8000")
//!     .scope("items:read", "Read items.")
//!     .sessions(store.clone(), SessionLifetimes::default())
//!     .clients(store.clone())
//!     // A test need not wait for a hash that is slow to guess.
//!     .hashing(Argon2Parameters { memory_kib: 8, passes: 1, lanes: 1 })
//!     .hashing_threads(NonZeroUsize::MIN)
//!     .build()?;
//! let john = UserDraft { scopes: Scopes::parse("items:read")?, ..UserDraft::new("johndoe") };
//! let password = Password::new("correct horse battery staple");
//! let john = Administration::new(&*store, auth.pool()).add(john, &password).await?;
//! let nightly = ClientDraft {
//!     grants: Grants::parse("client_credentials")?,
//!     scopes: Scopes::parse("items:read")?,
//!     may_introspect: true,
//!     ..ClientDraft::new("nightly report")
//! };
//! let nightly = ClientAdministration::new(&*store).register(nightly).await?;
//! let app = app(auth.clone())?;
//! let status = async |path: &str, token: String| {
//!     let request = Request::get(path).header("authorization", format!("Bearer {token}"));
//!     let request = request.body(Body::empty()).unwrap();
//!     app.clone().oneshot(request).await.unwrap().status()
//! };
//!
//! // A user, signed in.
//! let token = testing::sign_in(&auth, &john, "items:read").await?;
//! assert_eq!(status("/items", token).await, 200);
//!
//! // A machine, which is no user.
//! let token = testing::client_token(&auth, &nightly.client, "items:read").await?;
//! assert_eq!(status("/report", token.clone()).await, 200);
//! assert_eq!(status("/items", token).await, 401);
//!
//! // Every documented operation. A form says who the client is, where one is asked for.
//! let secret = nightly.secret.ok_or("it is confidential")?;
//! let client = format!("client_id={}&client_secret={}", nightly.client.id.as_str(), secret.expose());
//! let form = "application/x-www-form-urlencoded";
//! DocumentCheck::new()
//!     .bearer_async("OAuth2PasswordBearer", async move |scopes| {
//!         testing::sign_in(&auth, &john, &scopes.join(" ")).await.unwrap()
//!     })
//!     .body("POST /token", form, format!("grant_type=client_credentials&{client}"))
//!     .body("POST /introspect", form, format!("token=unknown&{client}"))
//!     .run(app.clone())
//!     .await?;
//! # Ok(())
//! # }
//! ```
//!
//! The check asks for a token anew for each operation, and after each call that did something, so that
//! `DELETE /users/me/sessions`, which ends every session, is called like any other. `POST /revoke` and
//! `DELETE /users/me/sessions/{id}` need no line: what names no session is a fine answer too. Say
//! `.parameter("id", …)` with a session that is there to see it ended.
//!
//! # In place of `dependency_overrides`
//!
//! FastAPI replaces a dependency in a global table while a test runs. Here, what a test replaces is
//! what the app is given:
//!
//! | there | here |
//! |---|---|
//! | `app.dependency_overrides[get_current_user] = lambda: john` | [`testing::Users`](crate::testing::Users) in the [`Auth`](crate::Auth), [`testing::bearer`](crate::testing::bearer) in the request |
//! | `app.dependency_overrides[get_db] = …` | another store: [`MemoryStore`](crate::store::MemoryStore), or the fake in the router's state |
//! | `freezegun` | [`ManualClock`](crate::clock::ManualClock) |
//! | a dependency of your own, with something else behind it | that something in the router's state, as [`Dependency::State`](crate::extract::Dependency::State) |
//!
//! The checks stay in: a test that acts as `johndoe` with `items:read` still finds out that the route
//! asks for `items:write`.
//!
//! # The document equals the run time
//!
//! [`DocumentCheck`](crate::testing::DocumentCheck) calls every documented operation and fails with a
//! readable list: security that is documented but not enforced, a refusal that is not documented, AND
//! taken for OR. For an app below a prefix say `.mounted_at("/api")`. It has effects, so give it an app
//! made for the test.
