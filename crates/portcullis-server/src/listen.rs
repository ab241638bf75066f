//! Listening: connections in, bounded in number and in patience.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_io_timeout::TimeoutStream;

/// The places of a listener: a connection that is open has one.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    free: Arc<Semaphore>,
    taken: Arc<AtomicUsize>,
}

/// The place of one connection, free again when it is dropped.
struct Place {
    _held: Option<OwnedSemaphorePermit>,
    taken: Arc<AtomicUsize>,
}

impl Places {
    pub(crate) fn new(all: usize) -> Self {
        Self {
            free: Arc::new(Semaphore::new(all)),
            taken: Arc::default(),
        }
    }

    /// How many connections are open.
    pub(crate) fn taken(&self) -> usize {
        self.taken.load(Ordering::Relaxed)
    }

    /// The next connection, as soon as there is a place for it.
    async fn next(&self, listener: &TcpListener) -> (TcpStream, Place) {
        // It fails only when the semaphore is closed, which nobody does.
        let held = Arc::clone(&self.free).acquire_owned().await.ok();
        let stream = accept(listener).await;
        self.taken.fetch_add(1, Ordering::Relaxed);
        let taken = Arc::clone(&self.taken);
        (stream, Place { _held: held, taken })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.taken.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What a listener bears.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    /// How many connections may be open; more wait to be accepted.
    pub(crate) places: Places,
    /// How long a connection may take to send a request's head, stay idle, or take nothing of an
    /// answer.
    pub(crate) header_timeout: Duration,
    /// How long requests in progress may take to finish at the end.
    pub(crate) shutdown_timeout: Duration,
}

/// Serves until `stop` is ready, then lets requests in progress finish. Answers whether they did.
pub(crate) async fn serve(
    listener: TcpListener,
    app: Router,
    limits: Limits,
    stop: impl Future<Output = ()>,
) -> bool {
    let service = TowerToHyperService::new(app);
    let mut http = http1::Builder::new();
    // Without it, a connection that sends half a head holds its place for ever.
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        // A head larger than this is refused with 431.
        .max_buf_size(64 * 1024);
    let graceful = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        let (stream, place) = tokio::select! {
            accepted = limits.places.next(&listener) => accepted,
            () = &mut stop => break,
        };
        let mut stream = TimeoutStream::new(stream);
        // A client that asks and does not read would hold its place for ever, too.
        stream.set_write_timeout(Some(limits.header_timeout));
        let stream = TokioIo::new(Box::pin(stream));
        let connection = http.serve_connection(stream, service.clone());
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(place);
        });
    }
    drop(listener);
    tokio::time::timeout(limits.shutdown_timeout, graceful.shutdown())
        .await
        .is_ok()
}

/// The next connection. A failure concerns one connection, or passes: it never ends the server.
async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // An answer is one write; waiting for more to send only delays it.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "a connection keeps its delay");
                }
                return stream;
            }
            Err(error) if concerns_one_connection(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "no connection can be accepted; trying again");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

fn concerns_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}
