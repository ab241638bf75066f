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
