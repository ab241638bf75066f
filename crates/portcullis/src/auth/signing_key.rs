//! The signing key of a server: made once, at the first start of the first node, and kept sealed.

use jiff::Timestamp;

use crate::store::{SigningKeys, StoreError};
use crate::token::{KeyFailed, SealingKey, SigningKey};

/// Why there is no signing key.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # use portcullis::auth::load_or_create_signing_key;
/// # let now = jiff::Timestamp::UNIX_EPOCH;
/// # let keys = portcullis::store::MemoryStore::new();
/// use portcullis::auth::NoSigningKey;
/// use portcullis::token::{KeyFailed, SealingKey};
///
/// load_or_create_signing_key(&keys, &SealingKey::generate()?, now).await?;
/// let refused = load_or_create_signing_key(&keys, &SealingKey::generate()?, now).await;
/// assert!(matches!(refused, Err(NoSigningKey::Key(KeyFailed::OtherSeal))));
/// # Ok(()) }
/// ```
#[derive(Debug, thiserror::Error)]
pub enum NoSigningKey {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key.
    #[error(transparent)]
    Key(#[from] KeyFailed),
    /// The database lost what it had just stored.
    #[error("the signing key that was just stored is not there")]
    Vanished,
}

/// The newest signing key that `keys` holds; where there is none, a new one, made at `now` and
/// stored. Of several nodes that start at once, one makes it and all use it.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// use portcullis::auth::load_or_create_signing_key;
/// use portcullis::clock::{Clock, SystemClock};
/// use portcullis::{store::MemoryStore, token::SealingKey};
///
/// let (store, sealing) = (MemoryStore::new(), SealingKey::generate()?);
/// let made = load_or_create_signing_key(&store, &sealing, SystemClock.second()).await?;
/// let loaded = load_or_create_signing_key(&store, &sealing, SystemClock.second()).await?;
/// assert_eq!(made.public().kid(), loaded.public().kid());
/// # Ok(()) }
/// ```
///
/// # Errors
/// [`NoSigningKey`]; with [`KeyFailed::OtherSeal`] when the stored key was sealed under another
/// sealing key.
pub async fn load_or_create_signing_key(
    keys: &dyn SigningKeys,
    sealing: &SealingKey,
    now: Timestamp,
) -> Result<SigningKey, NoSigningKey> {
    if let Some(newest) = keys.list_signing_keys().await?.last() {
        return Ok(sealing.open(newest)?);
    }
    let made = SigningKey::generate()?;
    if keys
        .insert_first_signing_key(sealing.seal(&made, now)?)
        .await?
    {
        return Ok(made);
    }
    let stored = keys.list_signing_keys().await?;
    let newest = stored.last().ok_or(NoSigningKey::Vanished)?;
    Ok(sealing.open(newest)?)
}
