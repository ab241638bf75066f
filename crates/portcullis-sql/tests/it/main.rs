//! What the stores promise, on real databases.

mod conformance;
mod harness;
mod postgres_server;
mod sqlite;
