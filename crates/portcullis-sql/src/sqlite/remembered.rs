//! Users, sessions and clients that were read a moment ago, forgotten as soon as anything was written.
//!
//! A lookup in the file costs two system calls and a lock that all connections of the process share.
//! So what was read is remembered, until:
//!
//! - this process writes: [`Remembered::forget`] is called before the write is answered, so the very
//!   next request sees it;
//! - another process writes: `PRAGMA data_version` of each reading connection tells, and is asked
//!   whenever its last answer is older than [`FRESH`];
//! - the file is moved, deleted or replaced, which is looked for at the same time: an open file
//!   outlives its name, and would go on to let in whoever is not in the new one.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use portcullis::client::Client;
use portcullis::store::{Session, StoreError};
use portcullis::user::User;
use quick_cache::sync::Cache;
use rusqlite::Connection;

use super::failure::failure;
use super::file::IdentifiedFile;

/// For how long what another process did may stay unseen.
pub(super) const FRESH: Duration = Duration::from_millis(1);
/// How many users, and how many sessions, are remembered, some 500 bytes each.
const REMEMBERED: usize = 16 * 1024;
/// How many clients, which are few.
const REMEMBERED_CLIENTS: usize = 1024;

/// By identifier, each with the generation that was current before it was read.
type Shelf<T> = Cache<Box<str>, (u64, T)>;

/// What is asked for on every protected request, or whenever a token is.
pub(super) trait Memorable: Clone {
    fn id(&self) -> &str;
    fn shelf(remembered: &Remembered) -> &Shelf<Self>;
}

impl Memorable for User {
    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn shelf(remembered: &Remembered) -> &Shelf<Self> {
        &remembered.users
    }
}

impl Memorable for Session {
    fn id(&self) -> &str {
        &self.id
    }

    fn shelf(remembered: &Remembered) -> &Shelf<Self> {
        &remembered.sessions
    }
}

impl Memorable for Client {
    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn shelf(remembered: &Remembered) -> &Shelf<Self> {
        &remembered.clients
    }
}

pub(super) struct Remembered {
    users: Shelf<User>,
    sessions: Shelf<Session>,
    clients: Shelf<Client>,
    /// Advances with every write; what is of an earlier one is as good as forgotten.
    generation: AtomicU64,
}

/// The generation before a read. A write during the read makes what was read worthless.
#[derive(Clone, Copy)]
pub(super) struct Generation(u64);

impl Remembered {
    pub(super) fn new() -> Self {
        Self {
            users: Cache::new(REMEMBERED),
            sessions: Cache::new(REMEMBERED),
            clients: Cache::new(REMEMBERED_CLIENTS),
            generation: AtomicU64::new(0),
        }
    }

    pub(super) fn generation(&self) -> Generation {
        Generation(self.generation.load(Ordering::SeqCst))
    }

    /// Forgets everything.
    pub(super) fn forget(&self) {
        self.generation.fetch_add(1, Ordering::SeqCst);
    }

    pub(super) fn find<T: Memorable>(&self, id: &str) -> Option<T> {
        let (generation, found) = T::shelf(self).get(id)?;
        (generation == self.generation().0).then_some(found)
    }

    /// Remembers what was read after `before` was taken.
    pub(super) fn keep<T: Memorable>(&self, before: Generation, read: &T) {
        let entry = (before.0, read.clone());
        T::shelf(self).insert(read.id().into(), entry);
    }
}

/// What a reading connection knows of other connections' writes, and of its file.
pub(super) struct Freshness {
    version: Option<i64>,
    asked: Option<Instant>,
}

impl Freshness {
    pub(super) const fn unknown() -> Self {
        Self {
            version: None,
            asked: None,
        }
    }

    /// Makes sure that what `remembered` holds, and that `file` is still the one that is meant, is no
    /// older than [`FRESH`]. While that fails, it is asked anew each time.
    pub(super) fn ensure(
        &mut self,
        connection: &Connection,
        file: &IdentifiedFile,
        remembered: &Remembered,
    ) -> Result<(), StoreError> {
        let now = Instant::now();
        if self.asked.is_some_and(|asked| now - asked < FRESH) {
            return Ok(());
        }
        file.check().map_err(StoreError::unavailable)?;
        let version = connection
            .prepare_cached("PRAGMA data_version")
            .and_then(|mut version| version.query_row([], |row| row.get(0)))
            .map_err(failure)?;
        if self.version != Some(version) {
            remembered.forget();
            self.version = Some(version);
        }
        self.asked = Some(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use portcullis::scope::Scopes;
    use portcullis::token::Epoch;
    use portcullis::user::UserId;

    fn user(epoch: i64) -> User {
        User {
            id: UserId::new("id"),
            username: "johndoe".into(),
            email: None,
            full_name: None,
            disabled: false,
            scopes: Scopes::none(),
            email_verified: false,
            created_at: jiff::Timestamp::UNIX_EPOCH,
            epoch: Epoch::new(epoch),
        }
    }

    #[test]
    fn a_write_forgets_everybody() {
        let remembered = Remembered::new();
        remembered.keep(remembered.generation(), &user(1));
        assert_eq!(remembered.find("id"), Some(user(1)));
        assert_eq!(remembered.find::<User>("other"), None);
        assert_eq!(
            remembered.find::<Session>("id"),
            None,
            "each has its own shelf"
        );
        remembered.forget();
        assert_eq!(remembered.find::<User>("id"), None);
    }

    #[test]
    fn what_was_read_before_a_write_is_worthless_after_it() {
        let remembered = Remembered::new();
        let before = remembered.generation();
        let read = user(1);
        remembered.forget();
        remembered.keep(before, &read);
        assert_eq!(remembered.find::<User>("id"), None);
    }
}
