//! The keys of a process: which one signs, which ones verify, and from when until when.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;

use super::{SigningKey, VerifyingKey};

/// A signing key, and when it is used. It verifies from the moment it is known.
///
/// ```
/// use portcullis::token::{KeyRing, ScheduledKey, SigningKey};
///
/// let second = |second| jiff::Timestamp::from_second(second).expect("a time");
/// let key = |signs_from, retires_at| -> Result<_, portcullis::token::KeyFailed> {
///     let key = SigningKey::generate()?.into();
///     Ok(ScheduledKey { key, signs_from: second(signs_from), retires_at })
/// };
/// let (old, new) = (key(0, Some(second(5_000)))?, key(1_000, None)?);
/// let kid = new.key.public().kid().to_owned();
/// let ring = KeyRing::new(vec![old, new]);
/// assert_eq!(ring.published(second(999)).len(), 2);
/// assert_ne!(ring.signing(second(999)).expect("the old one").public().kid(), kid);
/// assert_eq!(ring.signing(second(1_000)).expect("the new one").public().kid(), kid);
/// assert_eq!(ring.published(second(5_000)).len(), 1); // the old one is gone
/// # Ok::<(), portcullis::token::KeyFailed>(())
/// ```
#[derive(Debug, Clone)]
pub struct ScheduledKey {
    /// The key.
    pub key: Arc<SigningKey>,
    /// From when on it signs.
    pub signs_from: Timestamp,
    /// From when on nothing that it signed is accepted.
    pub retires_at: Option<Timestamp>,
}

/// The keys that a process signs and verifies with. Its issuer and its verifier share one, and its
/// keys can be exchanged while they work.
///
/// ```
/// use portcullis::token::{KeyRing, SigningKey};
/// use portcullis::{Auth, store::MemoryStore};
///
/// let ring = KeyRing::of(SigningKey::generate()?);
/// let auth = Auth::builder(MemoryStore::new())
///     .issuer("https://api.example.com")
///     .keys(ring.into())
///     .build()?;
/// assert_eq!(auth.verifier().keys(auth.now()).len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct KeyRing {
    keys: RwLock<Arc<Keys>>,
    /// Of the keys above, so that who only asks whether they changed needs no lock.
    generation: AtomicU64,
}

/// What was on the ring at one time.
#[derive(Debug)]
pub(super) struct Keys {
    /// Counts the changes.
    pub(super) generation: u64,
    entries: Vec<Entry>,
}

#[derive(Debug)]
enum Entry {
    /// Of another process, which signs with it.
    Public(VerifyingKey),
    Ours(ScheduledKey),
}

impl Entry {
    fn public(&self) -> &VerifyingKey {
        match self {
            Self::Public(key) => key,
            Self::Ours(ours) => ours.key.public(),
        }
    }

    fn retires_at(&self) -> Option<Timestamp> {
        match self {
            Self::Public(_) => None,
            Self::Ours(ours) => ours.retires_at,
        }
    }

    fn is_retired(&self, now: i64) -> bool {
        self.retires_at().is_some_and(|end| end.as_second() <= now)
    }
}

impl Keys {
    /// The key of this name, and the second from which on it verifies no more.
    pub(super) fn find(&self, kid: &str, now: i64) -> Option<(&VerifyingKey, i64)> {
        let named = |entry: &&Entry| entry.public().kid() == kid && !entry.is_retired(now);
        let entry = self.entries.iter().find(named)?;
        let end = entry.retires_at().map_or(i64::MAX, Timestamp::as_second);
        Some((entry.public(), end))
    }
}

impl KeyRing {
    /// One key that signs for as long as the process runs.
    ///
    /// ```
    /// use portcullis::token::{KeyRing, SigningKey};
    ///
    /// let ring = KeyRing::of(SigningKey::generate()?);
    /// assert!(ring.signing(jiff::Timestamp::UNIX_EPOCH).is_some());
    /// # Ok::<(), portcullis::token::KeyFailed>(())
    /// ```
    pub fn of(key: impl Into<Arc<SigningKey>>) -> Self {
        Self::new(vec![ScheduledKey {
            key: key.into(),
            signs_from: Timestamp::MIN,
            retires_at: None,
        }])
    }

    /// Several keys, in the order in which they are published.
    ///
    /// ```
    /// use portcullis::token::KeyRing;
    ///
    /// let empty = KeyRing::new(Vec::new());
    /// assert!(empty.signing(jiff::Timestamp::UNIX_EPOCH).is_none());
    /// ```
    pub fn new(keys: Vec<ScheduledKey>) -> Self {
        Self::with(keys.into_iter().map(Entry::Ours).collect())
    }

    pub(super) fn of_public(keys: Vec<VerifyingKey>) -> Self {
        Self::with(keys.into_iter().map(Entry::Public).collect())
    }

    fn with(entries: Vec<Entry>) -> Self {
        let keys = Keys {
            generation: 0,
            entries,
        };
        Self {
            keys: RwLock::new(Arc::new(keys)),
            generation: AtomicU64::new(0),
        }
    }

