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

/// The texts of the migrations of one engine.
macro_rules! migrations {
    ($engine:literal) => {
        [
            include_str!(concat!(
                "../../migrations/",
                $engine,
                "/0001_users_and_signing_keys.sql"
            )),
            include_str!(concat!("../../migrations/", $engine, "/0002_sessions.sql")),
            include_str!(concat!(
                "../../migrations/",
                $engine,
                "/0003_signing_keys.sql"
            )),
            include_str!(concat!("../../migrations/", $engine, "/0004_clients.sql")),
        ]
    };
}

/// Makes a database as the program of this version left it.
fn make(engine: &Engine, version: usize) {
    let migrations = match engine {
        Engine::Sqlite(_) => migrations!("sqlite"),
        Engine::Postgres(_) => migrations!("postgres"),
    };
    engine
        .shell(
            "CREATE TABLE portcullis_schema (version BIGINT NOT NULL PRIMARY KEY,
                 checksum TEXT NOT NULL, applied_at BIGINT NOT NULL DEFAULT 0)",
        )
        .unwrap();
    for (sql, version) in migrations.into_iter().take(version).zip(1..) {
        // A shell takes what begins with a dash for an option.
        engine.shell(&format!("\n{sql}")).unwrap();
        let text = sql.replace('\r', "");
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
        let checksum = crate::sessions::hex(hash.as_ref());
        engine
            .shell(&format!(
                "INSERT INTO portcullis_schema (version, checksum) VALUES ({version}, '{checksum}')"
            ))
            .unwrap();
    }
}

#[tokio::test]
async fn a_database_of_the_first_version_is_brought_up_to_date() {
    for engine in Engine::both() {
        make(&engine, 1);
        let sealed = match engine {
            Engine::Sqlite(_) => "x'00'",
            Engine::Postgres(_) => "'0'",
        };
        engine
            .shell(&format!(
                "INSERT INTO users (id, username) VALUES ('id', 'johndoe');
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
        assert_eq!(engine.shell(versions).unwrap(), "1\n2\n3\n4\n5");
    }
}

/// Who is signed in stays so when the program is replaced.
#[tokio::test]
async fn sessions_of_the_third_version_go_on() {
    for engine in Engine::both() {
        make(&engine, 3);
        let digest = |byte: &str| match engine {
            Engine::Sqlite(_) => format!("x'{}'", byte.repeat(32)),
            Engine::Postgres(_) => format!("'\\x{}'", byte.repeat(32)),
        };
        let (family, token) = (digest("fa"), digest("70"));
        let (spent, salt) = (digest("6f"), digest("5a"));
        engine
            .shell(&format!(
                "INSERT INTO users (id, username) VALUES ('id', 'johndoe'), ('other', 'alice');
                 INSERT INTO sessions VALUES
                 ('AAAAAAAAAAAAAAAAAAAAAA', 'id', 'portcullis', 'a b', 7, 'curl', 1, 2, 1900000003,
                  1900000004, {family}, {token}, {spent}, {salt}, 1700000000123),
                 ('BBBBBBBBBBBBBBBBBBBBBB', 'other', 'portcullis', '', 0, NULL, 1, 1, 1900000003,
                  1900000004, NULL, NULL, NULL, NULL, NULL),
                 ('CCCCCCCCCCCCCCCCCCCCCC', 'id', 'nobody knows it', '', 0, NULL, 1, 1, 1900000003,
                  1900000004, NULL, NULL, NULL, NULL, NULL)"
            ))
            .unwrap();
        let rows = || {
            let all = "SELECT id, user_id, client_id, scopes, epoch, user_agent, created_at, \
                last_used_at, idle_until, ends_at, family_digest, token_digest, spent_digest, salt, \
                rotated_at_ms FROM sessions WHERE client_id = 'portcullis' ORDER BY id";
            engine.shell(all).unwrap()
        };
        let before = rows();
        let store = engine.open().await;
        assert_eq!(rows(), before, "nothing of them is changed");
        let count = engine.shell("SELECT count(*) FROM sessions").unwrap();
        assert_eq!(count, "2", "but what no client of ours began is gone");
        let session = store.find_session("AAAAAAAAAAAAAAAAAAAAAA").await.unwrap();
        assert_eq!(session.unwrap().user, Some(UserId::new("id")));
        let family = store.find_family("AAAAAAAAAAAAAAAAAAAAAA").await.unwrap();
        assert!(family.unwrap().spent.is_some(), "and can be retried");
        let listed = store.list_sessions(&UserId::new("other")).await.unwrap();
        assert_eq!(listed.len(), 1);
        engine.shell("DELETE FROM users WHERE id = 'id'").unwrap();
        let left = engine.shell("SELECT user_id FROM sessions").unwrap();
        assert_eq!(left, "other", "a session still ends with its user");
    }
}

/// A shell could say before that an address is verified, and say so twice.
#[tokio::test]
async fn addresses_of_the_fourth_version_are_found() {
    for engine in Engine::both() {
        make(&engine, 4);
        engine
            .shell(
                "INSERT INTO users (id, username, email, email_verified, created_at, epoch) VALUES
                 ('late', 'alice', 'J@example.com', true, 20, 3),
                 ('early', 'johndoe', 'j@EXAMPLE.com', true, 10, 4),
                 ('second', 'bob', 'j@example.com', true, 10, 5),
                 ('other', 'carl', 'carl@example.com', true, 10, 6),
                 ('free', 'dora', 'n\u{fc}@example.com', true, 10, 7),
                 ('none', 'eve', NULL, true, 10, 8);
                 INSERT INTO sessions (id, user_id, client_id, scopes, epoch, created_at,
                    last_used_at, idle_until, ends_at)
                 VALUES ('AAAAAAAAAAAAAAAAAAAAAA', 'late', 'portcullis', '', 3, 1, 1, 1900000003,
                    1900000004)",
            )
            .unwrap();
        let store = engine.open().await;
        let owner = async |written: &str| {
            let address = portcullis::user::EmailAddress::parse(written).unwrap();
            let found = store.find_by_email(&address).await.unwrap();
            found.map(|found| found.user.username)
        };
        assert_eq!(owner("j@example.com").await.as_deref(), Some("johndoe"));
        assert_eq!(owner("CARL@example.com").await.as_deref(), Some("carl"));
        let verified = "SELECT id, epoch FROM users WHERE email_verified ORDER BY id";
        let verified = engine.shell(verified).unwrap();
        assert_eq!(
            verified, "early|4\nfree|7\nnone|8\nother|6",
            "the oldest keeps it"
        );
        let found = store.search_users("j@", None, 9).await.unwrap().users;
        assert_eq!(found.len(), 3);
        let session = store.find_session("AAAAAAAAAAAAAAAAAAAAAA").await.unwrap();
        assert!(session.is_some(), "who is signed in stays so");
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
