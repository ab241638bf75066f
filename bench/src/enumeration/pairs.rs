//! Asks about somebody and about nobody in turn, in random order, and takes the time.

use std::hash::{BuildHasher, RandomState};
use std::net::TcpStream;
use std::time::Instant;

use anyhow::{Context, ensure};
use tokio::runtime::Runtime;

use super::house::House;
use super::paths::{Asked, Person};
use super::significance::Pair;
use crate::http::Connection;
use crate::interrupt;
use crate::server::Server;

/// After how many pairs the mails are let out that they caused. The worker looks for them once a second,
/// so what it does meets requests about somebody and about nobody alike, as it would an attacker's.
const BATCH: u32 = 50;
/// How many are asked first and not counted.
const WARM_UP: u32 = 20;

/// One path on one server, over one kept connection.
pub(crate) struct Walk<'a> {
    asked: Asked,
    house: &'a House,
    runtime: Runtime,
    connection: Connection,
    between: u32,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(asked: Asked, house: &'a House, server: &Server) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let stream = TcpStream::connect(server.address())?;
        let connection = {
            let _guard = runtime.enter();
            Connection::over(stream)?
        };
        Ok(Self {
            asked,
            house,
            runtime,
            connection,
            between: 0,
        })
    }

    pub(crate) fn pairs(mut self, count: u32) -> anyhow::Result<Vec<Pair>> {
        let order = RandomState::new();
        for _ in 0..WARM_UP {
            self.settle()?;
        }
        let mut pairs = Vec::new();
        for number in 0..count {
            interrupt::check()?;
            if number % BATCH == 0 && self.asked.mails() {
                self.house.wait_for_mails()?;
            }
            let (known, unknown) = (Person::Known(number), Person::Unknown(number));
            let is_known_first = order.hash_one(number) & 1 == 0;
            let (first, second) = if is_known_first {
                (known, unknown)
            } else {
                (unknown, known)
            };
            let (first, second) = (self.measure(first)?, self.measure(second)?);
            ensure!(
                first.bytes == second.bytes,
                "an answer of {} bytes, and one of {}",
                first.bytes,
                second.bytes
            );
            // What is registered is told, and differs by what the client said and by the identifier.
            let must_be_equal = self.asked != Asked::Registration;
            ensure!(
                !must_be_equal || first.body == second.body,
                "the bodies differ"
            );
            pairs.push(if is_known_first {
                Pair::of(&first, &second)
            } else {
                Pair::of(&second, &first)
            });
        }
        Ok(pairs)
    }

    /// One request that counts, after the same one each time, so that nothing is left of the pair's
    /// other half at hand.
    fn measure(&mut self, person: Person) -> anyhow::Result<Measured> {
        self.settle()?;
        let request = self.asked.request(person);
        self.exchange(&request, self.asked.status())
    }

    fn settle(&mut self) -> anyhow::Result<()> {
        if !self.asked.mails() {
            self.exchange(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 200)?;
            return Ok(());
        }
        self.between += 1;
        let request = self.asked.request(Person::Between(self.between));
        self.exchange(&request, self.asked.status())?;
        Ok(())
    }

    fn exchange(&mut self, request: &[u8], status: u16) -> anyhow::Result<Measured> {
        let begun = Instant::now();
        let exchanged = self.runtime.block_on(self.connection.exchange(request));
        let took = begun.elapsed();
        let response = exchanged.context("an exchange")?;
        ensure!(
            response.status == status,
            "status {} and not {status}: {}",
            response.status,
            String::from_utf8_lossy(response.body)
        );
        Ok(Measured {
            microseconds: took.as_secs_f64() * 1e6,
            bytes: response.bytes,
            body: response.body.to_vec(),
        })
    }
}

struct Measured {
    microseconds: f64,
    bytes: usize,
    body: Vec<u8>,
}

impl Pair {
    fn of(known: &Measured, unknown: &Measured) -> Self {
        Self {
            known: known.microseconds,
            unknown: unknown.microseconds,
        }
    }
}
