//! The signing keys of a store: opened, exchanged on time or when asked, and learned from other nodes.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::Mutex;

use super::key_change::{KeysFailed, Maintained, Rotated};
use super::key_list::{ListedKey, list_keys};
use super::key_rotation::{KeyRotation, latest, settled, swept};
use crate::store::{SigningKeys, StoreError};
use crate::token::{KeyRing, ScheduledKey, SealedKey, SealingKeys, SigningKey};

/// The signing keys of a store. Of several nodes that open them at once, one makes the first key; of
/// several that exchange it, one makes the next.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// use std::sync::Arc;
///
/// use portcullis::auth::{KeyRotation, StoredKeys};
/// use portcullis::clock::{Clock, SystemClock};
/// use portcullis::{Auth, store::MemoryStore, token::SealingKey};
///
/// let (store, sealing) = (Arc::new(MemoryStore::new()), SealingKey::generate()?);
/// let now = SystemClock.second();
/// let keys = StoredKeys::open(store.clone(), sealing.into(), KeyRotation::default(), now).await?;
/// let auth = Auth::builder(store).issuer("https://api.example.com").keys(keys.ring()).build()?;
///
/// // Every minute or more often, for as long as the process runs:
/// keys.maintain(SystemClock.second()).await?;
/// # Ok(()) }
/// ```
pub struct StoredKeys {
    store: Arc<dyn SigningKeys>,
    sealing: SealingKeys,
    rotation: KeyRotation,
    ring: Arc<KeyRing>,
    /// One change at a time, so that the ring never goes back to what was read before.
    turn: Mutex<()>,
}

impl std::fmt::Debug for StoredKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredKeys")
            .field("ring", &self.ring)
            .finish_non_exhaustive()
    }
}

impl StoredKeys {
    /// How often a change is tried anew when somebody else's came first.
    const ATTEMPTS: usize = 20;

    /// Opens the keys of `store`; where there are none, makes one. What is sealed under the previous
    /// sealing key is sealed anew.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let (now, store) = (jiff::Timestamp::UNIX_EPOCH, std::sync::Arc::new(portcullis::store::MemoryStore::new()));
    /// use portcullis::auth::{KeyRotation, StoredKeys};
    /// use portcullis::token::{SealingKey, SealingKeys};
    ///
    /// let (before, after) = (SealingKey::generate()?, SealingKey::generate()?);
    /// let again = |key: &SealingKey| SealingKey::from_base64(&key.to_base64());
    /// let rotation = KeyRotation::default();
    /// StoredKeys::open(store.clone(), again(&before)?.into(), rotation, now).await?;
    /// let both = SealingKeys { current: again(&after)?, previous: Some(before) };
    /// StoredKeys::open(store.clone(), both, rotation, now).await?;
    /// assert!(StoredKeys::open(store, after.into(), rotation, now).await.is_ok());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`KeysFailed`]; with [`KeyFailed::OtherSeal`](crate::token::KeyFailed::OtherSeal) when a key is
    /// sealed under another sealing key.
    pub async fn open(
        store: Arc<dyn SigningKeys>,
        sealing: SealingKeys,
        rotation: KeyRotation,
        now: Timestamp,
    ) -> Result<Self, KeysFailed> {
        let keys = Self::closed(store, sealing, rotation);
        let opened = keys.change(|rows| {
            if rows.is_empty() {
                return Ok((Some(vec![keys.made(now, now)?]), ()));
            }
            let mut anew = rows.to_vec();
            for row in &mut anew {
                if let Some(resealed) = keys.sealing.seal_anew(row)? {
                    *row = resealed;
                }
            }
            Ok(((anew != rows).then_some(anew), ()))
        });
        opened.await?;
        Ok(keys)
    }

    /// Opens the keys of `store` after throwing those away that are sealed under a lost sealing key.
    /// When no other can sign, a new one does at once. Answers which keys are gone; what they signed
    /// is accepted nowhere any more.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let (now, store) = (jiff::Timestamp::UNIX_EPOCH, std::sync::Arc::new(portcullis::store::MemoryStore::new()));
    /// use portcullis::auth::{KeyRotation, StoredKeys};
    /// use portcullis::token::SealingKey;
    ///
    /// let (lost, new, rotation) = (SealingKey::generate()?, SealingKey::generate()?, KeyRotation::default());
    /// StoredKeys::open(store.clone(), lost.into(), rotation, now).await?;
    /// let (keys, gone) = StoredKeys::open_readable(store, new.into(), rotation, now).await?;
    /// assert_eq!((keys.list(now).await?.len(), gone.len()), (1, 1));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`KeysFailed`].
    pub async fn open_readable(
        store: Arc<dyn SigningKeys>,
        sealing: SealingKeys,
        rotation: KeyRotation,
        now: Timestamp,
    ) -> Result<(Self, Vec<String>), KeysFailed> {
        let keys = Self::closed(store, sealing, rotation);
        let discarded = keys.change(|rows| {
            let (readable, lost): (Vec<_>, Vec<_>) = rows
                .iter()
                .cloned()
                .partition(|row| keys.sealing.open(row).is_ok());
            let lost: Vec<_> = lost.into_iter().map(|row| row.kid).collect();
            if lost.is_empty() && !rows.is_empty() {
                return Ok((None, lost));
            }
            Ok((Some(keys.able_to_sign(readable, now)?), lost))
        });
        let discarded = discarded.await?;
        Ok((keys, discarded))
    }

