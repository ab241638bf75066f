//! What a person does with the shell, while the store is open.

use portcullis::password::PasswordHash;
use portcullis::scope::Scopes;
use portcullis::store::{InsertedUser, NewUser};
use portcullis::user::{EmailAddress, UserId, Username};

use crate::engine::{Engine, find, found};

const TUTORIAL: &str = "INSERT INTO users (username, full_name, email, hashed_password, disabled)
VALUES ('johndoe', 'John Doe', 'johndoe@example.com', '$2b$12$abcdefghijklmnopqrstuv', false);";

#[tokio::test]
async fn the_tutorials_insert_is_found_without_reopening() {
    for engine in Engine::both() {
        let store = engine.open().await;
        assert!(find(&*store, "johndoe").await.is_none());
        engine.shell(TUTORIAL).unwrap();

        let credential = found(&*store, "JohnDoe").await;
        let hash = credential.hashed_password.unwrap();
        assert_eq!(hash.as_str(), "$2b$12$abcdefghijklmnopqrstuv");
        let user = credential.user;
        assert_eq!(user.username, "johndoe");
        assert_eq!(user.full_name.as_deref(), Some("John Doe"));
        assert_eq!(user.email.as_deref(), Some("johndoe@example.com"));
        assert!(!user.disabled && !user.email_verified && user.scopes.is_empty());
        assert_eq!(user.id.as_str().len(), 32, "128 bits, made by the engine");
        let age = engine_seconds(&engine) - user.created_at.as_second();
        assert!((0..60).contains(&age), "made just now, not {age} s ago");
        let by_id = store.find_by_subject(user.id.as_str()).await.unwrap();
        assert_eq!(by_id, Some(user));
    }
}

fn engine_seconds(engine: &Engine) -> i64 {
    let now = match engine {
        Engine::Sqlite(_) => "SELECT strftime('%s', 'now')",
        Engine::Postgres(_) => "SELECT floor(extract(epoch FROM now()))::bigint",
    };
    engine.shell(now).unwrap().parse().unwrap()
}

#[tokio::test]
async fn two_engine_made_ids_differ() {
    for engine in Engine::both() {
        let store = engine.open().await;
        engine
            .shell("INSERT INTO users (username) VALUES ('a'), ('b')")
            .unwrap();
        let users = store.list_users(None, 10).await.unwrap().users;
        assert_ne!(users[0].id, users[1].id);
    }
}

#[tokio::test]
async fn johndoe_is_refused_beside_the_other_johndoe() {
    for engine in Engine::both() {
        let store = engine.open().await;
        engine.shell(TUTORIAL).unwrap();
        let before = found(&*store, "johndoe").await;
        for beside in [
            "INSERT INTO users (username) VALUES ('JohnDoe')",
            "INSERT INTO users (username) VALUES ('alice'), ('JOHNDOE')",
            "INSERT INTO users (username) VALUES ('bob'), ('BOB')",
            "INSERT INTO users (username, username_canonical) VALUES ('JohnDoe', 'other')",
            "INSERT INTO users (username, username_canonical) VALUES ('ｊohndoe', 'johndoe')",
        ] {
            engine.refused(beside);
        }
        engine
            .shell("INSERT INTO users (username) VALUES ('carl')")
            .unwrap();
        for (column, value) in [("username", "JohnDoe"), ("id", before.user.id.as_str())] {
            engine.refused(&format!(
                "UPDATE users SET {column} = '{value}' WHERE username = 'carl'"
            ));
        }
        let names: Vec<_> = store.list_users(None, 10).await.unwrap().users;
        let names: Vec<_> = names.iter().map(|user| user.username.as_str()).collect();
        assert_eq!(
            names,
            ["carl", "johndoe"],
            "a refused statement did nothing at all"
        );
        let after = found(&*store, "johndoe").await;
        assert_eq!(after.user, before.user);
    }
}

