//! The reference store: everything in memory, gone with the process.

mod clients;
mod sessions;

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{PoisonError, RwLock};

use self::sessions::Kept;
use super::{
    Answer, Credential, InsertedUser, NewUser, SigningKeys, StoreError, UserPage, UserSource, Users,
};
use crate::client::{Client, ClientId};
use crate::password::PasswordHash;
use crate::scope::Scopes;
use crate::token::{Epoch, SealedKey};
use crate::user::{User, UserId, Username};

/// A store in memory: for examples, for tests, and as the shortest description of what a store does.
///
/// ```
/// use portcullis::{Auth, store::MemoryStore};
///
/// let auth = Auth::builder(MemoryStore::new())
///     .issuer("http://127.0.0.1:8000")
///     .build();
/// assert!(auth.is_ok());
/// ```
#[derive(Default)]
pub struct MemoryStore(RwLock<Tables>);

#[derive(Default)]
struct Tables {
    /// By canonical username.
    users: BTreeMap<Box<str>, Credential<User>>,
    keys: Vec<SealedKey>,
    /// By name.
    clients: BTreeMap<Box<str>, Client>,
    /// By id.
    sessions: BTreeMap<Box<str>, Kept>,
}

impl std::fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}

impl MemoryStore {
    /// An empty store.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// use portcullis::store::{MemoryStore, Users};
    ///
    /// assert!(MemoryStore::new().list_users(None, 10).await?.users.is_empty());
    /// # Ok(()) }
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    fn read<T>(&self, read: impl FnOnce(&Tables) -> T) -> Answer<'static, T> {
        let tables = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Answer::ready(Ok(read(&tables)))
    }

    fn write<T>(&self, write: impl FnOnce(&mut Tables) -> T) -> Answer<'static, T> {
        self.try_write(|tables| Ok(write(tables)))
    }

    fn try_write<T>(
        &self,
        write: impl FnOnce(&mut Tables) -> Result<T, StoreError>,
    ) -> Answer<'static, T> {
        let mut tables = self.0.write().unwrap_or_else(PoisonError::into_inner);
        Answer::ready(write(&mut tables))
    }

    /// Changes the user `id`, and answers whether it was there.
    fn update(
        &self,
        id: &UserId,
        change: impl FnOnce(&mut Credential<User>),
    ) -> Answer<'static, bool> {
        self.write(|tables| tables.by_subject(id.as_str()).map(change).is_some())
    }
}

impl Tables {
    fn by_subject(&mut self, subject: &str) -> Option<&mut Credential<User>> {
        self.users
            .values_mut()
            .find(|found| found.user.id.as_str() == subject)
    }

    fn has_client(&self, id: &ClientId) -> bool {
        self.clients.values().any(|client| client.id == *id)
    }
}

fn advance(user: &mut User) {
    user.epoch = Epoch::new(user.epoch.number() + 1);
}

impl UserSource for MemoryStore {
    type User = User;

    fn find_by_username<'a>(
        &'a self,
        username: &'a Username,
    ) -> Answer<'a, Option<Credential<User>>> {
        self.read(|tables| tables.users.get(username.canonical()).cloned())
    }

    fn find_by_subject<'a>(&'a self, subject: &'a str) -> Answer<'a, Option<User>> {
        self.read(|tables| {
            let mut users = tables.users.values().map(|found| &found.user);
            users.find(|user| user.id.as_str() == subject).cloned()
        })
    }

    fn replace_hash<'a>(
        &'a self,
        subject: &'a str,
        old: &'a PasswordHash,
        new: &'a PasswordHash,
    ) -> Answer<'a, ()> {
        self.write(|tables| {
            if let Some(found) = tables.by_subject(subject)
                && let Some(hash) = &mut found.hashed_password
                && hash.as_str() == old.as_str()
            {
                *hash = new.clone();
            }
        })
    }
}

impl Users for MemoryStore {
    fn insert_user(&self, new: NewUser) -> Answer<'_, InsertedUser> {
        self.write(|tables| {
            if tables.users.contains_key(new.username.canonical()) {
                return InsertedUser::UsernameTaken;
            }
            let credential = Credential {
                user: new.to_user(),
                hashed_password: new.hashed_password,
            };
            tables
                .users
                .insert(new.username.canonical().into(), credential);
            InsertedUser::Inserted
        })
    }

    fn list_users<'a>(&'a self, after: Option<&'a str>, limit: u32) -> Answer<'a, UserPage> {
        self.read(|tables| {
            let from = after.map_or(Bound::Unbounded, Bound::Excluded);
            let mut found = tables.users.range::<str, _>((from, Bound::Unbounded));
            let mut page = UserPage::default();
            let mut last = None;
            for (canonical, credential) in found.by_ref().take(limit as usize) {
                page.users.push(credential.user.clone());
                last = Some(canonical.to_string());
            }
            page.next = found.next().and(last);
            page
        })
    }

    fn update_password<'a>(&'a self, id: &'a UserId, hash: PasswordHash) -> Answer<'a, bool> {
        self.update(id, |found| {
            found.hashed_password = Some(hash);
            advance(&mut found.user);
        })
    }

    fn update_disabled<'a>(&'a self, id: &'a UserId, disabled: bool) -> Answer<'a, bool> {
        self.update(id, |found| {
            if found.user.disabled != disabled {
                found.user.disabled = disabled;
                advance(&mut found.user);
            }
        })
    }

    fn update_scopes<'a>(
        &'a self,
        id: &'a UserId,
        add: &'a Scopes,
        remove: &'a Scopes,
    ) -> Answer<'a, Option<Scopes>> {
        self.write(|tables| {
            let found = tables.by_subject(id.as_str())?;
            let after = found.user.scopes.union(add).difference(remove);
            if !found.user.scopes.is_subset(&after) {
                advance(&mut found.user);
            }
            found.user.scopes = after.clone();
            Some(after)
        })
    }

    fn delete_user<'a>(&'a self, id: &'a UserId) -> Answer<'a, bool> {
        self.write(|tables| {
            let before = tables.users.len();
            tables.users.retain(|_, found| found.user.id != *id);
            tables
                .sessions
                .retain(|_, kept| kept.session.user.as_ref() != Some(id));
            tables.users.len() < before
        })
    }
}

impl SigningKeys for MemoryStore {
    fn list_signing_keys(&self) -> Answer<'_, Vec<SealedKey>> {
        self.read(|tables| tables.keys.clone())
    }

    fn replace_signing_keys(
        &self,
        expected: Vec<SealedKey>,
        mut keys: Vec<SealedKey>,
    ) -> Answer<'_, bool> {
        keys.sort_by(|one, other| (one.created_at, &one.kid).cmp(&(other.created_at, &other.kid)));
        self.write(|tables| {
            let fits = tables.keys == expected;
            if fits {
                tables.keys = keys;
            }
            fits
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::conformance;

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn memory_keeps_every_promise() {
        conformance::prove(async || MemoryStore::new()).await;
    }
}
