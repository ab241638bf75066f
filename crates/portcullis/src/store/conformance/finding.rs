//! Inserting and finding.

use super::{
    THEN, answered, by_id, by_name, draft, epoch, hash, hash_of, inserted, scopes, username,
};
use crate::store::{InsertedUser, Store};
use crate::user::EmailAddress;

pub(super) async fn an_empty_store_has_nobody(store: &impl Store) {
    answered(store.check().await);
    for name in ["nobody", "%", "_", "'--"] {
        let found = answered(store.find_by_username(&username(name)).await);
        assert!(found.is_none(), "nobody is called {name} in an empty store");
    }
    for id in ["", "1", "%", "' OR ''='", "a\0b", "ü"] {
        let found = answered(store.find_by_subject(id).await);
        assert!(
            found.is_none(),
            "nobody has the id {id:?} in an empty store"
        );
    }
    let listed = answered(store.list_users(None, 10).await).users;
    assert!(listed.is_empty(), "an empty store lists nobody");
    let keys = answered(store.list_signing_keys().await);
    assert!(keys.is_empty(), "an empty store has no signing key");
}

pub(super) async fn a_user_is_found_by_every_spelling(store: &impl Store) {
    let john = inserted(store, "JohnDoe").await;
    for spelling in ["JohnDoe", "johndoe", "JOHNDOE", "\u{ff2a}ohn\u{ff24}oe"] {
        let found = by_name(store, spelling).await;
        assert_eq!(found.user.id, john, "{spelling} is JohnDoe");
        assert_eq!(
            found.user.username, "JohnDoe",
            "a name is kept as it was written"
        );
    }
    let mueller = inserted(store, "M\u{fc}ller").await;
    for spelling in ["m\u{fc}ller", "M\u{dc}LLER", "mu\u{308}ller"] {
        let found = by_name(store, spelling).await;
        assert_eq!(
            found.user.id, mueller,
            "{spelling} is Müller in any normal form"
        );
    }
    for other in ["johndo", "johndoe2", "john", "muller", "john_oe", "john%"] {
        let found = answered(store.find_by_username(&username(other)).await);
        assert!(found.is_none(), "{other} is somebody else");
    }
}

pub(super) async fn a_user_is_found_by_its_id_alone(store: &impl Store) {
    let id = inserted(store, "johndoe").await;
    assert_eq!(
        by_id(store, &id).await.username,
        "johndoe",
        "found by the id"
    );
    let swapped: String = id
        .as_str()
        .chars()
        .map(|c| {
            if c.is_lowercase() {
                c.to_ascii_uppercase()
            } else {
                c.to_ascii_lowercase()
            }
        })
        .collect();
    let spaced = format!("{id} ");
    for other in ["johndoe", swapped.as_str(), spaced.as_str(), "%", ""] {
        let found = answered(store.find_by_subject(other).await);
        assert!(
            found.is_none(),
            "{other:?} is no id: ids are compared letter by letter"
        );
    }
}

pub(super) async fn values_come_back_as_they_went_in(store: &impl Store) {
    let long = "\u{1f980}".repeat(1000);
    let texts = [
        "",
        " ",
        "'; DROP TABLE users; --",
        "\"\\`%_?$1:name\r\n\t",
        "Zo\u{eb} \u{202e}\u{5d0}\u{1f9d1}\u{200d}\u{1f680} e\u{301}",
        long.as_str(),
    ];
    for (text, number) in texts.into_iter().zip(0..) {
        let mut new = draft(&format!("user{number}'\"%_\\;--"));
        let written = format!("J.{number}+'_`@ex\u{e4}mple{number}.com");
        new.email = Some(answered(EmailAddress::parse(&written)));
        new.full_name = Some(text.to_owned());
        new.hashed_password = Some(hash(text));
        new.disabled = number % 2 == 1;
        new.scopes = scopes("b:write a:read 'x'%;--");
        let outcome = answered(store.insert_user(new.clone()).await);
        assert_eq!(outcome, InsertedUser::Inserted, "{text:?} can be stored");

        let found = by_name(store, new.username.as_str()).await;
        assert_eq!(
            hash_of(&found),
            Some(text),
            "a hash is kept, whatever it is"
        );
        let user = by_id(store, &new.id).await;
        assert_eq!(user, found.user, "a user is the same by name and by id");
        assert_eq!(user.id, new.id, "the id is the one that was given");
        assert_eq!(
            user.username,
            new.username.as_str(),
            "the name is kept as written"
        );
        assert_eq!(user.email, Some(written), "the address is kept as written");
        assert_eq!(user.full_name, new.full_name, "the name for people is kept");
        assert_eq!(user.disabled, new.disabled, "a user may start inactive");
        assert_eq!(user.scopes, new.scopes, "the scopes are kept");
        assert!(!user.email_verified, "an address starts unverified");
        assert_eq!(
            user.created_at.as_second(),
            THEN.as_second(),
            "the time is kept"
        );
    }

    let mut bare = draft("bare");
    bare.email = None;
    bare.full_name = None;
    bare.hashed_password = None;
    bare.scopes = scopes("");
    answered(store.insert_user(bare.clone()).await);
    let found = by_name(store, "bare").await;
    assert!(
        found.hashed_password.is_none(),
        "a user may have no password"
    );
    assert_eq!(found.user.email, None, "a user may have no address");
    assert_eq!(
        found.user.full_name, None,
        "a user may have no name for people"
    );
    assert!(found.user.scopes.is_empty(), "a user may have no scope");
}

pub(super) async fn a_nul_is_never_cut_off(store: &impl Store) {
    let mut new = draft("nul");
    new.full_name = Some("before\0after".into());
    let outcome = store.insert_user(new.clone()).await;
    let found = answered(store.find_by_subject(new.id.as_str()).await);
    match outcome {
        Ok(_) => assert_eq!(
            found.and_then(|user| user.full_name),
            new.full_name,
            "a text that was accepted is kept whole"
        ),
        Err(_) => assert!(found.is_none(), "a user that was refused is not stored"),
    }
}

pub(super) async fn a_taken_name_changes_nothing(store: &impl Store) {
    let id = inserted(store, "johndoe").await;
    let before = by_id(store, &id).await;
    for spelling in ["johndoe", "JohnDoe", "\u{ff4a}ohndoe"] {
        let mut other = draft(spelling);
        other.hashed_password = Some(hash("another"));
        other.full_name = Some("Another".into());
        let other_id = other.id.clone();
        let outcome = answered(store.insert_user(other).await);
        assert_eq!(
            outcome,
            InsertedUser::UsernameTaken,
            "{spelling} is taken by johndoe"
        );
        let found = answered(store.find_by_subject(other_id.as_str()).await);
        assert!(found.is_none(), "a user whose name was taken is not stored");
    }
    assert_eq!(
        by_id(store, &id).await,
        before,
        "the owner of the name is untouched"
    );
    assert_eq!(
        hash_of(&by_name(store, "johndoe").await),
        Some("$argon2id$first"),
        "the owner's password is untouched"
    );
    assert_eq!(
        epoch(store, &id).await,
        before.epoch.number(),
        "its epoch too"
    );
}
