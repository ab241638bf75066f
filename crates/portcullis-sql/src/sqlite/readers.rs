//! Read-only connections, one for each thread that asks.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::available_parallelism;

use portcullis::store::StoreError;
use rusqlite::Connection;

use super::file::{DatabaseFile, IdentifiedFile};
use super::remembered::{Freshness, Memorable, Remembered};
use super::{Access, connect};

pub(super) struct Readers {
    slots: Box<[Reader]>,
    file: Arc<IdentifiedFile>,
    remembered: Arc<Remembered>,
}

/// On a cache line of its own (two, as processors fetch them in pairs), so that one thread's lock
/// does not slow another's.
#[repr(align(128))]
struct Reader(Mutex<(Connection, Freshness)>);

/// Threads are numbered as they come, across all stores.
static THREADS: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static THREAD: Cell<Option<usize>> = const { Cell::new(None) };
}

impl Readers {
    /// Opens twice as many as there are processors, so that the runtime's threads rarely share one
    /// although others (the main thread, a test's) are numbered between them. All are opened at
    /// once: one opened later might find another file under the same name.
    pub(super) fn open(
        file: &DatabaseFile,
        identified: Arc<IdentifiedFile>,
        remembered: Arc<Remembered>,
    ) -> rusqlite::Result<Self> {
        let processors = available_parallelism().map_or(1, std::num::NonZero::get);
        let slots = (0..(processors * 2).clamp(4, 64))
            .map(|_| {
                let connection = connect(file, Access::Read)?;
                Ok(Reader(Mutex::new((connection, Freshness::unknown()))))
            })
            .collect::<rusqlite::Result<_>>()?;
        Ok(Self {
            slots,
            file: identified,
            remembered,
        })
    }

    /// Reads on this thread. Each statement is a transaction of its own, so it sees everything that
    /// any process committed before.
    pub(super) fn read<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        read(&self.fresh()?.0)
    }

    /// Finds a user, a session or a client among those remembered, or else by `read`, and remembers it.
    pub(super) fn find<T: Memorable>(
        &self,
        id: &str,
        read: impl FnOnce(&Connection) -> Result<Option<T>, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let reader = self.fresh()?;
        if let Some(remembered) = self.remembered.find(id) {
            return Ok(Some(remembered));
        }
        let before = self.remembered.generation();
        let found = read(&reader.0)?;
        if let Some(found) = &found {
            self.remembered.keep(before, found);
        }
        Ok(found)
    }

    /// This thread's connection, which was asked a moment ago whether it is still good.
    fn fresh(&self) -> Result<MutexGuard<'_, (Connection, Freshness)>, StoreError> {
        let reader = self
            .slots
            .get(thread_number() % self.slots.len().max(1))
            .ok_or_else(|| StoreError::unavailable("no connection is open"))?;
        // A panic cannot leave a read half done.
        let mut reader = reader.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (connection, freshness) = &mut *reader;
        freshness.ensure(connection, &self.file, &self.remembered)?;
        Ok(reader)
    }
}

fn thread_number() -> usize {
    THREAD.with(|number| {
        number.get().unwrap_or_else(|| {
            let new = THREADS.fetch_add(1, Ordering::Relaxed);
            number.set(Some(new));
            new
        })
    })
}
