//! `POST /password-recovery` and `POST /password-reset`.

use serde_json::json;

use super::{AccountHouse, NEW_PASSWORD, PASSWORD};

#[tokio::test]
async fn a_link_sets_a_new_password_and_ends_every_token() {
    let house = AccountHouse::new().await;
    let session = house.token("johndoe").await;
    for body in [
        json!({"username": "JohnDoe"}),
        json!({"email": "JOHNDOE@EXAMPLE.COM"}),
    ] {
        let asked = house.ask("POST /password-recovery").json(&body).await;
        assert_eq!((asked.status, asked.body.len()), (202, 0));
        assert!(asked.is_private());
    }
    let letters = house.letters().await;
    assert_eq!(letters.len(), 2);
    for letter in &letters {
        assert_eq!(
            (letter.kind(), letter.to.as_str()),
            ("reset_password", "johndoe@example.com")
        );
        assert!(
            letter
                .content
                .link()
                .unwrap()
                .expose()
                .contains("/reset-password#token=")
        );
    }
    let token = letters[0].content.link().unwrap().token();
    let done = house.reset(token, NEW_PASSWORD).await;
    assert_eq!((done.status, done.body.len()), (204, 0));
    assert!(done.is_private());
    let refused = house.ask("GET /users/me").by(&session).send().await;
    assert_eq!(refused.code(), "401 invalid_token");
    assert_eq!(
        house.log_in("johndoe", PASSWORD).await.code(),
        "400 invalid_grant"
    );
    assert_eq!(house.log_in("johndoe", NEW_PASSWORD).await.status, 200);
    let told = house.told().await;
    assert_eq!(
        told,
        [("password_changed", "johndoe@example.com".to_owned())]
    );
}

#[tokio::test]
async fn what_nobody_can_have_is_refused() {
    let house = AccountHouse::new().await;
    let before = house.snapshot().await;
    for (body, fault) in [
        (json!({"email": "x"}), "body.email: email_invalid"),
        (json!({"email": ""}), "body.email: email_invalid"),
        (
            json!({"username": "a@b"}),
            "body.username: username_invalid",
        ),
        (json!({"username": ""}), "body.username: username_invalid"),
        (
            json!({"username": "x".repeat(65)}),
            "body.username: username_invalid",
        ),
        (
            json!({"username": "a b"}),
            "body.username: username_invalid",
        ),
    ] {
        let answer = house.ask("POST /password-recovery").json(&body).await;
        assert_eq!(answer.faults(), [fault], "{body}");
    }
    assert_eq!(house.snapshot().await, before);
}

#[tokio::test]
async fn a_password_that_may_not_be_chosen_leaves_the_link_as_it_was() {
    let house = AccountHouse::new().await;
    let token = house.reset_token("johndoe").await;
    for (new, reason) in [
        ("7chars!", "password_too_short"),
        ("passwordpassword", "password_known"),
        ("johndoe@example.com", "password_context"),
        ("", "missing"),
    ] {
        let refused = house.reset(&token, new).await;
        assert_eq!(refused.faults(), [format!("body.new_password: {reason}")]);
    }
    assert_eq!(house.log_in("johndoe", PASSWORD).await.status, 200);
    assert_eq!(house.reset(&token, NEW_PASSWORD).await.status, 204);
}

/// The link's validity is asked first: who has none learns nothing of the policy, nor costs a hash.
#[tokio::test]
async fn a_bad_link_is_refused_before_the_password_is_looked_at() {
    let house = AccountHouse::new().await;
    let refused = house.reset("0", "short").await;
    assert_eq!(refused.code(), "400 invalid_token");
    assert_eq!(
        refused.json(),
        json!({"detail": "The link is not valid, or no longer", "error": "invalid_token"})
    );
    assert!(refused.header("www-authenticate").is_none());
}

#[tokio::test]
async fn who_has_no_password_yet_gets_none_by_recovery() {
    let house = AccountHouse::new().await;
    let writer = house.token("writer").await;
    let body = json!({"username": "new.name", "email": "new@example.com"});
    let made = house.ask("POST /users").by(&writer).json(&body).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let set = house.mailed_token("set_password").await;
    for body in [
        json!({"username": "new.name"}),
        json!({"email": "new@example.com"}),
    ] {
        assert_eq!(
            house
                .ask("POST /password-recovery")
                .json(&body)
                .await
                .status,
            202
        );
    }
    assert!(
        house.letters().await.is_empty(),
        "the address was not proved"
    );
    assert_eq!(house.reset(&set, NEW_PASSWORD).await.status, 204);
    assert!(
        house.user("new.name").await.email_verified,
        "the link came to it"
    );
    assert!(
        house.letters().await.is_empty(),
        "the first password is no change"
    );
    assert_eq!(house.log_in("new.name", NEW_PASSWORD).await.status, 200);
}
