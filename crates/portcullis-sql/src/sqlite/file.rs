//! The file itself: made with the right mode, and recognised again.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::{Create, OpenError};

/// A database's file.
#[derive(Debug, Clone)]
pub(super) struct DatabaseFile {
    /// Absolute, so that SQLite sees neither `:memory:` nor `file:…?…` in it, and so that a later
    /// change of directory does not lead elsewhere.
    path: PathBuf,
    place: String,
    /// Whether a write-ahead log lay beside it before we opened it.
    has_log: bool,
}

impl DatabaseFile {
    /// The file at `path`; made, empty, if it is missing and may be made.
    pub(super) fn find(path: &Path, create: Create) -> Result<Self, OpenError> {
        let place = path.display().to_string();
        let unwritable = |cause: io::Error| OpenError::Unwritable {
            place: place.clone(),
            cause: cause.into(),
        };
        let absolute = std::path::absolute(path).map_err(unwritable)?;
        match fs::metadata(&absolute) {
            Ok(found) if found.is_file() => {}
            Ok(_) => {
                return Err(unwritable(io::Error::other("it is not a file")));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => match create {
                Create::Never => return Err(OpenError::Missing { place }),
                Create::IfMissing => make(&absolute).map_err(unwritable)?,
            },
            Err(error) => return Err(unwritable(error)),
        }
        Ok(Self {
            has_log: log_of(&absolute).exists(),
            path: absolute,
            place,
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The file as it was named, for people.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// Whether a write-ahead log lay beside it before we opened it.
    pub(super) fn has_log(&self) -> bool {
        self.has_log
    }

    /// Remembers which file this is.
    pub(super) fn identify(&self) -> io::Result<IdentifiedFile> {
        Ok(IdentifiedFile {
            identity: identity(&fs::metadata(&self.path)?),
            path: self.path.clone(),
            is_gone: AtomicBool::new(false),
        })
    }
}

fn log_of(path: &Path) -> PathBuf {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    log.into()
}

/// Makes an empty file for its owner alone: hashes and addresses will lie in it. SQLite gives the
/// files that it keeps beside it the same mode.
fn make(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        // Another process was faster. Both will find out who makes the tables.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other.map(drop),
    }
}

/// A file that was opened, to be told from another one that took its name.
pub(super) struct IdentifiedFile {
    path: PathBuf,
    identity: (u64, u64),
    /// Once seen, it stays so: what was written elsewhere meanwhile is in none of our connections.
    is_gone: AtomicBool,
}

/// The file's name leads elsewhere, or nowhere: what is written now would be lost with it, and what
/// is read from it was perhaps taken back.
#[derive(Debug, thiserror::Error)]
pub(super) enum FileGone {
    #[error(
        "the database file {0} was moved, deleted or replaced while it was open; restart on the right file"
    )]
    Gone(String),
    #[error("the database file {0} cannot be looked at: {1}")]
    Unseen(String, io::Error),
}

impl IdentifiedFile {
    /// Whether its name still leads to it, and always did when it was asked before.
    pub(super) fn check(&self) -> Result<(), FileGone> {
        let path = || self.path.display().to_string();
        if self.is_gone.load(Ordering::Relaxed) {
            return Err(FileGone::Gone(path()));
        }
        match fs::metadata(&self.path) {
            Ok(found) if identity(&found) == self.identity => Ok(()),
            Err(error) if !leads_nowhere(&error) => Err(FileGone::Unseen(path(), error)),
            _ => {
                self.is_gone.store(true, Ordering::Relaxed);
                Err(FileGone::Gone(path()))
            }
        }
    }
}

/// Whether the error is about the name, and not about the disk or our permissions.
fn leads_nowhere(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

#[cfg(unix)]
fn identity(file: &fs::Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (file.dev(), file.ino())
}

/// Elsewhere an open file cannot be replaced.
#[cfg(not(unix))]
fn identity(_: &fs::Metadata) -> (u64, u64) {
    (0, 0)
}
