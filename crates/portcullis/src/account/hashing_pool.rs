//! The threads on which passwords are hashed.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use tokio::sync::oneshot;

use super::floor::KnownCosts;
use crate::password::{Argon2Parameters, Hasher, HashingFailed, PasswordHash};
use crate::secret::Password;

/// A bounded pool of threads that hash, away from the threads that answer requests.
///
/// Each thread keeps Argon2's memory between hashes and gives it back after a while without work.
/// What finds the queue full is refused at once, so that a flood of logins can neither use up the
/// memory nor make everybody wait.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// use std::num::NonZeroUsize;
///
/// use portcullis::account::HashingPool;
/// use portcullis::{password::Argon2Parameters, secret::Password};
///
/// let pool = HashingPool::start(Argon2Parameters::default(), NonZeroUsize::MIN)?;
/// let stored = pool.hash(&Password::new("correct horse battery staple")).await?;
/// assert!(stored.as_str().starts_with("$argon2id$"));
/// # Ok(()) }
/// ```
pub struct HashingPool {
    shared: Arc<Shared>,
    known_costs: KnownCosts,
    threads: Vec<JoinHandle<()>>,
}

/// The pool has more to do than it can do soon. The same may work in a moment.
///
/// ```
/// use axum::http::HeaderValue;
/// use portcullis::account::Overloaded;
///
/// let busy = Overloaded { retry_after_seconds: 1 };
/// let retry_after = HeaderValue::from(busy.retry_after_seconds);
/// assert_eq!(retry_after, "1");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are waiting to be hashed")]
pub struct Overloaded {
    /// After how many seconds to try again.
    pub retry_after_seconds: u32,
}

/// Why a password was not hashed.
///
/// ```
/// use portcullis::account::{NotHashed, Overloaded};
///
/// fn status(refused: &NotHashed) -> u16 {
///     match refused {
///         NotHashed::Overloaded(_) => 503,
///         NotHashed::Hashing(_) => 500,
///     }
/// }
/// assert_eq!(status(&Overloaded { retry_after_seconds: 1 }.into()), 503);
/// ```
#[derive(Debug, thiserror::Error)]
pub enum NotHashed {
    /// Too many passwords are waiting.
    #[error(transparent)]
    Overloaded(#[from] Overloaded),
    /// The hasher.
    #[error(transparent)]
    Hashing(#[from] HashingFailed),
}

/// How busy a [`HashingPool`] is just now.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { auth, .. } = House::new().await?;
/// let load = auth.pool().load();
/// assert!(load.busy <= load.threads && load.waiting == 0);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct HashingLoad {
    /// How many passwords wait for a thread.
    pub waiting: usize,
    /// How many threads are at work.
    pub busy: usize,
    /// How many threads there are.
    pub threads: usize,
}

type Job = Box<dyn FnOnce(&mut Hasher) + Send>;

struct Shared {
    queue: Mutex<Queue>,
    work_came: Condvar,
    most_waiting: usize,
    busy: AtomicUsize,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Job>,
    closed: bool,
}

impl std::fmt::Debug for HashingPool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HashingPool").finish_non_exhaustive()
    }
}

impl HashingPool {
    /// How many jobs may wait for each thread: less than half a second of work at the default cost.
    const WAITING_PER_THREAD: usize = 16;
    /// After how long without work a thread gives its memory back.
    const IDLE: Duration = Duration::from_secs(30);

    /// Starts `threads` threads that hash with `parameters`.
    ///
    /// ```
    /// use std::num::NonZeroUsize;
    ///
    /// use portcullis::{account::HashingPool, password::Argon2Parameters};
    ///
    /// let threads = NonZeroUsize::MIN.saturating_add(1);
    /// assert!(HashingPool::start(Argon2Parameters::default(), threads).is_ok());
    /// ```
    ///
    /// # Errors
    /// [`HashingFailed::Parameters`]; [`HashingFailed::Threads`] when the operating system gives no
    /// thread.
    pub fn start(
        parameters: Argon2Parameters,
        threads: NonZeroUsize,
    ) -> Result<Self, HashingFailed> {
        let shared = Arc::new(Shared {
            queue: Mutex::default(),
            work_came: Condvar::new(),
            most_waiting: threads.get() * Self::WAITING_PER_THREAD,
            busy: AtomicUsize::new(0),
        });
        let mut pool = Self {
            shared,
            known_costs: KnownCosts::new(parameters),
            threads: Vec::new(),
        };
        for number in 0..threads.get() {
            let mut hasher = Hasher::new(parameters)?;
            let shared = Arc::clone(&pool.shared);
            let thread = Builder::new()
                .name(format!("hashing-{number}"))
                .spawn(move || shared.work(&mut hasher))
                .map_err(HashingFailed::Threads)?;
            pool.threads.push(thread);
        }
        Ok(pool)
    }

