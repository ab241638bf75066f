//! Rows of clients that must not be, and what becomes of those that are there all the same.

use portcullis::client::ClientId;
use portcullis::store::StoreError;

use crate::clients::{a_moment, found, registered};
use crate::engine::Engine;
use crate::sessions::blob;

/// Columns, and values in SQL that a confidential client's must not hold.
fn impossible(engine: &Engine) -> Vec<(&'static str, String)> {
    let text = |value: &str| format!("'{value}'");
    let mut impossible = vec![
        ("id", text("")),
        ("id", text("portcullis")),
        ("id", text("another")),
        ("name", "NULL".into()),
        ("previous_secret_digest", blob(engine, 32)),
        ("previous_secret_until", "1700000000".into()),
        ("secret_digest", blob(engine, 31)),
        ("secret_digest", blob(engine, 33)),
        // It may introspect.
        ("secret_digest", "NULL".into()),
        ("may_introspect", "NULL".into()),
        ("created_at", "NULL".into()),
        ("created_at", "-1".into()),
        ("created_at", "253402207201".into()),
        ("access_token_seconds", "3601".into()),
        ("grants", "NULL".into()),
        ("scopes", "NULL".into()),
    ];
    let too_long = "x".repeat(65);
    for name in ["", "a\tb", "\u{1}", "\u{1f}", "\u{7f}", "\u{9f}", &too_long] {
        impossible.push(("name", text(name)));
    }
    for grants in [
        "implicit",
        "Password",
        " password",
        "password ",
        "password  refresh_token",
        "passwordrefresh_token",
        "refresh password_token",
        "password,refresh_token",
        "password\nrefresh_token",
        "!",
        " ",
        "passwords",
    ] {
        impossible.push(("grants", text(grants)));
    }
    for scopes in [
        "a  b",
        " a",
        "a ",
        "a\"b",
        "a\\b",
        "ä",
        &"x y ".repeat(1_025),
    ] {
        impossible.push(("scopes", text(scopes)));
    }
    for column in [
        "access_token_seconds",
        "session_idle_seconds",
        "session_seconds",
    ] {
        for seconds in ["0", "-1", "316224001"] {
            impossible.push((column, seconds.to_owned()));
        }
    }
    if matches!(engine, Engine::Sqlite(_)) {
        // PostgreSQL has types for that.
        for column in ["name", "grants", "scopes"] {
            impossible.push((column, "x'61'".into()));
        }
        impossible.push(("secret_digest", text(&"x".repeat(32))));
        impossible.push(("may_introspect", "7".into()));
        impossible.push(("session_seconds", "'long'".into()));
    }
    impossible
}

#[tokio::test]
async fn what_no_client_may_hold_is_refused() {
    for engine in Engine::both() {
        let store = engine.open().await;
        registered(&*store, "app").await;
        let before = found(&*store, "app").await;
        for (column, value) in impossible(&engine) {
            engine.refused(&format!("UPDATE clients SET {column} = {value}"));
        }
        for id in ["", "portcullis", "ä", "a\u{7f}", "a\tb", &"x".repeat(256)] {
            engine.refused(&format!(
                "INSERT INTO clients (id, name) VALUES ('{id}', 'b')"
            ));
        }
        for (columns, values) in [
            ("id", "'app'".to_owned()),
            ("grants", "'client_credentials'".to_owned()),
            ("grants", "'password client_credentials'".to_owned()),
            ("may_introspect", "true".to_owned()),
            (
                "previous_secret_digest, previous_secret_until",
                format!("{}, 1", blob(&engine, 32)),
            ),
        ] {
            engine.refused(&format!(
                "INSERT INTO clients (name, {columns}) VALUES ('b', {values})"
            ));
        }
        engine.refused("INSERT INTO clients (name) VALUES ('app')");
        engine.refused("INSERT INTO clients (name) VALUES ('b'), ('b')");
        a_moment().await;
        let listed = store.list_clients().await.unwrap();
        assert_eq!(listed, Vec::from_iter(before), "nothing was changed");
    }
}

