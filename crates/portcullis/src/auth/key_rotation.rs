//! The rules of a key's life: published, then signing, then verifying, then retired.
//!
//! Nobody is signed out by it: a key signs only when every node and every reader of the public keys
//! has had the time to learn it, and verifies until the last token that it signed has expired.

use jiff::{SignedDuration, Timestamp};

use crate::token::{SealedKey, SigningAlgorithm};

/// When signing keys change, and to what.
///
/// ```
/// use portcullis::auth::KeyRotation;
/// use portcullis::token::SigningAlgorithm;
///
/// let ninety_days = KeyRotation::default();
/// let by_command_alone = KeyRotation {
///     algorithm: SigningAlgorithm::EdDsa,
///     every: None,
///     ..ninety_days
/// };
/// assert_eq!(by_command_alone.publish_first, ninety_days.publish_first);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyRotation {
    /// What a new key is for. Keys that are there go on as they are.
    pub algorithm: SigningAlgorithm,
    /// For how long a key signs before the next one is made; `None`: until it is asked for.
    pub every: Option<SignedDuration>,
    /// How long a key is published before it signs: longer than any reader keeps the public keys, and
    /// than any node goes without reading the store. [`Self::SHORTEST_PUBLICATION`] at least.
    pub publish_first: SignedDuration,
    /// The longest that an access token is valid, on any node and for any client.
    pub longest_token: SignedDuration,
}

impl KeyRotation {
    /// The public keys are kept for five minutes by whoever asks for them; the other five are for
    /// nodes that read the store every minute, and for clocks that differ.
    ///
    /// ```
    /// use portcullis::auth::KeyRotation;
    ///
    /// assert_eq!(KeyRotation::SHORTEST_PUBLICATION.as_mins(), 10);
    /// ```
    pub const SHORTEST_PUBLICATION: SignedDuration = SignedDuration::from_mins(10);

    /// Beyond the last token's expiry: for the leeway of verifiers, and for clocks that differ.
    const AFTERWARDS: SignedDuration = SignedDuration::from_mins(10);
}

impl Default for KeyRotation {
    fn default() -> Self {
        Self {
            algorithm: SigningAlgorithm::default(),
            every: Some(SignedDuration::from_hours(90 * 24)),
            publish_first: SignedDuration::from_hours(1),
            longest_token: SignedDuration::from_hours(1),
        }
    }
}

pub(super) fn is_retired(key: &SealedKey, now: Timestamp) -> bool {
    key.retires_at.is_some_and(|end| end <= now)
}

/// As [`KeyRing::signing`](crate::token::KeyRing::signing) has it.
pub(super) fn signing(keys: &[SealedKey], now: Timestamp) -> Option<&SealedKey> {
    let living = || keys.iter().filter(|key| !is_retired(key, now));
    let begun = living().filter(|key| key.signs_from <= now);
    begun
        .max_by_key(|key| key.signs_from)
        .or_else(|| living().min_by_key(|key| key.signs_from))
}

/// The key that signs last of all.
pub(super) fn latest(keys: &[SealedKey]) -> Option<&SealedKey> {
    keys.iter().max_by_key(|key| key.signs_from)
}

/// `time` and `span` later, or the end of time.
fn after(time: Timestamp, span: SignedDuration) -> Timestamp {
    time.saturating_add(span).unwrap_or(Timestamp::MAX)
}

impl KeyRotation {
    /// Whether the latest key has signed for long enough.
    pub(super) fn is_due(&self, latest: &SealedKey, now: Timestamp) -> bool {
        self.every
            .is_some_and(|every| after(latest.signs_from, every) <= now)
    }

    /// When a key that is published now begins to sign.
    pub(super) fn signs_from(&self, now: Timestamp) -> Timestamp {
        after(now, self.publish_first.max(Self::SHORTEST_PUBLICATION))
    }

    /// `keys`, of which none is over, and `next`, after which all others retire.
    pub(super) fn followed(&self, keys: &[SealedKey], next: SealedKey) -> Vec<SealedKey> {
        let last_token = after(next.signs_from, self.longest_token);
        let end = after(last_token, Self::AFTERWARDS);
        let mut keys = swept(keys, next.created_at);
        for key in &mut keys {
            key.retires_at.get_or_insert(end);
        }
        keys.push(next);
        keys
    }
}

/// `keys` without those that retired some time ago, by any node's clock.
pub(super) fn swept(keys: &[SealedKey], now: Timestamp) -> Vec<SealedKey> {
    let is_over = |key: &SealedKey| {
        let end = key.retires_at;
        end.is_some_and(|end| after(end, KeyRotation::AFTERWARDS) <= now)
    };
    let kept = keys.iter().filter(|key| !is_over(key));
    kept.cloned().collect()
}

/// What is left when keys were taken away: one that signs now, if there is one; or the next one does,
/// at once. Empty when none can.
pub(super) fn settled(keys: Vec<SealedKey>, now: Timestamp) -> Vec<SealedKey> {
    let mut keys = keys;
    keys.retain(|key| !is_retired(key, now));
    if let Some(kid) = signing(&keys, now).map(|key| key.kid.clone()) {
        for key in keys.iter_mut().filter(|key| key.kid == kid) {
            key.signs_from = key.signs_from.min(now);
        }
    }
    // The last one retires when another follows, and not before.
    if let Some(last) = keys.iter_mut().max_by_key(|key| key.signs_from) {
        last.retires_at = None;
    }
    keys
}