/// `OR REPLACE` deletes what stands in the way, without firing any trigger.
#[tokio::test]
async fn sqlite_replaces_no_account_by_another() {
    let engine = Engine::sqlite();
    let store = engine.open().await;
    engine.shell(TUTORIAL).unwrap();
    engine
        .shell("INSERT INTO users (username) VALUES ('carl')")
        .unwrap();
    let before = found(&*store, "johndoe").await.user;
    for replacing in [
        "INSERT OR REPLACE INTO users (username) VALUES ('JohnDoe')",
        "REPLACE INTO users (username, username_canonical) VALUES ('dora', 'johndoe')",
        "INSERT OR IGNORE INTO users (username) VALUES ('JohnDoe')",
        "INSERT INTO users (username) VALUES ('JohnDoe') ON CONFLICT DO UPDATE SET full_name = 'x'",
        "UPDATE OR REPLACE users SET username = 'JohnDoe' WHERE username = 'carl'",
        "UPDATE OR REPLACE users SET username_canonical = 'johndoe' WHERE username = 'carl'",
        &format!(
            "UPDATE OR REPLACE users SET id = '{}' WHERE username = 'carl'",
            before.id
        ),
        &format!(
            "INSERT OR REPLACE INTO users (id, username) VALUES ('{}', 'eve')",
            before.id
        ),
    ] {
        engine.refused(replacing);
        assert_eq!(found(&*store, "johndoe").await.user, before, "{replacing}");
        assert_eq!(
            store.list_users(None, 10).await.unwrap().users.len(),
            2,
            "{replacing}"
        );
    }
}

#[tokio::test]
async fn the_canonical_form_follows_an_ascii_name() {
    for engine in Engine::both() {
        let store = engine.open().await;
        let given = "INSERT INTO users (username, username_canonical) VALUES ('Evil', 'root')";
        engine.shell(given).unwrap();
        assert!(find(&*store, "root").await.is_none());
        assert_eq!(found(&*store, "evil").await.user.username, "Evil");
        engine.shell("UPDATE users SET username = 'Good'").unwrap();
        assert!(find(&*store, "evil").await.is_none());
        assert_eq!(found(&*store, "good").await.user.username, "Good");
        engine
            .shell("UPDATE users SET username_canonical = 'root'")
            .unwrap();
        assert!(find(&*store, "root").await.is_none());
        assert_eq!(found(&*store, "good").await.user.username, "Good");
    }
}

#[tokio::test]
async fn a_name_beyond_ascii_is_left_to_the_program() {
    for engine in Engine::both() {
        let store = engine.open().await;
        let complaint = engine.refused("INSERT INTO users (username) VALUES ('Müller')");
        assert!(complaint.contains("portcullis user add"), "{complaint}");
        let whole = "INSERT INTO users (username, username_canonical) VALUES ('Müller', 'müller')";
        engine.shell(whole).unwrap();
        assert_eq!(found(&*store, "MÜLLER").await.user.username, "Müller");
        let complaint = engine.refused("UPDATE users SET username = 'Møller'");
        assert!(complaint.contains("portcullis user add"), "{complaint}");
        engine.refused(
            "INSERT INTO users (username, username_canonical) VALUES ('MÜLLER', 'müller')",
        );
    }
}