#[tokio::test]
async fn what_no_session_of_a_client_may_hold_is_refused() {
    for engine in Engine::both() {
        let store = engine.open().await;
        registered(&*store, "app").await;
        engine
            .shell("INSERT INTO users (id, username) VALUES ('id', 'johndoe')")
            .unwrap();
        let insert = |id: &str, user: &str, client: &str, digest: &str| {
            format!(
                "INSERT INTO sessions (id, user_id, client_id, scopes, epoch, created_at, \
                 last_used_at, idle_until, ends_at, family_digest, token_digest) VALUES \
                 ('{}', {user}, '{client}', '', 0, 1, 1, 1, 1, {digest}, {digest})",
                id.repeat(22)
            )
        };
        let digest = blob(&engine, 32);
        engine.refused(&insert("A", "NULL", "app", &digest));
        engine.refused(&insert("A", "NULL", "nobodys", "NULL"));
        engine.refused(&insert("A", "'id'", "nobodys", "NULL"));
        engine.refused(&insert("A", "'nobody'", "app", "NULL"));
        for (id, user, digest) in [
            ("A", "NULL", "NULL"),
            ("B", "'id'", "NULL"),
            ("C", "'id'", &digest),
        ] {
            engine.shell(&insert(id, user, "app", digest)).unwrap();
        }
        for set in [
            "user_id = NULL WHERE user_id IS NOT NULL",
            "user_id = 'id' WHERE user_id IS NULL",
            "client_id = 'portcullis'",
        ] {
            engine.refused(&format!("UPDATE sessions SET {set}"));
        }
        let kept = "SELECT count(*) FROM sessions WHERE client_id = 'app'";
        assert_eq!(engine.shell(kept).unwrap(), "3");
    }
}

/// `OR REPLACE` deletes what stands in the way, without firing any trigger.
#[tokio::test]
async fn sqlite_replaces_no_client_by_another() {
    let engine = Engine::sqlite();
    let store = engine.open().await;
    for id in ["app", "other"] {
        registered(&*store, id).await;
    }
    let before = store.list_clients().await.unwrap();
    for replacing in [
        "INSERT OR REPLACE INTO clients (name) VALUES ('app')",
        "INSERT OR REPLACE INTO clients (id, name) VALUES ('app', 'new')",
        "REPLACE INTO clients (id, name) VALUES ('new', 'app')",
        "INSERT INTO clients (name) VALUES ('app') ON CONFLICT DO UPDATE SET scopes = 'x'",
        "UPDATE OR REPLACE clients SET name = 'app' WHERE id = 'other'",
        "UPDATE OR REPLACE clients SET id = 'app' WHERE id = 'other'",
    ] {
        engine.refused(replacing);
        assert_eq!(store.list_clients().await.unwrap(), before, "{replacing}");
    }
}

/// Scopes that are too long get past SQLite's own rules, and past PostgreSQL's once somebody dropped
/// them. Then the client gets no token, and hides no other.
#[tokio::test]
async fn a_client_that_nobody_can_read_is_refused_and_hides_no_other() {
    for engine in Engine::both() {
        let store = engine.open().await;
        for id in ["a", "b", "c"] {
            registered(&*store, id).await;
        }
        let mut spoils = vec![format!("scopes = '{}'", "x".repeat(129))];
        if matches!(engine, Engine::Postgres(_)) {
            for rule in [
                "a scope has at most 128 characters, all together 4096",
                "grants are password, refresh_token, client_credentials, separated by single spaces",
                "access_token_seconds is 1 to 3600, or NULL",
                "secret_digest has 32 bytes",
                "a previous secret has a digest and a time, and a present one after it",
            ] {
                engine
                    .shell(&format!("ALTER TABLE clients DROP CONSTRAINT \"{rule}\""))
                    .unwrap();
            }
            spoils.push("grants = 'password everything'".into());
            spoils.push("access_token_seconds = 3601".into());
            spoils.push("access_token_seconds = -4294967236".into());
            spoils.push(format!("secret_digest = {}", blob(&engine, 31)));
            spoils.push("previous_secret_until = 1".into());
        }
        for spoil in spoils {
            let set = |set: &str| format!("UPDATE clients SET {set} WHERE id = 'b'");
            engine.shell(&set(&spoil)).unwrap();
            a_moment().await;
            let id = ClientId::new("b");
            let refused = store.find_client(&id).await;
            let is_refused = matches!(refused, Err(StoreError::Unexpected(_)));
            assert!(is_refused, "{spoil}: {refused:?}");
            let listed = store.list_clients().await.unwrap();
            let listed: Vec<_> = listed.iter().map(|client| client.name.as_str()).collect();
            assert_eq!(listed, ["a", "c"], "{spoil}");
            let whole = format!(
                "scopes = '', grants = '', access_token_seconds = NULL, \
                 previous_secret_until = NULL, secret_digest = {}",
                blob(&engine, 32)
            );
            engine.shell(&set(&whole)).unwrap();
            a_moment().await;
            assert!(found(&*store, "b").await.is_some(), "{spoil}");
        }
        assert!(store.delete_client(&ClientId::new("b")).await.unwrap());
    }
}
