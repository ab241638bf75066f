//! The OpenAPI document, written by the types of the handlers' arguments.
//!
//! ```
//! use portcullis::openapi::{ApiRouter, Document, routing::get};
//! use portcullis::{ActiveUser, Auth, store::MemoryStore};
//!
//! async fn items(user: ActiveUser) -> String {
//!     format!("the items of {}", user.username)
//! }
//!
//! let auth = Auth::builder(MemoryStore::new()).issuer("http://127.0.0.1:8000").build()?;
//! let api = ApiRouter::new()
//!     .api_route("/items", get(items))
//!     .merge(portcullis::router(&auth));
//! let app: axum::Router = Document::new("Items", "1.0").serve(api)?.with_state(auth);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The router is [aide](https://docs.rs/aide)'s. An argument of your own joins it by
//! [`OperationInput`] (which may be empty), an answer or an error of your own by [`OperationOutput`]
//! (`type Inner = Self;` is enough), and the type in a `Json<T>` by [`schemars::JsonSchema`]. If it does
//! not compile: [`manual::when_it_does_not_compile`](crate::manual::when_it_does_not_compile).
//!
//! Leave `aide::generate::infer_responses` on: without it, a guard that is needed is documented as
//! optional. What is enforced does not change.

mod described;
mod document;
mod document_error;
pub(crate) mod notes;
mod operation;
mod page;
mod place;
mod refusal;
mod schemes;
mod ui;

pub use aide::axum::{ApiRouter, routing};
pub use aide::{OperationInput, OperationOutput};
pub use described::{Described, Scheme};
pub use document::Document;
pub use document_error::DocumentError;
pub use page::page;
pub(crate) use place::Place;
pub use refusal::Refusal;
pub use schemars;
