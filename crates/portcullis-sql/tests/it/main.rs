//! What the stores promise, on real databases.

mod sqlite;
