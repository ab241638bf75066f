//! Portcullis' stores: [`SqliteStore`], a file beside the program, and [`PostgresStore`], a server
//! that several nodes share.
//!
//! Both keep the same tables, answer the same verbs, and pass the same suite
//! ([`portcullis::store::conformance`]). [`open`] chooses by the address:
//!
//! ```
//! use portcullis_sql::Create;
//!
//! # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # std::env::set_current_dir(&folder)?;
//! let store = portcullis_sql::open("sqlite://portcullis.db", Create::IfMissing).await?;
//! assert!(store.list_users(None, 10).await?.users.is_empty());
//! # Ok(()) }
//! ```
//!
//! The users of an axum app of your own, with a signing key that outlives a restart. This is
//! `examples/sqlite_users.rs`, step 8 of the
//! [tutorial](portcullis::manual::tutorial::sqlite_users):
//!
//! ```no_run
#![doc = include_str!("../examples/sqlite_users.rs")]
//! ```
//!
//! Accounts are made by [`Administration`](portcullis::account::Administration) over the same store,
//! by the server's `portcullis user add --database sqlite://users.db`, or by hand in the database's
//! shell.
//!
//! Opening makes what is missing and migrates what is old. A database that holds somebody else's
//! tables, or that a newer version made, is refused and left as it is.

mod address;
mod client_columns;
mod mail_columns;
mod migration;
mod one_time_columns;
mod open_error;
mod postgres;
mod search_range;
mod session_columns;
mod sqlite;
mod unreadable;
mod user_columns;

pub use address::{Create, Database, check_address, open, open_database, without_password};
pub use open_error::OpenError;
pub use postgres::PostgresStore;
pub use sqlite::SqliteStore;
