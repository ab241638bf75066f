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
//! # Otherwise than FastAPI
//!
//! - `auto_error=False` becomes `Option<…>`, and the document says so: `{}` is among the
//!   alternatives.
//! - `dependencies=[…]` of a router becomes `require`. axum's `route_layer(from_extractor…)` does the
//!   same to requests, but leaves no mark in the document.
