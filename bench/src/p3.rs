//! P3: correct logins per second ÷ (raw hash on one thread × cores).

use std::time::Duration;

use serde::Serialize;

use crate::load::{Exchange, Expected, Load, Overload};
use crate::statistics::{Spread, median, percentile, rate};
use crate::subject::Subject;
use crate::{http, machine, raw_hash, users};

/// Enough that every hashing thread always has a login waiting, and few
/// enough that none is turned away.
const CONNECTIONS_PER_CORE: usize = 4;

/// So many users take turns, so that no account is asked too often.
const USERS: u32 = 10_000;

/// P3 and the numbers that it is made of.
#[derive(Serialize)]
pub(crate) struct P3 {
    pub(crate) users: u32,
    pub(crate) cores: usize,
    pub(crate) connections: usize,
    pub(crate) seconds: f64,
    /// Of the pairs' ratios; its median is the figure.
    pub(crate) ratio: Spread,
    /// Logins ÷ what all cores hash at once: the ratio without the part of it
    /// that the machine decides.
    pub(crate) ratio_to_all_cores: Spread,
    /// Medians, per second.
    pub(crate) logins_per_second: f64,
    pub(crate) raw_hashes_per_second: f64,
    pub(crate) raw_hashes_per_second_on_all_cores: f64,
    /// Logins turned away with 503, over all pairs.
    pub(crate) overloaded: usize,
    pub(crate) pairs: Vec<Pair>,
}

/// One slice of each, measured in turn.
#[derive(Serialize)]
pub(crate) struct Pair {
    pub(crate) ratio: f64,
    pub(crate) logins_per_second: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) overloaded: usize,
    /// On one thread.
    pub(crate) raw_hashes_per_second: f64,
    pub(crate) raw_hashes_per_second_on_all_cores: f64,
}

/// Measures P3: a warm-up of each side, then the pairs.
pub(crate) fn measure(subject: &Subject, pairs: u32, slice: Duration) -> anyhow::Result<P3> {
    let cores = machine::cores();
    let load = Load {
        server: subject.address(),
        connections: cores * CONNECTIONS_PER_CORE,
        exchanges: logins(subject.users()).collect(),
        overload: Overload::IsCounted,
    };
    eprintln!("P3: warming up …");
    pair(&load, cores, slice)?;
    let mut measured = Vec::new();
    for number in 1..=pairs {
        eprintln!("P3: pair {number} of {pairs} …");
        measured.push(pair(&load, cores, slice)?);
    }
    let pairs = measured;
    Ok(P3 {
        users: subject.users(),
        cores,
        connections: load.connections,
        seconds: slice.as_secs_f64(),
        ratio: Spread::of(pairs.iter().map(|pair| pair.ratio)),
        ratio_to_all_cores: Spread::of(
            pairs
                .iter()
                .map(|pair| pair.logins_per_second / pair.raw_hashes_per_second_on_all_cores),
        ),
        logins_per_second: median(pairs.iter().map(|pair| pair.logins_per_second)),
        raw_hashes_per_second: median(pairs.iter().map(|pair| pair.raw_hashes_per_second)),
        raw_hashes_per_second_on_all_cores: median(
            pairs
                .iter()
                .map(|pair| pair.raw_hashes_per_second_on_all_cores),
        ),
        overloaded: pairs.iter().map(|pair| pair.overloaded).sum(),
        pairs,
    })
}

/// A different user's login, one after the other.
fn logins(users: u32) -> impl Iterator<Item = Exchange> {
    users::spread_usernames(users, users.min(USERS)).map(|name| Exchange {
        request: http::login_request(&name, users::PASSWORD),
        expected: Expected::Part("\"access_token\""),
    })
}

fn pair(load: &Load, cores: usize, slice: Duration) -> anyhow::Result<Pair> {
    let raw_hashes_per_second = raw_hash::one_thread(slice)?;
    let logins = load.run(slice)?;
    let raw_hashes_per_second_on_all_cores = raw_hash::threads(cores, slice)?;
    let milliseconds = |percent| percentile(&logins.latencies, percent).as_secs_f64() * 1e3;
    let logins_per_second = rate(logins.latencies.len(), logins.length);
    let ceiling = raw_hashes_per_second * f64::from(u32::try_from(cores)?);
    Ok(Pair {
        ratio: logins_per_second / ceiling,
        logins_per_second,
        p50_ms: milliseconds(50),
        p99_ms: milliseconds(99),
        overloaded: logins.overloaded,
        raw_hashes_per_second,
        raw_hashes_per_second_on_all_cores,
    })
}
