//! What a person does with addresses, tokens and mails in the shell, while the store is open.

use portcullis::store::Store;
use portcullis::user::{EmailAddress, User};

use crate::engine::{Engine, found};

fn address(written: &str) -> EmailAddress {
    EmailAddress::parse(written).unwrap()
}

async fn owner(store: &dyn Store, written: &str) -> Option<User> {
    let found = store.find_by_email(&address(written)).await.unwrap();
    found.map(|found| found.user)
}

async fn searched(store: &dyn Store, prefix: &str) -> Vec<String> {
    let page = store.search_users(prefix, None, 10).await.unwrap();
    page.users.into_iter().map(|user| user.username).collect()
}

fn verified(engine: &Engine, name: &str, email: &str) -> Result<String, String> {
    engine.shell(&format!(
        "INSERT INTO users (username, email, email_verified) VALUES ('{name}', '{email}', true)"
    ))
}

#[tokio::test]
async fn an_address_is_found_as_soon_as_it_is_written() {
    for engine in Engine::both() {
        let store = engine.open().await;
        engine
            .shell("INSERT INTO users (username, email) VALUES ('johndoe', 'John.Doe@Example.com')")
            .unwrap();
        assert_eq!(searched(&*store, "JOHN.d").await, ["johndoe"]);
        let folded = address("john.doe@example.com");
        let unverified = store.list_unverified(&folded, 9);
        assert_eq!(unverified.await.unwrap().len(), 1);
        assert!(owner(&*store, "john.doe@example.com").await.is_none());
        engine
            .shell("UPDATE users SET email_verified = true")
            .unwrap();
        let owner = owner(&*store, "john.doe@EXAMPLE.com").await.unwrap();
        assert_eq!(owner.email.as_deref(), Some("John.Doe@Example.com"));

        engine
            .shell("UPDATE users SET email = 'other@example.com'")
            .unwrap();
        assert!(searched(&*store, "john.doe@").await.is_empty());
        assert_eq!(searched(&*store, "OTHER@").await, ["johndoe"]);
        engine.shell("UPDATE users SET email = NULL").unwrap();
        assert!(searched(&*store, "other@").await.is_empty());
    }
}

#[tokio::test]
async fn a_changed_address_is_to_be_verified_again() {
    for engine in Engine::both() {
        let store = engine.open().await;
        verified(&engine, "johndoe", "j@example.com").unwrap();
        let is_verified = async || found(&*store, "johndoe").await.user.email_verified;
        assert!(is_verified().await);
        for (assignment, stays) in [
            ("full_name = 'John', disabled = true", true),
            ("email = 'j@example.com'", true),
            ("email = 'J@example.com'", false),
            ("email = 'new@example.com'", false),
            ("email = 'new@example.com', email_verified = true", false),
            ("email = 'n\u{fc}@example.com'", false),
            ("email = NULL", false),
        ] {
            let reset = "UPDATE users SET email = 'j@example.com'";
            engine.shell(reset).unwrap();
            engine
                .shell("UPDATE users SET email_verified = true")
                .unwrap();
            engine
                .shell(&format!("UPDATE users SET {assignment}"))
                .unwrap();
            assert_eq!(is_verified().await, stays, "{assignment}");
            if !stays {
                assert!(owner(&*store, "j@example.com").await.is_none());
            }
        }
        // It was not verified before, so whoever says both knows.
        let both = "UPDATE users SET email = 'new@example.com', email_verified = true";
        engine.shell(both).unwrap();
        assert!(owner(&*store, "new@example.com").await.is_some());
    }
}

