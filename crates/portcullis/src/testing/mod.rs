//! For the tests of your own API: act as a user without a password, and prove that the OpenAPI
//! document says what the application does.
//!
//! ```
//! use axum::{body::Body, http::Request};
//! use portcullis::openapi::{ApiRouter, Document, routing::get};
//! use portcullis::testing::{self, DocumentCheck};
//! use portcullis::{ActiveUser, Auth};
//! use tower::ServiceExt;
//!
//! # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // Users by hand, and an application as in production.
//! let john = testing::user("johndoe", "items:read")?;
//! let auth = Auth::builder(testing::Users::new([john.clone()]))
//!     .issuer("http://127.0.0.1:8000")
//!     .build()?;
//! let api = ApiRouter::new()
//!     .api_route("/items", get(async |user: ActiveUser| user.username.clone()))
//!     .merge(portcullis::token_router(&auth));
//! let app = Document::new("Items", "1.0").serve(api)?.with_state(auth.clone());
//!
//! // Act as a user.
//! let request = Request::get("/items")
//!     .header("authorization", testing::bearer(&auth, &john, "items:read")?)
//!     .body(Body::empty())?;
//! assert_eq!(app.clone().oneshot(request).await?.status(), 200);
//!
//! // Every documented operation, called rightly and wrongly.
//! let token = move |scopes: &[String]| {
//!     testing::access_token(&auth, &john, &scopes.join(" ")).unwrap()
//! };
//! DocumentCheck::new().bearer("OAuth2PasswordBearer", token).run(app).await?;
//! # Ok(()) }
//! ```
//!
//! Where sessions are kept: [`sign_in`], [`client_token`] for a machine, and
//! [`DocumentCheck::bearer_async`]. [The manual](crate::manual::testing) has a whole app with its tests.
//!
//! Nothing here is an open door: [`bearer`] needs the application's [`Auth`](crate::Auth), which can
//! sign for anybody anyway.

mod bearer;
mod difference;
mod document;
mod document_check;
mod given;
mod inputs;
mod judge;
mod observed;
mod place;
mod plan;
mod probe;
mod refusals;
mod report;
mod run;
mod sample;
mod tokens;
mod users;

pub use bearer::{NotSigned, access_token, bearer, client_token, sign_in};
pub use difference::{CheckFailed, Difference, DifferenceKind, Differences};
pub use document_check::DocumentCheck;
pub use report::{CheckedOperation, Report};
pub use users::{InvalidUser, Users, user};
