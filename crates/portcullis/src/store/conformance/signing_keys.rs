//! Signing keys.

use std::sync::Arc;

use jiff::Timestamp;

use super::{THEN, answered, joined};
use crate::store::{SigningKeys, Store};
use crate::token::SealedKey;

const LATER: Timestamp = Timestamp::constant(1_700_003_600, 0);
const MUCH_LATER: Timestamp = Timestamp::constant(1_700_090_000, 0);

/// A key as a store sees it: bytes, every one of them among these.
fn sealed(kid: &str) -> SealedKey {
    SealedKey {
        kid: kid.to_owned(),
        sealed: (0..=u8::MAX).collect(),
        created_at: THEN,
        signs_from: THEN,
        retires_at: None,
    }
}

/// A key that follows `sealed`.
fn next(kid: &str) -> SealedKey {
    SealedKey {
        created_at: LATER,
        signs_from: MUCH_LATER,
        ..sealed(kid)
    }
}

async fn replaced(store: &impl SigningKeys, expected: &[SealedKey], keys: &[SealedKey]) -> bool {
    answered(
        store
            .replace_signing_keys(expected.to_vec(), keys.to_vec())
            .await,
    )
}

async fn listed(store: &impl SigningKeys) -> Vec<SealedKey> {
    answered(store.list_signing_keys().await)
}

pub(super) async fn the_first_key_is_the_only_first(store: &impl SigningKeys) {
    assert!(listed(store).await.is_empty(), "a new store has no keys");
    let one = [sealed("one")];
    assert!(replaced(store, &[], &one).await, "the first key is stored");
    for kid in ["two", "one"] {
        let second = replaced(store, &[], &[sealed(kid)]).await;
        assert!(!second, "a second first key is not stored");
    }
    assert_eq!(listed(store).await, one, "the key comes back as it went in");
}

pub(super) async fn keys_are_replaced_whole(store: &impl SigningKeys) {
    let one = sealed("one");
    let retiring = SealedKey {
        retires_at: Some(MUCH_LATER),
        ..one.clone()
    };
    let both = [retiring.clone(), next("two")];
    assert!(replaced(store, &[], std::slice::from_ref(&one)).await);
    // In whatever order they are given.
    let given = [next("two"), retiring.clone()];
    assert!(
        replaced(store, std::slice::from_ref(&one), &given).await,
        "keys that are as expected are replaced"
    );
    assert_eq!(
        listed(store).await,
        both,
        "times come back as they went in, the oldest first"
    );
    let resealed = SealedKey {
        sealed: vec![7; 100],
        ..next("two")
    };
    assert!(
        replaced(store, &both, &[retiring, resealed.clone()]).await,
        "a key can be sealed anew"
    );
    let second = [both[0].clone(), resealed];
    assert!(
        replaced(store, &second, &[]).await,
        "all keys can be taken away"
    );
    assert!(listed(store).await.is_empty(), "and then none is there");
}

pub(super) async fn what_differs_at_all_is_left_alone(store: &impl SigningKeys) {
    let there = [sealed("one"), next("two")];
    assert!(replaced(store, &[], &there).await);
    let [one, two] = there.clone();
    let altered = |alter: fn(&mut SealedKey)| {
        let mut two = two.clone();
        alter(&mut two);
        vec![one.clone(), two]
    };
    for expected in [
        vec![],
        vec![one.clone()],
        vec![two.clone()],
        vec![one.clone(), two.clone(), next("two2")],
        altered(|key| key.kid.push('2')),
        altered(|key| key.sealed.push(0)),
        altered(|key| key.created_at = MUCH_LATER),
        altered(|key| key.signs_from = LATER),
        altered(|key| key.retires_at = Some(LATER)),
    ] {
        assert!(
            !replaced(store, &expected, &[]).await,
            "keys that are not as expected are not replaced: {expected:?}"
        );
    }
    assert_eq!(listed(store).await, there, "nor changed in any way");
}

/// Of those who start at once from the same keys, one succeeds, and what it stored is there.
pub(super) async fn of_several_replacements_one_happens<S: Store>(store: &Arc<S>) {
    const AT_ONCE: usize = 20;
    for round in 0..10 {
        let before = listed(&**store).await;
        let start = Arc::new(tokio::sync::Barrier::new(AT_ONCE));
        let tasks = (0..AT_ONCE).map(|number| {
            let (store, start) = (Arc::clone(store), Arc::clone(&start));
            let expected = before.clone();
            let mut keys = before.clone();
            keys.push(next(&format!("key-{round}-{number:02}")));
            tokio::spawn(async move {
                // A store that connects lazily connects here, not in the race.
                store.list_signing_keys().await?;
                start.wait().await;
                let replaced = store.replace_signing_keys(expected, keys.clone()).await?;
                Ok(replaced.then_some(keys))
            })
        });
        let answers = joined(tasks.collect()).await;
        let mut won: Vec<_> = answers.into_iter().flatten().collect();
        assert_eq!(won.len(), 1, "of several at once, one replaces the keys");
        let mut kept = listed(&**store).await;
        let by_name = |one: &SealedKey, other: &SealedKey| one.kid.cmp(&other.kid);
        kept.sort_by(by_name);
        let mut stored = won.remove(0);
        stored.sort_by(by_name);
        assert_eq!(kept, stored, "and what it gave is there");
    }
}
