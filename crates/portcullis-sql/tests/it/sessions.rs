//! Sessions as they lie in the database, and what people may do to them in the shell.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use portcullis::client::ClientId;
use portcullis::scope::Scopes;
use portcullis::secret::random_id;
use portcullis::store::{FirstRefresh, NewSession, Rotated, Rotation, Store};
use portcullis::token::{Epoch, RefreshToken, Salt};
use portcullis::user::UserId;

use crate::engine::Engine;

const NOW: Timestamp = Timestamp::constant(1_700_000_000, 0);

/// A session of the user `id`, who is made if need be, and its first token.
pub(crate) async fn begun(engine: &Engine, store: &dyn Store) -> RefreshToken {
    begun_at(engine, store, ClientId::first_party()).await
}

/// The same at another client, which is there.
pub(crate) async fn begun_at(engine: &Engine, store: &dyn Store, client: ClientId) -> RefreshToken {
    let user = UserId::new("id");
    if store.find_by_subject("id").await.unwrap().is_none() {
        engine
            .shell("INSERT INTO users (id, username) VALUES ('id', 'johndoe')")
            .unwrap();
    }
    let (begins, token) = begins(&user);
    let session = NewSession { client, ..begins };
    store.insert_session(session).await.unwrap();
    token
}

/// A session to begin, and its first token.
pub(crate) fn begins(user: &UserId) -> (NewSession, RefreshToken) {
    let id = random_id().unwrap();
    let token = RefreshToken::first(&id).unwrap();
    let session = NewSession {
        id,
        user: Some(user.clone()),
        client: ClientId::first_party(),
        scopes: Scopes::parse("items:read").unwrap(),
        epoch: Epoch::default(),
        refresh: Some(FirstRefresh {
            family: token.family_digest(),
            token: token.digest(),
        }),
        user_agent: Some("curl/8.5.0".into()),
        created_at: NOW,
        idle_until: NOW + SignedDuration::from_hours(1),
        ends_at: NOW + SignedDuration::from_hours(2),
    };
    (session, token)
}

/// A use of the token, and the salt that it brings.
pub(crate) fn turn(token: &RefreshToken) -> (Rotation, Salt) {
    let salt = Salt::random().unwrap();
    let rotation = Rotation {
        session: token.session().to_owned(),
        family: token.family_digest(),
        presented: token.digest(),
        successor: token.successor(&salt).digest(),
        salt,
        now: NOW,
        idle_until: NOW + SignedDuration::from_hours(1),
        retry_since: NOW - SignedDuration::from_secs(30),
    };
    (rotation, salt)
}

/// A blob of so many equal bytes, as each engine writes it.
pub(crate) fn blob(engine: &Engine, bytes: usize) -> String {
    let hex = "ab".repeat(bytes);
    match engine {
        Engine::Sqlite(_) => format!("x'{hex}'"),
        Engine::Postgres(_) => format!("'\\x{hex}'"),
    }
}

/// Two nodes over one database, each with connections of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_nodes_one_rotates() {
    for engine in Engine::both() {
        let nodes = [engine.open().await, engine.open().await];
        for _ in 0..50 {
            let token = begun(&engine, &*nodes[0]).await;
            let ready = Arc::new(tokio::sync::Barrier::new(2));
            let tasks = nodes.clone().map(|node| {
                let (ready, (rotation, salt)) = (Arc::clone(&ready), turn(&token));
                tokio::spawn(async move {
                    ready.wait().await;
                    (node.rotate_session(rotation).await.unwrap(), salt)
                })
            });
            let mut answers = Vec::new();
            for task in tasks {
                answers.push(task.await.unwrap());
            }
            answers.sort_by_key(|(answer, _)| *answer != Rotated::Rotated);
            let [(first, salt), (second, _)] = answers[..] else {
                unreachable!("there are two nodes");
            };
            assert_eq!(first, Rotated::Rotated, "one of both rotates");
            assert_eq!(second, Rotated::Retried(salt), "and the other retries");
            let (next, _) = turn(&token.successor(&salt));
            let next = nodes[1].rotate_session(next).await.unwrap();
            assert_eq!(next, Rotated::Rotated, "with one successor");
        }
    }
}

