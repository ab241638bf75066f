//! Step 5: what a token may be used for.
//!
//! You want a token that may read but not write. Name the scope
//! ([`scopes!`](crate::scopes)), declare it where the tokens are issued
//! ([`AuthBuilder::scope`](crate::auth::AuthBuilder::scope)), and ask for it with
//! [`Security`](crate::Security):
//!
//! ```no_run
#![doc = include_str!("../../../examples/scopes.rs")]
//! ```
//!
//! A protected and documented route for active users with `items:read` is the handler and the three
//! lines that say so. For a scope that other modules ask for, too: `scopes!(pub ReadItems =
//! "items:read");`, or `pub(crate)`.
//!
//! # What a client sees
//!
//! `cargo run -p portcullis --example scopes`:
//!
//! ```console
//! $ curl -d 'username=johndoe&password=correct horse battery staple&scope=items:write' http://127.0.0.1:8000/token
//! {"access_token":"…","token_type":"bearer",…}
//! $ curl -i -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8000/items
//! HTTP/1.1 403 Forbidden
//! www-authenticate: Bearer error="insufficient_scope", scope="items:read"
//! …
//!
//! {"detail":"Not enough permissions","error":"insufficient_scope"}
//! $ curl -i -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8000/me/drafts
//! HTTP/1.1 403 Forbidden
//! www-authenticate: Bearer error="insufficient_scope", scope="items:write me"
//! …
//!
//! {"detail":"Not enough permissions","error":"insufficient_scope"}
//! $ curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8000/status
//! ok
//! ```
//!
//! Without a `scope` in the form, the token has all that the user has.
//!
//! # How they add up
//!
//! ```text
//! Security<Depends<Myself>, WriteItems>     items:write, and on to
//!   └ Depends<Myself>                       what it is built on:
//!       └ Security<ActiveUser, Me>          me, and on to
//!           └ ActiveUser                    which is asked for "items:write me"
//! ```
//!
//! The outermost comes first, each scope once. Two arguments of one handler do not mix: each is asked
//! for its own. A [`Dependency`](crate::extract::Dependency) finds what is asked of it in
//! [`Context::scopes`](crate::extract::Context::scopes), FastAPI's `SecurityScopes`.
//!
//! # Otherwise than FastAPI
//!
//! - A missing scope is `403 insufficient_scope` (RFC 6750 §3.1): signing in again would not help.
//!   FastAPI's tutorial answers `401`.
//! - It is enforced by what is asked for. There, whoever writes the dependency must compare, and
//!   `Security` around a bare scheme compares nothing; here that does not build (`cargo build`;
//!   `cargo check` [is silent](crate::manual::when_it_does_not_compile)).
//! - A user is granted what the user has, and never what was merely asked for. A scope is asked of the
//!   token *and* of the user, so one that was taken away stops working at once.
//! - A scope that nobody declares stops the program at its start, with the names of both places.
