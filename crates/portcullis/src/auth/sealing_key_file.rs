//! The sealing key in a file that its owner alone can read.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::secret::{NoRandomness, random_id};
use crate::token::{KeyFailed, SealingKey};

/// Why a sealing key was not read or made.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("portcullis.key");
/// # #[cfg(unix)] {
/// use std::{fs, os::unix::fs::PermissionsExt};
///
/// use portcullis::auth::{SealingKeyFailed, load_or_create_sealing_key};
///
/// load_or_create_sealing_key(&path)?;
/// fs::set_permissions(&path, fs::Permissions::from_mode(0o644))?;
/// assert!(matches!(load_or_create_sealing_key(&path), Err(SealingKeyFailed::Open(_))));
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
pub enum SealingKeyFailed {
    /// Whoever reads the key and the database can sign tokens.
    #[error(
        "{path} can be read or written by others than its owner; run: chmod 600 {path}",
        path = .0.display()
    )]
    Open(PathBuf),
    /// The file holds something else.
    #[error("{path} holds no sealing key: {reason}", path = .0.display(), reason = .1)]
    Malformed(PathBuf, KeyFailed),
    /// The file system.
    #[error("{path}: {cause}", path = .0.display(), cause = .1)]
    Io(PathBuf, io::Error),
    /// No key could be made.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

/// The sealing key in the file at `path`; `None` where there is no file. Blocks.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("portcullis.key");
/// use portcullis::auth::{load_or_create_sealing_key, load_sealing_key};
///
/// assert!(load_sealing_key(&path)?.is_none());
/// load_or_create_sealing_key(&path)?;
/// assert!(load_sealing_key(&path)?.is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`SealingKeyFailed`]; also when others than the file's owner may read or write it.
pub fn load_sealing_key(path: &Path) -> Result<Option<SealingKey>, SealingKeyFailed> {
    let failed = |error| SealingKeyFailed::Io(path.to_owned(), error);
    let text = match fs::read_to_string(path).map(Zeroizing::new) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    if is_open(path).map_err(failed)? {
        return Err(SealingKeyFailed::Open(path.to_owned()));
    }
    SealingKey::from_base64(&text)
        .map(Some)
        .map_err(|reason| SealingKeyFailed::Malformed(path.to_owned(), reason))
}

/// The sealing key in the file at `path`, which is made where it is missing, for its owner alone. Of
/// several processes that make it at once, one does, and all read that one. Blocks.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("portcullis.key");
/// use portcullis::auth::load_or_create_sealing_key;
///
/// let made = load_or_create_sealing_key(&path)?;
/// let loaded = load_or_create_sealing_key(&path)?; // at the next start
/// assert_eq!(made.to_base64(), loaded.to_base64());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`SealingKeyFailed`].
pub fn load_or_create_sealing_key(path: &Path) -> Result<SealingKey, SealingKeyFailed> {
    if let Some(key) = load_sealing_key(path)? {
        return Ok(key);
    }
    let failed = |error| SealingKeyFailed::Io(path.to_owned(), error);
    let made = SealingKey::generate()?;
    // Written whole under another name and then linked, which fails where the file is there by now.
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}", random_id()?));
    let beside = PathBuf::from(name);
    let linked = write(&beside, &made).and_then(|()| fs::hard_link(&beside, path));
    let removed = fs::remove_file(&beside);
    match linked {
        Ok(()) => {
            // The name, too, must survive a power cut: what is sealed under the key will.
            let kept = removed.and_then(|()| keep_names_beside(path));
            kept.map(|()| made).map_err(failed)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let theirs = load_sealing_key(path)?;
            theirs.ok_or_else(|| failed(ErrorKind::NotFound.into()))
        }
        Err(error) => Err(failed(error)),
    }
}

fn write(path: &Path, key: &SealingKey) -> io::Result<()> {
    let mut file = create(path)?;
    file.write_all(key.to_base64().as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

#[cfg(unix)]
fn keep_names_beside(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(not(unix))]
fn keep_names_beside(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn create(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

#[cfg(unix)]
fn is_open(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::metadata(path)?.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open(_: &Path) -> io::Result<bool> {
    Ok(false)
}
