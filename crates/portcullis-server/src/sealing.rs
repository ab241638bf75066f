//! The sealing key: from the configuration, or from `portcullis.key` in the working directory.

use std::io::{ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, bail};
use portcullis::auth::{NoSigningKey, load_or_create_signing_key};
use portcullis::clock::{Clock, SystemClock};
use portcullis::store::Store;
use portcullis::token::{KeyFailed, SealingKey, SigningKey};

use zeroize::Zeroizing;

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
    match std::fs::read_to_string(path).map(Zeroizing::new) {
        Ok(text) => {
            check_mode(path)?;
            SealingKey::from_base64(&text)
                .with_context(|| format!("{FILE}: it holds no sealing key"))
        }
        Err(error) if error.kind() == ErrorKind::NotFound && fresh => make(path),
        Err(error) if error.kind() == ErrorKind::NotFound => bail!(
            "the signing keys in the database are sealed, and their key is not here: copy {FILE} \
             from where the server first ran into this directory, or set \
             PORTCULLIS_KEY_ENCRYPTION_KEY to what it holds"
        ),
        Err(error) => Err(error).with_context(|| format!("{FILE} cannot be read")),
    }
}

/// Whoever reads the key and the database can sign tokens.
fn check_mode(path: &Path) -> anyhow::Result<()> {
    let mode = std::fs::metadata(path)?.permissions().mode();
    if mode & 0o077 != 0 {
        bail!("{FILE} can be read or written by others than its owner; run: chmod 600 {FILE}");
    }
    Ok(())
}

/// Makes the file, whole or not at all, for its owner alone. Should another process make it at the
/// same moment, that one stands.
fn make(path: &Path) -> anyhow::Result<SealingKey> {
    let cannot = || format!("{FILE} cannot be written here");
    let key = SealingKey::generate()?;
    // Made with mode 0600.
    let mut file = tempfile::NamedTempFile::new_in(".").with_context(cannot)?;
    writeln!(file, "{}", key.to_base64().as_str()).with_context(cannot)?;
    file.as_file().sync_all().with_context(cannot)?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(key),
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => {
            let text = std::fs::read_to_string(path).with_context(cannot)?;
            Ok(SealingKey::from_base64(&text)?)
        }
        Err(error) => Err(error.error).with_context(cannot),
    }
}
