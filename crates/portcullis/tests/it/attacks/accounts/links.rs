//! Links that are mailed: what makes one good, and what ends it.

use std::sync::Arc;

use portcullis::store::OneTimeTokens;
use serde_json::{Value, json};

use crate::accounts::{AccountHouse, NEW_PASSWORD, PASSWORD};
use crate::fixture::Answer;

pub(super) const BAD: &str = "400 invalid_token";
/// Where a token is spent, with what belongs beside it.
const PLACES: [&str; 3] = [
    "POST /password-reset",
    "POST /email-verification/confirm",
    "POST /email-change/confirm",
];

async fn spend(house: &AccountHouse, place: &str, token: &Value) -> Answer {
    let mut body = json!({"token": token});
    if place == PLACES[0] {
        body["new_password"] = json!(NEW_PASSWORD);
    }
    house.ask(place).json(&body).await
}

pub(super) async fn change_password(house: &AccountHouse, name: &str) {
    let token = house.token(name).await;
    let body = json!({"current_password": PASSWORD, "new_password": NEW_PASSWORD});
    let changed = house
        .ask("PUT /users/me/password")
        .by(&token)
        .json(&body)
        .await;
    assert_eq!(changed.status, 204);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn m01_a_link_is_used_once() {
    let house = Arc::new(AccountHouse::new().await);
    let token = house.reset_token("johndoe").await;
    let uses = (0..8).map(|_| {
        let (house, token) = (house.clone(), token.clone());
        tokio::spawn(async move { house.reset(&token, NEW_PASSWORD).await.code() })
    });
    let uses: Vec<_> = uses.collect();
    let mut codes = Vec::new();
    for one in uses {
        codes.push(one.await.unwrap());
    }
    codes.sort();
    assert_eq!(codes[0], "204", "{codes:?}");
    assert!(codes[1..].iter().all(|code| code == BAD), "{codes:?}");
    assert_eq!(
        house.reset(&token, "another good password").await.code(),
        BAD
    );
    assert_eq!(house.log_in("johndoe", NEW_PASSWORD).await.status, 200);
}

#[tokio::test]
async fn m02_a_link_ends_to_the_second() {
    const MINUTES_30: i64 = 30 * 60;
    for (seconds, code) in [
        (MINUTES_30 - 1, "204"),
        (MINUTES_30, BAD),
        (MINUTES_30 + 1, BAD),
    ] {
        let house = AccountHouse::new().await;
        let token = house.reset_token("johndoe").await;
        house.clock.advance(seconds);
        assert_eq!(
            house.reset(&token, NEW_PASSWORD).await.code(),
            code,
            "{seconds}"
        );
    }
    // It is counted from when it was sent, not from when it was asked for.
    let house = AccountHouse::new().await;
    let body = json!({"username": "johndoe"});
    assert_eq!(
        house
            .ask("POST /password-recovery")
            .json(&body)
            .await
            .status,
        202
    );
    house.clock.advance(3_600);
    let token = house.mailed_token("reset_password").await;
    house.clock.advance(MINUTES_30 - 1);
    assert_eq!(house.reset(&token, NEW_PASSWORD).await.status, 204);
    // A clock that goes back revives no used one.
    house.clock.advance(-3_600);
    assert_eq!(house.reset(&token, NEW_PASSWORD).await.code(), BAD);
}

#[tokio::test]
async fn m03_a_token_that_is_none_is_nobodys() {
    let house = AccountHouse::new().await;
    // Some that are there, an invitation among them, which is no user's.
    let writer = house.token("writer").await;
    let body = json!({"email": "new@example.com"});
    assert_eq!(
        house
            .ask("POST /invitations")
            .by(&writer)
            .json(&body)
            .await
            .status,
        202
    );
    let real = house.mailed_token("invitation").await;
    house.reset_token("johndoe").await;
    let before = house.snapshot().await;
    let (cut, more, spaced) = (&real[1..], format!("{real}A"), format!(" {real}"));
    let padded = format!("{real}=");
    for place in PLACES {
        for token in [
            "",
            "0",
            "null",
            cut,
            &more,
            &spaced,
            &padded,
            &"A".repeat(43),
            &real,
        ] {
            assert_eq!(
                spend(&house, place, &json!(token)).await.code(),
                BAD,
                "{place} {token}"
            );
        }
        for token in [
            Value::Null,
            json!(0),
            json!([]),
            json!([real]),
            json!({}),
            json!(true),
        ] {
            let faults = spend(&house, place, &token).await.faults();
            assert_eq!(faults, ["body.token: string_type"], "{place} {token}");
        }
    }
    let missing = house.ask(PLACES[1]).json(&json!({})).await;
    assert_eq!(missing.faults(), ["body.token: missing"]);
    let long = spend(&house, PLACES[0], &json!("A".repeat(60_000))).await;
    assert_eq!(long.code(), BAD);
    assert_eq!(house.snapshot().await, before);
}

#[tokio::test]
async fn m04_a_link_is_for_its_own_user_and_its_own_use() {
    let house = AccountHouse::new().await;
    let token = house.reset_token("johndoe").await;
    for (member, value) in [
        ("email", json!("alice@example.com")),
        ("username", json!("alice")),
        ("id", json!(house.id("alice").await)),
        ("user_id", json!(house.id("alice").await)),
    ] {
        let mut body = json!({"token": token, "new_password": NEW_PASSWORD});
        body[member] = value;
        let answer = house.ask("POST /password-reset").json(&body).await;
        assert_eq!(answer.code(), "422 invalid_request", "{body}");
    }
    for place in &PLACES[1..] {
        assert_eq!(
            spend(&house, place, &json!(token)).await.code(),
            BAD,
            "{place}"
        );
    }
    // Neither is another kind of link good for a password.
    let body = json!({"username": "new.name", "password": PASSWORD, "email": "new@example.com"});
    assert_eq!(house.register(&body).await.status, 201);
    let verify = house.mailed_token("verify_email").await;
    let john = house.token("johndoe").await;
    house.ask_email(&john, "other@example.com").await;
    let confirm = house.mailed_token("confirm_email").await;
    for other in [&verify, &confirm] {
        assert_eq!(house.reset(other, NEW_PASSWORD).await.code(), BAD);
    }
    assert_eq!(house.reset(&token, NEW_PASSWORD).await.status, 204);
    assert_eq!(house.log_in("alice", PASSWORD).await.status, 200);
    assert_eq!(house.log_in("johndoe", NEW_PASSWORD).await.status, 200);
}

/// Nothing of it is there before the mail's turn, so no answer can have it.
#[tokio::test]
async fn m05_no_answer_holds_a_token() {
    let house = AccountHouse::new().await;
    let john = house.token("johndoe").await;
    let id = house.user("johndoe").await.id;
    let recovery = json!({"username": "johndoe"});
    let asked = [
        house.ask("POST /password-recovery").json(&recovery).await,
        house.ask_email(&john, "new@example.com").await,
    ];
    for answer in &asked {
        assert_eq!((answer.status, answer.body.len()), (202, 0));
        for (name, value) in &answer.headers {
            assert!(value.len() < 43, "{name}");
        }
    }
    assert!(
        house
            .store
            .list_one_time_tokens(&id, None, 1_000)
            .await
            .unwrap()
            .is_empty(),
        "there is none yet"
    );
    for letter in house.letters().await {
        let Some(link) = letter.content.link() else {
            continue;
        };
        let export = house.ask("GET /users/me/export").by(&john).send().await;
        assert!(!export.text().contains(link.token()));
        assert!(
            !format!("{letter:?}").contains(link.token()),
            "nor does a log"
        );
    }
}

/// Several requests, several links: each is good until one is used.
#[tokio::test]
async fn m06_all_links_end_with_the_first_that_is_used() {
    let house = AccountHouse::new().await;
    let first = house.reset_token("johndoe").await;
    let second = house.reset_token("johndoe").await;
    assert_eq!(house.reset(&first, NEW_PASSWORD).await.status, 204);
    assert_eq!(
        house.reset(&second, "another good password").await.code(),
        BAD
    );
    let third = house.reset_token("johndoe").await;
    assert_eq!(
        house.reset(&third, "another good password").await.status,
        204
    );
}

#[tokio::test]
async fn m07_no_link_outlives_the_password_or_the_address() {
    let house = AccountHouse::new().await;
    let token = house.reset_token("johndoe").await;
    change_password(&house, "johndoe").await;
    assert_eq!(
        house.reset(&token, "another good password").await.code(),
        BAD
    );

    let token = house.reset_token("alice").await;
    let alice = house.token("alice").await;
    house.ask_email(&alice, "alice.new@example.com").await;
    let confirm = house.mailed_token("confirm_email").await;
    assert_eq!(house.confirm_email(&confirm).await.status, 204);
    assert_eq!(house.reset(&token, NEW_PASSWORD).await.code(), BAD);

    let token = house.reset_token("reader").await;
    let id = house.id("reader").await;
    house
        .patch(&id, &json!({"email": "reader.new@example.com"}))
        .await;
    assert_eq!(house.reset(&token, NEW_PASSWORD).await.code(), BAD);
}

#[tokio::test]
async fn m08_the_store_has_digests_alone() {
    let house = AccountHouse::new().await;
    let token = house.reset_token("johndoe").await;
    let id = house.user("johndoe").await.id;
    let kept = house
        .store
        .list_one_time_tokens(&id, None, 1_000)
        .await
        .unwrap();
    assert_eq!(kept.len(), 1);
    let digest = sha_256(&token);
    assert_eq!(kept[0].digest.as_bytes().as_slice(), digest);
    assert!(!house.snapshot().await.contains(&token));
}

/// SHA-256 of what the token's text stands for.
fn sha_256(token: &str) -> Vec<u8> {
    use base64::Engine;
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(token);
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &bytes.unwrap());
    digest.as_ref().to_vec()
}

/// What opens the link before its reader does sends no fragment, and no `GET` does anything.
#[tokio::test]
async fn m09_looking_at_a_link_changes_nothing() {
    let house = AccountHouse::new().await;
    let token = house.reset_token("johndoe").await;
    let before = house.snapshot().await;
    for page in [
        "/reset-password",
        "/verify-email",
        "/confirm-email",
        "/invitation",
    ] {
        house.ask(&format!("GET {page}?token={token}")).send().await;
    }
    for place in [
        "/password-reset",
        "/email-verification/confirm",
        "/email-change/confirm",
    ] {
        for method in ["GET", "HEAD", "PUT", "DELETE"] {
            let operation = format!("{method} {place}?token={token}&new_password=x");
            assert_eq!(
                house.ask(&operation).send().await.status,
                405,
                "{operation}"
            );
        }
    }
    assert_eq!(house.snapshot().await, before);
    assert_eq!(house.reset(&token, NEW_PASSWORD).await.status, 204);
}