#[tokio::test]
async fn an_address_is_verified_once() {
    for engine in Engine::both() {
        let store = engine.open().await;
        verified(&engine, "johndoe", "j@example.com").unwrap();
        for name in ["alice", "bob"] {
            let insert = "INSERT INTO users (username, email) VALUES";
            engine
                .shell(&format!("{insert} ('{name}', 'J@Example.com')"))
                .unwrap();
        }
        let before = owner(&*store, "j@example.com").await.unwrap();
        assert_eq!(before.username, "johndoe");
        verified(&engine, "carl", "J@EXAMPLE.com").unwrap_err();
        for refused in [
            "UPDATE users SET email_verified = true WHERE username = 'alice'",
            "UPDATE users SET email_verified = true WHERE username <> 'johndoe'",
            "UPDATE users SET email = 'j@example.com', email_verified = true WHERE username = 'bob'",
        ] {
            engine.refused(refused);
        }
        assert_eq!(owner(&*store, "j@example.com").await, Some(before));
        let count = engine.shell("SELECT count(*) FROM users").unwrap();
        assert_eq!(count, "3", "a refused statement did nothing at all");
    }
}

/// `OR REPLACE` deletes what stands in the way, without firing any trigger.
#[tokio::test]
async fn sqlite_replaces_no_owner_of_an_address() {
    let engine = Engine::sqlite();
    let store = engine.open().await;
    verified(&engine, "johndoe", "j@example.com").unwrap();
    verified(&engine, "alice", "alice@example.com").unwrap();
    let insert = "INSERT INTO users (username, email) VALUES ('bob', 'J@example.com')";
    engine.shell(insert).unwrap();
    for recursive in ["OFF", "ON"] {
        for replacing in [
            "INSERT OR REPLACE INTO users (username, email, email_verified)
             VALUES ('x', 'J@example.com', 1)",
            "REPLACE INTO users (username, email, email_canonical, email_verified)
             VALUES ('x', 'other@example.com', 'j@example.com', 1)",
            "REPLACE INTO users (username, email, email_canonical, email_verified)
             VALUES ('x', 'ä@example.com', 'j@example.com', 1)",
            "UPDATE OR REPLACE users SET email_verified = 1 WHERE username = 'bob'",
            "UPDATE OR REPLACE users SET email_canonical = 'j@example.com' WHERE username = 'alice'",
            "UPDATE OR REPLACE users SET email = 'ä@example.com', email_canonical = 'j@example.com'
             WHERE username = 'alice'",
        ] {
            engine.refused(&format!(
                "PRAGMA recursive_triggers = {recursive}; {replacing}"
            ));
            let owner = owner(&*store, "j@example.com").await.unwrap();
            assert_eq!(owner.username, "johndoe", "{replacing}");
        }
        // What is not verified any more may be another's.
        let changing = "UPDATE OR REPLACE users SET email = 'j@example.com', email_verified = 1
            WHERE username = 'alice' AND email_verified";
        engine
            .shell(&format!(
                "PRAGMA recursive_triggers = {recursive}; {changing}"
            ))
            .unwrap();
        let alice = found(&*store, "alice").await.user;
        assert_eq!(alice.email.as_deref(), Some("j@example.com"));
        assert!(!alice.email_verified);
        engine
            .shell("UPDATE users SET email = 'alice@example.com' WHERE username = 'alice'")
            .unwrap();
        engine
            .shell("UPDATE users SET email_verified = 1 WHERE username = 'alice'")
            .unwrap();
        assert_eq!(store.list_users(None, 9).await.unwrap().users.len(), 3);
    }
}

/// An address is free text for a person, and refused only by who sends mail.
#[tokio::test]
async fn what_is_no_address_is_kept_and_found_by_nobody_else() {
    for engine in Engine::both() {
        let store = engine.open().await;
        let long = format!("{}@example.com", "x".repeat(400));
        for (name, email) in [
            ("a", ""),
            ("b", "nobody knows"),
            ("c", "m\u{fc}ller@example.com"),
            ("d", long.as_str()),
        ] {
            let insert = "INSERT INTO users (username, email) VALUES";
            engine
                .shell(&format!("{insert} ('{name}', '{email}')"))
                .unwrap();
            let user = found(&*store, name).await.user;
            assert_eq!(user.email.as_deref(), Some(email));
        }
        assert_eq!(searched(&*store, "nobody k").await, ["b"]);
        assert!(searched(&*store, "m\u{fc}ller@").await.is_empty());
        // Whoever can fold it brings the folded form; it does not outlive the address.
        let bring = "UPDATE users SET email_canonical = 'm\u{fc}ller@example.com' \
            WHERE username = 'c'";
        engine.shell(bring).unwrap();
        assert_eq!(searched(&*store, "m\u{fc}ller@").await, ["c"]);
        engine
            .shell("UPDATE users SET email = 'm\u{f6}ller@example.com' WHERE username = 'c'")
            .unwrap();
        assert!(searched(&*store, "m\u{fc}ller@").await.is_empty());
        // The folded form of ASCII is not anybody's to choose.
        engine
            .shell("UPDATE users SET email_canonical = 'root@example.com'")
            .unwrap();
        assert_eq!(searched(&*store, "root@").await, ["c"]);
    }
}

