//! When it does not compile: what the compiler says, and what is meant.
//!
//! Where one of our own traits is missing, the first error says what to write. Where a handler does not
//! fit, axum and [aide](https://docs.rs/aide) speak, and name neither the argument nor the answer that
//! is to blame. Look at the first error alone.
//!
//! # `… OperationHandler<_, _> is not satisfied`, and no word of `Handler`
//!
//! The handler would run, but cannot be documented. In this order:
//!
//! 1. Does the type in `Json<T>`, `Query<T>`, `Path<T>` or `Form<T>` derive `JsonSchema`? Of an argument
//!    and of the answer, and every type within it.
//! 2. Is the answer a named type? `impl IntoResponse` has no description: say `Json<T>`, `String`,
//!    `Result<Json<T>, E>`.
//! 3. Is `E` in `Result<_, E>`, or an answer of your own, an
//!    [`OperationOutput`](crate::openapi::OperationOutput)? `impl OperationOutput for E { type Inner =
//!    Self; }` is enough.
//! 4. Is an argument an extractor of your own? `impl OperationInput for A {}` is enough.
//!
//! All four at once, mended:
//!
//! ```
//! use axum::extract::FromRequestParts;
//! use axum::http::{StatusCode, request::Parts};
//! use axum::response::{IntoResponse, Response};
//! use axum::{Json, extract::Query};
//! use portcullis::openapi::{ApiRouter, OperationInput, OperationOutput, routing::get};
//! use portcullis::{ActiveUser, Auth};
//! use schemars::JsonSchema;
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Deserialize, JsonSchema)] // 1
//! struct Page {
//!     number: u32,
//! }
//!
//! #[derive(Serialize, JsonSchema)] // 1
//! struct Item {
//!     name: String,
//! }
//!
//! struct NoSuchPage;
//! impl IntoResponse for NoSuchPage {
//!     fn into_response(self) -> Response {
//!         (StatusCode::NOT_FOUND, "no such page").into_response()
//!     }
//! }
//! impl OperationOutput for NoSuchPage {
//!     type Inner = Self; // 3
//! }
//!
//! struct Agent(Option<String>);
//! impl<S: Sync> FromRequestParts<S> for Agent {
//!     type Rejection = std::convert::Infallible;
//!     async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
//!         let agent = parts.headers.get("user-agent");
//!         Ok(Self(agent.and_then(|agent| agent.to_str().ok()).map(str::to_owned)))
//!     }
//! }
//! impl OperationInput for Agent {} // 4
//!
//! async fn items(
//!     user: ActiveUser,
//!     Agent(agent): Agent,
//!     Query(page): Query<Page>,
//! ) -> Result<Json<Item>, NoSuchPage> { // 2
//!     if page.number > 1 {
//!         return Err(NoSuchPage);
//!     }
//!     Ok(Json(Item { name: format!("for {} with {agent:?}", user.username) }))
//! }
//!
//! let api: ApiRouter<Auth> = ApiRouter::new().api_route("/items", get(items));
//! ```
//!
//! # `… Handler<_, _> is not satisfied`
//!
//! The handler could not run. (`OperationHandler` may follow, for the same reason.) In this order:
//!
//! 1. Is a [`Dependency`](crate::extract::Dependency) of yours wrapped: `Depends<Editor>`, and not
//!    `Editor`?
//! 2. Is the function `async`?
//! 3. Does what reads the body (`Json`, `Form`, `String`,
//!    [`OAuth2PasswordRequestForm`](crate::OAuth2PasswordRequestForm)) come last, and is there only one?
//! 4. Else ask: `#[axum::debug_handler(state = AppState)]` above the handler names the argument. It
//!    needs axum's feature `macros`.
//!
//! # `mismatched types: expected ApiMethodRouter<AppState>, found ApiMethodRouter<Auth>`
//!
//! The handler asks for a user, and the state has no [`Auth`](crate::Auth): [a state of your
//! own](super::tutorial::dependencies#a-state-of-your-own) shows how it gets one.
//!
//! # It passes `cargo check`, and fails at `cargo build`
//!
//! `Security<G, N>` around a `G` that enforces no scopes, such as a scheme, or an
//! [`ApiKey::PARAMETER`](crate::scheme::ApiKey::PARAMETER) that no request could have. It is found only
//! where the handler is compiled for good, so `cargo check` and the editor are silent, and the place
//! that is shown is in our crate. The line `encountered while instantiating … Security<HttpBearer, ReadItems>`
//! names the type to look for.
//!
//! # It compiles, and panics at the start
//!
//! `Overlapping method route`: two routes have one path and one method, such as your own `/users/me`
//! beside [`router`](crate::router), which has one. Merge [`token_router`](crate::token_router).
//!
//! # It compiles, and everybody gets in
//!
//! An argument `Result<ActiveUser, Rejection>` is axum's way to look at a refusal. It refuses nobody:
//! [composing](super::own_schemes#composing) says what to write.
//!
//! # `use of unresolved module http`, or `schemars`
//!
//! Our pages write `http::…` where `axum::http::…` is the same. `schemars` must be in your
//! `Cargo.toml`, in version 1, because `derive(JsonSchema)` names it.
