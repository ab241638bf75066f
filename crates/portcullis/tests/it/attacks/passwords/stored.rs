//! Odd hashes in the table (P18 to P20).

use std::time::{Duration, Instant};

use portcullis::password::{Argon2Parameters, Hasher, PasswordHash};
use portcullis::secret::Password;
use portcullis::store::{PasswordChange, Users};
use tokio::task::JoinSet;

use super::log::Log;
use crate::fixture::{cheap, login, send};
use crate::people::{OLD, People, Who, login_form};

async fn holds(people: &People, who: &Who, hash: &str) {
    let id = people.stored(who).await.unwrap().user.id;
    let change = PasswordChange::to(PasswordHash::from_store(hash));
    assert!(people.store.update_password(&id, change).await.unwrap());
}

async fn is_refused(people: &People, who: &Who, password: &str) {
    let form = login_form(&who.username, password);
    let answer = send(&people.app, login(&form)).await;
    assert_eq!(answer.refusal(), (400, "invalid_grant".to_owned(), None));
}

#[tokio::test]
async fn p18_what_is_no_hash_lets_nobody_in_and_is_told() {
    let people = People::new().await;
    let who = people.joins().await;
    for hash in [
        "",
        " ",
        "garbage",
        OLD,
        "$",
        "$$$$$$",
        "*",
        "!",
        "$argon2id$",
        "$argon2id$v=19$m=8,t=1,p=1$$",
        "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHRzYWx0$",
        "$argon2x$v=19$m=8,t=1,p=1$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=99$m=8,t=1,p=1$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAA",
        "$2b$12$short",
        "$2b$99$WCMetE1BapjKl7Knpd7yW.vJaTdm3qtzV4v0WFq8P1wvr45DErw26",
        "$1$abc$def",
        "$5$rounds=1000$abc$def",
        "{PLAIN}twelve yellow umbrellas",
        "5f4dcc3b5aa765d61d8327deb882cf99",
        "\0",
        "\u{1f600}",
    ] {
        holds(&people, &who, hash).await;
        let (log, guard) = Log::listening();
        for password in [OLD, "garbage", "*", "password"] {
            is_refused(&people, &who, password).await;
        }
        drop(guard);
        let text = log.text();
        assert!(
            text.contains("WARN") && text.contains("cannot be used"),
            "{hash:?}: {text}"
        );
        let printed = hash.len() > 2 && text.contains(hash);
        assert!(!printed, "{text}");
    }
    // Of other systems', what can be used is used, and replaced.
    for hash in [
        "$2b$04$WCMetE1BapjKl7Knpd7yW.vJaTdm3qtzV4v0WFq8P1wvr45DErw26",
        "$argon2i$v=19$m=1024,t=2,p=1$pWXJGBTpG3A$fojcVDq5f5d8pe2lxOzIvw",
    ] {
        holds(&people, &who, hash).await;
        is_refused(&people, &who, OLD).await;
        people.signs_in(&who.username, "swordfish").await;
        let now = people.stored(&who).await.unwrap().hashed_password.unwrap();
        assert!(now.as_str().starts_with("$argon2id$v=19$m=8,"), "{hash}");
    }
}

#[tokio::test]
async fn p19_absurd_costs_are_refused_before_anything_is_hashed() {
    let people = People::new().await;
    let who = people.joins().await;
    let began = Instant::now();
    for cost in [
        "argon2id$v=19$m=4194304,t=1000,p=1",
        "argon2id$v=19$m=4194304,t=1,p=1",
        "argon2id$v=19$m=131072,t=1000,p=1",
        "argon2i$v=19$m=8,t=4294967295,p=1",
        "argon2d$v=19$m=65536,t=3,p=16777215",
        "argon2id$v=19$m=99999999999999999999,t=1,p=1",
    ] {
        let hash = format!("${cost}$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        holds(&people, &who, &hash).await;
        is_refused(&people, &who, OLD).await;
    }
    for cost in ["18", "31"] {
        let hash = format!("$2b${cost}$WCMetE1BapjKl7Knpd7yW.vJaTdm3qtzV4v0WFq8P1wvr45DErw26");
        holds(&people, &who, &hash).await;
        is_refused(&people, &who, "swordfish").await;
    }
    // The least of them takes seconds, all of them days.
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn p20_logins_that_replace_one_hash_at_once_all_succeed() {
    let threads = |builder: portcullis::auth::AuthBuilder<_>| {
        builder.hashing_threads(std::num::NonZeroUsize::new(4).unwrap())
    };
    let people = People::kept_by(crate::people::policy(), |store| store, threads).await;
    for _ in 0..10 {
        let who = people.joins().await;
        let cheaper = Argon2Parameters {
            memory_kib: 16,
            ..cheap()
        };
        let hash = Hasher::new(cheaper)
            .unwrap()
            .hash(&Password::new(OLD))
            .unwrap();
        holds(&people, &who, hash.as_str()).await;
        let before = people.stored(&who).await.unwrap().user;
        let mut both = JoinSet::new();
        for _ in 0..4 {
            let (app, form) = (people.app.clone(), login_form(&who.username, OLD));
            both.spawn(async move { send(&app, login(&form)).await.status });
        }
        assert_eq!(both.join_all().await, [200; 4]);
        let after = people.stored(&who).await.unwrap();
        let hash = after.hashed_password.unwrap();
        assert!(hash.as_str().contains("$m=8,t=1,p=1$"));
        assert_eq!(after.user, before);
        people.signs_in(&who.username, OLD).await;
    }
}
