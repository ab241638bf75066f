//! Step 1: a scheme as an argument.
//!
//! You want an operation to be reached with a token only, and people to find in the documentation
//! where a token comes from. Ask for [`OAuth2PasswordBearer`](crate::OAuth2PasswordBearer):
//!
//! ```no_run
#![doc = include_str!("../../../examples/first_steps.rs")]
//! ```
//!
//! # What a client sees
//!
//! `cargo run -p portcullis --example first_steps`, and in another terminal:
//!
//! ```console
//! $ curl -i http://127.0.0.1:8000/items
//! HTTP/1.1 401 Unauthorized
//! www-authenticate: Bearer
//! …
//!
//! {"detail":"Not authenticated","error":"not_authenticated"}
//! $ curl -H 'Authorization: Bearer testtoken' http://127.0.0.1:8000/items
//! {"token":"testtoken"}
//! ```
//!
//! At `/docs` there is a button *Authorize* now, because the argument put the scheme into the
//! document. It asks for a name and a password and would send them to `token`, which step 3 makes.
//!
//! # What happened
//!
//! The handler runs only when the header is there, is of this scheme and holds something that can be
//! a token (RFC 6750 §2.1). **Nobody has verified it**: that is step 2 by hand, and step 4 for good.
//!
//! # Otherwise than FastAPI
//!
//! - The scheme is a type, and the type of the argument is all there is to write: no object to make
//!   first, no `Depends`.
//! - An empty `Bearer` is no token, also where FastAPI hands out `""`.
//! - `Bearer a b` is refused as `invalid_token`: a token has no spaces.
//! - The document has the answers `400` and `401` too, not only `200`.
