//! `POST /email-verification` and `POST /email-verification/confirm`.

use serde_json::json;

use super::{AccountHouse, NEW_PASSWORD};

async fn registered(house: &AccountHouse, name: &str, email: &str) {
    let body = json!({"username": name, "password": NEW_PASSWORD, "email": email});
    assert_eq!(house.register(&body).await.status, 201);
}

#[tokio::test]
async fn a_link_proves_the_address_once() {
    let house = AccountHouse::new().await;
    registered(&house, "new.name", "New@Example.com").await;
    let letters = house.letters().await;
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].to.as_str(), "New@Example.com");
    let link = letters[0].content.link().unwrap();
    assert!(link.expose().contains("/verify-email#token="));
    let token = link.token();
    let done = house.verify_email(token).await;
    assert_eq!((done.status, done.body.len()), (204, 0));
    assert!(done.is_private());
    assert!(house.user("new.name").await.email_verified);
    assert_eq!(house.verify_email(token).await.code(), "400 invalid_token");
}

#[tokio::test]
async fn the_link_is_sent_again_to_whoever_has_something_to_prove() {
    let house = AccountHouse::new().await;
    registered(&house, "new.name", "new@example.com").await;
    let first = house.mailed_token("verify_email").await;
    let mut answers = Vec::new();
    for email in [
        "new@example.com",
        "NEW@example.com",
        "johndoe@example.com",
        "x@example.com",
    ] {
        let body = json!({"email": email});
        let answer = house.ask("POST /email-verification").json(&body).await;
        assert_eq!((answer.status, answer.body.len()), (202, 0));
        assert!(answer.is_private());
        answers.push(format!("{:?}", answer.headers));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
    let told = house.letters().await;
    let told: Vec<_> = told
        .iter()
        .map(|one| (one.kind(), one.to.as_str()))
        .collect();
    // As the account has it, whatever was typed.
    assert_eq!(
        told,
        [
            ("verify_email", "new@example.com"),
            ("verify_email", "new@example.com")
        ]
    );
    // An earlier link is as good, until one is used.
    assert_eq!(house.verify_email(&first).await.status, 204);
}

/// Who takes down somebody's address often does not keep the owner from getting a link.
#[tokio::test]
async fn everybodys_turn_comes() {
    let house = AccountHouse::new().await;
    for number in 0..12 {
        registered(&house, &format!("squatter{number}"), "new@example.com").await;
    }
    registered(&house, "real.person", "new@example.com").await;
    house.letters().await;
    house.clock.advance(24 * 3_600);
    house.auth.sweep_accounts().await;
    let mut sent_to = Vec::new();
    for _ in 0..3 {
        house.clock.advance(1);
        let body = json!({"email": "new@example.com"});
        let asked = house.ask("POST /email-verification").json(&body).await;
        assert_eq!(asked.status, 202);
        let letters = house.letters().await;
        assert!(letters.len() <= 5, "no flood of mails");
        let names = letters
            .iter()
            .filter_map(|letter| letter.content.username());
        sent_to.extend(names.map(|name| name.as_str().to_owned()));
    }
    assert!(sent_to.contains(&"real.person".to_owned()), "{sent_to:?}");
    sent_to.sort();
    sent_to.dedup();
    assert_eq!(sent_to.len(), 13, "{sent_to:?}");
}

#[tokio::test]
async fn it_must_be_an_address() {
    let house = AccountHouse::new().await;
    for typed in ["", "x", "@", "a@", "a b@example.com", "a@example.com\n"] {
        let body = json!({"email": typed});
        let answer = house.ask("POST /email-verification").json(&body).await;
        assert_eq!(answer.faults(), ["body.email: email_invalid"], "{typed}");
    }
}

#[tokio::test]
async fn a_link_is_good_for_a_day() {
    let house = AccountHouse::new().await;
    registered(&house, "new.name", "new@example.com").await;
    let token = house.mailed_token("verify_email").await;
    house.clock.advance(24 * 3_600 - 1);
    let last = json!({"email": "new@example.com"});
    house.ask("POST /email-verification").json(&last).await;
    let later = house.mailed_token("verify_email").await;
    house.clock.advance(1);
    assert_eq!(house.verify_email(&token).await.code(), "400 invalid_token");
    house.clock.advance(24 * 3_600 - 2);
    assert_eq!(house.verify_email(&later).await.status, 204);
}

/// An operator wrote another address in the meantime.
#[tokio::test]
async fn a_link_proves_the_address_that_it_was_sent_to_and_no_other() {
    let house = AccountHouse::new().await;
    registered(&house, "new.name", "new@example.com").await;
    let token = house.mailed_token("verify_email").await;
    let id = house.id("new.name").await;
    let changed = house
        .patch(&id, &json!({"email": "other@example.com"}))
        .await;
    assert_eq!(changed.status, 200);
    assert_eq!(house.verify_email(&token).await.code(), "400 invalid_token");
    assert!(!house.user("new.name").await.email_verified);
}

#[tokio::test]
async fn of_two_accounts_with_one_address_the_first_that_proves_it_has_it() {
    let house = AccountHouse::new().await;
    registered(&house, "one", "new@example.com").await;
    let one = house.mailed_token("verify_email").await;
    registered(&house, "two", "NEW@example.com").await;
    let two = house.mailed_token("verify_email").await;
    assert_eq!(house.verify_email(&two).await.status, 204);
    assert_eq!(house.verify_email(&one).await.code(), "400 invalid_token");
    assert!(!house.user("one").await.email_verified);
}
