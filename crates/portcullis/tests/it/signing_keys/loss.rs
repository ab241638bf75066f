//! Keys that are taken away, and stores that fail.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use portcullis::auth::{KeyState, KeysFailed};
use portcullis::store::{Answer, MemoryStore, SigningKeys, StoreError};
use portcullis::token::SealedKey;

use super::{DAY, HOUR, at, node, published, signing, token, verifier};

#[tokio::test]
async fn what_a_retired_key_signed_is_refused_remembered_or_not() {
    let store = Arc::new(MemoryStore::new());
    let (keys, elsewhere) = (node(&store).await, node(&store).await);
    let (here, there) = (verifier(&keys.ring()), verifier(&elsewhere.ring()));
    let (token, now) = (token(&keys.ring(), 0), at(60).as_second());
    assert!(here.verify(&token, now).is_ok() && there.verify(&token, now).is_ok());

    let stolen = signing(&keys, 0);
    keys.retire(&stolen, at(60)).await.unwrap();
    assert!(
        here.verify(&token, now).is_err(),
        "though it was remembered"
    );
    assert_ne!(signing(&keys, 60), stolen, "another signs at once");
    elsewhere.maintain(at(60)).await.unwrap();
    assert!(there.verify(&token, now).is_err(), "on every node");
    assert_eq!(signing(&elsewhere, 60), signing(&keys, 60));
}

#[tokio::test]
async fn the_published_key_takes_over_from_a_retired_one() {
    let keys = node(&Arc::new(MemoryStore::new())).await;
    let first = signing(&keys, 0);
    let next = keys.rotate(at(0)).await.unwrap();
    keys.retire(&first, at(60)).await.unwrap();
    assert_eq!(signing(&keys, 60), next.kid);
    assert_eq!(keys.list(at(60)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_published_key_that_is_retired_changes_nothing_else() {
    let keys = node(&Arc::new(MemoryStore::new())).await;
    let verifier = verifier(&keys.ring());
    let (first, token) = (signing(&keys, 0), token(&keys.ring(), 0));
    let next = keys.rotate(at(0)).await.unwrap();
    keys.retire(&next.kid, at(60)).await.unwrap();
    let left = keys.list(at(60)).await.unwrap();
    assert_eq!((left.len(), &left[0].kid), (1, &first));
    assert_eq!(left[0].state, KeyState::Signing);
    assert_eq!(
        left[0].retires_at, None,
        "it goes on as if nothing had been"
    );
    assert!(verifier.verify(&token, at(60).as_second()).is_ok());
}

#[tokio::test]
async fn a_key_that_nobody_knows_is_not_retired() {
    let keys = node(&Arc::new(MemoryStore::new())).await;
    let refused = keys.retire("nothing", at(0)).await;
    assert!(matches!(refused, Err(KeysFailed::Unknown(kid)) if kid == "nothing"));
    assert_eq!(published(&keys, 0), 1);
}

/// A store that fails when it is told to: before it did anything.
#[derive(Default)]
struct Failing {
    store: MemoryStore,
    reads_fail: AtomicBool,
    writes_fail: AtomicBool,
}

impl SigningKeys for Failing {
    fn list_signing_keys(&self) -> Answer<'_, Vec<SealedKey>> {
        if self.reads_fail.load(Ordering::SeqCst) {
            return Answer::ready(Err(StoreError::unavailable("away")));
        }
        self.store.list_signing_keys()
    }

    fn replace_signing_keys(
        &self,
        expected: Vec<SealedKey>,
        keys: Vec<SealedKey>,
    ) -> Answer<'_, bool> {
        if self.writes_fail.load(Ordering::SeqCst) {
            return Answer::ready(Err(StoreError::unavailable("away")));
        }
        self.store.replace_signing_keys(expected, keys)
    }
}

#[tokio::test]
async fn a_store_that_fails_leaves_nothing_half_done() {
    let store = Arc::new(Failing::default());
    let keys = node(&store).await;
    let first = signing(&keys, 0);
    for (reads, writes) in [(true, false), (false, true)] {
        store.reads_fail.store(reads, Ordering::SeqCst);
        store.writes_fail.store(writes, Ordering::SeqCst);
        let rotated = keys.rotate(at(0)).await;
        assert!(matches!(rotated, Err(KeysFailed::Store(_))), "{rotated:?}");
        let retired = keys.retire(&first, at(0)).await;
        assert!(matches!(retired, Err(KeysFailed::Store(_))), "{retired:?}");
        assert_eq!(
            (published(&keys, 0), signing(&keys, HOUR)),
            (1, first.clone())
        );
        assert_eq!(store.store.list_signing_keys().await.unwrap().len(), 1);
    }
    store.writes_fail.store(false, Ordering::SeqCst);
    assert!(keys.rotate(at(0)).await.unwrap().made, "and then it works");
}

/// A disk is full, or the database lets this node only read: what others did is learned all the same.
#[tokio::test]
async fn a_retirement_is_learned_where_nothing_can_be_written() {
    let store = Arc::new(Failing::default());
    let (here, elsewhere) = (node(&store).await, node(&store).await);
    let (stolen, token) = (signing(&here, 0), token(&here.ring(), 0));
    let verifier = verifier(&here.ring());
    elsewhere.retire(&stolen, at(0)).await.unwrap();

    store.writes_fail.store(true, Ordering::SeqCst);
    // The next key is due, so each time something is to be written.
    let failed = here.maintain(at(90 * DAY)).await;
    assert!(matches!(failed, Err(KeysFailed::Store(_))), "{failed:?}");
    assert!(verifier.verify(&token, at(1).as_second()).is_err());
    assert_eq!(signing(&here, 1), signing(&elsewhere, 1));
}

#[tokio::test]
async fn keys_that_somebody_deleted_are_kept_in_memory_and_missed() {
    let store = Arc::new(MemoryStore::new());
    let keys = node(&store).await;
    let all = store.list_signing_keys().await.unwrap();
    assert!(store.replace_signing_keys(all, vec![]).await.unwrap());
    let missed = keys.maintain(at(0)).await;
    assert!(matches!(missed, Err(KeysFailed::Vanished)), "{missed:?}");
    assert_eq!(published(&keys, 0), 1);
}
