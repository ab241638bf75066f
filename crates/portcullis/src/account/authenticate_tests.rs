use std::num::NonZeroUsize;
use std::time::Duration;

use jiff::Timestamp;

use super::*;
use crate::account::refresh_floor;
use crate::password::{Argon2Parameters, Hasher};
use crate::scope::Scopes;
use crate::store::{MemoryStore, NewUser, UserChange, Users};
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

/// Of `swordfish`: slow beside Argon2 with 64 KiB.
fn bcrypt_hash() -> PasswordHash {
    PasswordHash::from_store(bcrypt::hash("swordfish", 8).unwrap())
}

async fn house_with_bcrypt() -> (MemoryStore, HashingPool) {
    let (store, pool) = house().await;
    add(&store, "fish", Some(bcrypt_hash())).await;
    (store, pool)
}

async fn timed(store: &MemoryStore, pool: &HashingPool, name: &str, password: &str) -> Duration {
    let began = Instant::now();
    assert!(sign_in(store, pool, name, password).await.is_none());
    began.elapsed()
}

#[tokio::test]
async fn the_floor_is_learnt_from_the_store_and_goes_with_the_last_foreign_hash() {
    let (store, pool) = house().await;
    refresh_floor(&store, &pool).await.unwrap();
    timed(&store, &pool, "johndoe", "wrong").await;
    assert_eq!(
        pool.floor(),
        None,
        "hashes of the present cost, and unusable ones"
    );
    add(&store, "fish", Some(bcrypt_hash())).await;
    refresh_floor(&store, &pool).await.unwrap();
    assert!(pool.floor().is_some());
    assert!(sign_in(&store, &pool, "fish", "swordfish").await.is_some());
    refresh_floor(&store, &pool).await.unwrap();
    assert_eq!(pool.floor(), None, "it was replaced at the login");
}

#[tokio::test]
async fn the_floor_is_learnt_from_a_refusal_and_from_a_login() {
    for password in ["wrong", "swordfish"] {
        let (store, pool) = house_with_bcrypt().await;
        assert_eq!(pool.floor(), None);
        sign_in(&store, &pool, "fish", password).await;
        assert!(pool.floor().is_some(), "{password}");
    }
}

/// Nothing ends before the floor, and in the middle everything ends together: without the floor, the
/// first is an order of magnitude longer than the rest.
#[tokio::test]
async fn all_refusals_end_together() {
    let (store, pool) = house_with_bcrypt().await;
    refresh_floor(&store, &pool).await.unwrap();
    let floor = pool.floor().unwrap();
    let names = ["fish", "johndoe", "keyless", "broken", "nobody", "no@body"];
    let mut times = [const { Vec::new() }; 6];
    for _ in 0..15 {
        for (name, times) in names.iter().zip(&mut times) {
            let took = timed(&store, &pool, name, "wrong").await;
            assert!(took >= floor, "{name}: {took:?} of {floor:?}");
            times.push(took);
        }
    }
    let middles = times.map(|mut times| {
        times.sort();
        times[times.len() / 2]
    });
    let (least, most) = (middles.iter().min().unwrap(), middles.iter().max().unwrap());
    assert!(*most < *least * 3 / 2, "{names:?}: {middles:?}");
}

/// A password that is compared in two forms takes the slow hash twice.
#[tokio::test]
async fn a_password_that_is_hashed_twice_waits_twice() {
    let (store, pool) = house_with_bcrypt().await;
    refresh_floor(&store, &pool).await.unwrap();
    let floor = pool.floor().unwrap();
    for name in ["fish", "nobody"] {
        let took = timed(&store, &pool, name, "cafe\u{301}").await;
        assert!(took >= floor * 2, "{name}: {took:?} of {floor:?}");
    }
}

/// Else whoever refuses the inactive like a wrong password would tell by the time that it is right.
#[tokio::test]
async fn an_inactive_user_takes_the_time_of_a_refusal() {
    let (store, pool) = house_with_bcrypt().await;
    for name in ["johndoe", "fish"] {
        let name = Username::parse(name).unwrap();
        let found = store.find_by_username(&name).await.unwrap().unwrap();
        assert!(
            store
                .update_user(&found.user.id, UserChange::disabled_to(true))
                .await
                .unwrap()
                .is_some()
        );
    }
    refresh_floor(&store, &pool).await.unwrap();
    let floor = pool.floor().unwrap();
    for (name, password) in [("johndoe", "secret"), ("fish", "swordfish")] {
        let began = Instant::now();
        assert!(sign_in(&store, &pool, name, password).await.is_some());
        assert!(began.elapsed() >= floor, "{name}");
    }
    let fish = Username::parse("fish").unwrap();
    let found = store.find_by_username(&fish).await.unwrap().unwrap();
    let hash = found.hashed_password.unwrap();
    assert!(
        hash.as_str().starts_with("$2b$"),
        "and no second hash, which would be a time too"
    );
}

/// With a floor of seconds: neither the thread nor a right password waits for it.
#[tokio::test]
async fn only_the_refused_wait_and_the_thread_goes_on() {
    let (store, pool) = house().await;
    let slow = bcrypt_hash().cost().unwrap();
    pool.known_costs()
        .measured(slow, Duration::from_mins(1), Instant::now());
    let floor = pool.floor().unwrap();
    assert!(floor > Duration::from_secs(3));
    let began = Instant::now();
    let refusal = timed(&store, &pool, "nobody", "wrong");
    let others = async {
        assert!(sign_in(&store, &pool, "johndoe", "secret").await.is_some());
        pool.run(|_| ()).await.unwrap();
    };
    tokio::pin!(refusal);
    tokio::select! {
        biased;
        _ = &mut refusal => unreachable!("it waits"),
        () = others => {}
    }
    assert!(began.elapsed() < floor, "{:?}", began.elapsed());
}

#[tokio::test]
async fn an_address_signs_in_where_it_is_asked_for_and_verified() {
    let (store, pool) = house().await;
    let hash = pool.hash(&Password::new("secret")).await.unwrap();
    for (name, email_verified) in [("verified", true), ("claimed", false)] {
        let user = NewUser {
            id: UserId::new(name),
            username: Username::parse(name).unwrap(),
            email: Some(EmailAddress::parse(&format!("{name}@Example.com")).unwrap()),
            email_verified,
            full_name: None,
            hashed_password: Some(hash.clone()),
            disabled: false,
            scopes: Scopes::none(),
            created_at: Timestamp::UNIX_EPOCH,
            mail: None,
        };
        store.insert_user(user).await.unwrap();
    }
    let password = Password::new("secret");
    let found = async |name| {
        let found = authenticate(&store, &pool, name, &password).await;
        found.unwrap().map(|user: User| user.username)
    };
    for (typed, is_found) in [
        ("Verified@example.com", true),
        ("verified", true),
        ("claimed@example.com", false),
        ("claimed", true),
        ("nobody@example.com", false),
        ("verified@", false),
        ("", false),
    ] {
        let either = found(LoginName::UsernameOrEmail(typed)).await;
        assert_eq!(either.is_some(), is_found, "{typed}");
        let is_name = is_found && !typed.contains('@');
        let username = found(LoginName::Username(typed)).await;
        assert_eq!(username.is_some(), is_name, "{typed}");
    }
}
