//! The signing keys of a store: opened, exchanged on time or when asked, and learned from other nodes.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::Mutex;

use super::key_change::{KeysFailed, Maintained, Rotated};
use super::key_exchange::{NewKey, Undecided};
use super::key_list::{ListedKey, list_keys};
use super::key_rotation::{KeyRotation, latest, settled, swept};
use crate::store::{SigningKeys, StoreError};
use crate::token::{KeyRing, SealedKey, SealingKeys};

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
    pub(super) store: Arc<dyn SigningKeys>,
    pub(super) sealing: SealingKeys,
    pub(super) rotation: KeyRotation,
    pub(super) ring: Arc<KeyRing>,
    /// One change at a time, so that the ring never goes back to what was read before.
    pub(super) turn: Mutex<()>,
}

impl std::fmt::Debug for StoredKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredKeys")
            .field("ring", &self.ring)
            .finish_non_exhaustive()
    }
}

impl StoredKeys {
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
        let opened = keys.change(|rows, new| {
            if rows.is_empty() {
                return Ok((Some(vec![new.sealed(now, now)?]), ()));
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
        let discarded = keys.change(|rows, new| {
            let (readable, lost): (Vec<_>, Vec<_>) = rows
                .iter()
                .cloned()
                .partition(|row| keys.sealing.open(row).is_ok());
            let lost: Vec<_> = lost.into_iter().map(|row| row.kid).collect();
            if lost.is_empty() && !rows.is_empty() {
                return Ok((None, lost));
            }
            Ok((Some(able_to_sign(readable, new, now)?), lost))
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
        self.change(|rows, new| self.next(rows, new, now)).await
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
        self.change(|rows, new| {
            let mut others = rows.to_vec();
            others.retain(|row| row.kid != kid);
            if others.len() == rows.len() {
                return Err(KeysFailed::Unknown(kid.to_owned()).into());
            }
            Ok((Some(able_to_sign(others, new, now)?), ()))
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
        self.change(|rows, new| {
            let unreadable: Vec<_> = rows
                .iter()
                .filter(|row| self.sealing.open(row).is_err())
                .map(|row| row.kid.clone())
                .collect();
            let latest = latest(rows).ok_or(KeysFailed::Vanished)?;
            // Who cannot read what is there must not add what others cannot read.
            if unreadable.is_empty() && self.rotation.is_due(latest, now) {
                let (keys, rotated) = self.next(rows, new, now)?;
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
        new: &NewKey<'_>,
        now: Timestamp,
    ) -> Result<(Option<Vec<SealedKey>>, Rotated), Undecided> {
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
        let next = new.sealed(now, self.rotation.signs_from(now))?;
        let rotated = Rotated {
            kid: next.kid.clone(),
            signs_from: next.signs_from,
            made: true,
        };
        Ok((Some(self.rotation.followed(rows, next)), rotated))
    }
}

fn able_to_sign(
    keys: Vec<SealedKey>,
    new: &NewKey<'_>,
    now: Timestamp,
) -> Result<Vec<SealedKey>, Undecided> {
    let mut keys = settled(keys, now);
    if keys.is_empty() {
        keys.push(new.sealed(now, now)?);
    }
    Ok(keys)
}
