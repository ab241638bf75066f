//! Several at once. The numbers are small: a race that a store can lose shows in a few dozen tries.

use std::sync::Arc;

use super::{answered, by_id, by_name, draft, epoch, hash, hash_of, inserted, joined, scopes};
use crate::store::{InsertedUser, PasswordChange, Store, UserChange};

pub(super) async fn a_name_is_given_once<S: Store>(store: &Arc<S>) {
    let tasks = (0..50).map(|number| {
        let store = Arc::clone(store);
        let new = draft(if number % 2 == 0 {
            "johndoe"
        } else {
            "JohnDoe"
        });
        tokio::spawn(async move { store.insert_user(new).await })
    });
    let outcomes = joined(tasks.collect()).await;
    let is_inserted = |outcome: &&InsertedUser| **outcome == InsertedUser::Inserted;
    let inserted = outcomes.iter().filter(is_inserted).count();
    assert_eq!(inserted, 1, "of 50 who want one name at once, one gets it");
    let listed = answered(store.list_users(None, 10).await).users;
    assert_eq!(listed.len(), 1, "one user of that name is there");
}

pub(super) async fn no_change_of_scopes_is_lost<S: Store>(store: &Arc<S>) {
    let id = inserted(&**store, "johndoe").await;
    let before = epoch(&**store, &id).await;
    let tasks = (0..30).map(|number| {
        let (store, id) = (Arc::clone(store), id.clone());
        tokio::spawn(async move {
            let (add, none) = (scopes(&format!("scope:{number}")), scopes(""));
            store.update_scopes(&id, &add, &none).await
        })
    });
    joined(tasks.collect()).await;
    let user = by_id(&**store, &id).await;
    assert_eq!(
        user.scopes.iter().count(),
        31,
        "of 30 scopes given at once, none is lost"
    );

    let tasks = (0..30).map(|number| {
        let (store, id) = (Arc::clone(store), id.clone());
        tokio::spawn(async move {
            let (none, remove) = (scopes(""), scopes(&format!("scope:{number}")));
            store.update_scopes(&id, &none, &remove).await
        })
    });
    joined(tasks.collect()).await;
    let user = by_id(&**store, &id).await;
    assert_eq!(
        user.scopes,
        scopes("items:read"),
        "of 30 taken at once, none stays"
    );
    let advanced = user.epoch.number() - before;
    assert!(advanced >= 30, "and each advanced the epoch");
}

pub(super) async fn an_outdated_hash_never_undoes_a_new_password<S: Store>(store: &Arc<S>) {
    for round in 0..20 {
        let id = inserted(&**store, &format!("user{round}")).await;
        let rehash = {
            let (store, id) = (Arc::clone(store), id.clone());
            tokio::spawn(async move {
                let (old, new) = (hash("$argon2id$first"), hash("rehashed"));
                store.replace_hash(id.as_str(), &old, &new).await
            })
        };
        let change = {
            let (store, id) = (Arc::clone(store), id.clone());
            tokio::spawn(async move {
                store
                    .update_password(&id, PasswordChange::to(hash("new")))
                    .await
                    .map(drop)
            })
        };
        joined(vec![rehash, change]).await;
        let found = by_name(&**store, &format!("user{round}")).await;
        assert_eq!(
            hash_of(&found),
            Some("new"),
            "a rehash never undoes a new password"
        );
    }
}

pub(super) async fn what_was_written_is_seen_by_everybody<S: Store>(store: &Arc<S>) {
    let id = inserted(&**store, "johndoe").await;
    for round in 0..20 {
        let disabled = round % 2 == 0;
        answered(
            store
                .update_user(&id, UserChange::disabled_to(disabled))
                .await,
        );
        let tasks = (0..8).map(|_| {
            let (store, id) = (Arc::clone(store), id.clone());
            tokio::spawn(async move { store.find_by_subject(id.as_str()).await })
        });
        for seen in joined(tasks.collect()).await {
            let seen = seen.map(|user| user.disabled);
            assert_eq!(
                seen,
                Some(disabled),
                "what one call wrote, every next call sees"
            );
        }
    }
}
