//! Sessions in great number: more of one user than are ever listed.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use portcullis::store::{SESSIONS_PER_USER, StoreError};
use portcullis::user::UserId;
use tokio::sync::Barrier;

use crate::engine::Engine;
use crate::sessions::begins;

/// The user `id`, and so many sessions by the shell, begun at 1, 2, 3, … and over at 1000 more.
fn filled(engine: &Engine, count: u32) {
    let id = match engine {
        Engine::Sqlite(_) => "printf('%022d', n)",
        Engine::Postgres(_) => "lpad(n::text, 22, '0')",
    };
    engine
        .shell(&format!(
            "INSERT INTO users (id, username) VALUES ('id', 'johndoe');
             WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {count})
             INSERT INTO sessions (id, user_id, client_id, scopes, epoch, created_at, last_used_at,
                 idle_until, ends_at)
             SELECT {id}, 'id', 'portcullis', '', 0, n, n, 1000 + n, 2000 FROM counted"
        ))
        .unwrap();
}

#[tokio::test]
async fn of_rows_without_number_the_newest_are_listed() {
    for engine in Engine::both() {
        let store = engine.open().await;
        filled(&engine, SESSIONS_PER_USER + 100);
        let listed = store.list_sessions(&UserId::new("id")).await.unwrap();
        let begun: Vec<_> = listed
            .iter()
            .map(|one| one.created_at.as_second())
            .collect();
        let newest: Vec<_> = (101..=i64::from(SESSIONS_PER_USER) + 100).rev().collect();
        assert_eq!(begun, newest);
    }
}

/// 100 transactions of 1,000 rows.
const ONE_SWEEP: u32 = 100_000;

#[tokio::test]
async fn a_sweep_goes_on_for_so_long_and_the_next_one_after_it() {
    for engine in Engine::both() {
        let store = engine.open().await;
        filled(&engine, ONE_SWEEP + 2);
        let count = || engine.shell("SELECT count(*) FROM sessions").unwrap();
        let (all_over, never) = (Timestamp::constant(2_000, 0), Timestamp::UNIX_EPOCH);
        store.sweep_sessions(all_over, never).await.unwrap();
        assert_eq!(count(), "2", "what is left is left for the next time");
        store.sweep_sessions(all_over, never).await.unwrap();
        assert_eq!(count(), "0");
    }
}

/// Or all that is remembered would be forgotten by every sweep.
#[tokio::test]
async fn a_sweep_that_finds_nothing_writes_nothing() {
    let engine = Engine::sqlite();
    let store = engine.open().await;
    filled(&engine, 1);
    let path = engine.url().replace("sqlite://", "");
    let other = rusqlite::Connection::open(path).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let (too_early, over) = (Timestamp::constant(1_000, 0), Timestamp::constant(1_001, 0));
    // A writer would wait for the lock, and then fail.
    store.sweep_sessions(too_early, over).await.unwrap();
    other.execute_batch("ROLLBACK").unwrap();
    store.sweep_sessions(over, over).await.unwrap();
    assert_eq!(engine.shell("SELECT count(*) FROM sessions").unwrap(), "0");
}

/// A login locks what a deletion locks, in the same order: neither fails for the other's sake.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_login_at_the_bound_beside_a_deletion() {
    for engine in Engine::both() {
        let store = engine.open().await;
        for round in 0..30 {
            filled(&engine, SESSIONS_PER_USER + 20);
            let ready = Arc::new(Barrier::new(4));
            let mut logins = Vec::new();
            for _ in 0..3 {
                let (store, ready) = (Arc::clone(&store), Arc::clone(&ready));
                logins.push(tokio::spawn(async move {
                    ready.wait().await;
                    store.insert_session(begins(&UserId::new("id")).0).await
                }));
            }
            ready.wait().await;
            tokio::time::sleep(Duration::from_micros(200 * round)).await;
            let deleted = store.delete_user(&UserId::new("id"), None).await;
            assert!(deleted.unwrap(), "round {round}");
            for login in logins {
                // Refused when the user is gone, and for no other reason.
                let answer = login.await.unwrap();
                let passing = matches!(answer, Err(StoreError::Unavailable(_)));
                assert!(!passing, "round {round}: {answer:?}");
            }
            let left = engine.shell("SELECT count(*) FROM sessions").unwrap();
            assert_eq!(left, "0", "round {round}");
        }
    }
}
