//! Clients that end with many sessions, in PostgreSQL, and what is read for it.

use std::time::{Duration, Instant};

use portcullis::client::ClientId;

use crate::clients::found;
use crate::engine::Engine;

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
