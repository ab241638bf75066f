//! A mail server for tests: it takes mails and shows them, or does whatever mail servers do wrong.
//!
//! It runs on a thread of its own, so tests that wait and tests that do not use it alike.

mod authority;
mod conversation;
mod mail;

pub(crate) use authority::Authority;
pub(crate) use mail::Mail;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::net::TcpListener;
use tokio::sync::{Notify, oneshot};
use tokio_rustls::TlsAcceptor;

/// How long a test waits for a mail.
const PATIENCE: Duration = Duration::from_mins(1);

/// How it speaks.
#[derive(Clone, Default)]
pub(crate) struct Manner {
    /// TLS from the start, by this certificate.
    pub(crate) implicit_tls: Option<TlsAcceptor>,
    /// `STARTTLS` is offered, with this certificate.
    pub(crate) start_tls: Option<TlsAcceptor>,
    /// Nobody sends who does not log in with this name and password.
    pub(crate) login: Option<(&'static str, &'static str)>,
    /// What it offers to log in by, and other extensions, each a line.
    pub(crate) offers: &'static [&'static str],
}

/// What it answers instead of what is right.
#[derive(Clone, Copy)]
pub(crate) enum Reply {
    /// This line, or these. If it begins with `2` or `3`, the conversation goes on as if all were well.
    Say(&'static str),
    /// Nothing, and the connection stays.
    Hang,
    /// Nothing, and the connection ends.
    Close,
    /// What is right, but not before `behave` is called.
    Late,
}

#[derive(Default)]
struct Kept {
    mails: Vec<Mail>,
    /// Every line that came in the clear, and under TLS.
    clear: Vec<String>,
    encrypted: Vec<String>,
    connections: usize,
    replies: HashMap<&'static str, Reply>,
}

#[derive(Default)]
struct State {
    kept: Mutex<Kept>,
    arrived: Condvar,
    behaves: Notify,
    manner: Manner,
}

/// A running mail server. It ends when it is dropped.
pub(crate) struct SmtpSink {
    pub(crate) address: SocketAddr,
    state: Arc<State>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl SmtpSink {
    /// One that takes everything, in the clear.
    pub(crate) fn start() -> Self {
        Self::with(Manner::default())
    }

    /// One that speaks so.
    pub(crate) fn with(manner: Manner) -> Self {
        Self::on(std::net::TcpListener::bind("127.0.0.1:0").unwrap(), manner)
    }

    /// One that takes everything, in the clear, at an address where nobody listens.
    pub(crate) fn at(address: SocketAddr) -> Self {
        let listener = std::net::TcpListener::bind(address).unwrap();
        Self::on(listener, Manner::default())
    }

    fn on(listener: std::net::TcpListener, manner: Manner) -> Self {
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            manner,
            ..State::default()
        });
        let (stop, stopped) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let shared = Arc::clone(&state);
        let thread = std::thread::spawn(move || {
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).unwrap();
                tokio::select! {
                    () = conversation::all(listener, shared) => {}
                    _ = stopped => {}
                }
            });
        });
        Self {
            address,
            state,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// What to set as `mail.url`, without user and password.
    pub(crate) fn url(&self) -> String {
        let address = self.address;
        let manner = &self.state.manner;
        if manner.implicit_tls.is_some() {
            format!("smtps://{address}")
        } else if manner.start_tls.is_some() {
            format!("smtp://{address}?tls=required")
        } else {
            format!("smtp://{address}")
        }
    }

    /// From now on answers so to a command: `MAIL`, `RCPT`, `DATA`, `AUTH` …, to a new connection
    /// (`CONNECT`), or to a whole mail (`.`).
    pub(crate) fn answer(&self, at: &'static str, reply: Reply) {
        self.state.kept.lock().unwrap().replies.insert(at, reply);
    }

    /// From now on answers as is right.
    pub(crate) fn behave(&self) {
        self.state.kept.lock().unwrap().replies.clear();
        self.state.behaves.notify_waiters();
    }

    /// What has arrived so far.
    pub(crate) fn mails(&self) -> Vec<Mail> {
        self.state.kept.lock().unwrap().mails.clone()
    }

    /// Waits until `count` mails have arrived.
    #[track_caller]
    pub(crate) fn wait_for(&self, count: usize) -> Vec<Mail> {
        let mails = self.within(count, PATIENCE);
        assert!(mails.len() >= count, "{} of {count} mails", mails.len());
        mails
    }

    /// Waits until `count` mails have arrived, but no longer than this: what has arrived by then.
    pub(crate) fn within(&self, count: usize, patience: Duration) -> Vec<Mail> {
        let began = Instant::now();
        let mut kept = self.state.kept.lock().unwrap();
        while kept.mails.len() < count {
            let left = patience.saturating_sub(began.elapsed());
            if left.is_zero() {
                break;
            }
            kept = self.state.arrived.wait_timeout(kept, left).unwrap().0;
        }
        kept.mails.clone()
    }

    /// How many have connected.
    pub(crate) fn connections(&self) -> usize {
        self.state.kept.lock().unwrap().connections
    }

    /// Every line that came in the clear.
    pub(crate) fn heard_in_the_clear(&self) -> Vec<String> {
        self.state.kept.lock().unwrap().clear.clone()
    }

    /// Every line that came under TLS.
    pub(crate) fn heard_under_tls(&self) -> Vec<String> {
        self.state.kept.lock().unwrap().encrypted.clone()
    }

    /// Ends it; from then on nobody answers at its address.
    pub(crate) fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        self.end();
    }
}
