//! Step 9: staying signed in, and signing out.
//!
//! So far a login is one token, which holds for a quarter of an hour, and nothing ends it sooner but a
//! change to its user. `.sessions(store, …)` makes a login a session, which the store keeps:
//! `cargo run -p portcullis-sql --example sessions`, over the database of step 8.
//!
//! ```text
//! $ curl -d 'username=johndoe&password=swordfish' http://127.0.0.1:8000/token
//! {"access_token":"…","token_type":"bearer","expires_in":900,"refresh_token":"…"}
//! $ curl -d "grant_type=refresh_token&refresh_token=$REFRESH" http://127.0.0.1:8000/token
//! {"access_token":"…","token_type":"bearer","expires_in":900,"refresh_token":"…"}
//! $ curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8000/users/me/sessions
//! [{"id":"…","client_id":"portcullis",…,"current":true}]
//! $ curl -d "token=$REFRESH" http://127.0.0.1:8000/revoke
//! $ curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8000/items
//! {"detail":"Could not validate credentials","error":"invalid_token"}
//! ```
//!
//! `$TOKEN` and `$REFRESH` stand for the newest `access_token` and `refresh_token`.
//!
//! - **Staying signed in.** Each refresh token renews the login once, and the answer has the next. If the
//!   answer was lost, the same one may be sent again within 30 seconds; later, or when its successor was
//!   used already, somebody else has it: the session ends for both (RFC 9700 §4.14.2).
//! - **Signing out.** `POST /revoke` with either token ends the session of that token;
//!   `DELETE /users/me/sessions/{id}` another one of the user's, `DELETE /users/me/sessions` all. An
//!   [`ActiveUser`](crate::ActiveUser) or [`CurrentUser`](crate::CurrentUser) then refuses every token
//!   of it at once; an [`AccessToken`](crate::AccessToken), which asks no database, when it expires.
//! - **What is over is removed** by [`sweep_sessions`](crate::Auth::sweep_sessions), which the program calls
//!   every minute.
//!
//! # Programs that act for themselves
//!
//! `.clients(store)` takes registered clients beside the built-in one. A nightly job signs in with an
//! identifier and a secret of its own, and is nobody's account:
//!
//! ```
//! use std::sync::Arc;
//!
//! use portcullis::account::{ClientAdministration, ClientDraft};
//! use portcullis::{Auth, auth::SessionLifetimes, client::Grants, scope::Scopes};
//! use portcullis::store::MemoryStore;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let store = Arc::new(MemoryStore::new()); // or what `portcullis_sql::open` gives
//! let auth = Auth::builder(store.clone())
//!     .issuer("http://127.0.0.1:8000")
//!     .scope("items:read", "Read items.")
//!     .sessions(store.clone(), SessionLifetimes::default())
//!     .clients(store.clone())
//!     .build()?;
//! let nightly = ClientDraft {
//!     grants: Grants::parse("client_credentials")?,
//!     scopes: Scopes::parse("items:read")?,
//!     ..ClientDraft::new("nightly report")
//! };
//! let nightly = ClientAdministration::new(&*store).register(nightly).await?;
//! let (id, secret) = (nightly.client.id, nightly.secret.ok_or("it is confidential")?); // shown once
//! // curl -u "$ID:$SECRET" -d grant_type=client_credentials http://127.0.0.1:8000/token
//! # Ok(())
//! # }
//! ```
//!
//! Its token passes [`AccessToken`](crate::AccessToken) and no guard that asks for a user.
//! [`testing`](crate::manual::testing) shows the tests of such an app.
//!
//! # Otherwise than in the articles
//!
//! | there, by hand | here |
//! |---|---|
//! | a second JWT with a longer life, which nothing ends | a refresh token that is kept as a digest, and spent by its use |
//! | a list of tokens that are revoked, asked in each request | the session is there, or it is not |
