//! Side-by-side measurements of the `portcullis` binary: ratios from one run.
//!
//! `cargo run --release -p bench` prints P1 (`GET /users/me` ÷ a server without
//! authentication), P3 (logins ÷ what the cores can hash), and what lists and
//! searches take among many users ÷ among few; with `-- enumeration` it tests whether
//! times tell that an account exists. See `README.md`.

mod bare;
mod compile;
mod enumeration;
mod http;
mod interrupt;
mod lists;
mod load;
mod machine;
mod p1;
mod p3;
mod raw_hash;
mod report;
mod server;
mod statistics;
mod subject;
mod tokens;
mod users;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::ensure;
use clap::{Args, Parser, Subcommand, ValueEnum, value_parser};

use crate::machine::Machine;
use crate::p1::P1;
use crate::p3::P3;
use crate::report::Report;
use crate::subject::Subject;

#[derive(Parser)]
#[command(about, args_conflicts_with_subcommands = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    options: Options,
}

#[derive(Subcommand)]
enum Command {
    /// The yardstick `bare`: answers one constant body, with no authentication.
    #[command(hide = true)]
    Bare {
        /// The loopback address to listen on.
        #[arg(long)]
        listen: SocketAddr,
        /// The JSON document to answer with.
        #[arg(long)]
        body: String,
    },
    /// Whether the time of an answer tells that an account exists. Fails when it does.
    Enumeration(enumeration::Settings),
    /// A server whose logins tell, which `enumeration` must notice.
    #[command(hide = true)]
    EnumerationControl {
        /// The loopback address to listen on.
        #[arg(long)]
        listen: SocketAddr,
        /// The file of the database.
        #[arg(long)]
        database: PathBuf,
        /// What is left out.
        #[arg(long, value_enum)]
        defect: enumeration::control::Defect,
    },
}

/// What to measure, and how long.
#[derive(Args)]
struct Options {
    /// Measure this figure alone.
    #[arg(long, value_enum)]
    only: Option<Figure>,
    /// Pairs of slices to measure; the figure is the median of their ratios.
    #[arg(long, default_value_t = 5, value_parser = value_parser!(u32).range(1..))]
    pairs: u32,
    /// Seconds a slice lasts [default: 2 for P1, 3 for P3].
    #[arg(long, value_parser = value_parser!(u32).range(1..))]
    seconds: Option<u32>,
    /// Users in the database.
    #[arg(long, default_value_t = 1_000_000, value_parser = value_parser!(u32).range(1..=99_999_999))]
    users: u32,
    /// How many of the users send requests in P1, each with a token of their own.
    #[arg(long, default_value_t = 200, value_parser = value_parser!(u32).range(1..))]
    tokens: u32,
    /// Connections that P1 keeps busy.
    #[arg(long, default_value_t = 32, value_parser = value_parser!(u32).range(1..))]
    connections: u32,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    /// Measure this `portcullis` program instead of building one.
    #[arg(long, value_name = "PATH")]
    binary: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Figure {
    P1,
    P3,
    Lists,
}

impl Options {
    fn wants(&self, figure: Figure) -> bool {
        self.only.is_none_or(|only| only == figure)
    }

    fn slice(&self, default_seconds: u32) -> Duration {
        Duration::from_secs(u64::from(self.seconds.unwrap_or(default_seconds)))
    }
}

fn main() -> anyhow::Result<()> {
    let CommandLine { command, options } = CommandLine::parse();
    match command {
        Some(Command::Bare { listen, body }) => bare::run(listen, body),
        Some(Command::Enumeration(settings)) => enumeration::measure(&settings),
        Some(Command::EnumerationControl {
            listen,
            database,
            defect,
        }) => enumeration::control::run(listen, &database, defect),
        None => measure(&options),
    }
}

fn measure(options: &Options) -> anyhow::Result<()> {
    ensure!(
        !cfg!(debug_assertions),
        "a debug build measures nothing of use: cargo run --release -p bench"
    );
    interrupt::watch()?;
    let machine = Machine::observe();
    let (p1, p3) = if options.wants(Figure::P1) || options.wants(Figure::P3) {
        measure_server(options)?
    } else {
        (None, None)
    };
    let lists = options
        .wants(Figure::Lists)
        .then(|| lists::measure(options.users, options.pairs))
        .transpose()?;
    let report = Report {
        machine,
        p1,
        p3,
        lists,
    };
    if options.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        print!("{report}");
    }
    Ok(())
}

fn measure_server(options: &Options) -> anyhow::Result<(Option<P1>, Option<P3>)> {
    let subject = Subject::prepare(options.binary.as_deref(), options.users)?;
    let p1 = options
        .wants(Figure::P1)
        .then(|| {
            p1::measure(
                &subject,
                &p1::Settings {
                    tokens: options.tokens.min(options.users),
                    connections: options.connections,
                    pairs: options.pairs,
                    slice: options.slice(2),
                },
            )
        })
        .transpose()?;
    let p3 = options
        .wants(Figure::P3)
        .then(|| p3::measure(&subject, options.pairs, options.slice(3)))
        .transpose()?;
    subject.stop()?;
    Ok((p1, p3))
}
