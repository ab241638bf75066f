//! Portcullis' stores: [`SqliteStore`], a file beside the program, and [`PostgresStore`], a server
//! that several nodes share.
//!
//! Both keep the same tables, answer the same verbs, and pass the same suite
//! ([`portcullis::store::conformance`]). [`open`] chooses by the address:
//!
//! ```
//! use portcullis_sql::Create;
//!
//! # async fn run() -> Result<(), portcullis_sql::OpenError> {
//! let store = portcullis_sql::open("sqlite://portcullis.db", Create::IfMissing).await?;
//! # Ok(()) }
//! ```
//!
//! Opening makes what is missing and migrates what is old. A database that holds somebody else's
//! tables, or that a newer version made, is refused and left as it is.

mod address;
mod migration;
mod open_error;
mod postgres;
mod sqlite;
mod user_columns;

pub use address::{Create, Database, check_address, open, open_database, without_password};
pub use open_error::OpenError;
pub use postgres::PostgresStore;
pub use sqlite::SqliteStore;
