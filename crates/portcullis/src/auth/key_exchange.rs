//! The one path of every change of the stored keys: read, decide, store, unless others were quicker.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::key_change::KeysFailed;
use super::stored_keys::StoredKeys;
use crate::token::{KeyFailed, ScheduledKey, SealedKey, SealingKey, SigningAlgorithm, SigningKey};

/// Why nothing could be decided about the keys.
#[derive(Debug)]
pub(super) enum Undecided {
    /// It takes a new key, which is made before it is asked again.
    WithoutKey,
    Failed(KeysFailed),
}

impl<E: Into<KeysFailed>> From<E> for Undecided {
    fn from(failed: E) -> Self {
        Self::Failed(failed.into())
    }
}

/// A new key, if one was made, for a decision that needs one.
pub(super) struct NewKey<'a> {
    key: Option<&'a SigningKey>,
    sealing: &'a SealingKey,
}

impl NewKey<'_> {
    pub(super) fn sealed(
        &self,
        now: Timestamp,
        signs_from: Timestamp,
    ) -> Result<SealedKey, Undecided> {
        let key = self.key.ok_or(Undecided::WithoutKey)?;
        let sealed = self.sealing.seal(key, now)?;
        Ok(SealedKey {
            signs_from,
            ..sealed
        })
    }
}

impl StoredKeys {
    /// How often a change is tried anew when somebody else's came first.
    const ATTEMPTS: usize = 20;

    /// Reads the keys, decides what becomes of them, and stores that, unless somebody else changed
    /// them meanwhile: then from the start. So too when a key had to be made: that takes a while for
    /// RSA, and somebody else may have made one by then.
    pub(super) async fn change<T>(
        &self,
        decide: impl Fn(&[SealedKey], &NewKey<'_>) -> Result<(Option<Vec<SealedKey>>, T), Undecided>,
    ) -> Result<T, KeysFailed> {
        let _turn = self.turn.lock().await;
        let mut new = None;
        // One more: the one that finds that a key is needed.
        for _ in 0..=Self::ATTEMPTS {
            let rows = self.store.list_signing_keys().await?;
            // At once: a write that fails must not keep a key that others retired.
            self.adopt(rows.clone());
            let sealing = &self.sealing.current;
            let key = new.as_ref();
            let (keys, outcome) = match decide(&rows, &NewKey { key, sealing }) {
                Ok(decided) => decided,
                Err(Undecided::Failed(failed)) => return Err(failed),
                Err(Undecided::WithoutKey) => {
                    new = Some(made(self.rotation.algorithm).await?);
                    continue;
                }
            };
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

/// An RSA key takes up to a second, in which a thread of the runtime would answer nobody.
async fn made(algorithm: SigningAlgorithm) -> Result<SigningKey, KeyFailed> {
    let making = tokio::task::spawn_blocking(move || SigningKey::generate_for(algorithm));
    making.await.map_err(|_| KeyFailed::Generation)?
}
