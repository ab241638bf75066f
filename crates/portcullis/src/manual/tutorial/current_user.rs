//! Step 2: from the token to the user.
//!
//! You want handlers to receive a user, not a token. Say what the user is built
//! [on](crate::extract::Dependency::On) and how; then ask for [`Depends`](crate::Depends) of it. What
//! is built once can be built upon again:
//!
//! ```no_run
#![doc = include_str!("../../../examples/current_user.rs")]
//! ```
//!
//! # What a client sees
//!
//! `cargo run -p portcullis --example current_user`:
//!
//! ```console
//! $ curl -H 'Authorization: Bearer john' http://127.0.0.1:8000/users/me
//! {"username":"john-decoded","email":"john@example.com"}
//! $ curl -H 'Authorization: Bearer john' http://127.0.0.1:8000/users/me/address
//! john@example.com
//! $ curl -i -H 'Authorization: Bearer expired' http://127.0.0.1:8000/users/me
//! HTTP/1.1 401 Unauthorized
//! www-authenticate: Bearer error="invalid_token"
//! …
//!
//! {"detail":"Could not validate credentials","error":"invalid_token"}
//! ```
//!
//! # What happened
//!
//! `Depends<CurrentUser>` asks for what `CurrentUser` is built on, in every handler and in every
//! document: both routes show `OAuth2PasswordBearer`, and neither says so itself. The decoder is a
//! fake; it stands for whatever you have.
//!
//! `token.refused()` is the right refusal of that scheme, with its challenge. For an answer of your
//! own there is [`Rejection::answer`](crate::scheme::Rejection::answer); name its status in
//! [`REFUSALS`](crate::extract::Dependency::REFUSALS), and it is in the document.
//!
//! # Otherwise than FastAPI
//!
//! - A dependency is a type with an `impl`, where FastAPI has a function: so the compiler knows what
//!   it is built on, and a router without the state it needs does not compile.
//! - The challenge of a bad token says that it is the token that is bad (RFC 6750 §3.1). Without one,
//!   a client cannot tell whether to sign in again or to send the header at all.
//! - A dependency runs once for each argument that asks for it; there is no cache for a request. Ask
//!   for the outermost one.
