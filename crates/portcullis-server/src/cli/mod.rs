//! The command line.

mod client;
mod config;
mod floor;
mod key;
mod output;
mod password;
mod serve;
mod user;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::{CommandLine, Config, ConfigError, Sources, Values};

/// Username-and-password security for HTTP APIs.
#[derive(Parser)]
#[command(name = "portcullis", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server.
    Serve(serve::Serve),
    /// Manage accounts, while the server runs or not.
    #[command(subcommand)]
    User(user::User),
    /// Manage OAuth clients, while the server runs or not.
    #[command(subcommand)]
    Client(client::Client),
    /// List, exchange or retire the keys that sign tokens, while the server runs or not.
    #[command(subcommand)]
    Key(key::Key),
    /// Show or check the configuration.
    #[command(subcommand)]
    Config(config::Config),
}

/// What every command may be told.
#[derive(Args, Debug, Clone, Default)]
struct Global {
    /// The configuration file [default: portcullis.toml, if there is one].
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The database.
    #[arg(
        long,
        value_name = "URL",
        help = "sqlite://FILE, sqlite:///ABSOLUTE or postgres://… [default: sqlite://portcullis.db]"
    )]
    database: Option<String>,
}

/// What every command that prints something may be told.
#[derive(Args)]
struct Options {
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    global: Global,
}

impl Global {
    fn values(&self, listen: Option<String>) -> Result<Values, ConfigError> {
        Sources::of_process(CommandLine {
            config: self.config.clone(),
            listen,
            database: self.database.clone(),
        })?
        .merge()
    }

    fn config(&self) -> Result<Config, ConfigError> {
        Config::read(&self.values(None)?)
    }
}

/// Parses the arguments and does what they say. Exit codes: 0 done, 1 failed, 2 wrong usage.
pub(crate) fn run() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Command::Serve(serve) => serve.run(),
        Command::User(user) => user.run(),
        Command::Client(client) => client.run(),
        Command::Key(key) => key.run(),
        Command::Config(config) => config.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::error(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// A runtime for commands that ask the database and end.
fn block_on<T>(future: impl std::future::Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(future)
}
