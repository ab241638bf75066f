//! `PUT /users/me/password`.

use serde_json::json;

use super::{AccountHouse, NEW_PASSWORD, PASSWORD};
use crate::fixture::{Answer, FORM};

async fn change(house: &AccountHouse, token: &str, (current, new): (&str, &str)) -> Answer {
    let body = json!({"current_password": current, "new_password": new});
    house
        .ask("PUT /users/me/password")
        .by(token)
        .json(&body)
        .await
}

#[tokio::test]
async fn every_token_ends_with_the_password() {
    let house = AccountHouse::new().await;
    let tokens = house.log_in("johndoe", PASSWORD).await.json();
    let (own, other) = (
        tokens["access_token"].as_str().unwrap(),
        house.token("johndoe").await,
    );
    let alice = house.token("alice").await;
    let reset = house.reset_token("johndoe").await;
    let done = change(&house, own, (PASSWORD, NEW_PASSWORD)).await;
    assert_eq!((done.status, done.body.len()), (204, 0));
    assert!(done.is_private());
    for token in [own, &*other] {
        let refused = house.ask("GET /users/me").by(token).send().await;
        assert_eq!(refused.code(), "401 invalid_token");
    }
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let form = format!("grant_type=refresh_token&refresh_token={refresh}");
    let renewed = house
        .ask("POST /token")
        .header(FORM.0, FORM.1)
        .raw(form)
        .send()
        .await;
    assert_eq!(renewed.code(), "400 invalid_grant");
    assert_eq!(
        house.reset(&reset, "another good password").await.code(),
        "400 invalid_token"
    );
    assert_eq!(
        house.log_in("johndoe", PASSWORD).await.code(),
        "400 invalid_grant"
    );
    assert_eq!(house.log_in("johndoe", NEW_PASSWORD).await.status, 200);
    // Nobody else's.
    assert_eq!(
        house.ask("GET /users/me").by(&alice).send().await.status,
        200
    );
    let told = house.told().await;
    assert_eq!(
        told,
        [("password_changed", "johndoe@example.com".to_owned())]
    );
}

#[tokio::test]
async fn the_current_password_is_asked_for() {
    let house = AccountHouse::new().await;
    let token = house.token("johndoe").await;
    let before = house.snapshot().await;
    for wrong in [
        "wrong",
        "x",
        &"x".repeat(5_000),
        "correct horse battery staple ",
    ] {
        let refused = change(&house, &token, (wrong, NEW_PASSWORD)).await;
        assert_eq!(refused.code(), "400 incorrect_password", "{wrong:.30}");
        assert_eq!(refused.json()["detail"], "Incorrect password");
        assert!(refused.header("www-authenticate").is_none());
    }
    let empty = change(&house, &token, ("", NEW_PASSWORD)).await;
    assert_eq!(empty.faults(), ["body.current_password: missing"]);
    // Before the new one is judged, so that nobody learns of it who does not know the current one.
    let refused = change(&house, &token, ("wrong", "short")).await;
    assert_eq!(refused.code(), "400 incorrect_password");
    assert_eq!(house.snapshot().await, before);
}

#[tokio::test]
async fn the_new_one_must_be_one_that_may_be_chosen() {
    let house = AccountHouse::new().await;
    let token = house.token("johndoe").await;
    let before = house.snapshot().await;
    for (new, reason) in [
        ("7chars!", "password_too_short"),
        ("passwordpassword", "password_known"),
        ("johndoe@example.com", "password_context"),
        (&*"x".repeat(2_000), "password_too_long"),
    ] {
        let refused = change(&house, &token, (PASSWORD, new)).await;
        assert_eq!(refused.faults(), [format!("body.new_password: {reason}")]);
        assert!(!refused.text().contains(new));
    }
    let empty = change(&house, &token, (PASSWORD, "")).await;
    assert_eq!(empty.faults(), ["body.new_password: missing"]);
    assert_eq!(house.snapshot().await, before);
    assert_eq!(house.log_in("johndoe", PASSWORD).await.status, 200);
}

/// There is no history, so nothing tells of it; the tokens end all the same.
#[tokio::test]
async fn the_same_password_again_is_a_new_one() {
    let house = AccountHouse::new().await;
    let token = house.token("johndoe").await;
    assert_eq!(
        change(&house, &token, (PASSWORD, PASSWORD)).await.status,
        204
    );
    let refused = house.ask("GET /users/me").by(&token).send().await;
    assert_eq!(refused.code(), "401 invalid_token");
    assert_eq!(house.log_in("johndoe", PASSWORD).await.status, 200);
}
