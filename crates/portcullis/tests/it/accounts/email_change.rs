//! `PUT /users/me/email` and `POST /email-change/confirm`.

use serde_json::json;

use super::{AccountHouse, NEW_PASSWORD, PASSWORD};

const OLD: &str = "johndoe@example.com";
const NEW: &str = "John.New@example.org";

fn told(all: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    all.iter()
        .map(|(kind, to)| (*kind, (*to).to_owned()))
        .collect()
}

#[tokio::test]
async fn the_new_address_confirms_and_the_old_one_is_told_twice() {
    let house = AccountHouse::new().await;
    let token = house.token("johndoe").await;
    let asked = house.ask_email(&token, NEW).await;
    assert_eq!((asked.status, asked.body.len()), (202, 0));
    assert!(asked.is_private());
    assert_eq!(
        house.user("johndoe").await.email.as_deref(),
        Some(OLD),
        "nothing yet"
    );
    let letters = house.letters().await;
    let mut kinds: Vec<_> = letters
        .iter()
        .map(|one| (one.kind(), one.to.as_str()))
        .collect();
    kinds.sort_unstable();
    assert_eq!(kinds, [("confirm_email", NEW), ("email_change_asked", OLD)]);
    let notice = letters
        .iter()
        .find(|one| one.kind() == "email_change_asked");
    assert!(notice.unwrap().text().contains(NEW));
    assert!(notice.unwrap().content.link().is_none());
    let letter = letters
        .iter()
        .find(|one| one.kind() == "confirm_email")
        .unwrap();
    let link = letter.content.link().unwrap();
    assert!(link.expose().contains("/confirm-email#token="));

    let done = house.confirm_email(link.token()).await;
    assert_eq!((done.status, done.body.len()), (204, 0));
    assert!(done.is_private());
    let user = house.user("johndoe").await;
    assert_eq!(
        (user.email.as_deref(), user.email_verified),
        (Some(NEW), true)
    );
    assert_eq!(house.told().await, told(&[("email_changed", OLD)]));
    let again = house.confirm_email(link.token()).await;
    assert_eq!(again.code(), "400 invalid_token");
    // The session goes on: the password was asked for.
    assert_eq!(
        house.ask("GET /users/me").by(&token).send().await.status,
        200
    );
}

#[tokio::test]
async fn the_password_is_asked_for() {
    let house = AccountHouse::new().await;
    let token = house.token("johndoe").await;
    let before = house.snapshot().await;
    let body = json!({"email": NEW, "password": "wrong"});
    let refused = house
        .ask("PUT /users/me/email")
        .by(&token)
        .json(&body)
        .await;
    assert_eq!(refused.code(), "400 incorrect_password");
    assert_eq!(house.snapshot().await, before);
}

#[tokio::test]
async fn it_must_be_an_address() {
    let house = AccountHouse::new().await;
    let token = house.token("johndoe").await;
    let before = house.snapshot().await;
    for typed in [
        "",
        "x",
        "a@b,c@d",
        "a@example.com\r\nBcc: b@example.com",
        "\"a\"@example.com",
    ] {
        let refused = house.ask_email(&token, typed).await;
        assert_eq!(refused.faults(), ["body.email: email_invalid"], "{typed}");
    }
    assert_eq!(house.snapshot().await, before);
}

#[tokio::test]
async fn a_link_is_good_for_a_day_and_until_anything_ends_tokens() {
    let house = AccountHouse::new().await;
    let token = house.token("johndoe").await;
    house.ask_email(&token, NEW).await;
    let link = house.mailed_token("confirm_email").await;
    house.clock.advance(24 * 3_600);
    assert_eq!(house.confirm_email(&link).await.code(), "400 invalid_token");

    let token = house.token("johndoe").await;
    house.ask_email(&token, NEW).await;
    let link = house.mailed_token("confirm_email").await;
    let body = json!({"current_password": PASSWORD, "new_password": NEW_PASSWORD});
    let changed = house
        .ask("PUT /users/me/password")
        .by(&token)
        .json(&body)
        .await;
    assert_eq!(changed.status, 204);
    assert_eq!(house.confirm_email(&link).await.code(), "400 invalid_token");
    assert_eq!(house.user("johndoe").await.email.as_deref(), Some(OLD));
}

