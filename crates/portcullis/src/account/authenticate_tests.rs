use std::num::NonZeroUsize;

use jiff::Timestamp;

use super::*;
use crate::password::{Argon2Parameters, Hasher};
use crate::scope::Scopes;
use crate::store::{MemoryStore, NewUser, Users};
use crate::user::{User, UserId};

const CHEAP: Argon2Parameters = Argon2Parameters {
    memory_kib: 64,
    passes: 1,
    lanes: 1,
};

async fn add(store: &MemoryStore, name: &str, hash: Option<PasswordHash>) {
    let user = NewUser {
        id: UserId::new(name),
        username: Username::parse(name).unwrap(),
        email: None,
        email_verified: false,
        full_name: None,
        hashed_password: hash,
        disabled: false,
        scopes: Scopes::none(),
        created_at: Timestamp::UNIX_EPOCH,
        mail: None,
    };
    store.insert_user(user).await.unwrap();
}

async fn house() -> (MemoryStore, HashingPool) {
    let pool = HashingPool::start(CHEAP, NonZeroUsize::MIN).unwrap();
    let store = MemoryStore::new();
    let hash = pool.hash(&Password::new("secret")).await.unwrap();
    add(&store, "johndoe", Some(hash)).await;
    add(&store, "keyless", None).await;
    add(&store, "broken", Some(PasswordHash::from_store("secret"))).await;
    let absurd = "$argon2id$v=19$m=4194304,t=1000,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    add(&store, "absurd", Some(PasswordHash::from_store(absurd))).await;
    (store, pool)
}

async fn sign_in(
    store: &MemoryStore,
    pool: &HashingPool,
    name: &str,
    password: &str,
) -> Option<User> {
    let password = Password::new(password);
    authenticate(store, pool, name, &password).await.unwrap()
}

/// Counted in memory that was written to, not in time: the whole of Argon2's memory, for everybody.
#[tokio::test]
async fn every_name_costs_the_same_hash() {
    let (store, pool) = house().await;
    for (name, password, is_right) in [
        ("johndoe", "secret", true),
        ("johndoe", "wrong", false),
        ("nobody", "secret", false),
        ("no body", "secret", false),
        ("no@body", "secret", false),
        ("", "secret", false),
        ("keyless", "secret", false),
        ("broken", "secret", false),
        ("absurd", "secret", false),
    ] {
        pool.run(Hasher::release).await.unwrap();
        let found = sign_in(&store, &pool, name, password).await;
        assert_eq!(found.is_some(), is_right, "{name:?}");
        let work = pool.run(|hasher| hasher.filled_blocks()).await.unwrap();
        assert_eq!(work, 64, "{name:?}");
    }
}

#[tokio::test]
async fn an_outdated_hash_is_replaced_and_nobody_is_signed_out() {
    let (store, pool) = house().await;
    let bcrypt = "$2b$04$WCMetE1BapjKl7Knpd7yW.vJaTdm3qtzV4v0WFq8P1wvr45DErw26";
    add(&store, "fish", Some(PasswordHash::from_store(bcrypt))).await;
    let name = Username::parse("fish").unwrap();
    let stored = async || store.find_by_username(&name).await.unwrap().unwrap();
    let before = stored().await.user.epoch;

    assert!(sign_in(&store, &pool, "fish", "Swordfish").await.is_none());
    assert_eq!(
        stored().await.hashed_password.unwrap().as_str(),
        bcrypt,
        "a wrong password"
    );
    assert!(sign_in(&store, &pool, "fish", "swordfish").await.is_some());
    let replaced = stored().await;
    let hash = replaced.hashed_password.unwrap();
    assert!(
        hash.as_str().starts_with("$argon2id$v=19$m=64,t=1,p=1$"),
        "{}",
        hash.as_str()
    );
    assert_eq!(replaced.user.epoch, before);
    assert!(sign_in(&store, &pool, "fish", "swordfish").await.is_some());
    assert_eq!(
        stored().await.hashed_password.unwrap().as_str(),
        hash.as_str(),
        "once is enough"
    );
}
