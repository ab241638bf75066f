//! §3.1.1.2: how passwords are kept.

use std::sync::Arc;

use portcullis::password::{Argon2Parameters, Hasher, PasswordHash};
use portcullis::secret::Password;
use portcullis::store::{
    Answer, Credential, MemoryStore, PasswordChange, StoreError, UserSource, Users,
};
use portcullis::user::{EmailAddress, User, Username};

use crate::fixture::cheap;
use crate::people::{OLD, OTHER, People, Place, Who, policy};

async fn hash_of(people: &People, who: &Who) -> String {
    let stored = people.stored(who).await.unwrap();
    stored.hashed_password.unwrap().as_str().to_owned()
}

#[tokio::test]
async fn n23_argon2id_with_a_salt_of_its_own() {
    let people = People::new().await;
    let mut salts = std::collections::BTreeSet::new();
    for place in Place::ALL.into_iter().chain(Place::ALL) {
        let who = people.somebody();
        people.chooses(place, &who, OTHER).await;
        people.mails().await;
        let hash = hash_of(&people, &who).await;
        let parts: Vec<&str> = hash.split('$').collect();
        assert_eq!(
            parts[..4],
            ["", "argon2id", "v=19", "m=8,t=1,p=1"],
            "{place:?}"
        );
        let decode =
            |text| base64::Engine::decode(&base64::engine::general_purpose::STANDARD_NO_PAD, text);
        assert_eq!(decode(parts[4]).unwrap().len(), 16);
        assert_eq!(decode(parts[5]).unwrap().len(), 32);
        assert!(!hash.contains("harbour"));
        assert!(salts.insert(parts[4].to_owned()), "{place:?}");
    }
    assert_eq!(Argon2Parameters::default().memory_kib, 19 * 1024);
}

/// The memory store, that cannot replace a hash while it is told so.
struct Stubborn(Arc<MemoryStore>);

impl UserSource for Stubborn {
    type User = User;

    fn find_by_username<'a>(
        &'a self,
        username: &'a Username,
    ) -> Answer<'a, Option<Credential<User>>> {
        self.0.find_by_username(username)
    }

    fn find_by_email<'a>(
        &'a self,
        address: &'a EmailAddress,
    ) -> Answer<'a, Option<Credential<User>>> {
        self.0.find_by_email(address)
    }

    fn find_by_subject<'a>(&'a self, subject: &'a str) -> Answer<'a, Option<User>> {
        self.0.find_by_subject(subject)
    }

    fn replace_hash<'a>(
        &'a self,
        _: &'a str,
        _: &'a PasswordHash,
        _: &'a PasswordHash,
    ) -> Answer<'a, ()> {
        Answer::ready(Err(StoreError::unavailable("read-only")))
    }
}

async fn keeps_a_cheaper_hash(people: &People, who: &Who) -> String {
    let cheaper = Argon2Parameters {
        memory_kib: 16,
        ..cheap()
    };
    let hash = Hasher::new(cheaper)
        .unwrap()
        .hash(&Password::new(OLD))
        .unwrap();
    let id = people.stored(who).await.unwrap().user.id;
    let text = hash.as_str().to_owned();
    let changed = people
        .store
        .update_password(&id, PasswordChange::to(hash))
        .await;
    assert!(changed.unwrap());
    text
}

#[tokio::test]
async fn n24_other_costs_are_replaced_at_a_login() {
    let people = People::new().await;
    let who = people.joins().await;
    let other = keeps_a_cheaper_hash(&people, &who).await;
    assert!(other.contains("$m=16,t=1,p=1$"));
    // A wrong password changes nothing, the right one the hash alone.
    let form = crate::people::login_form(&who.username, OTHER);
    crate::fixture::send(&people.app, crate::fixture::login(&form)).await;
    assert_eq!(hash_of(&people, &who).await, other);
    let before = people.stored(&who).await.unwrap().user;
    let session = people.signs_in(&who.username, OLD).await;
    let replaced = hash_of(&people, &who).await;
    assert!(replaced.contains("$m=8,t=1,p=1$"), "{replaced}");
    assert_eq!(people.stored(&who).await.unwrap().user, before);
    assert!(people.proves(&who, OLD, &session).await);
    assert_eq!(hash_of(&people, &who).await, replaced);
}

#[tokio::test]
async fn n24_a_hash_that_cannot_be_replaced_keeps_nobody_out() {
    let people = People::kept_by(policy(), Stubborn, |builder| builder).await;
    let who = people.joins().await;
    let other = keeps_a_cheaper_hash(&people, &who).await;
    for _ in 0..2 {
        people.signs_in(&who.username, OLD).await;
        assert_eq!(hash_of(&people, &who).await, other);
    }
}
