//! Clients that end with many sessions, in PostgreSQL: what is locked for it, and what is read.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use portcullis::client::ClientId;
use portcullis::scope::Scopes;
use portcullis::secret::random_id;
use portcullis::store::{NewSession, SESSIONS_PER_USER, StoreError};
use portcullis::token::Epoch;
use portcullis::user::UserId;

use crate::clients::found;
use crate::engine::Engine;

const NOW: Timestamp = Timestamp::constant(1_700_000_000, 0);

/// Users who have as many sessions as they may, so that each that begins ends another one, while
/// users and clients are deleted: nobody waits in a circle.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sessions_begin_and_end_from_all_sides_at_once() {
    let engine = Engine::postgres();
    let store = engine.open().await;
    for round in 0..20 {
        engine
            .shell(&format!(
                "DELETE FROM users;
                 INSERT INTO users (id, username) SELECT 'u' || n, 'u' || n
                     FROM generate_series(0, 2) n;
                 INSERT INTO clients (id, name) SELECT 'c{round}-' || n, 'c{round}-' || n
                     FROM generate_series(0, 2) n;
                 INSERT INTO sessions (id, user_id, client_id, scopes, epoch, created_at,
                     last_used_at, idle_until, ends_at)
                 SELECT lpad(n::text, 22, '0'), 'u' || n % 3, 'c{round}-' || n / 3 % 3, '', 0,
                     n, n, 1800000000, 1900000000 FROM generate_series(1, {}) n",
                3 * SESSIONS_PER_USER
            ))
            .unwrap();
        let ready = Arc::new(tokio::sync::Barrier::new(14));
        let mut tasks = Vec::new();
        for number in 0..14 {
            let (store, ready) = (Arc::clone(&store), Arc::clone(&ready));
            let user = UserId::new(format!("u{}", number % 3));
            let client = ClientId::new(format!("c{round}-{}", number / 3 % 3));
            tasks.push(tokio::spawn(async move {
                ready.wait().await;
                match number {
                    0..9 => match store.insert_session(new_session(&user, client)).await {
                        // Its user or its client is gone already.
                        Err(StoreError::Unexpected(_)) => Ok(()),
                        answer => answer,
                    },
                    9 | 10 => store.delete_user(&user, None).await.map(drop),
                    11 => store.delete_sessions(&user).await.map(drop),
                    _ => {
                        let id = ClientId::new(format!("c{round}-{}", number - 12));
                        store.delete_client(&id).await.map(drop)
                    }
                }
            }));
        }
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        let orphans = "SELECT count(*) FROM sessions WHERE user_id NOT IN (SELECT id FROM users)
            OR client_id NOT IN (SELECT id FROM clients)";
        assert_eq!(engine.shell(orphans).unwrap(), "0");
    }
}

fn new_session(user: &UserId, client: ClientId) -> NewSession {
    NewSession {
        id: random_id().unwrap(),
        user: Some(user.clone()),
        client,
        scopes: Scopes::none(),
        epoch: Epoch::default(),
        refresh: None,
        user_agent: None,
        created_at: NOW,
        idle_until: NOW,
        ends_at: NOW,
    }
}

/// Counted by the server itself: the sessions of a client that ends are not looked for among all.
#[tokio::test]
async fn postgres_ends_a_clients_sessions_by_an_index() {
    let engine = Engine::postgres();
    let store = engine.open().await;
    engine
        .shell(
            "INSERT INTO users (id, username) VALUES ('u', 'u');
             INSERT INTO clients (id, name) SELECT 'c' || n, 'c' || n FROM generate_series(0, 999) n;
             INSERT INTO sessions (id, user_id, client_id, scopes, epoch, created_at,
                 last_used_at, idle_until, ends_at)
             SELECT lpad(n::text, 22, '0'), 'u',
                 CASE n % 2 WHEN 0 THEN 'portcullis' ELSE 'c' || n % 1000 END, '', 0,
                 n, n, 1800000000, 1900000000 FROM generate_series(1, 6000) n;
             ANALYZE users, clients, sessions",
        )
        .unwrap();
    let count = |column: &str, table: &str| -> u64 {
        let sql = format!("SELECT {column} FROM pg_stat_user_tables WHERE relname = '{table}'");
        engine.shell(&sql).unwrap().parse().unwrap()
    };
    let tables = ["sessions", "clients"];
    let before = tables.map(|table| count("seq_tup_read", table));
    let scans = count("idx_scan", "sessions");
    for number in (1..20).step_by(2) {
        let id = format!("c{number}");
        assert!(found(&*store, &id).await.is_some());
        assert!(store.delete_client(&ClientId::new(id)).await.unwrap());
    }
    // A session reports what it read when it ends.
    drop(store);
    let patience = Instant::now() + Duration::from_secs(20);
    while count("idx_scan", "sessions") < scans + 20 {
        assert!(Instant::now() < patience, "{scans}");
        // Not blocking: the connections are still being closed, on this thread.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let read = tables.map(|table| count("seq_tup_read", table));
    assert_eq!(read, before, "no verb reads a whole table");
    let left = engine.shell("SELECT count(*) FROM sessions").unwrap();
    assert_eq!(left, "5940", "six sessions of each of ten are gone");
}
