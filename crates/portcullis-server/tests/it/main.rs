//! The binary, from outside: over HTTP, from a shell, in a browser.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that is surprised should stop"
)]

mod bad_input;
mod beside;
mod browser;
mod client;
mod clients;
mod config;
mod cors;
mod document_check;
mod fault;
mod flood;
mod floor;
mod http;
mod key;
mod key_elsewhere;
mod log;
mod mail;
#[path = "../../src/mail/mod.rs"]
mod mailing;
mod metrics;
mod nginx;
mod oauth2_crate;
mod outbox;
mod pages;
mod passwords;
#[path = "../../../portcullis-sql/tests/it/postgres_server.rs"]
mod postgres_server;
mod recovery;
mod resource_servers;
mod seed_001;
mod seed_003;
mod server;
mod sessions;
mod sessions_away;
mod settings;
mod shell;
mod signing_key;
mod smtp_sink;
mod stolen_copy;
mod stop;
mod user;
