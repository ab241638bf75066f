//! One node, and several.

use std::sync::Arc;

use portcullis::auth::{KeyRotation, KeyState, Maintained, StoredKeys};
use portcullis::store::{MemoryStore, SigningKeys};
use portcullis::token::SigningAlgorithm;

use super::{DAY, HOUR, at, node, published, sealing, seconds, signing, token, verifier};

async fn states(keys: &StoredKeys, seconds: i64) -> Vec<KeyState> {
    let listed = keys.list(at(seconds)).await.unwrap();
    listed.iter().map(|key| key.state).collect()
}

#[tokio::test]
async fn published_then_signing_then_verifying_then_gone() {
    let store = Arc::new(MemoryStore::new());
    let keys = node(&store).await;
    let verifier = verifier(&keys.ring());
    let first = signing(&keys, 0);
    assert_eq!(states(&keys, 0).await, [KeyState::Signing]);

    let next = keys.rotate(at(10)).await.unwrap();
    assert_eq!((next.made, next.signs_from), (true, at(10 + HOUR)));
    let listed = keys.list(at(10)).await.unwrap();
    let until: Vec<_> = listed.iter().map(|key| key.signs_until).collect();
    assert_eq!(until, [Some(at(10 + HOUR)), None]);
    assert!(listed[0].retires_at > until[0], "it verifies for longer");
    assert_eq!(published(&keys, 10), 2, "everybody may learn it");
    assert_eq!(
        signing(&keys, 9 + HOUR),
        first,
        "before anybody sees it used"
    );
    assert_eq!(
        states(&keys, 9 + HOUR).await,
        [KeyState::Signing, KeyState::Published]
    );
    let last = token(&keys.ring(), 9 + HOUR);
    assert_eq!(signing(&keys, 10 + HOUR), next.kid);
    assert_eq!(
        states(&keys, 10 + HOUR).await,
        [KeyState::Verifying, KeyState::Signing]
    );
    let its_last_second = 9 + HOUR + HOUR - 1;
    assert!(
        verifier
            .verify(&last, at(its_last_second).as_second())
            .is_ok()
    );

    let end = 10 + HOUR + HOUR + 600;
    assert_eq!((published(&keys, end - 1), published(&keys, end)), (2, 1));
    assert_eq!(
        states(&keys, end).await,
        [KeyState::Retired, KeyState::Signing]
    );
    assert_eq!(keys.maintain(at(end)).await.unwrap(), Maintained::default());
    assert_eq!(states(&keys, end).await.len(), 2, "a clock may be behind");
    keys.maintain(at(end + 600)).await.unwrap();
    assert_eq!(states(&keys, end + 600).await, [KeyState::Signing]);
    let there = store.list_signing_keys().await.unwrap();
    assert_eq!(there.len(), 1, "the private key lies around no longer");
}

#[tokio::test]
async fn a_key_is_exchanged_when_it_signed_for_long_enough() {
    let keys = node(&Arc::new(MemoryStore::new())).await;
    let before = keys.maintain(at(90 * DAY - 1)).await.unwrap();
    assert_eq!(before, Maintained::default());
    let due = keys.maintain(at(90 * DAY)).await.unwrap().rotated.unwrap();
    assert!(due.made);
    let again = keys.maintain(at(90 * DAY + 10)).await.unwrap();
    assert_eq!(again, Maintained::default(), "one is waiting");
    assert_eq!(signing(&keys, 90 * DAY + HOUR), due.kid);
    let next = keys.maintain(at(180 * DAY + HOUR)).await.unwrap();
    assert!(next.rotated.is_some());
}

#[tokio::test]
async fn by_command_alone_when_told_so() {
    let rotation = KeyRotation {
        every: None,
        publish_first: seconds(0),
        ..KeyRotation::default()
    };
    let store = Arc::new(MemoryStore::new());
    let keys = StoredKeys::open(store, sealing().into(), rotation, at(0));
    let keys = keys.await.unwrap();
    let done = keys.maintain(at(10_000 * DAY)).await.unwrap();
    assert_eq!(done, Maintained::default());
    let next = keys.rotate(at(0)).await.unwrap();
    assert_eq!(
        next.signs_from,
        at(600),
        "never sooner than all can know it"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_twenty_nodes_that_exchange_the_key_at_once_one_does() {
    for round in 0..50 {
        let store = Arc::new(MemoryStore::new());
        let now = at(90 * DAY);
        let start = Arc::new(tokio::sync::Barrier::new(20));
        let mut nodes = Vec::new();
        for _ in 0..20 {
            nodes.push(node(&store).await);
        }
        let tasks = nodes.into_iter().enumerate().map(|(number, keys)| {
            let start = Arc::clone(&start);
            tokio::spawn(async move {
                start.wait().await;
                // Half by schedule, half by command: it is one path.
                let made = if number % 2 == 0 {
                    keys.maintain(now).await.unwrap().rotated.is_some()
                } else {
                    keys.rotate(now).await.unwrap().made
                };
                (made, signing(&keys, 91 * DAY))
            })
        });
        let mut made = 0;
        let mut kids = Vec::new();
        for task in tasks.collect::<Vec<_>>() {
            let (one, kid) = task.await.unwrap();
            made += usize::from(one);
            kids.push(kid);
        }
        kids.dedup();
        assert_eq!((made, kids.len()), (1, 1), "round {round}");
        assert_eq!(store.list_signing_keys().await.unwrap().len(), 2);
    }
}

#[tokio::test]
async fn a_new_key_may_be_for_another_algorithm_and_both_verify() {
    let store = Arc::new(MemoryStore::new());
    let before = token(&node(&store).await.ring(), 0);
    let rotation = KeyRotation {
        algorithm: SigningAlgorithm::EdDsa,
        ..KeyRotation::default()
    };
    let keys = StoredKeys::open(store, sealing().into(), rotation, at(0));
    let keys = keys.await.unwrap();
    keys.rotate(at(0)).await.unwrap();
    let after = token(&keys.ring(), HOUR);
    let verifier = verifier(&keys.ring());
    assert!(verifier.verify(&before, at(HOUR - 1).as_second()).is_ok());
    assert!(verifier.verify(&after, at(HOUR).as_second()).is_ok());
    let listed = keys.list(at(0)).await.unwrap();
    let algorithms: Vec<_> = listed.iter().map(|key| key.algorithm).collect();
    assert_eq!(algorithms.len(), 2);
    assert!(algorithms.contains(&Some("ES256")) && algorithms.contains(&Some("EdDSA")));
}
