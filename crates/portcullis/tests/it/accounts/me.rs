//! `/users/me` and `/users/me/export`.

use portcullis::account::NotDone;
use portcullis::secret::Password;
use portcullis::store::{Errand, Mail, Outbox};
use portcullis::user::EmailAddress;
use serde_json::{Value, json};

use super::{AccountHouse, NEW_PASSWORD, PASSWORD};

#[tokio::test]
async fn a_user_reads_the_own_account() {
    let house = AccountHouse::new().await;
    let token = house.token("johndoe").await;
    let answer = house.ask("GET /users/me").by(&token).send().await;
    assert_eq!(answer.status, 200);
    assert!(answer.is_private());
    assert_eq!(
        answer.json(),
        json!({
            "id": house.id("johndoe").await,
            "username": "johndoe",
            "email": "johndoe@example.com",
            "full_name": null,
            "disabled": false,
            "scopes": ["items:read"],
            "email_verified": true,
            "created_at": "2023-11-14T22:13:20Z",
        })
    );
}

#[tokio::test]
async fn a_user_has_another_name_or_none() {
    let house = AccountHouse::new().await;
    let token = house.token("johndoe").await;
    let names = [
        (json!({"full_name": "John Doe"}), json!("John Doe")),
        (json!({}), json!("John Doe")),
        (
            json!({"full_name": "é".repeat(256)}),
            json!("é".repeat(256)),
        ),
        (json!({"full_name": ""}), json!("")),
        (json!({"full_name": null}), Value::Null),
    ];
    for (body, expected) in names {
        let answer = house.ask("PATCH /users/me").by(&token).json(&body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert!(answer.is_private());
        assert_eq!(answer.json()["full_name"], expected);
        let read = house.ask("GET /users/me").by(&token).send().await;
        assert_eq!(read.json(), answer.json());
    }
}

#[tokio::test]
async fn a_name_for_people_is_one_line_and_not_too_long() {
    let house = AccountHouse::new().await;
    let token = house.token("johndoe").await;
    for name in [
        "a\nb",
        "a\0b",
        "\u{7f}",
        "\u{9b}31m",
        &"é".repeat(257),
        &"x".repeat(60_000),
    ] {
        let body = json!({"full_name": name});
        let answer = house.ask("PATCH /users/me").by(&token).json(&body).await;
        assert_eq!(
            answer.faults(),
            ["body.full_name: full_name_invalid"],
            "{name:.9}"
        );
    }
    assert_eq!(house.user("johndoe").await.full_name, None);
}

#[tokio::test]
async fn who_leaves_shows_the_password_and_is_gone() {
    let house = AccountHouse::new().await;
    let (token, other) = (house.token("johndoe").await, house.token("johndoe").await);
    let reset = house.reset_token("johndoe").await;
    let wrong = json!({"password": "wrong"});
    let refused = house.ask("DELETE /users/me").by(&token).json(&wrong).await;
    assert_eq!(refused.code(), "400 incorrect_password");
    assert_eq!(refused.json()["detail"], "Incorrect password");
    let too_long = json!({"password": "x".repeat(5_000)});
    let refused = house
        .ask("DELETE /users/me")
        .by(&token)
        .json(&too_long)
        .await;
    assert_eq!(refused.code(), "400 incorrect_password");
    assert_eq!(
        house.ask("GET /users/me").by(&token).send().await.status,
        200
    );

    let right = json!({"password": PASSWORD});
    let left = house.ask("DELETE /users/me").by(&token).json(&right).await;
    assert_eq!((left.status, left.body.len()), (204, 0));
    assert!(left.is_private());
    for token in [&token, &other] {
        let refused = house.ask("GET /users/me").by(token).send().await;
        assert_eq!(refused.code(), "401 invalid_token");
    }
    assert_eq!(
        house.log_in("johndoe", PASSWORD).await.code(),
        "400 invalid_grant"
    );
    assert_eq!(
        house.reset(&reset, NEW_PASSWORD).await.code(),
        "400 invalid_token"
    );
    // Twice is once: who asks is nobody by now.
    let again = house.ask("DELETE /users/me").by(&token).json(&right).await;
    assert_eq!(again.code(), "401 invalid_token");
}

#[tokio::test]
async fn everything_that_is_stored_is_exported_and_nothing_secret() {
    let house = AccountHouse::new().await;
    let token = house.token("johndoe").await;
    let reset = house.reset_token("johndoe").await;
    house.ask_email(&token, "new@example.com").await;
    let answer = house.ask("GET /users/me/export").by(&token).send().await;
    assert_eq!(answer.status, 200);
    assert!(answer.is_private());
    let all = answer.json();
    let me = house.ask("GET /users/me").by(&token).send().await.json();
    assert_eq!(all["user"], me);
    assert_eq!(all["has_password"], true);
    assert_eq!(all["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(all["sessions"][0]["client_id"], "portcullis");
    let links = all["one_time_tokens"].as_array().unwrap();
    assert_eq!(links.len(), 1);
    assert_eq!(links[0]["purpose"], "reset_password");
    assert_eq!(links[0]["expires_at"], "2023-11-14T22:43:20Z");
    let mails: Vec<_> = all["mails"].as_array().unwrap().iter().collect();
    let about: Vec<_> = mails
        .iter()
        .map(|mail| mail["about"].as_str().unwrap())
        .collect();
    // What goes to the address that was not proved is not told.
    assert_eq!(about, ["email_change_asked"]);
    for secret in [
        "argon2", "digest", "hash", "epoch", &*reset, &*token, "johndoe2",
    ] {
        let text = answer.text().replace("has_password", "");
        assert!(!text.contains(secret), "{secret}");
    }
    assert!(!answer.text().contains("alice"), "of nobody else");
}

/// A password that was shown and is another one by the time of the deletion, if only by a second hash.
#[tokio::test]
async fn who_is_signed_out_meanwhile_deletes_nothing() {
    let house = AccountHouse::new().await;
    let before = house.user("johndoe").await;
    let reset = house.reset_token("johndoe").await;
    assert_eq!(house.reset(&reset, PASSWORD).await.status, 204);
    let accounts = house.auth.accounts().unwrap();
    let left = accounts.leave(&before, &Password::new(PASSWORD)).await;
    assert!(matches!(left, Err(NotDone::SignedOut)), "{left:?}");
    assert_eq!(house.user("johndoe").await.id, before.id);
}

/// Whoever asks for very many mails to it costs the account's owner no more than a page.
#[tokio::test]
async fn an_export_has_a_hundred_mails_at_most() {
    let house = AccountHouse::new().await;
    let token = house.token("johndoe").await;
    let user = house.user("johndoe").await.id;
    for _ in 0..130 {
        let address = EmailAddress::parse("johndoe@example.com").unwrap();
        let user = user.clone();
        let errand = Errand::PasswordChanged { user, address };
        let mail = Mail::new(errand, house.auth.now()).unwrap();
        house.store.insert_mail(mail).await.unwrap();
    }
    let answer = house.ask("GET /users/me/export").by(&token).send().await;
    assert_eq!(answer.json()["mails"].as_array().unwrap().len(), 100);
}