    fn closed(store: Arc<dyn SigningKeys>, sealing: SealingKeys, rotation: KeyRotation) -> Self {
        Self {
            store,
            sealing,
            rotation,
            ring: Arc::new(KeyRing::new(Vec::new())),
            turn: Mutex::new(()),
        }
    }

    /// The keys as issuers and verifiers use them. It follows every change that is made or read here.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # use portcullis::{auth::StoredKeys, store::MemoryStore, token::SealingKey};
    /// # let (now, store) = (jiff::Timestamp::UNIX_EPOCH, std::sync::Arc::new(MemoryStore::new()));
    /// # let sealing = SealingKey::generate()?.into();
    /// # let keys = StoredKeys::open(store, sealing, Default::default(), now).await?;
    /// let ring = keys.ring();
    /// keys.rotate(now).await?;
    /// assert_eq!(ring.published(now).len(), 2);
    /// # Ok(()) }
    /// ```
    pub fn ring(&self) -> Arc<KeyRing> {
        Arc::clone(&self.ring)
    }

    /// All keys, the oldest first.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # use portcullis::{auth::StoredKeys, store::MemoryStore, token::SealingKey};
    /// # let (now, store) = (jiff::Timestamp::UNIX_EPOCH, std::sync::Arc::new(MemoryStore::new()));
    /// # let sealing = SealingKey::generate()?.into();
    /// # let keys = StoredKeys::open(store, sealing, Default::default(), now).await?;
    /// use portcullis::auth::KeyState;
    ///
    /// assert_eq!(keys.list(now).await?[0].state, KeyState::Signing);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn list(&self, now: Timestamp) -> Result<Vec<ListedKey>, StoreError> {
        list_keys(&*self.store, Some(&self.sealing), now).await
    }

    /// Makes the next key and publishes it; it signs some time later, and the present one verifies on.
    /// When a published key is waiting already, nothing is done.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # use portcullis::{auth::StoredKeys, store::MemoryStore, token::SealingKey};
    /// # let (now, store) = (jiff::Timestamp::UNIX_EPOCH, std::sync::Arc::new(MemoryStore::new()));
    /// # let sealing = SealingKey::generate()?.into();
    /// # let keys = StoredKeys::open(store, sealing, Default::default(), now).await?;
    /// let next = keys.rotate(now).await?;
    /// let signing = |time| keys.ring().signing(time).map(|key| key.public().kid().to_owned());
    /// assert_ne!(signing(now), Some(next.kid.clone()));
    /// assert_eq!(signing(next.signs_from), Some(next.kid));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`KeysFailed`].
    pub async fn rotate(&self, now: Timestamp) -> Result<Rotated, KeysFailed> {
        self.change(|rows| self.next(rows, now)).await
    }

    /// Takes a key away at once, for one that others may know: what it signed is refused, here from now
    /// on and on other nodes once they read the store. If it was the one that signs, another does.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # use portcullis::{auth::StoredKeys, store::MemoryStore, token::SealingKey};
    /// # let (now, store) = (jiff::Timestamp::UNIX_EPOCH, std::sync::Arc::new(MemoryStore::new()));
    /// # let sealing = SealingKey::generate()?.into();
    /// # let keys = StoredKeys::open(store, sealing, Default::default(), now).await?;
    /// let stolen = keys.list(now).await?.remove(0).kid;
    /// keys.retire(&stolen, now).await?;
    /// assert_ne!(keys.list(now).await?[0].kid, stolen);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`KeysFailed`]; with [`KeysFailed::Unknown`] when there is no such key.
    pub async fn retire(&self, kid: &str, now: Timestamp) -> Result<(), KeysFailed> {
        self.change(|rows| {
            let mut others = rows.to_vec();
            others.retain(|row| row.kid != kid);
            if others.len() == rows.len() {
                return Err(KeysFailed::Unknown(kid.to_owned()));
            }
            Ok((Some(self.able_to_sign(others, now)?), ()))
        })
        .await
    }

    /// Does what is due: learns what other nodes did, makes the next key when the present one has
    /// signed for long enough, and removes those that are over. To be called every minute at least.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # use portcullis::{auth::StoredKeys, store::MemoryStore, token::SealingKey};
    /// # let (now, store) = (jiff::Timestamp::UNIX_EPOCH, std::sync::Arc::new(MemoryStore::new()));
    /// # let sealing = SealingKey::generate()?;
    /// # let again = SealingKey::from_base64(&sealing.to_base64())?.into();
    /// # let node = StoredKeys::open(store.clone(), sealing.into(), Default::default(), now).await?;
    /// # let other_node = StoredKeys::open(store, again, Default::default(), now).await?;
    /// node.rotate(now).await?;
    /// assert_eq!(other_node.ring().published(now).len(), 1);
    /// other_node.maintain(now).await?;
    /// assert_eq!(other_node.ring().published(now).len(), 2);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`KeysFailed`]; the keys that were known are kept then.
    pub async fn maintain(&self, now: Timestamp) -> Result<Maintained, KeysFailed> {
        self.change(|rows| {
            let unreadable: Vec<_> = rows
                .iter()
                .filter(|row| self.sealing.open(row).is_err())
                .map(|row| row.kid.clone())
                .collect();
            let latest = latest(rows).ok_or(KeysFailed::Vanished)?;
            // Who cannot read what is there must not add what others cannot read.
            if unreadable.is_empty() && self.rotation.is_due(latest, now) {
                let (keys, rotated) = self.next(rows, now)?;
                let rotated = Some(rotated).filter(|rotated| rotated.made);
                let done = Maintained {
                    rotated,
                    unreadable,
                };
                return Ok((keys, done));
            }
            let kept = swept(rows, now);
            let done = Maintained {
                rotated: None,
                unreadable,
            };
            Ok(((kept.len() < rows.len()).then_some(kept), done))
        })
        .await
    }

    fn next(
        &self,
        rows: &[SealedKey],
        now: Timestamp,
    ) -> Result<(Option<Vec<SealedKey>>, Rotated), KeysFailed> {
        let latest = latest(rows).ok_or(KeysFailed::Vanished)?;
        if latest.signs_from > now {
            let waiting = Rotated {
                kid: latest.kid.clone(),
                signs_from: latest.signs_from,
                made: false,
            };
            return Ok((None, waiting));
        }
        for row in rows {
            self.sealing.open(row)?;
        }
        let next = self.made(now, self.rotation.signs_from(now))?;
        let rotated = Rotated {
            kid: next.kid.clone(),
            signs_from: next.signs_from,
            made: true,
        };
        Ok((Some(self.rotation.followed(rows, next)), rotated))
    }

    fn able_to_sign(
        &self,
        keys: Vec<SealedKey>,
        now: Timestamp,
    ) -> Result<Vec<SealedKey>, KeysFailed> {
        let mut keys = settled(keys, now);
        if keys.is_empty() {
            keys.push(self.made(now, now)?);
        }
        Ok(keys)
    }

    fn made(&self, now: Timestamp, signs_from: Timestamp) -> Result<SealedKey, KeysFailed> {
        let key = SigningKey::generate_for(self.rotation.algorithm)?;
        let sealed = self.sealing.current.seal(&key, now)?;
        Ok(SealedKey {
            signs_from,
            ..sealed
        })
    }

    /// Reads the keys, decides what becomes of them, and stores that, unless somebody else changed
    /// them meanwhile: then from the start. The one path of every change.
    async fn change<T>(
        &self,
        decide: impl Fn(&[SealedKey]) -> Result<(Option<Vec<SealedKey>>, T), KeysFailed>,
    ) -> Result<T, KeysFailed> {
        let _turn = self.turn.lock().await;
        for _ in 0..Self::ATTEMPTS {
            let rows = self.store.list_signing_keys().await?;
            // At once: a write that fails must not keep a key that others retired.
            self.adopt(rows.clone());
            let (keys, outcome) = decide(&rows)?;
            let Some(keys) = keys else {
                return Ok(outcome);
            };
            if self.store.replace_signing_keys(rows, keys.clone()).await? {
                self.adopt(keys);
                return Ok(outcome);
            }
        }
        Err(KeysFailed::Contended)
    }

    /// Puts on the ring what is stored, and nothing else, though no key be left that can be read. One
    /// that was opened before needs not be opened again: another node may have sealed it anew.
    fn adopt(&self, mut rows: Vec<SealedKey>) {
        rows.sort_by(|one, other| (one.created_at, &one.kid).cmp(&(other.created_at, &other.kid)));
        let before = self.ring.scheduled();
        let known: BTreeMap<_, _> = before
            .iter()
            .map(|known| (known.key.public().kid(), &known.key))
            .collect();
        let open = |row: &SealedKey| {
            let known = known.get(&*row.kid).map(|key| Arc::clone(key));
            let key = known.or_else(|| self.sealing.open(row).ok().map(Arc::new))?;
            Some(ScheduledKey {
                key,
                signs_from: row.signs_from,
                retires_at: row.retires_at,
            })
        };
        let after: Vec<_> = rows.iter().filter_map(open).collect();
        let times = |keys: &[ScheduledKey]| -> Vec<_> {
            keys.iter()
                .map(|key| {
                    let kid = key.key.public().kid().to_owned();
                    (kid, key.signs_from, key.retires_at)
                })
                .collect()
        };
        // Every change costs the verifier what it remembers. No command leaves a store without keys.
        if !rows.is_empty() && times(&before) != times(&after) {
            self.ring.replace(after);
        }
    }
}
