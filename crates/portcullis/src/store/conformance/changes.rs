//! Changing and deleting.

use super::{answered, by_id, by_name, epoch, hash, hash_of, inserted, scopes, username};
use crate::store::{PasswordChange, Store, StoreError, UserChange};
use crate::token::Epoch;
use crate::user::{User, UserId};

pub(super) async fn a_new_password_starts_a_new_epoch(store: &impl Store) {
    let id = inserted(store, "johndoe").await;
    let mut before = epoch(store, &id).await;
    for new in ["second", "third", "third"] {
        let was_there = answered(
            store
                .update_password(&id, PasswordChange::to(hash(new)))
                .await,
        );
        assert!(was_there, "the user is there");
        let found = by_name(store, "johndoe").await;
        assert_eq!(hash_of(&found), Some(new), "the password is the new one");
        let after = found.user.epoch.number();
        assert!(after > before, "a new password advances the epoch");
        before = after;
    }
}

pub(super) async fn a_rehash_keeps_the_epoch(store: &impl Store) {
    let id = inserted(store, "johndoe").await;
    let before = by_id(store, &id).await;
    let (first, second) = (hash("$argon2id$first"), hash("$argon2id$second"));

    answered(store.replace_hash(id.as_str(), &second, &hash("x")).await);
    let found = by_name(store, "johndoe").await;
    assert_eq!(
        hash_of(&found),
        Some("$argon2id$first"),
        "only `old` is replaced"
    );

    answered(store.replace_hash(id.as_str(), &first, &second).await);
    let found = by_name(store, "johndoe").await;
    assert_eq!(
        hash_of(&found),
        Some("$argon2id$second"),
        "`old` is replaced"
    );
    assert_eq!(
        found.user, before,
        "a rehash changes nothing else, so it signs nobody out"
    );

    answered(
        store
            .update_password(&id, PasswordChange::to(hash("third")))
            .await,
    );
    assert!(
        epoch(store, &id).await > before.epoch.number(),
        "a new password after a rehash advances the epoch"
    );
    answered(store.replace_hash("nobody", &first, &second).await);
}

pub(super) async fn disabling_counts_only_when_it_changes_anything(store: &impl Store) {
    let id = inserted(store, "johndoe").await;
    let mut before = epoch(store, &id).await;
    for (disabled, changes) in [(false, false), (true, true), (true, false), (false, true)] {
        let was_there = answered(
            store
                .update_user(&id, UserChange::disabled_to(disabled))
                .await,
        );
        assert!(was_there.is_some(), "the user is there, changed or not");
        let user = by_id(store, &id).await;
        assert_eq!(user.disabled, disabled, "the flag is as asked");
        let after = user.epoch.number();
        if changes {
            assert!(after > before, "disabling and enabling advance the epoch");
        } else {
            assert_eq!(after, before, "what changes nothing keeps the epoch");
        }
        before = after;
    }
    let found = by_name(store, "johndoe").await;
    assert_eq!(
        hash_of(&found),
        Some("$argon2id$first"),
        "the password is untouched"
    );
}

pub(super) async fn scopes_are_given_and_taken(store: &impl Store) {
    let id = inserted(store, "johndoe").await;
    let mut before = epoch(store, &id).await;
    // What is added, what is removed, what is there then (`items:read` at first), and whether
    // anything was taken.
    for (add, remove, expected, taken) in [
        ("", "", "items:read", false),
        ("a b", "", "a b items:read", false),
        ("a", "", "a b items:read", false),
        ("", "c", "a b items:read", false),
        ("c", "b", "a c items:read", true),
        ("d", "d", "a c items:read", false),
        ("a", "a", "c items:read", true),
        ("", "c items:read", "", true),
        ("e", "", "e", false),
    ] {
        let change = store
            .update_scopes(&id, &scopes(add), &scopes(remove))
            .await;
        let told = answered(change);
        assert_eq!(
            told,
            Some(scopes(expected)),
            "+[{add}] -[{remove}]: what is told"
        );
        let user = by_id(store, &id).await;
        assert_eq!(
            user.scopes,
            scopes(expected),
            "+[{add}] -[{remove}]: what is kept"
        );
        let after = user.epoch.number();
        if taken {
            assert!(after > before, "taking a scope advances the epoch");
        } else {
            assert_eq!(after, before, "giving scopes keeps the epoch");
        }
        before = after;
    }
}

pub(super) async fn nobody_else_is_changed(store: &impl Store) {
    let alice = inserted(store, "alice").await;
    let john = inserted(store, "johndoe").await;
    let before = by_id(store, &alice).await;
    answered(
        store
            .update_password(&john, PasswordChange::to(hash("x")))
            .await,
    );
    answered(
        store
            .update_user(&john, UserChange::disabled_to(true))
            .await,
    );
    answered(
        store
            .update_scopes(&john, &scopes("a"), &scopes("items:read"))
            .await,
    );
    let old = hash("x");
    answered(store.replace_hash(john.as_str(), &old, &hash("y")).await);
    answered(store.delete_user(&john, None).await);
    let after = by_name(store, "alice").await;
    assert_eq!(
        after.user, before,
        "another user's changes leave alice alone"
    );
    assert_eq!(hash_of(&after), Some("$argon2id$first"), "her password too");
}

pub(super) async fn a_deleted_user_is_gone_for_good(store: &impl Store) {
    let first = inserted(store, "johndoe").await;
    assert!(
        answered(store.delete_user(&first, None).await),
        "the user was there"
    );
    assert!(
        find(store, &first).await.is_none(),
        "a deleted user is not found by id"
    );
    let found = store.find_by_username(&username("johndoe")).await;
    assert!(answered(found).is_none(), "nor by name");
    assert!(
        answered(store.list_users(None, 10).await).users.is_empty(),
        "nor listed"
    );
    assert!(
        !answered(store.delete_user(&first, None).await),
        "nor deleted again"
    );

    let second = inserted(store, "JOHNDOE").await;
    assert!(first != second, "the same name is another user");
    assert!(
        find(store, &first).await.is_none(),
        "the old id stays nobody's"
    );
}

pub(super) async fn nobody_there_is_said(store: &impl Store) {
    let john = inserted(store, "johndoe").await;
    let other = Some(Epoch::new(epoch(store, &john).await + 1));
    let gone = answered(store.delete_user(&john, other).await);
    assert!(!gone, "of that epoch there is nobody");
    let own = Some(by_id(store, &john).await.epoch);
    let gone = answered(store.delete_user(&john, own).await);
    assert!(gone, "of this one there is");
    inserted(store, "johndoe").await;
    for id in ["nobody", "johndoe", ""].map(UserId::new) {
        let none = scopes("");
        assert!(
            !answered(
                store
                    .update_password(&id, PasswordChange::to(hash("x")))
                    .await
            ),
            "no such user"
        );
        assert!(
            answered(store.update_user(&id, UserChange::disabled_to(true)).await).is_none(),
            "no such user"
        );
        assert!(
            answered(store.update_scopes(&id, &none, &none).await).is_none(),
            "no such user"
        );
        assert!(
            !answered(store.delete_user(&id, None).await),
            "no such user"
        );
    }
}

async fn find(store: &impl Store, id: &UserId) -> Option<User> {
    let found: Result<_, StoreError> = store.find_by_subject(id.as_str()).await;
    answered(found)
}