    /// Runs `job` on one of the threads. A job whose caller went away before its turn is dropped.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { auth, .. } = House::new().await?;
    /// use portcullis::password::{PasswordHash, Verdict};
    /// use portcullis::secret::Password;
    ///
    /// let stored = PasswordHash::from_store("$2b$04$Pd0Gz9jPPyPFbUyBqLHuWOVbju1iZ6YwAoi80qcuA2Zf3G5jaO7t2");
    /// let compare = auth.pool().run(move |hasher| hasher.verify(&Password::new("guess"), &stored));
    /// assert_eq!(compare.await?, Verdict::Wrong);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Overloaded`] at once when the queue is full.
    pub async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Hasher) -> T + Send + 'static,
    ) -> Result<T, Overloaded> {
        let (reply, answer) = oneshot::channel();
        self.enqueue(Box::new(move |hasher| {
            if !reply.is_closed() {
                // The caller may go away during the hash; then nobody wants the result.
                let _ = reply.send(job(hasher));
            }
        }))?;
        answer.await.map_err(|_| Self::OVERLOADED)
    }

    /// Hashes a new password on one of the threads.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { auth, .. } = House::new().await?;
    /// use portcullis::secret::Password;
    ///
    /// let pool = auth.pool();
    /// let password = Password::new("correct horse battery staple");
    /// let (one, other) = (pool.hash(&password).await?, pool.hash(&password).await?);
    /// assert_ne!(one.as_str(), other.as_str()); // each has a salt of its own
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`NotHashed`].
    pub async fn hash(&self, password: &Password) -> Result<PasswordHash, NotHashed> {
        let password = password.clone();
        Ok(self.run(move |hasher| hasher.hash(&password)).await??)
    }

    /// How busy it is just now.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { auth, .. } = House::new().await?;
    /// assert_eq!(auth.pool().load().waiting, 0);
    /// # Ok(()) }
    /// ```
    pub fn load(&self) -> HashingLoad {
        HashingLoad {
            waiting: self.shared.lock().waiting.len(),
            busy: self.shared.busy.load(Ordering::Relaxed),
            threads: self.threads.len(),
        }
    }

    /// How long a refused login takes at least, counted from where its hash begins. `None` while all
    /// stored hashes cost the same, as far as is known; see [`refresh_floor`](super::refresh_floor).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { auth, .. } = House::new().await?;
    /// assert_eq!(auth.pool().floor(), None);
    /// # Ok(()) }
    /// ```
    pub fn floor(&self) -> Option<Duration> {
        self.known_costs.floor()
    }

    pub(super) fn known_costs(&self) -> &KnownCosts {
        &self.known_costs
    }

    const OVERLOADED: Overloaded = Overloaded {
        retry_after_seconds: 1,
    };

    fn enqueue(&self, job: Job) -> Result<(), Overloaded> {
        let mut queue = self.shared.lock();
        if queue.closed || queue.waiting.len() >= self.shared.most_waiting {
            return Err(Self::OVERLOADED);
        }
        queue.waiting.push_back(job);
        drop(queue);
        self.shared.work_came.notify_one();
        Ok(())
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        // A job runs without the lock, so the queue is whole even after a panic.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self, hasher: &mut Hasher) {
        while let Some(job) = self.next(hasher) {
            // A defect in one job must not take the thread away from all others. The hasher holds
            // scratch memory alone, so it cannot be left half-changed in a way that matters.
            self.busy.fetch_add(1, Ordering::Relaxed);
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| job(hasher)));
            self.busy.fetch_sub(1, Ordering::Relaxed);
            if outcome.is_err() {
                tracing::error!("a hashing job panicked; who waited for it is told to try again");
            }
        }
    }

    fn next(&self, hasher: &mut Hasher) -> Option<Job> {
        let mut queue = self.lock();
        loop {
            if queue.closed {
                return None;
            }
            if let Some(job) = queue.waiting.pop_front() {
                return Some(job);
            }
            let (woken, timeout) = self
                .work_came
                .wait_timeout(queue, HashingPool::IDLE)
                .unwrap_or_else(PoisonError::into_inner);
            queue = woken;
            if timeout.timed_out() {
                hasher.release();
            }
        }
    }
}

impl Drop for HashingPool {
    fn drop(&mut self) {
        let mut queue = self.shared.lock();
        queue.closed = true;
        queue.waiting.clear();
        drop(queue);
        self.shared.work_came.notify_all();
        for thread in self.threads.drain(..) {
            // A thread never panics: its jobs are caught.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(threads: usize) -> HashingPool {
        let cheap = Argon2Parameters {
            memory_kib: 8,
            passes: 1,
            lanes: 1,
        };
        HashingPool::start(cheap, NonZeroUsize::new(threads).unwrap()).unwrap()
    }

    #[tokio::test]
    async fn the_excess_is_refused_at_once() {
        let pool = pool(1);
        let (release, gate) = std::sync::mpsc::channel::<()>();
        let (started, running) = oneshot::channel();
        let blocker = pool.run(move |_| {
            started.send(()).unwrap();
            gate.recv().unwrap();
        });
        tokio::pin!(blocker);
        tokio::select! {
            _ = &mut blocker => unreachable!("the gate is closed"),
            started = running => started.unwrap(),
        }
        let mut waiting = Vec::new();
        for _ in 0..HashingPool::WAITING_PER_THREAD {
            let mut job = Box::pin(pool.run(|_| ()));
            let polled = std::future::poll_fn(|context| {
                std::task::Poll::Ready(job.as_mut().poll(context).is_pending())
            });
            assert!(polled.await);
            waiting.push(job);
        }
        assert!(matches!(pool.run(|_| ()).await, Err(Overloaded { .. })));
        let full = HashingLoad {
            waiting: HashingPool::WAITING_PER_THREAD,
            busy: 1,
            threads: 1,
        };
        assert_eq!(pool.load(), full);
        release.send(()).unwrap();
        blocker.await.unwrap();
        for job in waiting {
            job.await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_panic_in_a_job_costs_one_answer_and_no_thread() {
        let pool = pool(1);
        assert!(pool.run(|_| panic!("on purpose")).await.is_err());
        assert_eq!(pool.run(|_| 7).await, Ok(7));
    }
}
