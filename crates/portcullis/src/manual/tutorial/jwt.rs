//! Step 4: the real thing.
//!
//! You want hashed passwords, signed tokens that expire, and the active user as an argument. Make an
//! [`Auth`](crate::Auth) over a store, merge [`router`](crate::router), and ask for
//! [`ActiveUser`](crate::ActiveUser):
//!
//! ```no_run
#![doc = include_str!("../../../examples/jwt.rs")]
//! ```
//!
//! # What a client sees
//!
//! `cargo run -p portcullis --example jwt`:
//!
//! ```console
//! $ curl -d 'username=johndoe&password=correct horse battery staple' http://127.0.0.1:8000/token
//! {"access_token":"…","token_type":"bearer","expires_in":1800}
//! $ curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8000/users/me/items
//! [{"item_id":"Foo","owner":"johndoe"}]
//! $ curl -i -H 'Authorization: Bearer johndoe' http://127.0.0.1:8000/users/me
//! HTTP/1.1 401 Unauthorized
//! www-authenticate: Bearer error="invalid_token"
//! …
//!
//! {"detail":"Could not validate credentials","error":"invalid_token"}
//! $ curl -d 'username=alice&password=correct horse battery staple' http://127.0.0.1:8000/token
//! {"access_token":"…","token_type":"bearer","expires_in":1800}
//! $ curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8000/users/me
//! {"detail":"Inactive user","error":"inactive_user"}
//! ```
//!
//! # What a page of FastAPI's became
//!
//! | there, by hand | here |
//! |---|---|
//! | `SECRET_KEY`, `ALGORITHM` | a key made at the start, ES256; one that stays: [`signing_key`](crate::auth::AuthBuilder::signing_key) |
//! | `ACCESS_TOKEN_EXPIRE_MINUTES`, `timedelta`, `jwt.encode` | [`access_token_seconds`](crate::auth::AuthBuilder::access_token_seconds) |
//! | `PasswordHash`, `verify_password`, `get_password_hash`, a dummy hash | [`authenticate`](crate::account::authenticate), which `POST /token` calls |
//! | `get_user`, `fake_users_db` | a store: [`MemoryStore`](crate::store::MemoryStore), a [database](super::sqlite_users), or [your table](crate::manual::own_user_model) |
//! | `Token`, `TokenData`, the handler of `/token` | [`token_router`](crate::token_router), or [`router`](crate::router) |
//! | `get_current_user`, `jwt.decode`, `credentials_exception` | [`CurrentUser`](crate::CurrentUser) |
//! | `get_current_active_user` | [`ActiveUser`](crate::ActiveUser) |
//!
//! # Otherwise than FastAPI
//!
//! - A bad login is `400 invalid_grant` (RFC 6749 §5.2), as in step 3. FastAPI's tutorial changes to
//!   `401` here.
//! - The token says who issued it and for whom, and is refused elsewhere (RFC 9068 §4); it dies with
//!   the next change of the password, not only with the time.
//! - Keys are pairs: another program verifies with the public one, at `/.well-known/jwks.json`, and
//!   cannot sign.
//! - Answers with tokens and users are not cached (RFC 6749 §5.1).
