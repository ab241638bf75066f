//! What the stores promise, on real databases.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helping functions too"
)]

mod accounts;
mod by_hand;
mod by_hand_accounts;
mod client_rows;
mod clients;
mod conformance;
mod ending_clients;
mod engine;
mod examples;
mod freshness;
mod harness;
mod opening;
mod postgres;
mod postgres_server;
mod rows;
mod session_bounds;
mod sessions;
mod sqlite;
mod token_life;
