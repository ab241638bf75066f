//! The signing keys, as an operator sees them.

use jiff::Timestamp;
use serde::Serialize;

use super::key_rotation::{is_retired, signing};
use crate::store::{SigningKeys, StoreError};
use crate::token::{SealedKey, SealingKeys};

/// What a signing key is doing.
///
/// ```
/// use portcullis::auth::KeyState;
///
/// assert_eq!(serde_json::to_value(KeyState::Published)?, "published");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyState {
    /// Everybody may learn it; it signs later.
    Published,
    /// It signs.
    Signing,
    /// It signs no more; what it signed is accepted.
    Verifying,
    /// Nothing it signed is accepted.
    Retired,
    /// It is sealed under another sealing key.
    Unreadable,
}

/// A signing key in a list.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # use portcullis::{auth::StoredKeys, store::MemoryStore, token::SealingKey};
/// # let (now, store) = (jiff::Timestamp::UNIX_EPOCH, std::sync::Arc::new(MemoryStore::new()));
/// # let sealing = SealingKey::generate()?.into();
/// # let keys = StoredKeys::open(store, sealing, Default::default(), now).await?;
/// use portcullis::auth::{KeyState, ListedKey};
///
/// let ListedKey { state, algorithm, .. } = keys.list(now).await?.remove(0);
/// assert_eq!((state, algorithm), (KeyState::Signing, Some("ES256")));
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListedKey {
    /// The key's identifier.
    pub kid: String,
    /// Its algorithm, as far as it can be read.
    pub algorithm: Option<&'static str>,
    /// What it is doing.
    pub state: KeyState,
    /// When it was made, and published.
    pub created_at: Timestamp,
    /// From when on it signs.
    pub signs_from: Timestamp,
    /// From when on another signs in its place, if one is there already.
    pub signs_until: Option<Timestamp>,
    /// From when on nothing that it signed is accepted.
    pub retires_at: Option<Timestamp>,
}

impl ListedKey {
    fn all(keys: &[SealedKey], sealing: Option<&SealingKeys>, now: Timestamp) -> Vec<Self> {
        let signing = signing(keys, now).map(|key| key.kid.as_str());
        let listed = |key: &SealedKey| {
            let opened = sealing.and_then(|sealing| sealing.open(key).ok());
            let state = if is_retired(key, now) {
                KeyState::Retired
            } else if opened.is_none() {
                KeyState::Unreadable
            } else if signing == Some(&*key.kid) {
                KeyState::Signing
            } else if key.signs_from > now {
                KeyState::Published
            } else {
                KeyState::Verifying
            };
            Self {
                kid: key.kid.clone(),
                algorithm: opened.map(|opened| opened.public().algorithm().name()),
                state,
                created_at: key.created_at,
                signs_from: key.signs_from,
                signs_until: followed(keys, key),
                retires_at: key.retires_at,
            }
        };
        keys.iter().map(listed).collect()
    }
}

/// When the next key begins to sign.
fn followed(keys: &[SealedKey], key: &SealedKey) -> Option<Timestamp> {
    let others = keys.iter().map(|other| other.signs_from);
    others.filter(|from| *from > key.signs_from).min()
}

/// All keys of a store, the oldest first, also without the key that they are sealed under.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let now = jiff::Timestamp::UNIX_EPOCH;
/// use portcullis::{auth::list_keys, store::MemoryStore};
///
/// assert!(list_keys(&MemoryStore::new(), None, now).await?.is_empty());
/// # Ok(()) }
/// ```
///
/// # Errors
/// [`StoreError`].
pub async fn list_keys(
    store: &dyn SigningKeys,
    sealing: Option<&SealingKeys>,
    now: Timestamp,
) -> Result<Vec<ListedKey>, StoreError> {
    let keys = store.list_signing_keys().await?;
    Ok(ListedKey::all(&keys, sealing, now))
}
