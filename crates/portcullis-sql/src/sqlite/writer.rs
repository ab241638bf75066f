//! The one thread that writes.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use portcullis::store::{Answer, StoreError};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::oneshot;

use super::Access;
use super::failure::failure;
use super::file::{FileGone, IdentifiedFile};
use super::remembered::Remembered;

/// Writes that may wait. More than that would wait longer than a client does.
const QUEUE: usize = 1024;

pub(super) struct Writer {
    /// `None` only while it is dropped.
    queue: Option<SyncSender<Job>>,
    thread: Option<JoinHandle<()>>,
}

type Job = Box<dyn FnOnce(&mut Desk) + Send>;

/// What the thread works with.
struct Desk {
    connection: Connection,
    file: Arc<IdentifiedFile>,
    remembered: Arc<Remembered>,
    /// Whether the log may hold what was erased since.
    holds_erased: bool,
}

impl Writer {
    pub(super) fn start(
        connection: Connection,
        file: Arc<IdentifiedFile>,
        remembered: Arc<Remembered>,
    ) -> std::io::Result<Self> {
        let (queue, jobs) = sync_channel::<Job>(QUEUE);
        let thread = std::thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || {
                let desk = Desk {
                    connection,
                    file,
                    remembered,
                    holds_erased: false,
                };
                work(&jobs, desk);
            })?;
        Ok(Self {
            queue: Some(queue),
            thread: Some(thread),
        })
    }

    /// Writes in one transaction, which is committed when `write` succeeds. It is queued when the
    /// answer is first polled, and then happens even if nobody waits for it any longer.
    pub(super) fn write<T: Send + 'static>(
        &self,
        write: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<'_, T> {
        self.ask(move |desk| desk.commit(write))
    }

    /// Whether writing can work: the thread is there, and the file still under its name.
    pub(super) fn check(&self) -> Answer<'_, ()> {
        self.ask(|desk| desk.file.check().map_err(StoreError::unavailable))
    }

    /// After something was erased, puts the log into the file and empties it, unless somebody reads what it
    /// holds: until then, what was erased can still be found there, and the next call tries again.
    pub(super) fn empty_log(&self, is_erased: bool) -> Answer<'_, ()> {
        self.ask(move |desk| {
            desk.holds_erased |= is_erased;
            // It takes the lock, which a shell does not wait for.
            if !desk.holds_erased {
                return Ok(());
            }
            desk.file.check().map_err(StoreError::unavailable)?;
            let connection = &desk.connection;
            // Whoever wants to write must not wait for whoever reads.
            let short = Duration::from_millis(50);
            connection.busy_timeout(short).map_err(failure)?;
            let emptied = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |row| {
                row.get(0) // whether somebody was in the way
            });
            let patience = Access::Write.patience();
            connection.busy_timeout(patience).map_err(failure)?;
            desk.holds_erased = emptied.map_err(failure)?;
            Ok(())
        })
    }

    fn ask<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Desk) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<'_, T> {
        Answer::waiting(async move {
            let (reply, answer) = oneshot::channel();
            let job: Job = Box::new(move |desk| {
                // Who no longer waits needs no answer.
                let _ = reply.send(job(desk));
            });
            let queue = self.queue.as_ref().ok_or_else(gone)?;
            queue.try_send(job).map_err(|refused| match refused {
                TrySendError::Full(_) => StoreError::unavailable("too many writes are waiting"),
                TrySendError::Disconnected(_) => gone(),
            })?;
            answer.await.map_err(|_| gone())?
        })
    }
}

fn gone() -> StoreError {
    StoreError::unavailable("the writing thread is gone")
}

fn work(jobs: &Receiver<Job>, mut desk: Desk) {
    while let Ok(job) = jobs.recv() {
        job(&mut desk);
    }
}

impl Desk {
    fn commit<T>(
        &mut self,
        write: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let gone = |gone: FileGone| StoreError::unavailable(gone);
        self.file.check().map_err(gone)?;
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(failure)?;
        // A failure drops the transaction, which rolls it back.
        let written = write(&transaction)?;
        let committed = transaction.commit();
        // Before anybody is answered; also after a failure, which may have come too late.
        self.remembered.forget();
        committed.map_err(failure)?;
        Ok(written)
    }
}

impl Drop for Writer {
    /// What was queued is written before the file is closed.
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take() {
            // It has nothing to tell, and a panic there was already reported.
            let _ = thread.join();
        }
    }
}
