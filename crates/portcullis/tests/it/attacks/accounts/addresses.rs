//! Addresses and names that stand for somebody else's, and doors that are closed.

use portcullis::account::{AccountSettings, Registration};
use portcullis::auth::UnverifiedLogin;
use portcullis::store::Users;
use portcullis::user::EmailAddress;
use serde_json::json;

use super::names::{application, is_no_name, with_email};
use crate::accounts::{AccountHouse, NEW_PASSWORD, PASSWORD};

#[tokio::test]
async fn u12_one_address_has_one_canonical_form() {
    let house = AccountHouse::new().await;
    assert_eq!(
        house
            .register(&with_email("one", "New@Bücher.Example"))
            .await
            .status,
        201
    );
    let token = house.mailed_token("verify_email").await;
    assert_eq!(house.verify_email(&token).await.status, 204);
    let writer = house.token("writer").await;
    for same in [
        "new@bücher.example",
        "NEW@BÜCHER.EXAMPLE",
        "new@xn--bcher-kva.example",
        "new@bu\u{308}cher.example",
        "new@bücher。example",
    ] {
        let body = with_email("two", same);
        let answer = house.ask("POST /users").by(&writer).json(&body).await;
        assert_eq!(answer.code(), "409 email_taken", "{same}");
    }
    for none in [
        "new@xn--abc-.example",
        "new@xn--example-.com",
        "new@example.com.",
        "new@xn--a.example",
    ] {
        let answer = house.register(&with_email("two", none)).await;
        assert_eq!(answer.faults(), ["body.email: email_invalid"], "{none}");
    }
    // What stands before the @ is kept: dots and tags are another mailbox.
    for other in ["n.ew@bücher.example", "new+x@bücher.example"] {
        let name = format!("three{}", other.len());
        let body = with_email(&name, other);
        let made = house.ask("POST /users").by(&writer).json(&body).await;
        assert_eq!(made.status, 201, "{other}: {}", made.text());
    }
}

/// The mail goes to the address that is stored, never to the one that was typed.
#[tokio::test]
async fn u13_recovery_writes_to_the_stored_address_alone() {
    let house = AccountHouse::new().await;
    house.settle("mike", "").await;
    for typed in [
        "m\u{131}ke@example.com",
        "miKe@example.com",
        "mi\u{212a}e@example.com",
        "mike@example.com",
    ] {
        let body = json!({"email": typed});
        let asked = house.ask("POST /password-recovery").json(&body).await;
        assert!([202, 422].contains(&asked.status), "{typed}");
        for letter in house.letters().await {
            assert_eq!(letter.to.as_str(), "mike@example.com", "{typed}");
            assert_ne!(typed, "m\u{131}ke@example.com");
        }
    }
}

#[tokio::test]
async fn u14_accents_are_letters_of_their_own() {
    let house = AccountHouse::new().await;
    house.settle("victim", "").await;
    for (name, email) in [
        ("victím", "victím@example.com"),
        ("vıctim.x", "victim@éxample.com"),
    ] {
        let body = json!({"email": email});
        assert_eq!(
            house
                .ask("POST /password-recovery")
                .json(&body)
                .await
                .status,
            202
        );
        assert!(house.letters().await.is_empty(), "{email}");
        assert_eq!(
            house.log_in(name, PASSWORD).await.code(),
            "400 invalid_grant"
        );
    }
    let other = house.register(&application("victím")).await;
    assert_eq!(other.status, 201, "{}", other.text());
    assert_ne!(house.id("victím").await, house.id("victim").await);
}

#[tokio::test]
async fn u15_there_is_one_address_and_no_list() {
    let house = AccountHouse::new().await;
    for email in [
        json!("johndoe@example.com,thief@example.org"),
        json!("johndoe@example.com;thief@example.org"),
        json!("johndoe@example.com thief@example.org"),
        json!("<johndoe@example.com>"),
        json!("John <johndoe@example.com>"),
        json!("a@b@example.com"),
        json!(["johndoe@example.com", "thief@example.org"]),
        json!({"0": "johndoe@example.com"}),
    ] {
        let body = json!({"email": email});
        for place in ["POST /password-recovery", "POST /email-verification"] {
            let faults = house.ask(place).json(&body).await.faults();
            assert!(faults[0].starts_with("body"), "{faults:?}");
        }
        let faults = house
            .register(&with_email("new.name", email))
            .await
            .faults();
        assert!(faults[0].starts_with("body.email: "), "{faults:?}");
    }
    for raw in [
        r#"{"email":"johndoe@example.com","email":"thief@example.org"}"#,
        r#"{"email[]":"thief@example.org","email":"johndoe@example.com"}"#,
        r#"{"email":"johndoe@example.com","Email":"thief@example.org"}"#,
    ] {
        let ask = house.ask("POST /password-recovery").raw(raw);
        let answer = ask.header("content-type", "application/json").send().await;
        assert_eq!(answer.code(), "422 invalid_request", "{raw}");
    }
    assert!(house.letters().await.is_empty());
}