#[tokio::test]
async fn users_deleted_in_the_shell_take_their_sessions_along() {
    for engine in Engine::both() {
        let store = engine.open().await;
        let token = begun(&engine, &*store).await;
        let found = store.find_session(token.session()).await.unwrap();
        assert!(found.is_some(), "remembered from now on");
        engine
            .shell("INSERT INTO users (username) VALUES ('alice')")
            .unwrap();
        engine.shell("DELETE FROM users").unwrap();
        let count = engine.shell("SELECT count(*) FROM sessions").unwrap();
        assert_eq!(count, "0", "no row is left behind");
        tokio::time::sleep(Duration::from_millis(2)).await;
        let found = store.find_session(token.session()).await.unwrap();
        assert!(found.is_none());
        let rotated = store.rotate_session(turn(&token).0).await.unwrap();
        assert_eq!(rotated, Rotated::Unknown);
    }
}

#[tokio::test]
async fn what_no_session_may_hold_is_refused() {
    for engine in Engine::both() {
        let store = engine.open().await;
        let token = begun(&engine, &*store).await;
        let id = token.session();
        let (short, long) = (blob(&engine, 31), blob(&engine, 33));
        let mut impossible = vec![
            ("id", "'short'".to_owned()),
            ("id", format!("'{}'", "=".repeat(22))),
            ("id", "'22-character-session-A'".to_owned()),
            ("user_id", "'nobody'".to_owned()),
            ("user_id", "NULL".to_owned()),
            ("client_id", "'nobodys'".to_owned()),
            ("client_id", "''".to_owned()),
            ("client_id", "'ä'".to_owned()),
            ("client_id", format!("'{}'", "x".repeat(256))),
            ("scopes", "'a  b'".to_owned()),
            ("scopes", "NULL".to_owned()),
            ("epoch", "-1".to_owned()),
            ("epoch", "9007199254740992".to_owned()),
            ("user_agent", format!("'{}'", "ü".repeat(257))),
            ("family_digest", "NULL".to_owned()),
            ("token_digest", "NULL".to_owned()),
            ("spent_digest", blob(&engine, 32)),
            ("salt", blob(&engine, 32)),
            ("rotated_at_ms", "1700000000000".to_owned()),
            ("rotated_at_ms", "-1".to_owned()),
        ];
        for column in ["created_at", "last_used_at", "idle_until", "ends_at"] {
            impossible.push((column, "-1".to_owned()));
            impossible.push((column, "253402207201".to_owned()));
            impossible.push((column, "NULL".to_owned()));
        }
        for column in ["family_digest", "token_digest"] {
            impossible.extend([&short, &long].map(|bytes| (column, bytes.clone())));
        }
        if matches!(engine, Engine::Sqlite(_)) {
            // PostgreSQL has types for that.
            let text = format!("'{}'", "x".repeat(32));
            impossible.push(("token_digest", text));
            for column in ["client_id", "scopes", "user_agent"] {
                impossible.push((column, "x'61'".to_owned()));
            }
            impossible.push(("created_at", "'yesterday'".to_owned()));
        }
        for (column, value) in impossible {
            engine.refused(&format!("UPDATE sessions SET {column} = {value}"));
        }
        engine.refused(
            "INSERT INTO sessions SELECT 'AAAAAAAAAAAAAAAAAAAAAA', 'nobody', client_id, scopes, \
             epoch, user_agent, created_at, last_used_at, idle_until, ends_at FROM sessions",
        );
        let other = "INSERT INTO users (id, username) VALUES ('other', 'alice')";
        engine.shell(other).unwrap();
        engine.refused("UPDATE sessions SET user_id = 'other'");
        if matches!(engine, Engine::Sqlite(_)) {
            engine.refused("INSERT OR REPLACE INTO sessions SELECT * FROM sessions");
        }
        // Nor has any of that done half of it.
        let found = store.find_session(id).await.unwrap().unwrap();
        assert_eq!(found.user, Some(UserId::new("id")));
        let rotated = store.rotate_session(turn(&token).0).await.unwrap();
        assert_eq!(rotated, Rotated::Rotated);
    }
}

