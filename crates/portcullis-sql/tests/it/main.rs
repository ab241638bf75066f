//! What the stores promise, on real databases.

mod harness;
mod postgres_server;
mod sqlite;
