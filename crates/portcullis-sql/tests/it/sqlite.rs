//! `SQLite` alone: the file and what can happen to it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use portcullis::client::ClientId;
use portcullis::password::PasswordHash;
use portcullis::store::{
    Clients, PasswordChange, Sessions, SigningKeys, StoreError, UserSource, Users,
};
use portcullis::token::Salt;
use portcullis::user::{UserId, Username};
use portcullis_sql::{Create, OpenError, SqliteStore};

use crate::engine::Engine;
use crate::sessions::{begun, turn};

fn refused(path: &Path) -> OpenError {
    SqliteStore::open(path, Create::IfMissing).expect_err("it must be refused")
}

#[test]
fn what_cannot_be_written_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    for path in [
        // Also root cannot: no such directory, a file as a directory, a directory as a file, and a
        // file system of the kernel's.
        folder.path().join("missing/users.db"),
        file.join("users.db"),
        folder.path().to_owned(),
        "/proc/users.db".into(),
        "/dev/full".into(),
    ] {
        let error = refused(&path);
        assert!(matches!(error, OpenError::Unwritable { .. }), "{error:?}");
        let text = error.to_string();
        assert!(text.contains(&path.display().to_string()), "{text}");
    }
}

#[test]
fn another_kind_of_file_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("users.db");
    for content in [
        "x".repeat(10_000),
        "username,password\njohndoe,secret\n".into(),
    ] {
        fs::write(&path, &content).unwrap();
        let error = refused(&path);
        assert!(matches!(error, OpenError::NotADatabase { .. }), "{error:?}");
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}

/// Another program is writing: its log is not put into its file by our looking at it.
#[test]
fn somebody_elses_log_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (theirs, copy) = (
        folder.path().join("theirs.db"),
        folder.path().join("copy.db"),
    );
    let beside = |file: &Path| format!("{}-wal", file.display());
    let writer = rusqlite::Connection::open(&theirs).unwrap();
    writer
        .execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE users (id INTEGER);")
        .unwrap();
    // As after a power cut: a log, and nobody who has it open.
    fs::copy(&theirs, &copy).unwrap();
    fs::copy(beside(&theirs), beside(&copy)).unwrap();
    let read = || (fs::read(&copy).unwrap(), fs::read(beside(&copy)).unwrap());
    let before = read();
    assert!(!before.1.is_empty(), "the test must see a log");
    let error = refused(&copy);
    assert!(matches!(error, OpenError::Foreign { .. }), "{error:?}");
    assert_eq!(read(), before);
}

#[test]
fn an_empty_file_becomes_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("users.db");
    fs::write(&path, "").unwrap();
    assert!(matches!(
        SqliteStore::open(&path, Create::Never).err(),
        Some(OpenError::Missing { .. })
    ));
    assert!(
        SqliteStore::open(&path, Create::IfMissing)
            .unwrap()
            .was_created()
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("users.db"), Create::IfMissing).unwrap();
    store
        .delete_user(&UserId::new("nobody"), None)
        .await
        .unwrap();
    let mut seen = 0;
    for entry in fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", entry.path().display());
        seen += 1;
    }
    assert_eq!(seen, 3, "the file, its log and its index");
}

#[test]
fn a_closed_store_leaves_one_file() {
    let folder = tempfile::tempdir().unwrap();
    drop(SqliteStore::open(&folder.path().join("users.db"), Create::IfMissing).unwrap());
    let names: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["users.db"]);
}

/// Names that mean something to `SQLite`, and must be only names.
#[test]
fn a_name_is_only_a_name() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["file:users.db?mode=memory", "a b'\"%41.db", ":memory:"] {
        let path = folder.path().join(name);
        SqliteStore::open(&path, Create::IfMissing).unwrap();
        assert!(path.is_file(), "{name}");
    }
}

