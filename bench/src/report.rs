//! What a run prints for people. For programs, the same is serialised.

use std::fmt::{self, Display, Formatter};

use serde::Serialize;

use crate::lists::Lists;
use crate::machine::Machine;
use crate::p1::P1;
use crate::p3::P3;
use crate::statistics::Spread;

/// Everything that a run found.
#[derive(Serialize)]
pub(crate) struct Report {
    pub(crate) machine: Machine,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) p1: Option<P1>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) p3: Option<P3>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) lists: Option<Lists>,
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let machine = &self.machine;
        writeln!(
            f,
            "machine: {} · {} cores · Linux {} · {} · load before the run {}",
            machine.cpu, machine.cores, machine.kernel, machine.rustc, machine.load_before
        )?;
        if let Some(p1) = &self.p1 {
            write!(f, "\n{p1}")?;
        }
        if let Some(p3) = &self.p3 {
            write!(f, "\n{p3}")?;
        }
        if let Some(lists) = &self.lists {
            write!(f, "\n{lists}")?;
        }
        Ok(())
    }
}

impl Display for Spread {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { median, min, max } = self;
        write!(f, "median {median:.3} · min {min:.3} · max {max:.3}")
    }
}

impl Display for Lists {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Lists  one page of {} among {} users ÷ among {} (SQLite)",
            self.page, self.many, self.few
        )?;
        for row in &self.rows {
            writeln!(
                f,
                "    {:28} {}  ({:.1} µs ÷ {:.1} µs)",
                row.what, row.ratio, row.many_us, row.few_us
            )?;
        }
        Ok(())
    }
}

impl Display for P1 {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "P1  GET /users/me ÷ bare: {}  (goal 0.90)", self.ratio)?;
        writeln!(
            f,
            "    portcullis {:.0} req/s ÷ bare {:.0} req/s (medians)",
            self.portcullis_per_second, self.bare_per_second
        )?;
        writeln!(
            f,
            "    {} users, {} tokens, {} connections, {} pairs of slices of {} s; \
             an answer has {} bytes, bare's {}",
            self.users,
            self.tokens,
            self.connections,
            self.pairs.len(),
            self.seconds,
            self.portcullis_answer_bytes,
            self.bare_answer_bytes
        )?;
        writeln!(
            f,
            "    pair  ratio   portcullis/s   p50 ms   p99 ms       bare/s   p50 ms   p99 ms"
        )?;
        for (number, pair) in (1..).zip(&self.pairs) {
            let (portcullis, bare) = (&pair.portcullis, &pair.bare);
            writeln!(
                f,
                "    {number:4}  {:.3}  {:13.0} {:8.3} {:8.3} {:12.0} {:8.3} {:8.3}",
                pair.ratio,
                portcullis.per_second,
                portcullis.p50_ms,
                portcullis.p99_ms,
                bare.per_second,
                bare.p50_ms,
                bare.p99_ms
            )?;
        }
        Ok(())
    }
}

impl Display for P3 {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "P3  logins ÷ (raw hash × cores): {}  (goal 0.95)",
            self.ratio
        )?;
        writeln!(
            f,
            "    {:.1} logins/s ÷ ({:.1} hashes/s on one thread × {} cores) (medians)",
            self.logins_per_second, self.raw_hashes_per_second, self.cores
        )?;
        writeln!(
            f,
            "    all cores at once: {:.1} hashes/s; logins ÷ that: {}",
            self.raw_hashes_per_second_on_all_cores, self.ratio_to_all_cores
        )?;
        writeln!(
            f,
            "    {} users, {} connections, {} pairs of slices of {} s; {} answers were 503",
            self.users,
            self.connections,
            self.pairs.len(),
            self.seconds,
            self.overloaded
        )?;
        writeln!(
            f,
            "    pair  ratio   logins/s   p50 ms   p99 ms   503   raw/s, one thread   all cores"
        )?;
        for (number, pair) in (1..).zip(&self.pairs) {
            writeln!(
                f,
                "    {number:4}  {:.3} {:10.1} {:8.1} {:8.1} {:5} {:19.1} {:11.1}",
                pair.ratio,
                pair.logins_per_second,
                pair.p50_ms,
                pair.p99_ms,
                pair.overloaded,
                pair.raw_hashes_per_second,
                pair.raw_hashes_per_second_on_all_cores
            )?;
        }
        Ok(())
    }
}
