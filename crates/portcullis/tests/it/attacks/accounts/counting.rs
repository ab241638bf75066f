//! How often a store is asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use portcullis::password::PasswordHash;
use portcullis::store::{Answer as Stored, Credential, MemoryStore, UserSource};
use portcullis::user::{EmailAddress, User, Username};

/// Counts what a login asks of the store.
pub(super) struct Counting(pub(super) Arc<MemoryStore>, pub(super) Arc<AtomicUsize>);

impl Counting {
    fn counted(&self) -> &MemoryStore {
        self.1.fetch_add(1, Ordering::SeqCst);
        &self.0
    }
}

impl UserSource for Counting {
    type User = User;

    fn find_by_username<'a>(&'a self, name: &'a Username) -> Stored<'a, Option<Credential<User>>> {
        self.counted().find_by_username(name)
    }

    fn find_by_email<'a>(&'a self, at: &'a EmailAddress) -> Stored<'a, Option<Credential<User>>> {
        self.counted().find_by_email(at)
    }

    fn find_by_subject<'a>(&'a self, subject: &'a str) -> Stored<'a, Option<User>> {
        self.counted().find_by_subject(subject)
    }

    fn replace_hash<'a>(
        &'a self,
        subject: &'a str,
        old: &'a PasswordHash,
        new: &'a PasswordHash,
    ) -> Stored<'a, ()> {
        self.counted().replace_hash(subject, old, new)
    }
}