    /// Exchanges all keys. What only they verified is refused from now on, remembered or not.
    ///
    /// ```
    /// use portcullis::token::{KeyRing, ScheduledKey, SigningKey};
    ///
    /// let now = jiff::Timestamp::UNIX_EPOCH;
    /// let ring = KeyRing::of(SigningKey::generate()?);
    /// let key = SigningKey::generate()?.into();
    /// ring.replace(vec![ScheduledKey { key, signs_from: now, retires_at: None }]);
    /// assert_eq!(ring.published(now).len(), 1);
    /// # Ok::<(), portcullis::token::KeyFailed>(())
    /// ```
    pub fn replace(&self, keys: Vec<ScheduledKey>) {
        let mut current = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        let generation = current.generation + 1;
        let entries = keys.into_iter().map(Entry::Ours).collect();
        *current = Arc::new(Keys {
            generation,
            entries,
        });
        self.generation.store(generation, Ordering::Release);
    }

    /// The key that signs at `now`: of those that may by then, the last to begin.
    ///
    /// ```
    /// use portcullis::token::{KeyRing, SigningKey};
    ///
    /// let key = SigningKey::generate()?;
    /// let kid = key.public().kid().to_owned();
    /// let signing = KeyRing::of(key).signing(jiff::Timestamp::UNIX_EPOCH);
    /// assert_eq!(signing.expect("a key").public().kid(), kid);
    /// # Ok::<(), portcullis::token::KeyFailed>(())
    /// ```
    pub fn signing(&self, now: Timestamp) -> Option<Arc<SigningKey>> {
        let keys = self.present();
        let second = now.as_second();
        let usable = keys.entries.iter().filter_map(|entry| match entry {
            Entry::Ours(ours) if !entry.is_retired(second) => Some(ours),
            _ => None,
        });
        let (begun, later): (Vec<_>, Vec<_>) = usable.partition(|ours| ours.signs_from <= now);
        // None has begun: the clock here is behind that of whoever made the first key.
        let last = begun.into_iter().max_by_key(|ours| ours.signs_from);
        let signing = last.or_else(|| later.into_iter().min_by_key(|ours| ours.signs_from));
        signing.map(|ours| Arc::clone(&ours.key))
    }

    /// The public keys at `now`: those that sign, that will, and that did.
    ///
    /// ```
    /// use portcullis::token::{KeyRing, SigningKey};
    ///
    /// let ring = KeyRing::of(SigningKey::generate()?);
    /// assert_eq!(ring.published(jiff::Timestamp::UNIX_EPOCH).len(), 1);
    /// # Ok::<(), portcullis::token::KeyFailed>(())
    /// ```
    pub fn published(&self, now: Timestamp) -> Vec<VerifyingKey> {
        let keys = self.present();
        let now = now.as_second();
        let living = keys.entries.iter().filter(|entry| !entry.is_retired(now));
        living.map(|entry| entry.public().clone()).collect()
    }

    /// Our own keys, whether retired or not.
    ///
    /// ```
    /// use portcullis::token::{KeyRing, SigningKey};
    ///
    /// let ring = KeyRing::of(SigningKey::generate()?);
    /// assert_eq!(ring.scheduled()[0].retires_at, None);
    /// # Ok::<(), portcullis::token::KeyFailed>(())
    /// ```
    pub fn scheduled(&self) -> Vec<ScheduledKey> {
        let keys = self.present();
        let ours = keys.entries.iter().filter_map(|entry| match entry {
            Entry::Ours(ours) => Some(ours.clone()),
            Entry::Public(_) => None,
        });
        ours.collect()
    }

    pub(super) fn present(&self) -> Arc<Keys> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&keys)
    }

    pub(super) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn key(signs_from: i64, retires_at: Option<i64>) -> ScheduledKey {
        ScheduledKey {
            key: SigningKey::generate().unwrap().into(),
            signs_from: second(signs_from),
            retires_at: retires_at.map(second),
        }
    }

    #[test]
    fn each_key_signs_in_its_time() {
        let keys = vec![key(200, None), key(0, Some(150)), key(100, Some(300))];
        let kids: Vec<_> = keys
            .iter()
            .map(|key| key.key.public().kid().to_owned())
            .collect();
        let ring = KeyRing::new(keys);
        for (now, index) in [
            (-5, 1),
            (0, 1),
            (99, 1),
            (100, 2),
            (199, 2),
            (200, 0),
            (9_999, 0),
        ] {
            let signing = ring.signing(second(now)).unwrap();
            assert_eq!(signing.public().kid(), kids[index], "at {now}");
        }
        for (now, count) in [(0, 3), (149, 3), (150, 2), (299, 2), (300, 1)] {
            assert_eq!(ring.published(second(now)).len(), count, "at {now}");
        }
    }

    #[test]
    fn a_clock_that_is_behind_signs_with_the_first() {
        let ring = KeyRing::new(vec![key(100, None), key(200, None)]);
        let first = ring.published(second(0)).remove(0);
        assert_eq!(ring.signing(second(0)).unwrap().public().kid(), first.kid());
        assert!(
            KeyRing::new(vec![key(0, Some(10))])
                .signing(second(10))
                .is_none()
        );
    }
}
