//! The sealing key changes, or is lost.

use std::sync::Arc;

use portcullis::auth::{KeyRotation, KeyState, KeysFailed, StoredKeys, list_keys};
use portcullis::store::{MemoryStore, SigningKeys};
use portcullis::token::{KeyFailed, SealingKey, SealingKeys};

use super::{DAY, HOUR, at, node, sealing, signing, token, verifier};

fn new_key() -> SealingKey {
    SealingKey::from_base64("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").unwrap()
}

fn both() -> SealingKeys {
    SealingKeys {
        current: new_key(),
        previous: Some(sealing()),
    }
}

async fn opened(store: &Arc<MemoryStore>, keys: SealingKeys) -> Result<StoredKeys, KeysFailed> {
    let store: Arc<dyn SigningKeys> = Arc::clone(store) as _;
    StoredKeys::open(store, keys, KeyRotation::default(), at(0)).await
}

#[tokio::test]
async fn keys_are_sealed_anew_once_and_stay_the_same_keys() {
    let store = Arc::new(MemoryStore::new());
    let keys = node(&store).await;
    keys.rotate(at(0)).await.unwrap();
    let token = token(&keys.ring(), 0);
    let before = store.list_signing_keys().await.unwrap();

    let refused = opened(&store, new_key().into()).await;
    let refused = refused.map(drop);
    assert!(matches!(
        refused,
        Err(KeysFailed::Key(KeyFailed::OtherSeal))
    ));
    assert_eq!(store.list_signing_keys().await.unwrap(), before);

    let keys = opened(&store, both()).await.unwrap();
    assert!(
        verifier(&keys.ring())
            .verify(&token, at(1).as_second())
            .is_ok()
    );
    let after = store.list_signing_keys().await.unwrap();
    for (old, new) in before.iter().zip(&after) {
        assert_ne!(old.sealed, new.sealed);
        assert_eq!(
            (&old.kid, old.created_at, old.signs_from, old.retires_at),
            (&new.kid, new.created_at, new.signs_from, new.retires_at)
        );
        assert!(
            sealing().open(new).is_err(),
            "not under the old one any more"
        );
    }
    opened(&store, both()).await.unwrap();
    let again = store.list_signing_keys().await.unwrap();
    assert_eq!(again, after, "what is sealed anew is left alone");
    opened(&store, new_key().into()).await.unwrap();
}

/// A node that still has the old sealing key goes on, and leaves the rotation to those who can read.
#[tokio::test]
async fn a_node_that_is_restarted_later_serves_on() {
    let store = Arc::new(MemoryStore::new());
    let old = node(&store).await;
    let first = signing(&old, 0);
    let new = opened(&store, both()).await.unwrap();
    let done = old.maintain(at(90 * DAY)).await.unwrap();
    assert_eq!(done.unreadable, std::slice::from_ref(&first), "it says so");
    assert_eq!(done.rotated, None);
    assert_eq!(signing(&old, 90 * DAY), first);
    let refused = old.rotate(at(90 * DAY)).await;
    assert!(matches!(
        refused,
        Err(KeysFailed::Key(KeyFailed::OtherSeal))
    ));
    assert!(new.maintain(at(90 * DAY)).await.unwrap().rotated.is_some());
}

/// What cannot be read cannot sign, but a key that is gone must not go on for the lack of another.
#[tokio::test]
async fn a_retired_key_is_refused_where_its_follower_cannot_be_read() {
    let store = Arc::new(MemoryStore::new());
    let old = node(&store).await;
    let (stolen, token) = (signing(&old, 0), token(&old.ring(), 0));
    let there = verifier(&old.ring());
    assert!(there.verify(&token, at(1).as_second()).is_ok());

    let new = opened(&store, both()).await.unwrap();
    new.retire(&stolen, at(1)).await.unwrap();
    let done = old.maintain(at(1)).await.unwrap();
    assert_eq!(done.unreadable, [signing(&new, 1)], "it says so");
    assert!(there.verify(&token, at(1).as_second()).is_err());
    assert!(old.ring().signing(at(1)).is_none(), "nor does it sign");
}

#[tokio::test]
async fn a_lost_sealing_key_is_survived_afresh() {
    let store = Arc::new(MemoryStore::new());
    let lost = signing(&node(&store).await, 0);
    let listed = list_keys(&*store, Some(&new_key().into()), at(0))
        .await
        .unwrap();
    assert_eq!(
        (listed[0].state, listed[0].algorithm),
        (KeyState::Unreadable, None)
    );

    let open = StoredKeys::open_readable(
        Arc::clone(&store) as _,
        new_key().into(),
        KeyRotation::default(),
        at(0),
    );
    let (keys, gone) = open.await.unwrap();
    assert_eq!(gone, std::slice::from_ref(&lost));
    assert_ne!(signing(&keys, 0), lost);
    assert_eq!(keys.list(at(0)).await.unwrap().len(), 1);
    opened(&store, new_key().into()).await.unwrap();
}

#[tokio::test]
async fn what_can_be_read_is_not_thrown_away() {
    let store = Arc::new(MemoryStore::new());
    let keys = node(&store).await;
    keys.rotate(at(0)).await.unwrap();
    let before = store.list_signing_keys().await.unwrap();
    let open = StoredKeys::open_readable(
        Arc::clone(&store) as _,
        sealing().into(),
        KeyRotation::default(),
        at(HOUR),
    );
    let (_, gone) = open.await.unwrap();
    assert!(gone.is_empty());
    assert_eq!(store.list_signing_keys().await.unwrap(), before);
}