/// The thief's own mail server can put a letter off for days. What is sent then must be worth no more
/// than what would have been sent at once.
#[tokio::test]
async fn a_letter_that_comes_late_is_no_better_than_one_that_came_in_time() {
    for is_operator in [false, true] {
        let house = AccountHouse::new().await;
        let token = house.token("johndoe").await;
        assert_eq!(house.ask_email(&token, NEW).await.status, 202);
        if is_operator {
            let id = house.id("johndoe").await;
            for disabled in [true, false] {
                house.patch(&id, &json!({"disabled": disabled})).await;
            }
        } else {
            let body = json!({"current_password": PASSWORD, "new_password": NEW_PASSWORD});
            let changed = house
                .ask("PUT /users/me/password")
                .by(&token)
                .json(&body)
                .await;
            assert_eq!(changed.status, 204);
        }
        let letters = house.letters().await;
        assert!(letters.iter().any(|one| one.kind() == "email_change_asked"));
        assert!(
            letters.iter().all(|one| one.to.as_str() != NEW),
            "{letters:?}"
        );
    }
}

/// The own address, proved and written alike, is changed by nobody and told to nobody.
#[tokio::test]
async fn the_own_address_again_is_no_change() {
    let house = AccountHouse::new().await;
    let token = house.token("johndoe").await;
    let asked = house.ask_email(&token, "johndoe@example.com").await;
    assert_eq!((asked.status, asked.body.len()), (202, 0));
    assert!(house.letters().await.is_empty());
    // Written differently, it is one.
    house.ask_email(&token, "JohnDoe@example.com").await;
    assert_eq!(house.letters().await.len(), 2);
}

/// A stranger's address, typed by mistake: once another one stands in its place, its letter is not sent.
#[tokio::test]
async fn another_address_ends_what_was_not_sent_yet() {
    let house = AccountHouse::new().await;
    let token = house.token("johndoe").await;
    house.ask_email(&token, "mistyped@example.org").await;
    let id = house.id("johndoe").await;
    house.patch(&id, &json!({"email": NEW})).await;
    let letters = house.letters().await;
    let kinds: Vec<_> = letters.iter().map(portcullis::mail::Letter::kind).collect();
    assert!(!kinds.contains(&"confirm_email"), "{kinds:?}");

    let house = AccountHouse::new().await;
    let token = house.token("johndoe").await;
    house.ask_email(&token, NEW).await;
    let link = house.mailed_token("confirm_email").await;
    house.ask_email(&token, "mistyped@example.org").await;
    assert_eq!(house.confirm_email(&link).await.status, 204);
    let told = house.told().await;
    assert!(
        told.iter().all(|(kind, _)| *kind != "confirm_email"),
        "{told:?}"
    );
}

/// An address that somebody else has proved is answered like any other, and its owner is told.
#[tokio::test]
async fn a_taken_address_is_answered_alike() {
    let house = AccountHouse::new().await;
    let token = house.token("johndoe").await;
    let free = house.ask_email(&token, NEW).await;
    house.letters().await;
    let other = house.ask_email(&token, "ALICE@example.com").await;
    assert_eq!(
        (free.status, free.headers, free.body),
        (other.status, other.headers, other.body)
    );
    let expected = told(&[
        ("address_in_use", "alice@example.com"),
        ("email_change_asked", OLD),
    ]);
    assert_eq!(house.told().await, expected);
}

/// Proved by somebody else between the letter and its link.
#[tokio::test]
async fn an_address_that_was_proved_meanwhile_stays_its_owners() {
    let house = AccountHouse::new().await;
    let (john, alice) = (house.token("johndoe").await, house.token("alice").await);
    house.ask_email(&john, NEW).await;
    let johns = house.mailed_token("confirm_email").await;
    house.ask_email(&alice, NEW).await;
    let alices = house.mailed_token("confirm_email").await;
    assert_eq!(house.confirm_email(&alices).await.status, 204);
    assert_eq!(
        house.confirm_email(&johns).await.code(),
        "400 invalid_token"
    );
    assert_eq!(house.user("johndoe").await.email.as_deref(), Some(OLD));
}