/// Scopes that are too long get past SQLite's own rules, and past PostgreSQL's once somebody dropped
/// them.
#[tokio::test]
async fn a_session_that_nobody_can_read_hides_no_other() {
    for engine in Engine::both() {
        let store = engine.open().await;
        let (good, bad) = (begun(&engine, &*store).await, begun(&engine, &*store).await);
        if matches!(engine, Engine::Postgres(_)) {
            let rule = "a scope has at most 128 characters, all together 4096";
            engine
                .shell(&format!("ALTER TABLE sessions DROP CONSTRAINT \"{rule}\""))
                .unwrap();
        }
        engine
            .shell(&format!(
                "UPDATE sessions SET scopes = '{}' WHERE id = '{}'",
                "x".repeat(129),
                bad.session()
            ))
            .unwrap();
        tokio::time::sleep(Duration::from_millis(2)).await;
        let user = UserId::new("id");
        let listed = store.list_sessions(&user).await.unwrap();
        let listed: Vec<_> = listed.iter().map(|session| session.id.as_str()).collect();
        assert_eq!(listed, [good.session()]);
        assert!(store.find_session(bad.session()).await.is_err());
        assert_eq!(store.delete_sessions(&user).await.unwrap(), 2, "all end");
    }
}

/// Everything that the database holds, as text.
fn dump(engine: &Engine) -> String {
    engine
        .shell(match engine {
            Engine::Sqlite(_) => {
                "SELECT id, user_id, client_id, hex(family_digest), hex(token_digest), \
             hex(spent_digest), hex(salt), rotated_at_ms FROM sessions"
            }
            Engine::Postgres(_) => {
                "SELECT id, user_id, client_id, encode(family_digest, 'hex'), \
             encode(token_digest, 'hex'), encode(spent_digest, 'hex'), encode(salt, 'hex'), \
             rotated_at_ms FROM sessions"
            }
        })
        .unwrap()
        .to_lowercase()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
    digits.collect()
}

/// A row holds the digests and, until it is swept, the salt of the last rotation: nothing of a token.
#[tokio::test]
async fn a_row_is_digests_and_for_a_while_a_salt() {
    for engine in Engine::both() {
        let store = engine.open().await;
        let token = begun(&engine, &*store).await;
        let (rotation, salt) = turn(&token);
        let next = token.successor(&salt);
        let before = dump(&engine);
        assert!(before.contains(&hex(token.digest().as_bytes())), "{before}");
        let rotated = store.rotate_session(rotation).await.unwrap();
        assert_eq!(rotated, Rotated::Rotated);
        let row = [
            token.session().to_lowercase(),
            "id".into(),
            "portcullis".into(),
            hex(token.family_digest().as_bytes()),
            hex(next.digest().as_bytes()),
            hex(token.digest().as_bytes()),
            hex(salt.as_bytes()),
            NOW.as_millisecond().to_string(),
        ];
        assert_eq!(dump(&engine), row.join("|"));

        let later = NOW + SignedDuration::from_secs(1);
        store.sweep_sessions(later, later).await.unwrap();
        let swept = [&row[0], &row[1], &row[2], &row[3], &row[4], "", "", ""];
        assert_eq!(
            dump(&engine),
            swept.join("|"),
            "salt and spent token are gone"
        );
        let rotated = store.rotate_session(turn(&token).0).await.unwrap();
        assert_eq!(rotated, Rotated::Replayed);
        assert_eq!(dump(&engine), "");
    }
}

