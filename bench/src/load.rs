//! The load generator: keeps a number of connections busy for one slice of
//! time and checks every answer. Both sides of a ratio are loaded by it.

use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, bail, ensure};
use tokio::task::JoinSet;

use crate::http::Connection;
use crate::{interrupt, machine};

/// Answers this long after the slice's begin are the first that count: until
/// then the server has not been under load for as long as one answer takes.
const RAMP: Duration = Duration::from_millis(300);

/// What the slowest answer may take once its slice is over.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a connection waits when the server says that it is overloaded.
const BACK_OFF: Duration = Duration::from_millis(20);

/// A request, and the answer that is right for it.
pub(crate) struct Exchange {
    pub(crate) request: Vec<u8>,
    pub(crate) expected: Expected,
}

/// The body that a right answer has; its status is always 200.
#[derive(Clone)]
pub(crate) enum Expected {
    /// These bytes and no others.
    Body(Arc<[u8]>),
    /// Anything with this in it: a login is answered differently each time.
    Part(&'static str),
}

impl Expected {
    fn is_met_by(&self, body: &[u8]) -> bool {
        match self {
            Self::Body(expected) => body == &**expected,
            Self::Part(part) => body
                .windows(part.len())
                .any(|window| window == part.as_bytes()),
        }
    }
}

/// What to do to which server.
#[derive(Clone)]
pub(crate) struct Load {
    pub(crate) server: SocketAddr,
    pub(crate) connections: usize,
    /// Each connection goes round all of them, from a place of its own.
    pub(crate) exchanges: Arc<[Exchange]>,
    /// Whether 503 is an answer that is counted aside rather than a failure.
    pub(crate) overload: Overload,
}

/// What a 503 means.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Overload {
    Fails,
    IsCounted,
}

/// What one slice saw.
pub(crate) struct Slice {
    pub(crate) length: Duration,
    /// How long each right answer within the slice took, in ascending order.
    pub(crate) latencies: Vec<Duration>,
    /// Answers 503, which are in no other number.
    pub(crate) overloaded: usize,
}

impl Load {
    /// Loads the server for `length`, after a short ramp. Fails when a single
    /// answer was wrong.
    pub(crate) fn run(&self, length: Duration) -> anyhow::Result<Slice> {
        interrupt::check()?;
        ensure!(!self.exchanges.is_empty(), "nothing to send");
        let streams = self.connect()?;
        let begin = Instant::now() + RAMP;
        let window = Window {
            begin,
            end: begin + length,
        };
        let tally = thread::scope(|scope| {
            let workers: Vec<_> = streams
                .into_iter()
                .map(|streams| scope.spawn(move || self.one_thread(streams, window)))
                .collect();
            let mut total = Tally::default();
            for worker in workers {
                let tally = worker.join().map_err(|_| anyhow!("a thread panicked"))??;
                total.add(tally);
            }
            anyhow::Ok(total)
        })?;
        tally.into_slice(length)
    }

    /// The connections and the exchange each begins with, for each thread.
    fn connect(&self) -> anyhow::Result<Vec<Vec<(usize, TcpStream)>>> {
        let mut streams = Vec::new();
        for connection in 0..self.connections {
            let first = connection * self.exchanges.len() / self.connections;
            let stream = TcpStream::connect(self.server).context("cannot connect")?;
            streams.push((first, stream));
        }
        let threads = machine::cores().min(self.connections).max(1);
        let mut shares: Vec<_> = (0..threads).map(|_| Vec::new()).collect();
        for (index, stream) in streams.into_iter().enumerate() {
            if let Some(share) = shares.get_mut(index % threads) {
                share.push(stream);
            }
        }
        Ok(shares)
    }

    fn one_thread(
        &self,
        streams: Vec<(usize, TcpStream)>,
        window: Window,
    ) -> anyhow::Result<Tally> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(async {
            let mut tasks = JoinSet::new();
            for (first, stream) in streams {
                let connection = Connection::over(stream)?;
                tasks.spawn(keep_busy(self.clone(), connection, first, window));
            }
            let limit = (window.end + PATIENCE).into();
            let tallies = tokio::time::timeout_at(limit, tasks.join_all())
                .await
                .context("an answer is missing long after the slice")?;
            let mut total = Tally::default();
            for tally in tallies {
                total.add(tally);
            }
            Ok(total)
        })
    }
}

#[derive(Clone, Copy)]
struct Window {
    begin: Instant,
    end: Instant,
}