#[tokio::test]
async fn what_no_row_may_hold_is_refused() {
    for engine in Engine::both() {
        let store = engine.open().await;
        let long = "x".repeat(65);
        for name in ["", "a b", "a@b", "a/b", "a\tb", "a\u{7f}b", " a", &long] {
            engine.refused(&format!("INSERT INTO users (username) VALUES ('{name}')"));
        }
        for scopes in ["a  b", " a", "a ", "a\"b", "a\\b", "ä", "a\tb", "a,\nb"] {
            let insert = "INSERT INTO users (username, scopes) VALUES";
            engine.refused(&format!("{insert} ('a', '{scopes}')"));
        }
        for (column, value) in [
            ("username", "NULL"),
            ("id", "''"),
            ("disabled", "7"),
            ("disabled", "NULL"),
            ("email_verified", "'perhaps'"),
            ("created_at", "'yesterday'"),
            ("created_at", "-1"),
            ("epoch", "NULL"),
        ] {
            let columns = if column == "username" {
                "scopes, "
            } else {
                "username, "
            };
            engine.refused(&format!(
                "INSERT INTO users ({columns}{column}) VALUES ('a', {value})"
            ));
        }
        assert!(store.list_users(None, 1).await.unwrap().users.is_empty());
        let longest = "x".repeat(64);
        let good = format!("INSERT INTO users (username, scopes) VALUES ('{longest}', 'a:b c')");
        engine.shell(&good).unwrap();
        found(&*store, &longest).await;
    }
}

#[tokio::test]
async fn what_kills_tokens_advances_the_epoch_at_once() {
    for engine in Engine::both() {
        let store = engine.open().await;
        engine.shell(TUTORIAL).unwrap();
        engine
            .shell("INSERT INTO users (username) VALUES ('alice')")
            .unwrap();
        let mut before = found(&*store, "johndoe").await.user.epoch.number();
        for (assignment, kills) in [
            ("hashed_password = '$2b$12$other'", true),
            ("hashed_password = '$2b$12$other'", false),
            ("hashed_password = NULL", true),
            ("hashed_password = '$2b$12$other'", true),
            ("disabled = true", true),
            ("disabled = true", false),
            ("disabled = false", true),
            ("full_name = 'Johnny', email = NULL, scopes = 'a'", false),
            ("username = 'JohnDoe'", false),
            ("hashed_password = 'again', disabled = true", true),
            (
                "hashed_password = 'rehashed', rehashes = rehashes + 1",
                false,
            ),
            (
                "hashed_password = 'x', rehashes = rehashes + 1, disabled = false",
                true,
            ),
            ("hashed_password = 'own', epoch = epoch + 1", true),
        ] {
            let sql = format!("UPDATE users SET {assignment} WHERE username_canonical = 'johndoe'");
            engine.shell(&sql).unwrap();
            let after = found(&*store, "johndoe").await.user.epoch.number();
            assert_eq!(after, before + i64::from(kills), "{assignment}");
            before = after;
        }
        engine.refused("UPDATE users SET epoch = 0 WHERE username_canonical = 'johndoe'");
        assert_eq!(found(&*store, "alice").await.user.epoch.number(), 0);
    }
}

#[tokio::test]
async fn a_deleted_row_is_gone_at_once() {
    for engine in Engine::both() {
        let store = engine.open().await;
        engine.shell(TUTORIAL).unwrap();
        let id = found(&*store, "johndoe").await.user.id;
        engine.shell("DELETE FROM users").unwrap();
        assert!(store.find_by_subject(id.as_str()).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn what_the_store_writes_the_shell_reads() {
    for engine in Engine::both() {
        let store = engine.open().await;
        let user = NewUser {
            id: UserId::new("the-id"),
            username: Username::parse("JohnDoe").unwrap(),
            email: Some(EmailAddress::parse("j@example.com").unwrap()),
            email_verified: false,
            full_name: None,
            hashed_password: Some(PasswordHash::from_store("hash")),
            disabled: true,
            scopes: Scopes::parse("b a").unwrap(),
            created_at: jiff::Timestamp::constant(1_700_000_000, 999),
            mail: None,
        };
        assert_eq!(
            store.insert_user(user).await.unwrap(),
            InsertedUser::Inserted
        );
        let columns = "SELECT id, username, username_canonical, email, full_name, \
             hashed_password, scopes, created_at, epoch, rehashes FROM users WHERE disabled";
        assert_eq!(
            engine.shell(columns).unwrap(),
            "the-id|JohnDoe|johndoe|j@example.com||hash|a b|1700000000|0|0"
        );
    }
}
