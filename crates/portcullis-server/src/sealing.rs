//! The signing keys of the database, and the key that seals them: from the configuration, or from
//! `portcullis.key` in the working directory.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use portcullis::auth::{
    KeyRotation, KeysFailed, StoredKeys, load_or_create_sealing_key, load_sealing_key,
};
use portcullis::clock::{Clock, SystemClock};
use portcullis::store::Store;
use portcullis::token::{KeyFailed, SealingKey, SealingKeys};

use crate::config::Config;

/// The file that holds the sealing key where the configuration does not.
const FILE: &str = "portcullis.key";

/// The signing keys of the database, opened; at the first start, one is made.
pub(crate) async fn open_keys(
    config: &Config,
    store: Arc<dyn Store>,
) -> anyhow::Result<StoredKeys> {
    let fresh = store.list_signing_keys().await?.is_empty();
    // Where the old one is named, a new one may be made: nothing is lost by it.
    let sealing = if fresh || config.previous_sealing_key.is_some() {
        made_where_missing(config)?
    } else {
        known(config)?.with_context(|| {
            format!(
                "the signing keys in the database are sealed, and their key is not here: copy {FILE} \
                 from where the server first ran into this directory, or set \
                 PORTCULLIS_KEY_ENCRYPTION_KEY to what it holds; if it is lost, \
                 `portcullis key rotate --discard-unreadable` starts afresh"
            )
        })?
    };
    let opened = StoredKeys::open(store, sealing, config.rotation, SystemClock.second());
    opened.await.map_err(|failed| told(config, failed))
}

/// The signing keys that can be read, after all others were thrown away. Answers which those were.
pub(crate) async fn open_readable_keys(
    config: &Config,
    store: Arc<dyn Store>,
) -> anyhow::Result<(StoredKeys, Vec<String>)> {
    let sealing = made_where_missing(config)?;
    let rotation: KeyRotation = config.rotation;
    let opened = StoredKeys::open_readable(store, sealing, rotation, SystemClock.second());
    Ok(opened.await?)
}

/// The sealing keys, if there is one.
pub(crate) fn known(config: &Config) -> anyhow::Result<Option<SealingKeys>> {
    let current = match &config.sealing_key {
        Some(configured) => Some(again(configured)?),
        None => load_sealing_key(Path::new(FILE))?,
    };
    current
        .map(|current| with_previous(config, current))
        .transpose()
}

fn made_where_missing(config: &Config) -> anyhow::Result<SealingKeys> {
    let current = match &config.sealing_key {
        Some(configured) => again(configured)?,
        None => load_or_create_sealing_key(Path::new(FILE))?,
    };
    with_previous(config, current)
}

fn with_previous(config: &Config, current: SealingKey) -> anyhow::Result<SealingKeys> {
    let previous = config
        .previous_sealing_key
        .as_ref()
        .map(again)
        .transpose()?;
    Ok(SealingKeys { current, previous })
}

/// A sealing key is never copied by chance, so it says so itself.
fn again(key: &SealingKey) -> Result<SealingKey, KeyFailed> {
    SealingKey::from_base64(&key.to_base64())
}

/// What went wrong, and what to do.
pub(crate) fn told(config: &Config, failed: KeysFailed) -> anyhow::Error {
    let KeysFailed::Key(KeyFailed::OtherSeal) = failed else {
        return failed.into();
    };
    let place = match config.sealing_key {
        Some(_) => "the setting `key_encryption_key`",
        None => FILE,
    };
    anyhow!(
        "the signing keys in the database are sealed under another key than {place}; copy the right \
         portcullis.key here, or set PORTCULLIS_KEY_ENCRYPTION_KEY to it; to exchange it, set \
         PORTCULLIS_KEY_ENCRYPTION_KEY_PREVIOUS to the old one; if it is lost, `portcullis key rotate \
         --discard-unreadable` starts afresh"
    )
}
