//! The signing keys of the database, and the key that seals them: from the configuration, or from
//! `portcullis.key` in the working directory.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{anyhow, bail};
use portcullis::auth::{
    KeyRotation, KeysFailed, StoredKeys, load_or_create_sealing_key, load_sealing_key,
};
use portcullis::clock::{Clock, SystemClock};
use portcullis::store::Store;
use portcullis::token::{KeyFailed, SealedKey, SealingKey, SealingKeys};

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
        known(config)?.ok_or_else(|| missing(config))?
    };
    let opened = StoredKeys::open(store, sealing, config.rotation, SystemClock.second());
    opened.await.map_err(|failed| told(config, failed))
}

/// The signing keys that cannot be read here, and are not read with the sealing key that lies beside the
/// database either: then this is the wrong directory, and they are not lost.
pub(crate) async fn lost_keys(config: &Config, store: &dyn Store) -> anyhow::Result<Vec<String>> {
    let here = known(config)?;
    let mut rows = store.list_signing_keys().await?;
    let previous = config.previous_sealing_key.as_ref();
    rows.retain(|row| {
        let here = here.as_ref().is_some_and(|here| here.open(row).is_ok());
        !here && previous.is_none_or(|previous| previous.open(row).is_err())
    });
    if let Some(file) = key_beside_the_database(config)
        && !rows.is_empty()
        && (here.is_none() || opens_one(&file, &rows)?)
    {
        let file = file.display();
        bail!(
            "nothing was thrown away: {file} lies beside the database, so this seems not to be the \
             directory where the server runs; run the command there, or set \
             PORTCULLIS_KEY_ENCRYPTION_KEY_FILE={file}; if that is not the key either, move it away first"
        );
    }
    Ok(rows.into_iter().map(|row| row.kid).collect())
}

fn opens_one(file: &Path, rows: &[SealedKey]) -> anyhow::Result<bool> {
    let key = load_sealing_key(file)?;
    Ok(key.is_some_and(|key| rows.iter().any(|row| key.open(row).is_ok())))
}

/// The signing keys that can be read, after all others were thrown away.
pub(crate) async fn open_readable_keys(
    config: &Config,
    store: Arc<dyn Store>,
) -> anyhow::Result<StoredKeys> {
    let sealing = made_where_missing(config)?;
    let rotation: KeyRotation = config.rotation;
    let opened = StoredKeys::open_readable(store, sealing, rotation, SystemClock.second());
    let (keys, _lost) = opened.await?;
    Ok(keys)
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

/// A sealing key in the directory of the database, when commands are run in another one and are not
/// told which key to take.
fn key_beside_the_database(config: &Config) -> Option<PathBuf> {
    let database = config.database.strip_prefix("sqlite://")?;
    let folder = Path::new(database).parent()?;
    if config.sealing_key.is_some() || folder.as_os_str().is_empty() {
        return None;
    }
    let file = folder.join(FILE).canonicalize().ok()?;
    let is_ours = Path::new(FILE)
        .canonicalize()
        .is_ok_and(|ours| ours == file);
    (!is_ours).then_some(file)
}

/// What went wrong, and what to do.
pub(crate) fn told(config: &Config, failed: KeysFailed) -> anyhow::Error {
    match failed {
        KeysFailed::Key(KeyFailed::OtherSeal) => other(config),
        failed => failed.into(),
    }
}

/// Why there are signing keys that cannot be read, and what to do.
pub(crate) fn unreadable(config: &Config) -> anyhow::Result<anyhow::Error> {
    Ok(match known(config)? {
        Some(_) => other(config),
        None => missing(config),
    })
}

fn missing(config: &Config) -> anyhow::Error {
    let advice = advice(config);
    anyhow!("the signing keys in the database are sealed, and their key is not here: {advice}")
}

fn other(config: &Config) -> anyhow::Error {
    let place = match config.sealing_key {
        Some(_) => "the setting `key_encryption_key`",
        None => FILE,
    };
    let advice = advice(config);
    anyhow!(
        "the signing keys in the database are sealed under another key than {place}: {advice}; while \
         it is being exchanged, PORTCULLIS_KEY_ENCRYPTION_KEY_PREVIOUS is the old one"
    )
}

/// The harmless first.
fn advice(config: &Config) -> String {
    let found = key_beside_the_database(config).map_or_else(String::new, |file| {
        format!(" ({} lies beside the database)", file.display())
    });
    format!(
        "look first in the directory where the server runs{found}, and run the command there, copy its \
         {FILE} here, or set PORTCULLIS_KEY_ENCRYPTION_KEY_FILE to it or PORTCULLIS_KEY_ENCRYPTION_KEY \
         to what it holds; only if it is lost everywhere, `portcullis key rotate --discard-unreadable` \
         starts afresh, and every token that is out is refused"
    )
}
