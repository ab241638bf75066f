//! Lists and searches: what a page takes among many users ÷ among few, asked of the store itself.

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use anyhow::ensure;
use portcullis::store::{UserPage, Users};
use portcullis_sql::{Create, SqliteStore};
use rusqlite::Connection;
use serde::Serialize;
use tokio::runtime::{Builder, Runtime};

use crate::interrupt;
use crate::statistics::{Spread, median};

const FEW: u32 = 1_000;
const PAGE: u32 = 50;
/// Calls in a slice.
const CALLS: u32 = 40;

/// Addresses that no name begins like, so that each search has one way to go.
const FILL: &str = "WITH RECURSIVE numbers (n) AS (
        SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ?1
    ) INSERT INTO users (username, email)
    SELECT printf('user%08d', n), printf('mail%08d@example.com', n) FROM numbers";

/// What each page took.
#[derive(Serialize)]
pub(crate) struct Lists {
    pub(crate) few: u32,
    pub(crate) many: u32,
    pub(crate) page: u32,
    pub(crate) rows: Vec<Row>,
}

/// One way to ask.
#[derive(Serialize)]
pub(crate) struct Row {
    pub(crate) what: &'static str,
    /// Of the pairs' ratios; its median is the figure.
    pub(crate) ratio: Spread,
    /// Medians, in microseconds.
    pub(crate) few_us: f64,
    pub(crate) many_us: f64,
}

/// What is asked, in the words of a database of so many users.
struct Asked {
    what: &'static str,
    prefix: Option<&'static str>,
    /// Of all users, in hundredths, so many are passed over.
    passed: u32,
}

const ASKED: [Asked; 7] = [
    Asked {
        what: "first page",
        prefix: None,
        passed: 0,
    },
    Asked {
        what: "page near the end",
        prefix: None,
        passed: 90,
    },
    Asked {
        what: "username begins user00000",
        prefix: Some("user00000"),
        passed: 0,
    },
    Asked {
        what: "address begins mail00000",
        prefix: Some("mail00000"),
        passed: 0,
    },
    Asked {
        what: "the most that are sorted",
        prefix: Some("mail0000"),
        passed: 0,
    },
    Asked {
        what: "every address begins so",
        prefix: Some("mail"),
        passed: 0,
    },
    Asked {
        what: "the same, near the end",
        prefix: Some("mail"),
        passed: 90,
    },
];

struct House {
    runtime: Runtime,
    store: SqliteStore,
    users: u32,
}

impl House {
    fn fill(file: &Path, users: u32) -> anyhow::Result<Self> {
        drop(SqliteStore::open(file, Create::IfMissing)?);
        eprintln!("inserting {users} users …");
        let connection = Connection::open(file)?;
        // A quarter of a gigabyte of pages, so that the indexes grow in memory.
        connection.pragma_update(None, "cache_size", -262_144)?;
        connection.execute(FILL, [users])?;
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        interrupt::check()?;
        Ok(Self {
            runtime: Builder::new_current_thread().build()?,
            store: SqliteStore::open(file, Create::Never)?,
            users,
        })
    }

    fn page(&self, asked: &Asked) -> anyhow::Result<UserPage> {
        let passed = u64::from(self.users) * u64::from(asked.passed) / 100;
        let after = format!("user{passed:08}");
        let after = (passed > 0).then_some(after.as_str());
        let answer = match asked.prefix {
            None => self.store.list_users(after, PAGE),
            Some(prefix) => self.store.search_users(prefix, after, PAGE),
        };
        Ok(self.runtime.block_on(answer)?)
    }

    /// Microseconds a call, over a slice.
    fn slice(&self, asked: &Asked) -> anyhow::Result<f64> {
        let begun = Instant::now();
        for _ in 0..CALLS {
            let page = black_box(self.page(asked)?);
            ensure!(page.users.len() == PAGE as usize, "a page is not full");
        }
        Ok(begun.elapsed().as_secs_f64() * 1e6 / f64::from(CALLS))
    }
}

/// Fills both databases, and asks each in turn.
pub(crate) fn measure(many: u32, pairs: u32) -> anyhow::Result<Lists> {
    ensure!(many >= FEW, "lists are compared with those of {FEW} users");
    let directory = tempfile::Builder::new()
        .prefix("portcullis-bench-")
        .tempdir()?;
    let few = House::fill(&directory.path().join("few.db"), FEW)?;
    let many = House::fill(&directory.path().join("many.db"), many)?;
    let mut rows = Vec::new();
    for asked in &ASKED {
        let mut measured = Vec::new();
        for _ in 0..=pairs {
            interrupt::check()?;
            measured.push((few.slice(asked)?, many.slice(asked)?));
        }
        // The first of them warmed both up.
        measured.remove(0);
        rows.push(Row {
            what: asked.what,
            ratio: Spread::of(measured.iter().map(|(few, many)| many / few)),
            few_us: median(measured.iter().map(|(few, _)| *few)),
            many_us: median(measured.iter().map(|(_, many)| *many)),
        });
    }
    Ok(Lists {
        few: few.users,
        many: many.users,
        page: PAGE,
        rows,
    })
}
