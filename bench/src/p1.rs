//! P1: `GET /users/me`, everything checked on every request, ÷ bare.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use serde::Serialize;

use crate::http::Connection;
use crate::load::{Exchange, Expected, Load, Overload, Slice};
use crate::server::Server;
use crate::statistics::{Spread, median, percentile, rate};
use crate::subject::Subject;
use crate::{tokens, users};

/// How to measure.
pub(crate) struct Settings {
    pub(crate) tokens: u32,
    pub(crate) connections: u32,
    pub(crate) pairs: u32,
    pub(crate) slice: Duration,
}

/// P1 and the numbers that it is made of.
#[derive(Serialize)]
pub(crate) struct P1 {
    pub(crate) users: u32,
    pub(crate) tokens: u32,
    pub(crate) connections: u32,
    pub(crate) seconds: f64,
    /// Of the pairs' ratios; its median is the figure.
    pub(crate) ratio: Spread,
    /// Median requests per second.
    pub(crate) portcullis_per_second: f64,
    pub(crate) bare_per_second: f64,
    /// Head and body of one answer. The bodies are the same.
    pub(crate) portcullis_answer_bytes: usize,
    pub(crate) bare_answer_bytes: usize,
    pub(crate) pairs: Vec<Pair>,
}

/// One slice of each, measured in turn.
#[derive(Serialize)]
pub(crate) struct Pair {
    pub(crate) ratio: f64,
    pub(crate) portcullis: Side,
    pub(crate) bare: Side,
}

/// One slice.
#[derive(Serialize)]
pub(crate) struct Side {
    pub(crate) per_second: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
}

impl Side {
    fn of(slice: &Slice) -> Self {
        let milliseconds = |percent| percentile(&slice.latencies, percent).as_secs_f64() * 1e3;
        Self {
            per_second: rate(slice.latencies.len(), slice.length),
            p50_ms: milliseconds(50),
            p99_ms: milliseconds(99),
        }
    }
}

/// Measures P1: a warm-up of each side, then the pairs.
pub(crate) fn measure(subject: &Subject, settings: &Settings) -> anyhow::Result<P1> {
    let (portcullis, bare, _bare_server) = prepare(subject, settings)?;
    eprintln!("P1: warming up …");
    portcullis.run(settings.slice)?;
    bare.run(settings.slice)?;
    let mut pairs = Vec::new();
    for number in 1..=settings.pairs {
        eprintln!("P1: pair {number} of {} …", settings.pairs);
        let portcullis = Side::of(&portcullis.run(settings.slice)?);
        let bare = Side::of(&bare.run(settings.slice)?);
        pairs.push(Pair {
            ratio: portcullis.per_second / bare.per_second,
            portcullis,
            bare,
        });
    }
    Ok(P1 {
        users: subject.users(),
        tokens: settings.tokens,
        connections: settings.connections,
        seconds: settings.slice.as_secs_f64(),
        ratio: Spread::of(pairs.iter().map(|pair| pair.ratio)),
        portcullis_per_second: median(pairs.iter().map(|pair| pair.portcullis.per_second)),
        bare_per_second: median(pairs.iter().map(|pair| pair.bare.per_second)),
        portcullis_answer_bytes: answer_bytes(&portcullis)?,
        bare_answer_bytes: answer_bytes(&bare)?,
        pairs,
    })
}

/// The loads of both sides, and the yardstick's process.
fn prepare(subject: &Subject, settings: &Settings) -> anyhow::Result<(Load, Load, Server)> {
    eprintln!("P1: logging {} users in …", settings.tokens);
    let names: Vec<String> = users::spread_usernames(subject.users(), settings.tokens).collect();
    let logged_in = tokens::log_in(subject.address(), &names)?;
    // A slice, its ramp and its end, on both sides, and the warm-up.
    let needed = (settings.slice + Duration::from_secs(1)) * 2 * (settings.pairs + 1);
    ensure!(
        logged_in.lifetime > needed,
        "the tokens live for {:?} and the pairs take {needed:?}: fewer --pairs or --seconds",
        logged_in.lifetime
    );
    let constant = match logged_in.exchanges.first().map(|first| &first.expected) {
        Some(Expected::Body(body)) => Arc::clone(body),
        _ => anyhow::bail!("nobody is logged in"),
    };
    let bare_server = Server::bare(subject.directory(), std::str::from_utf8(&constant)?)?;
    let same_requests = logged_in.exchanges.iter().map(|exchange| Exchange {
        request: exchange.request.clone(),
        expected: Expected::Body(Arc::clone(&constant)),
    });
    let connections = usize::try_from(settings.connections)?;
    let bare = Load {
        server: bare_server.address(),
        connections,
        exchanges: same_requests.collect(),
        overload: Overload::Fails,
    };
    let portcullis = Load {
        server: subject.address(),
        connections,
        exchanges: logged_in.exchanges.into(),
        overload: Overload::Fails,
    };
    Ok((portcullis, bare, bare_server))
}

/// How long the first exchange's answer is: where the sides differ, they
/// send different headers, and the reader should know.
fn answer_bytes(load: &Load) -> anyhow::Result<usize> {
    let request = &load.exchanges.first().context("nothing to send")?.request;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let stream = std::net::TcpStream::connect(load.server)?;
        let mut connection = Connection::over(stream)?;
        Ok(connection.exchange(request).await?.bytes)
    })
}
