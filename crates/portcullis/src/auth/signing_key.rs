//! The signing key of a server: made once, at the first start of the first node, and kept sealed.

use jiff::Timestamp;

use crate::store::{SigningKeys, StoreError};
use crate::token::{KeyFailed, SealingKey, SigningKey};

/// Why there is no signing key.
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
