//! Step 6: a name and a password in every request.
//!
//! You want the simplest thing for a script or a door behind the stage: HTTP Basic (RFC 7617), over
//! TLS. [`HttpBasic`](crate::HttpBasic) reads it, [`matches`](crate::HttpBasic::matches) compares:
//!
//! ```no_run
#![doc = include_str!("../../../examples/http_basic.rs")]
//! ```
//!
//! # What a client sees
//!
//! `cargo run -p portcullis --example http_basic`; a browser that goes to `/users/me` asks for the
//! name and the password by itself.
//!
//! ```console
//! $ curl -u stanleyjobson:swordfish http://127.0.0.1:8000/users/me
//! {"username":"stanleyjobson"}
//! $ curl -i -u stanleyjobson:guess http://127.0.0.1:8000/users/me
//! HTTP/1.1 401 Unauthorized
//! www-authenticate: Basic realm="backstage", charset="UTF-8"
//! …
//!
//! {"detail":"Could not validate credentials","error":"invalid_credentials"}
//! $ curl -u anybody:guess http://127.0.0.1:8000/claimed
//! {"claims_to_be":"anybody"}
//! ```
//!
//! # Why `matches`
//!
//! `==` stops at the first letter that differs, and an attacker who measures long enough learns how
//! far a guess was right. `matches` looks at both texts to the end, and at the password also when the
//! name is wrong. FastAPI's tutorial does it by hand with `secrets.compare_digest` and `.encode()`.
//!
//! For users with hashed passwords, ask [`authenticate`](crate::account::authenticate) in the
//! dependency: [`own_schemes`](crate::manual::own_schemes) does.
//!
//! # Otherwise than FastAPI
//!
//! - Names and passwords are UTF-8, and the challenge says so; FastAPI reads ASCII alone.
//! - There is always a realm, as RFC 7617 §2 asks.
//! - The handlers answer with the name, never with the password.
