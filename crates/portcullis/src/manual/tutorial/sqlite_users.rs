//! Step 8: users in a database.
//!
//! You want users that stay, in an app of your own. `portcullis-sql` brings the store; only the
//! builder's argument changes. Its front page (`cargo doc -p portcullis-sql --open`) shows the whole
//! program: `cargo run -p portcullis-sql --example sqlite_users`.
//!
//! While it runs, a row that is written in the database's shell is a user who can sign in:
//!
//! ```sql
//! INSERT INTO users (username, full_name, email, hashed_password, disabled)
//! VALUES ('johndoe', 'John Doe', 'johndoe@example.com',
//!         '$2b$12$yWu2IrPVOkSDvR.ZTW.wfeNTsau94dhwYGgdQmrPSj9RbO3JWiAry', false);
//! ```
//!
//! ```text
//! $ curl -d 'username=johndoe&password=swordfish' http://127.0.0.1:8000/token
//! {"access_token":"…","token_type":"bearer","expires_in":900}
//! ```
//!
//! The hash is bcrypt, as Python's tools made them for years. It is verified, and replaced by an
//! Argon2id hash at that login.
//!
//! In a program, [`Administration`](crate::account::Administration) adds, disables and changes users
//! over any store:
//!
//! ```
//! use std::sync::Arc;
//!
//! use portcullis::account::{Administration, UserDraft};
//! use portcullis::{Auth, secret::Password, store::MemoryStore};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let store = Arc::new(MemoryStore::new()); // or what `portcullis_sql::open` gives
//! let auth = Auth::builder(store.clone()).issuer("http://127.0.0.1:8000").build()?;
//! let accounts = Administration::new(&*store, auth.pool());
//! let password = Password::new("correct horse battery staple");
//! accounts.add(UserDraft::new("janedoe"), &password).await?;
//! accounts.set_disabled("janedoe", true).await?; // every token of hers is dead
//! # Ok(())
//! # }
//! ```
//!
//! # Otherwise than in the articles
//!
//! | there, by hand | here |
//! |---|---|
//! | an engine, a session, a model, a schema, `create_all` at the start | `SqliteStore::open`, which also migrates |
//! | the session as a dependency of each dependency | the store is in [`Auth`](crate::Auth) |
//! | `orm_mode`, a second model without the hash | [`User`](crate::User) has no hash |
//!
//! A table that is there already, with other names, needs two small traits:
//! [`own_user_model`](crate::manual::own_user_model).