/// What every verb answers, by its name.
async fn every_verb(
    store: &SqliteStore,
    id: &UserId,
) -> Vec<(&'static str, Result<(), StoreError>)> {
    let name = Username::parse("johndoe").unwrap();
    let hash = || PasswordHash::from_store("x");
    vec![
        (
            "find_by_subject",
            store.find_by_subject(id.as_str()).await.map(drop),
        ),
        (
            "find_by_username",
            store.find_by_username(&name).await.map(drop),
        ),
        ("list_users", store.list_users(None, 10).await.map(drop)),
        (
            "list_signing_keys",
            store.list_signing_keys().await.map(drop),
        ),
        ("find_session", store.find_session("x").await.map(drop)),
        ("list_sessions", store.list_sessions(id).await.map(drop)),
        ("delete_session", store.delete_session("x").await.map(drop)),
        (
            "find_client",
            store.find_client(&ClientId::new("x")).await.map(drop),
        ),
        ("list_clients", store.list_clients().await.map(drop)),
        ("check", store.check().await),
        (
            "update_password",
            store
                .update_password(id, PasswordChange::to(hash()))
                .await
                .map(drop),
        ),
    ]
}

/// An open file outlives its name. Who was deleted from the new one must not be let in by the old.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_was_taken_away_is_read_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let there = folder.path().join("aside.db");
    let path = folder.path().join("users.db");
    for replaced in [false, true] {
        for entry in fs::read_dir(folder.path()).unwrap() {
            fs::remove_file(entry.unwrap().path()).unwrap();
        }
        let store = SqliteStore::open(&path, Create::IfMissing).unwrap();
        let user = rusqlite::Connection::open(&path).unwrap();
        user.execute_batch("INSERT INTO users (id, username) VALUES ('id', 'johndoe')")
            .unwrap();
        let id = UserId::new("id");
        tokio::time::sleep(Duration::from_millis(2)).await;
        for (verb, answer) in every_verb(&store, &id).await {
            assert!(answer.is_ok(), "{verb}: {answer:?}");
        }
        let found = store.find_by_subject("id").await.unwrap();
        assert!(found.is_some(), "remembered from now on");

        fs::rename(&path, &there).unwrap();
        if replaced {
            fs::write(&path, "").unwrap();
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
        for round in 0..3 {
            for (verb, answer) in every_verb(&store, &id).await {
                let Err(StoreError::Unavailable(cause)) = answer else {
                    panic!("{verb}, round {round}: {answer:?}");
                };
                let text = cause.to_string();
                assert!(text.contains("users.db"), "{verb}: {text}");
                assert!(text.contains("restart"), "{verb}: {text}");
            }
            // Nor when it comes back: something may have been written to another one meanwhile.
            if round == 0 {
                fs::rename(&there, &path).unwrap();
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

/// A shell that holds the write lock stops writers alone, and not for ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_of_somebody_else_stops_writes_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("users.db");
    let store = SqliteStore::open(&path, Create::IfMissing).unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();

    let id = UserId::new("nobody");
    let write = store.delete_user(&id, None);
    let read = async {
        store.find_by_subject("nobody").await.unwrap();
    };
    let (write, ()) = tokio::join!(write, read);
    assert!(
        matches!(write, Err(StoreError::Unavailable(_))),
        "{write:?}"
    );
    other.execute_batch("ROLLBACK").unwrap();
    assert!(!store.delete_user(&id, None).await.unwrap());
}

/// With the salts of all turns, who has an old token could make the present one.
#[tokio::test]
async fn swept_salts_are_in_no_file_of_the_database() {
    let engine = Engine::sqlite();
    let store = engine.open().await;
    let mut token = begun(&engine, &*store).await;
    let mut salts = Vec::new();
    for _ in 0..5 {
        let (rotation, salt) = turn(&token);
        let now = rotation.now;
        store.rotate_session(rotation).await.unwrap();
        salts.push(salt);
        token = token.successor(&salt);
        let later = now + jiff::SignedDuration::from_secs(31);
        assert!(lies_in_a_file(&engine, &salt), "until it is swept");
        store.sweep_sessions(later, later).await.unwrap();
    }
    for salt in salts {
        assert!(!lies_in_a_file(&engine, &salt));
    }
}

fn lies_in_a_file(engine: &Engine, salt: &Salt) -> bool {
    let url = engine.url();
    let file = Path::new(url.strip_prefix("sqlite://").unwrap());
    fs::read_dir(file.parent().unwrap()).unwrap().any(|file| {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        bytes.windows(32).any(|part| part == salt.as_bytes())
    })
}
