//! The reference store: everything in memory, gone with the process.

mod clients;
mod one_time;
mod outbox;
mod sessions;
mod users;

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use self::outbox::Waiting;
use self::sessions::Kept;
use super::{Answer, Credential, KeptToken, SigningKeys, StoreError};
use crate::client::{Client, ClientId};
use crate::token::{Epoch, SealedKey};
use crate::user::{EmailAddress, User, UserId};

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
    /// By digest.
    one_time_tokens: BTreeMap<[u8; 32], KeptToken>,
    /// In the order in which they were written.
    mails: Vec<Waiting>,
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
}

impl Tables {
    fn by_subject(&mut self, subject: &str) -> Option<&mut Credential<User>> {
        self.users
            .values_mut()
            .find(|found| found.user.id.as_str() == subject)
    }

    /// Whether a user other than `id` has verified this address.
    fn is_verified_elsewhere(&self, address: &EmailAddress, id: &UserId) -> bool {
        let canonical = address.canonical();
        self.users.values().any(|found| {
            found.user.email_verified
                && found.user.id != *id
                && canonical_email(&found.user).as_deref() == Some(canonical)
        })
    }

    fn has_client(&self, id: &ClientId) -> bool {
        self.clients.values().any(|client| client.id == *id)
    }
}

/// `None` where the user has no address, or one that cannot be.
fn canonical_email(user: &User) -> Option<String> {
    let address = EmailAddress::parse(user.email.as_deref()?).ok()?;
    Some(address.canonical().to_string())
}

fn advance(user: &mut User) {
    user.epoch = Epoch::new(user.epoch.number() + 1);
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
