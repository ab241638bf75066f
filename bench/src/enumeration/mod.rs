//! Whether the time of an answer tells that an account exists.
//!
//! Asks a real server about somebody and about nobody, in pairs, and tests whether the times can be told
//! apart. So that a silence means something, the same is asked of servers with a defect, which must be
//! told apart.

pub(crate) mod control;
mod house;
mod pairs;
mod paths;
mod significance;
mod sink;

use std::path::PathBuf;

use anyhow::{bail, ensure};
use clap::{Args, value_parser};

use self::control::Defect;
use self::house::House;
use self::pairs::Walk;
use self::paths::Asked;
use self::significance::{ALPHA, Pair, Verdict};
use crate::machine::Machine;
use crate::server::Server;
use crate::{compile, interrupt, statistics, users};

/// What to measure.
#[derive(Args)]
pub(crate) struct Settings {
    /// Ask this alone; may be repeated.
    #[arg(long, value_enum)]
    only: Vec<Asked>,
    /// Pairs of requests on each path.
    #[arg(long, default_value_t = 1_000, value_parser = value_parser!(u32).range(1..=100_000))]
    pairs: u32,
    /// Pairs of logins beside a slower hash, each of which takes half a second.
    #[arg(long, default_value_t = 300, value_parser = value_parser!(u32).range(1..=100_000))]
    slower_pairs: u32,
    /// The cost of bcrypt.
    #[arg(long, default_value_t = 12, value_parser = value_parser!(u32).range(8..=14))]
    bcrypt_cost: u32,
    /// Measure this `portcullis` program instead of building one.
    #[arg(long, value_name = "PATH")]
    binary: Option<PathBuf>,
}

/// One line of the report.
struct Line {
    what: String,
    must_be_told_apart: bool,
    pairs: Vec<Pair>,
}

/// Fails when a path tells, or when a server with a defect does not.
pub(crate) fn measure(settings: &Settings) -> anyhow::Result<()> {
    ensure!(
        !cfg!(debug_assertions),
        "a debug build measures nothing of use: cargo run --release -p bench -- enumeration"
    );
    interrupt::watch()?;
    let machine = Machine::observe();
    println!(
        "{}, {} cores, load before {}",
        machine.cpu, machine.cores, machine.load_before
    );
    println!("told apart: p < {ALPHA}, by Wilcoxon's or by Kolmogorov and Smirnov's test\n");
    println!(
        "{:<36} {:>5} {:>9} {:>9}  {:>27}  {:>8} {:>8}",
        "path", "pairs", "known", "unknown", "known later by, µs (99 %)", "p (W)", "p (KS)"
    );
    let program = match &settings.binary {
        Some(program) => program.canonicalize()?,
        None => compile::portcullis()?,
    };
    let wants = |asked: Asked| settings.only.is_empty() || settings.only.contains(&asked);
    let mut wrong = 0;
    let hash = users::hash()?;
    let house = House::furnish(&program, settings.pairs, &hash)?;
    for asked in [
        Asked::Login,
        Asked::Recovery,
        Asked::Verification,
        Asked::Registration,
    ] {
        if wants(asked) {
            wrong += walk(&house, asked, settings.pairs)?.report();
        }
    }
    if wants(Asked::Recovery) {
        println!("{:<36} {:>5}", "  mails that went out", house.sink.taken());
    }
    if wants(Asked::Login) {
        wrong += broken(&house, Asked::Login, (Defect::NoDummyHash, settings.pairs))?.report();
    }
    house.stop()?;
    if wants(Asked::SlowerHash) {
        let hash = bcrypt::hash(users::PASSWORD, settings.bcrypt_cost)?;
        let house = House::furnish(&program, settings.slower_pairs, &hash)?;
        wrong += walk(&house, Asked::SlowerHash, settings.slower_pairs)?.report();
        let without = (Defect::NoFloor, settings.slower_pairs);
        wrong += broken(&house, Asked::SlowerHash, without)?.report();
        house.stop()?;
    }
    if wrong > 0 {
        bail!("{wrong} of these are not as they must be");
    }
    Ok(())
}

fn walk(house: &House, asked: Asked, pairs: u32) -> anyhow::Result<Line> {
    Ok(Line {
        what: asked.name().to_owned(),
        must_be_told_apart: false,
        pairs: Walk::new(asked, house, house.server())?.pairs(pairs)?,
    })
}

fn broken(house: &House, asked: Asked, (defect, pairs): (Defect, u32)) -> anyhow::Result<Line> {
    let server: Server = house.control(defect)?;
    Ok(Line {
        what: format!("control: {}, {}", asked.name(), defect.name()),
        must_be_told_apart: true,
        pairs: Walk::new(asked, house, &server)?.pairs(pairs)?,
    })
}

impl Line {
    /// Prints it, and counts 1 if it is not as it must be.
    fn report(&self) -> u32 {
        let verdict = Verdict::of(&self.pairs);
        let is_right = verdict.is_told_apart() == self.must_be_told_apart;
        let middle = |side: fn(&Pair) -> f64| statistics::median(self.pairs.iter().map(side));
        let interval = format!(
            "{:.1} ({:.1} to {:.1})",
            verdict.difference, verdict.low, verdict.high
        );
        println!(
            "{:<36} {:>5} {:>9.0} {:>9.0}  {:>27}  {:>8.2e} {:>8.2e}  {}{}",
            self.what,
            self.pairs.len(),
            middle(|pair| pair.known),
            middle(|pair| pair.unknown),
            interval,
            verdict.wilcoxon,
            verdict.kolmogorov_smirnov,
            if verdict.is_told_apart() {
                "told apart"
            } else {
                "alike"
            },
            if is_right { "" } else { " — WRONG" },
        );
        u32::from(!is_right)
    }
}