#[tokio::test]
async fn u16_no_line_begins_in_an_address() {
    let house = AccountHouse::new().await;
    for email in [
        "a@example.com\r\nBcc: b@example.org",
        "a@example.com\nb",
        "a\r\n@example.com",
        "\"a\r\nBcc: b\"@example.com",
        "\"a b\"@example.com",
        "a@example.com\0",
        "a@example.com%0d%0aBcc:b@example.org",
        "a@[127.0.0.1]",
        "a@127.0.0.1",
        "a@0x7f000001",
        "a@example.com\u{2028}x",
    ] {
        assert!(EmailAddress::parse(email).is_err(), "{email:?}");
        let answer = house.register(&with_email("new.name", email)).await;
        assert_eq!(answer.faults(), ["body.email: email_invalid"], "{email:?}");
    }
    assert!(house.letters().await.is_empty());
}

/// Names that people choose for themselves are in no mail at all; usernames have no such letters. (The
/// templates escape all the same, which the server's tests show.)
#[tokio::test]
async fn u17_no_mail_has_a_text_that_a_stranger_wrote() {
    let house = AccountHouse::new().await;
    let html = "<a href=http://evil.example>click</a>";
    is_no_name(&house, "<b>new</b>", "username_invalid").await;
    let mut body = with_email("new.name", "new@example.com");
    body["full_name"] = json!(html);
    assert_eq!(house.register(&body).await.status, 201);
    let letters = house.letters().await;
    assert_eq!(letters.len(), 1);
    for word in ["evil", "click", "<a"] {
        assert!(!letters[0].text().contains(word), "{}", letters[0].text());
        assert!(!letters[0].subject().contains(word));
    }
}

#[tokio::test]
async fn u19_a_closed_door_is_closed_on_every_path() {
    let house = AccountHouse::set(AccountSettings {
        registration: Registration::Closed,
        ..AccountSettings::default()
    })
    .await;
    let before = house.store.list_users(None, 100).await.unwrap().users;
    let mut token = application("new.name");
    token["invitation"] = json!("A".repeat(43));
    for body in [
        application("new.name"),
        with_email("new.name", "n@example.com"),
        token,
    ] {
        assert_eq!(
            house.register(&body).await.code(),
            "403 registration_closed"
        );
        for name in ["johndoe", "reader"] {
            let user = house.token(name).await;
            let ask = house.ask("POST /users").by(&user);
            assert_eq!(ask.json(&body).await.code(), "403 registration_closed");
        }
    }
    // No recovery, no verification and no login makes an account.
    for (place, body) in [
        ("POST /password-recovery", json!({"email": "n@example.com"})),
        (
            "POST /email-verification",
            json!({"email": "n@example.com"}),
        ),
    ] {
        assert_eq!(house.ask(place).json(&body).await.status, 202);
    }
    assert!(house.letters().await.is_empty());
    assert_ne!(house.log_in("new.name", NEW_PASSWORD).await.status, 200);
    assert_eq!(
        house.store.list_users(None, 100).await.unwrap().users,
        before
    );
}

/// Who takes down a stranger's address has nothing of it: no recovery, no login where that is set, and
/// it stays free for its owner, who alone can prove it.
#[tokio::test]
async fn u21_an_address_that_was_not_proved_keeps_nobody_out() {
    let house = AccountHouse::built(AccountSettings::default(), |auth| {
        auth.unverified_login(UnverifiedLogin::Refuse)
            .login_email(true)
    })
    .await;
    assert_eq!(
        house
            .register(&with_email("thief", "victim@example.com"))
            .await
            .status,
        201
    );
    let thiefs = house.mailed_token("verify_email").await;
    let refused = house.log_in("thief", NEW_PASSWORD).await;
    assert_eq!(refused.code(), "400 invalid_grant");
    assert_eq!(
        house
            .register(&with_email("victim", "victim@example.com"))
            .await
            .status,
        201
    );
    let own = house.mailed_token("verify_email").await;
    assert_eq!(house.verify_email(&own).await.status, 204);
    assert_eq!(
        house
            .log_in("victim@example.com", NEW_PASSWORD)
            .await
            .status,
        200
    );
    // From now on it is the owner's.
    assert_eq!(
        house.verify_email(&thiefs).await.code(),
        "400 invalid_token"
    );
    let body = json!({"email": "victim@example.com"});
    assert_eq!(
        house
            .ask("POST /password-recovery")
            .json(&body)
            .await
            .status,
        202
    );
    let letters = house.letters().await;
    assert_eq!(letters.len(), 1);
    assert!(letters[0].text().contains("victim") && !letters[0].text().contains("thief"));
}

#[tokio::test]
async fn u22_a_name_that_comes_again_is_somebody_else() {
    let house = AccountHouse::new().await;
    let (before, token) = (house.id("johndoe").await, house.token("johndoe").await);
    let reset = house.reset_token("johndoe").await;
    let body = json!({"password": PASSWORD});
    assert_eq!(
        house
            .ask("DELETE /users/me")
            .by(&token)
            .json(&body)
            .await
            .status,
        204
    );
    let body = with_email("johndoe", "johndoe@example.com");
    assert_eq!(house.register(&body).await.status, 201);
    assert_ne!(house.id("johndoe").await, before);
    let dead = house.ask("GET /users/me").by(&token).send().await;
    assert_eq!(dead.code(), "401 invalid_token");
    assert_eq!(
        house.reset(&reset, "another good password").await.code(),
        "400 invalid_token"
    );
    assert_eq!(house.log_in("johndoe", NEW_PASSWORD).await.status, 200);
}
