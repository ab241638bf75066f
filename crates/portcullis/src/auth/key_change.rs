//! What comes of a change of the signing keys.

use jiff::Timestamp;

use crate::store::StoreError;
use crate::token::KeyFailed;

/// Why the signing keys could not be opened or changed.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let (now, store) = (jiff::Timestamp::UNIX_EPOCH, std::sync::Arc::new(portcullis::store::MemoryStore::new()));
/// use portcullis::auth::{KeyRotation, KeysFailed, StoredKeys};
/// use portcullis::token::{KeyFailed, SealingKey};
///
/// let (ours, theirs) = (SealingKey::generate()?, SealingKey::generate()?);
/// StoredKeys::open(store.clone(), ours.into(), KeyRotation::default(), now).await?;
/// let refused = StoredKeys::open(store, theirs.into(), KeyRotation::default(), now).await;
/// assert!(matches!(refused, Err(KeysFailed::Key(KeyFailed::OtherSeal))));
/// # Ok(()) }
/// ```
#[derive(Debug, thiserror::Error)]
pub enum KeysFailed {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A key.
    #[error(transparent)]
    Key(#[from] KeyFailed),
    /// There is no key of this name.
    #[error("there is no signing key {0}")]
    Unknown(String),
    /// All keys were taken out of the database.
    #[error("there are no signing keys in the database any more")]
    Vanished,
    /// Others changed the keys again and again.
    #[error("the signing keys are being changed by others all the time")]
    Contended,
}

/// What a rotation came to.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # use portcullis::{auth::StoredKeys, store::MemoryStore, token::SealingKey};
/// # let (now, store) = (jiff::Timestamp::UNIX_EPOCH, std::sync::Arc::new(MemoryStore::new()));
/// # let sealing = SealingKey::generate()?.into();
/// # let keys = StoredKeys::open(store, sealing, Default::default(), now).await?;
/// let first = keys.rotate(now).await?;
/// let again = keys.rotate(now).await?;
/// assert!(first.made && !again.made); // one is under way
/// assert_eq!(first.kid, again.kid);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// The key that signs next.
    pub kid: String,
    /// From when on it signs.
    pub signs_from: Timestamp,
    /// Whether it was made now; else somebody made it a moment ago.
    pub made: bool,
}

/// What [`StoredKeys::maintain`](super::StoredKeys::maintain) did and found.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # use portcullis::{auth::StoredKeys, store::MemoryStore, token::SealingKey};
/// # let (now, store) = (jiff::Timestamp::UNIX_EPOCH, std::sync::Arc::new(MemoryStore::new()));
/// # let sealing = SealingKey::generate()?.into();
/// # let keys = StoredKeys::open(store, sealing, Default::default(), now).await?;
/// use portcullis::auth::Maintained;
///
/// assert_eq!(keys.maintain(now).await?, Maintained::default()); // nothing to do
/// let in_90_days = now + jiff::SignedDuration::from_hours(90 * 24);
/// assert!(keys.maintain(in_90_days).await?.rotated.is_some());
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Maintained {
    /// The key that was made, because the last one had signed for long enough.
    pub rotated: Option<Rotated>,
    /// Keys that are sealed under a sealing key that is not known here.
    pub unreadable: Vec<String>,
}
