//! What opening makes, and what it refuses, on both engines.

use std::process::{Command, Stdio};

use portcullis::user::UserId;
use portcullis_sql::{Create, OpenError};

use crate::engine::Engine;

/// Set: this process is one of several that open this database at once.
const OPENER: &str = "PORTCULLIS_TEST_OPENS";

/// Everything in the database, for a comparison.
fn contents(engine: &Engine) -> Vec<u8> {
    match engine {
        Engine::Sqlite(folder) => {
            let names = std::fs::read_dir(folder.path()).unwrap();
            let names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
            assert_eq!(names, ["users.db"], "nothing is left beside the file");
            std::fs::read(folder.path().join("users.db")).unwrap()
        }
        Engine::Postgres(url) => {
            let dump = Command::new("psql")
                .args(["--no-psqlrc", "--tuples-only", url, "--command"])
                .arg(
                    "SELECT oid, relname, relkind, relnatts FROM pg_class WHERE oid >= 16384;
                     SELECT oid, proname FROM pg_proc WHERE oid >= 16384;
                     SELECT oid, tgname FROM pg_trigger",
                )
                .output()
                .unwrap();
            assert!(dump.status.success());
            dump.stdout
        }
    }
}

async fn refused(engine: &Engine) -> OpenError {
    let before = contents(engine);
    let mut errors = Vec::new();
    for create in [Create::IfMissing, Create::Never] {
        errors.push(
            engine
                .try_open(create)
                .await
                .err()
                .expect("it must be refused"),
        );
    }
    assert_eq!(contents(engine), before, "what is refused is left alone");
    assert_eq!(errors[0].to_string(), errors[1].to_string());
    errors.remove(0)
}

#[tokio::test]
async fn a_new_database_is_made_once() {
    for engine in Engine::both() {
        let missing = engine.try_open(Create::Never).await.err().unwrap();
        assert!(matches!(missing, OpenError::Missing { .. }), "{missing:?}");
        assert!(
            engine
                .try_open(Create::IfMissing)
                .await
                .unwrap()
                .was_created
        );
        assert!(
            !engine
                .try_open(Create::IfMissing)
                .await
                .unwrap()
                .was_created
        );
        assert!(!engine.try_open(Create::Never).await.unwrap().was_created);
    }
}

#[tokio::test]
async fn somebody_elses_tables_are_left_alone() {
    for theirs in [
        "CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT, hashed_password TEXT);
         INSERT INTO users VALUES (1, 'johndoe', 'x')",
        "CREATE TABLE customers (id INTEGER)",
        "CREATE VIEW customers AS SELECT 1 AS id",
    ] {
        for engine in Engine::both() {
            engine.shell(theirs).unwrap();
            let error = refused(&engine).await;
            assert!(matches!(error, OpenError::Foreign { .. }), "{error:?}");
            let text = error.to_string();
            assert!(
                text.contains("`users`") || text.contains("`customers`"),
                "{text}"
            );
        }
    }
}

#[tokio::test]
async fn a_newer_database_is_left_alone() {
    for engine in Engine::both() {
        drop(engine.open().await);
        let newer = "INSERT INTO portcullis_schema (version, checksum) VALUES (999, 'x')";
        engine.shell(newer).unwrap();
        let error = refused(&engine).await;
        assert!(
            matches!(error, OpenError::Newer { found: 999, .. }),
            "{error:?}"
        );
        assert!(error.to_string().contains("999"), "{error}");
    }
}

#[tokio::test]
async fn a_differing_database_is_left_alone() {
    for engine in Engine::both() {
        drop(engine.open().await);
        engine
            .shell("UPDATE portcullis_schema SET checksum = 'x'")
            .unwrap();
        let error = refused(&engine).await;
        assert!(
            matches!(error, OpenError::Altered { version: 1, .. }),
            "{error:?}"
        );
    }
}

/// The first migration's text, and its checksum as it is noted in the database.
fn first_migration(engine: &Engine) -> (&'static str, String) {
    let sql = match engine {
        Engine::Sqlite(_) => {
            include_str!("../../migrations/sqlite/0001_users_and_signing_keys.sql")
        }
        Engine::Postgres(_) => {
            include_str!("../../migrations/postgres/0001_users_and_signing_keys.sql")
        }
    };
    let text = sql.replace('\r', "");
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    let checksum = hash.as_ref().iter().map(|byte| format!("{byte:02x}"));
    (sql, checksum.collect())
}

#[tokio::test]
async fn a_database_of_the_first_version_is_brought_up_to_date() {
    for engine in Engine::both() {
        let (sql, checksum) = first_migration(&engine);
        let sealed = match engine {
            Engine::Sqlite(_) => "x'00'",
            Engine::Postgres(_) => "'0'",
        };
        // A shell takes what begins with a dash for an option.
        engine.shell(&format!("\n{sql}")).unwrap();
        engine
            .shell(&format!(
                "CREATE TABLE portcullis_schema (version BIGINT NOT NULL PRIMARY KEY,
                     checksum TEXT NOT NULL, applied_at BIGINT NOT NULL DEFAULT 0);
                 INSERT INTO portcullis_schema (version, checksum) VALUES (1, '{checksum}');
                 INSERT INTO users (id, username) VALUES ('id', 'johndoe');
                 INSERT INTO signing_keys (kid, sealed, created_at) VALUES ('a', {sealed}, 1700000000)"
            ))
            .unwrap();
        for create in [Create::Never, Create::IfMissing] {
            let opened = engine.try_open(create).await.unwrap();
            assert!(!opened.was_created, "it was there");
            let user = opened.store.find_by_subject("id").await.unwrap();
            assert_eq!(user.unwrap().username, "johndoe");
            let token = crate::sessions::begun(&engine, &*opened.store).await;
            let session = opened.store.find_session(token.session()).await.unwrap();
            assert_eq!(session.unwrap().user, Some(UserId::new("id")));
            let keys = opened.store.list_signing_keys().await.unwrap();
            assert_eq!(keys[0].signs_from, keys[0].created_at, "it signs on");
            assert_eq!(keys[0].retires_at, None);
        }
        let versions = "SELECT version FROM portcullis_schema ORDER BY version";
        assert_eq!(engine.shell(versions).unwrap(), "1\n2\n3\n4");
    }
}

/// Real processes, for SQLite's locks are between processes.
#[tokio::test]
async fn of_several_processes_one_makes_the_tables() {
    if let Ok(url) = std::env::var(OPENER) {
        let opened = portcullis_sql::open_database(&url, Create::IfMissing).await;
        println!("\nmade: {}", opened.unwrap().was_created);
        return;
    }
    for engine in Engine::both() {
        let openers: Vec<_> = (0..6)
            .map(|_| {
                Command::new(std::env::current_exe().unwrap())
                    .args(["--exact", "--nocapture"])
                    .arg("opening::of_several_processes_one_makes_the_tables")
                    .env(OPENER, engine.url())
                    .stdout(Stdio::piped())
                    .stderr(Stdio::piped())
                    .spawn()
                    .unwrap()
            })
            .collect();
        let mut made = 0;
        for opener in openers {
            let output = opener.wait_with_output().unwrap();
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "{said}{complaint}");
            assert_eq!(said.matches("\nmade: ").count(), 1, "{said}");
            made += said.matches("\nmade: true").count();
        }
        assert_eq!(made, 1, "{}", engine.url());
        assert!(!engine.try_open(Create::Never).await.unwrap().was_created);
    }
}