/// Counted by the server itself: no verb reads all rows.
#[tokio::test]
async fn postgres_finds_and_sweeps_sessions_by_an_index() {
    let engine = Engine::postgres();
    let store = engine.open().await;
    let tokens = [begun(&engine, &*store).await, begun(&engine, &*store).await];
    engine
        .shell(
            "INSERT INTO users (id, username) SELECT 'u' || n, 'u' || n FROM generate_series(0, 499) n;
             INSERT INTO sessions SELECT lpad(n::text, 22, '0'), 'u' || n % 500, 'portcullis', '', 0,
                 NULL, n, n, 1800000000 + n, 1900000000, NULL, NULL, NULL, NULL, NULL
             FROM generate_series(1, 5000) n;
             ANALYZE users, sessions",
        )
        .unwrap();
    let count = |column: &str| -> u64 {
        let sql = format!("SELECT {column} FROM pg_stat_user_tables WHERE relname = 'sessions'");
        engine.shell(&sql).unwrap().parse().unwrap()
    };
    // A session reports what it read when it ends; these two read a table that was empty.
    drop(store);
    let patience = Instant::now() + Duration::from_secs(20);
    while count("n_tup_ins") < 5_002 {
        assert!(Instant::now() < patience, "the server never tells");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let store = engine.open().await;
    let before = [count("seq_tup_read"), count("idx_scan")];
    let family = tokens[0].family_digest();
    for round in 0..10 {
        let id = tokens[0].session();
        assert!(store.find_session(id).await.unwrap().is_some());
        let found = store.find_family(id).await.unwrap();
        assert!(found.is_some_and(|found| found.shared == family));
        let listed = store.list_sessions(&UserId::new(format!("u{round}"))).await;
        assert_eq!(listed.unwrap().len(), 10);
        let rotated = store.rotate_session(turn(&tokens[0]).0).await.unwrap();
        assert_ne!(rotated, Rotated::Unknown);
        store.sweep_sessions(NOW, NOW).await.unwrap();
        let [ending, leaving] = [100, 200].map(|from| UserId::new(format!("u{}", from + round)));
        assert_eq!(store.delete_sessions(&ending).await.unwrap(), 10);
        assert!(store.delete_user(&leaving, None).await.unwrap());
    }
    assert!(store.delete_session(tokens[1].session()).await.unwrap());
    begun(&engine, &*store).await;
    drop(store);
    let patience = Instant::now() + Duration::from_secs(20);
    while count("idx_scan") < before[1] + 80 {
        assert!(Instant::now() < patience, "{before:?}");
        // Not blocking: the connections are still being closed, on this thread.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(
        count("seq_tup_read"),
        before[0],
        "no verb reads the whole table"
    );
}

/// A sweep after a long rest goes step by step, and what it has removed stays removed: a server that had
/// to remove all at once, or nothing, would never be done with it once it takes too long.
#[tokio::test]
async fn much_is_swept_step_by_step() {
    for engine in Engine::both() {
        let store = engine.open().await;
        let _ = begun(&engine, &*store).await;
        // The one that ends last cannot be removed.
        let (numbers, padded, obstacle) = match engine {
            Engine::Sqlite(_) => (
                "(WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 2500)
                     SELECT n FROM n)",
                "substr('0000000000000000000000' || n, -22)",
                "CREATE TRIGGER obstacle BEFORE DELETE ON sessions WHEN OLD.created_at = 2500
                     BEGIN SELECT RAISE(ABORT, 'not this one'); END",
            ),
            Engine::Postgres(_) => (
                "generate_series(1, 2500) n",
                "lpad(n::text, 22, '0')",
                "CREATE FUNCTION obstacle() RETURNS trigger LANGUAGE plpgsql AS
                     $$ BEGIN RAISE EXCEPTION 'not this one'; END $$;
                 CREATE TRIGGER obstacle BEFORE DELETE ON sessions FOR EACH ROW
                     WHEN (OLD.created_at = 2500) EXECUTE FUNCTION obstacle()",
            ),
        };
        let sql = format!(
            "INSERT INTO sessions SELECT {padded}, 'id', 'portcullis', '', 0, NULL, n, n, n, n,
                 NULL, NULL, NULL, NULL, NULL FROM {numbers}; {obstacle}"
        );
        engine.shell(&sql).unwrap();
        let user = UserId::new("id");
        let swept = store.sweep_sessions(NOW, NOW).await;
        assert!(swept.is_err(), "one cannot be removed");
        let left = store.list_sessions(&user).await.unwrap().len();
        assert!(left <= 1_001, "{left}");
        let on = match engine {
            Engine::Sqlite(_) => "",
            Engine::Postgres(_) => " ON sessions",
        };
        engine.shell(&format!("DROP TRIGGER obstacle{on}")).unwrap();
        store.sweep_sessions(NOW, NOW).await.unwrap();
        let left = store.list_sessions(&user).await.unwrap();
        assert_eq!(left.len(), 1, "the one that lives");
    }
}
