//! The binary `portcullis`: accounts and tokens beside an API in any language.
//!
//! It holds no rules: those are the library's. Here are the configuration, the command line, the
//! page, and the listening.

mod app;
mod breach;
mod cli;
mod config;
mod demo;
mod listen;
mod mail;
mod metrics;
mod pages;
mod sealing;
mod telemetry;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