#[tokio::test]
async fn tokens_and_mails_go_with_their_user_and_their_address() {
    for engine in Engine::both() {
        let store = engine.open().await;
        let digest = |byte: &str| match engine {
            Engine::Sqlite(_) => format!("x'{}'", byte.repeat(32)),
            Engine::Postgres(_) => format!("'\\x{}'", byte.repeat(32)),
        };
        verified(&engine, "johndoe", "j@example.com").unwrap();
        let user = found(&*store, "johndoe").await.user.id;
        let token = |byte: &str, user: &str, purpose: &str| {
            format!(
                "INSERT INTO one_time_tokens VALUES ({}, '{purpose}', {user}, 'a@b.c', 'a@b.c', 0, \
                 '', 1700000000, 1700000000)",
                digest(byte)
            )
        };
        let mail = |id: &str, user: &str| {
            format!(
                "INSERT INTO mails (id, kind, user_id, address, created_at, due_at) \
                 VALUES ('{}', 'password_changed', {user}, 'a@b.c', 1, 1)",
                id.repeat(22)
            )
        };
        let own = format!("'{user}'");
        let count = || {
            let count =
                "SELECT (SELECT count(*) FROM one_time_tokens), (SELECT count(*) FROM mails)";
            engine.shell(count).unwrap()
        };
        engine.refused(&token("aa", "'nobody'", "verify_email"));
        engine.refused(&token("aa", "NULL", "verify_email"));
        engine.refused(&token("aa", &own, "anything"));
        engine.refused(&mail("A", "'nobody'"));
        engine.shell(&token("aa", &own, "confirm_email")).unwrap();
        engine.shell(&token("bb", "NULL", "invitation")).unwrap();
        engine.shell(&token("dd", &own, "invitation")).unwrap();
        engine.shell(&mail("A", &own)).unwrap();
        engine.refused(&token("aa", &own, "verify_email"));
        engine.refused(&mail("A", &own));
        if matches!(engine, Engine::Sqlite(_)) {
            let replace = |sql: String| sql.replacen("INSERT", "INSERT OR REPLACE", 1);
            engine.refused(&replace(token("aa", &own, "verify_email")));
            engine.refused(&replace(mail("A", &own)));
        }
        engine.refused(
            "UPDATE one_time_tokens SET purpose = 'verify_email' WHERE user_id IS NOT NULL",
        );
        engine.refused("UPDATE mails SET user_id = NULL");
        engine.refused("UPDATE mails SET due_at = NULL");
        assert_eq!(count(), "3|1");
        engine
            .shell("UPDATE users SET full_name = 'x', email = 'j@example.com'")
            .unwrap();
        assert_eq!(count(), "3|1");
        engine
            .shell("UPDATE users SET email = 'new@example.com'")
            .unwrap();
        assert_eq!(count(), "2|1", "the address ends what would set a third");
        engine
            .shell("UPDATE mails SET kind = 'confirm_email'")
            .unwrap();
        engine
            .shell("UPDATE users SET email = 'newer@example.com'")
            .unwrap();
        assert_eq!(count(), "2|0", "also what is not sent yet");
        engine.shell(&mail("A", &own)).unwrap();
        engine.shell(&token("cc", &own, "confirm_email")).unwrap();
        engine.shell("DELETE FROM users").unwrap();
        assert_eq!(count(), "1|0", "an invitation of nobody's stays");
    }
}