#[derive(Default)]
struct Tally {
    latencies: Vec<Duration>,
    overloaded: usize,
    failures: usize,
    first_failure: Option<String>,
}

impl Tally {
    fn fail(&mut self, why: String) {
        self.failures += 1;
        self.first_failure.get_or_insert(why);
    }

    fn add(&mut self, other: Self) {
        self.latencies.extend(other.latencies);
        self.overloaded += other.overloaded;
        self.failures += other.failures;
        if self.first_failure.is_none() {
            self.first_failure = other.first_failure;
        }
    }

    fn into_slice(mut self, length: Duration) -> anyhow::Result<Slice> {
        if let Some(why) = self.first_failure {
            bail!("{} requests failed, the first: {why}", self.failures);
        }
        self.latencies.sort_unstable();
        Ok(Slice {
            length,
            latencies: self.latencies,
            overloaded: self.overloaded,
        })
    }
}

/// Sends one request after the other. What is under way at the end of the
/// slice is still read and checked, though not counted, so that the next
/// slice finds the server idle.
async fn keep_busy(load: Load, mut connection: Connection, first: usize, window: Window) -> Tally {
    let mut tally = Tally::default();
    let mut begun = Instant::now();
    for exchange in load.exchanges.iter().cycle().skip(first) {
        let response = match connection.exchange(&exchange.request).await {
            Ok(response) => response,
            Err(error) => {
                tally.fail(format!("{error:#}"));
                break;
            }
        };
        let ended = Instant::now();
        let counts = ended >= window.begin && ended < window.end;
        if response.status == 503 && load.overload == Overload::IsCounted {
            tally.overloaded += usize::from(counts);
            tokio::time::sleep(BACK_OFF).await;
        } else if response.status != 200 || !exchange.expected.is_met_by(response.body) {
            let body = String::from_utf8_lossy(response.body);
            tally.fail(format!("{} {body}", response.status));
        } else if counts {
            tally.latencies.push(ended - begun);
        }
        begun = Instant::now();
        if begun >= window.end {
            break;
        }
    }
    tally
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Write};
    use std::net::TcpListener;

    use super::*;

    /// A server that answers every third request with `third`, the others right.
    fn server(third: &'static str) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for stream in listener.incoming() {
                thread::spawn(move || answer(&stream.unwrap(), third));
            }
        });
        address
    }

    fn answer(mut stream: &TcpStream, third: &str) {
        let heads = BufReader::new(stream)
            .lines()
            .map_while(Result::ok)
            .filter(String::is_empty);
        for (number, _) in heads.enumerate() {
            let (status, body) = if number % 3 == 2 {
                third.split_at(3)
            } else {
                ("200", "right")
            };
            let length = body.len();
            let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n\r\n{body}");
            if stream.write_all(answer.as_bytes()).is_err() {
                return;
            }
        }
    }

    fn run(third: &'static str, overload: Overload) -> anyhow::Result<Slice> {
        let load = Load {
            server: server(third),
            connections: 3,
            exchanges: Arc::new([Exchange {
                request: b"GET / HTTP/1.1\r\n\r\n".to_vec(),
                expected: Expected::Body(Arc::from(&b"right"[..])),
            }]),
            overload,
        };
        load.run(Duration::from_millis(200))
    }

    #[test]
    fn right_answers_are_counted() {
        let slice = run("200right", Overload::Fails).unwrap();
        assert!(slice.latencies.len() > 3);
        assert!(slice.latencies.is_sorted());
        assert_eq!(slice.overloaded, 0);
    }

    #[test]
    fn one_wrong_body_of_the_right_length_fails_the_slice() {
        let error = run("200wrong", Overload::Fails).err().unwrap().to_string();
        assert!(error.contains("the first: 200 wrong"), "{error}");
    }

    #[test]
    fn another_status_fails_the_slice() {
        let error = run("401right", Overload::IsCounted).err().unwrap();
        assert!(error.to_string().contains("the first: 401 right"));
    }

    #[test]
    fn overload_is_a_failure_or_counted_aside() {
        assert!(run("503busy", Overload::Fails).is_err());
        let slice = run("503busy", Overload::IsCounted).unwrap();
        assert!(slice.overloaded > 0);
        assert!(!slice.latencies.is_empty());
    }

    #[test]
    fn a_part_is_enough_for_a_login() {
        let expected = Expected::Part("\"access_token\"");
        assert!(expected.is_met_by(b"{\"token_type\":\"bearer\",\"access_token\":\"ey\"}"));
        assert!(!expected.is_met_by(b"{\"detail\":\"no\"}"));
    }
}
