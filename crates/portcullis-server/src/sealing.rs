//! The sealing key: from the configuration, or from `portcullis.key` in the working directory.

use std::path::Path;

use anyhow::{Context, bail};
use portcullis::auth::{
    NoSigningKey, load_or_create_sealing_key, load_or_create_signing_key, load_sealing_key,
};
use portcullis::clock::{Clock, SystemClock};
use portcullis::store::Store;
use portcullis::token::{KeyFailed, SealingKey, SigningKey};

use crate::config::Config;

/// The file that holds the sealing key where the configuration does not.
const FILE: &str = "portcullis.key";

/// The signing key of the database, opened; at the first start, made.
pub(crate) async fn signing_key(config: &Config, store: &dyn Store) -> anyhow::Result<SigningKey> {
    let fresh = store.list_signing_keys().await?.is_empty();
    let (from_file, place);
    let sealing = if let Some(configured) = &config.sealing_key {
        place = "the setting `key_encryption_key`";
        configured
    } else {
        place = FILE;
        from_file = key_of_file(fresh)?;
        &from_file
    };
    match load_or_create_signing_key(store, sealing, SystemClock.second()).await {
        Ok(key) => Ok(key),
        Err(NoSigningKey::Key(KeyFailed::OtherSeal)) => bail!(
            "the signing keys in the database are sealed under another key than {place}; copy the \
             right portcullis.key here, or set PORTCULLIS_KEY_ENCRYPTION_KEY to it"
        ),
        Err(other) => Err(other.into()),
    }
}

/// The sealing key in the working directory; made there when nothing is sealed yet.
fn key_of_file(fresh: bool) -> anyhow::Result<SealingKey> {
    let path = Path::new(FILE);
    if fresh {
        return Ok(load_or_create_sealing_key(path)?);
    }
    load_sealing_key(path)?.with_context(|| {
        format!(
            "the signing keys in the database are sealed, and their key is not here: copy {FILE} \
             from where the server first ran into this directory, or set \
             PORTCULLIS_KEY_ENCRYPTION_KEY to what it holds"
        )
    })
}
