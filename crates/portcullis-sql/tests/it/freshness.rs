//! How soon a reader sees what was written.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, Instant};

use portcullis::password::PasswordHash;
use portcullis::scope::Scopes;
use portcullis::store::{InsertedUser, NewUser, PasswordChange, Store, UserChange};
use portcullis::user::{UserId, Username};

use crate::engine::Engine;

async fn user(store: &dyn Store) -> UserId {
    let id = UserId::random().unwrap();
    let inserted = store
        .insert_user(NewUser {
            id: id.clone(),
            username: Username::parse("johndoe").unwrap(),
            email: None,
            email_verified: false,
            full_name: None,
            hashed_password: Some(PasswordHash::from_store("$2b$12$x")),
            disabled: false,
            scopes: Scopes::none(),
            created_at: jiff::Timestamp::UNIX_EPOCH,
            mail: None,
        })
        .await;
    assert_eq!(inserted.unwrap(), InsertedUser::Inserted);
    id
}

async fn epoch(store: &dyn Store, id: &UserId) -> i64 {
    let found = store.find_by_subject(id.as_str()).await.unwrap();
    found.expect("the user is there").epoch.number()
}

/// Every answered write is in every later read, on any thread, while others read all the time.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_this_process_wrote_holds_for_the_very_next_read() {
    for engine in Engine::both() {
        let store = engine.open().await;
        let id = user(&*store).await;
        let written = Arc::new(AtomicI64::new(0));
        let stop = Arc::new(AtomicBool::new(false));
        let readers: Vec<_> = (0..4)
            .map(|_| {
                let (store, id) = (Arc::clone(&store), id.clone());
                let (written, stop) = (Arc::clone(&written), Arc::clone(&stop));
                tokio::spawn(async move {
                    let mut reads = 0;
                    while !stop.load(Ordering::SeqCst) {
                        let least = written.load(Ordering::SeqCst);
                        let seen = epoch(&*store, &id).await;
                        assert!(seen >= least, "{seen} was read after {least} was answered");
                        reads += 1;
                        tokio::task::yield_now().await;
                    }
                    reads
                })
            })
            .collect();
        for round in 1..=100 {
            let hash = PasswordHash::from_store(format!("$2b$12${round}"));
            assert!(
                store
                    .update_password(&id, PasswordChange::to(hash))
                    .await
                    .unwrap()
            );
            written.store(round, Ordering::SeqCst);
            assert_eq!(epoch(&*store, &id).await, round);
        }
        stop.store(true, Ordering::SeqCst);
        for reader in readers {
            assert!(reader.await.unwrap() > 0, "a reader read nothing");
        }
    }
}

/// What another process wrote to the file is seen within a millisecond; here, two stores that know
/// nothing of each other.
#[tokio::test]
async fn what_another_connection_wrote_holds_after_a_millisecond() {
    for engine in Engine::both() {
        let (here, there) = (engine.open().await, engine.open().await);
        let id = user(&*there).await;
        let mut now = epoch(&*here, &id).await;
        for round in 0..50 {
            assert!(
                there
                    .update_user(&id, UserChange::disabled_to(round % 2 == 0))
                    .await
                    .unwrap()
                    .is_some()
            );
            let answered = Instant::now();
            let mut seen = epoch(&*here, &id).await;
            while seen == now {
                // Only a read that began within the millisecond may be old.
                assert!(
                    answered.elapsed() < Duration::from_millis(100),
                    "never seen"
                );
                let began = answered.elapsed();
                seen = epoch(&*here, &id).await;
                assert!(
                    seen != now || began < Duration::from_millis(2),
                    "an old value was read {began:?} after the write was answered"
                );
            }
            assert_eq!(seen, now + 1);
            now = seen;
        }
        assert!(there.delete_user(&id, None).await.unwrap());
        tokio::time::sleep(Duration::from_millis(2)).await;
        assert!(here.find_by_subject(id.as_str()).await.unwrap().is_none());
    }
}

/// Also of a session that was looked at, and so remembered, a moment before.
#[tokio::test]
async fn an_ended_session_is_seen_within_a_millisecond() {
    for engine in Engine::both() {
        let (here, there) = (engine.open().await, engine.open().await);
        for round in 0..50 {
            let token = crate::sessions::begun(&engine, &*there).await;
            let id = token.session();
            tokio::time::sleep(Duration::from_millis(2)).await;
            assert!(here.find_session(id).await.unwrap().is_some());
            let (ends, waits) = if round % 2 == 0 {
                (&here, Duration::ZERO)
            } else {
                (&there, Duration::from_millis(2))
            };
            assert!(ends.delete_session(id).await.unwrap());
            tokio::time::sleep(waits).await;
            assert!(here.find_session(id).await.unwrap().is_none(), "{round}");
        }
    }
}
