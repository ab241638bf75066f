//! Recovery, and all that is mailed: what an attacker would have of it.

use portcullis::account::{AccountSettings, Delivery};
use portcullis::mail::MailFailed;
use portcullis::store::{UserChange, Users};
use serde_json::json;

use super::links::{BAD, change_password};
use crate::accounts::{AccountHouse, NEW_PASSWORD, PASSWORD};

/// A stolen token changes no address without the password; and with it, the owner is told at the old
/// address, whose password change ends whatever was asked for, also what was not sent yet.
#[tokio::test]
async fn m10_a_change_of_address_is_no_take_over() {
    let house = AccountHouse::new().await;
    let stolen = house.token("johndoe").await;
    let body = json!({"email": "thief@example.org", "password": "guessed"});
    let refused = house
        .ask("PUT /users/me/email")
        .by(&stolen)
        .json(&body)
        .await;
    assert_eq!(refused.code(), "400 incorrect_password");
    let body = json!({"email": "thief@example.org"});
    let refused = house.ask("PATCH /users/me").by(&stolen).json(&body).await;
    assert_eq!(refused.code(), "422 invalid_request");

    assert_eq!(
        house.ask_email(&stolen, "thief@example.org").await.status,
        202
    );
    // Not even where the thief's own mail server puts the letter off until then.
    *house.mailer.fails.lock().unwrap() = Some(|| MailFailed::temporary("450 try again"));
    assert_eq!(house.work().await, [Delivery::Postponed; 2]);
    *house.mailer.fails.lock().unwrap() = None;
    change_password(&house, "johndoe").await;
    house.clock.advance(3_600);
    let told = house.told().await;
    let owner = "johndoe@example.com".to_owned();
    assert_eq!(
        told,
        [
            ("email_change_asked", owner.clone()),
            ("password_changed", owner)
        ]
    );
    assert_eq!(
        house.user("johndoe").await.email.as_deref(),
        Some("johndoe@example.com")
    );
}

#[tokio::test]
async fn m11_a_link_is_bound_to_its_address() {
    let house = AccountHouse::new().await;
    let token = house.token("johndoe").await;
    house.ask_email(&token, "one@example.org").await;
    let one = house.mailed_token("confirm_email").await;
    house.ask_email(&token, "two@example.org").await;
    let two = house.mailed_token("confirm_email").await;
    assert_eq!(house.confirm_email(&one).await.status, 204);
    let user = house.user("johndoe").await;
    assert_eq!(
        (user.email.as_deref(), user.email_verified),
        (Some("one@example.org"), true)
    );
    assert_eq!(house.confirm_email(&two).await.code(), BAD);
}

#[tokio::test]
async fn m12_another_address_is_not_verified() {
    let house = AccountHouse::new().await;
    let id = house.id("johndoe").await;
    let changed = house.patch(&id, &json!({"email": "new@example.org"})).await;
    assert_eq!(changed.json()["email_verified"], false);
    let token = house.token("johndoe").await;
    let me = house.ask("GET /users/me").by(&token).send().await;
    assert_eq!(me.json()["email_verified"], false);
    house.letters().await;
    let body = json!({"email": "new@example.org"});
    assert_eq!(
        house
            .ask("POST /password-recovery")
            .json(&body)
            .await
            .status,
        202
    );
    assert!(house.letters().await.is_empty());
    // Back to the one before is another change.
    let back = house
        .patch(&id, &json!({"email": "johndoe@example.com"}))
        .await;
    assert_eq!(back.json()["email_verified"], false);
}

/// Whoever took a mail and died leaves it to the next, under the same name.
#[tokio::test]
async fn m14_a_mail_that_nobody_finished_is_sent_by_the_next() {
    let house = AccountHouse::new().await;
    let body = json!({"email": "new@example.com", "username": "new.name", "password": PASSWORD});
    assert_eq!(house.register(&body).await.status, 201);
    let taken = house.postman().claim(8).await.unwrap();
    assert_eq!(taken.len(), 1);
    assert!(house.letters().await.is_empty(), "somebody has it");
    house.clock.advance(60);
    let letters = house.letters().await;
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].message_id, taken[0].mail.id);
    house.clock.advance(3_600);
    assert!(house.letters().await.is_empty(), "and once");
}

#[tokio::test]
async fn m15_a_mail_that_is_not_taken_is_tried_again_and_then_given_up() {
    let house = AccountHouse::new().await;
    *house.mailer.fails.lock().unwrap() = Some(|| MailFailed::temporary("450 try again"));
    let body = json!({"username": "johndoe"});
    assert_eq!(
        house
            .ask("POST /password-recovery")
            .json(&body)
            .await
            .status,
        202
    );
    assert_eq!(
        house.work().await,
        [Delivery::Resolved, Delivery::Postponed]
    );
    assert!(house.work().await.is_empty(), "not at once");
    house.clock.advance(10);
    assert_eq!(house.work().await, [Delivery::Postponed]);
    house.clock.advance(10);
    assert!(house.work().await.is_empty(), "and later each time");
    let mut tries = 0;
    loop {
        house.clock.advance(3_600);
        match house.work().await.as_slice() {
            [Delivery::Postponed] => tries += 1,
            [Delivery::GivenUp] => break,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(tries, 22, "a day");
    *house.mailer.fails.lock().unwrap() = Some(|| MailFailed::permanent("550 no such mailbox"));
    assert_eq!(
        house
            .ask("POST /password-recovery")
            .json(&body)
            .await
            .status,
        202
    );
    assert_eq!(house.work().await, [Delivery::Resolved, Delivery::GivenUp]);
}

#[tokio::test]
async fn m19_a_reset_signs_nobody_in() {
    let house = AccountHouse::new().await;
    let token = house.reset_token("johndoe").await;
    let done = house.reset(&token, NEW_PASSWORD).await;
    assert_eq!((done.status, done.body.len()), (204, 0));
    for header in ["set-cookie", "authorization", "location"] {
        assert!(done.header(header).is_none(), "{header}");
    }
    assert!(
        !house.snapshot().await.contains("Session {"),
        "there is no session"
    );
}

/// An invitation that ran out is not revived by what an uninvited person can ask for.
#[tokio::test]
async fn m20_recovery_activates_nothing() {
    let house = AccountHouse::new().await;
    let writer = house.token("writer").await;
    let body = json!({"username": "new.name", "email": "new@example.com"});
    assert_eq!(
        house
            .ask("POST /users")
            .by(&writer)
            .json(&body)
            .await
            .status,
        201
    );
    let set = house.mailed_token("set_password").await;
    let invitation = json!({"email": "other@example.com"});
    assert_eq!(
        house
            .ask("POST /invitations")
            .by(&writer)
            .json(&invitation)
            .await
            .status,
        202
    );
    let invitation = house.mailed_token("invitation").await;
    assert_eq!(house.reset(&invitation, NEW_PASSWORD).await.code(), BAD);
    house.clock.advance(7 * 24 * 3_600);
    assert_eq!(house.reset(&set, NEW_PASSWORD).await.code(), BAD);
    for body in [
        json!({"username": "new.name"}),
        json!({"email": "new@example.com"}),
        json!({"email": "other@example.com"}),
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
    assert!(house.letters().await.is_empty());
    let body = json!({"username": "x.name", "password": NEW_PASSWORD, "invitation": invitation});
    assert_eq!(house.register(&body).await.code(), BAD);
    assert!(!house.user("new.name").await.email_verified);
}

#[tokio::test]
async fn m21_a_disabled_account_stays_disabled() {
    let house = AccountHouse::new().await;
    let body = json!({"username": "gone"});
    assert_eq!(
        house
            .ask("POST /password-recovery")
            .json(&body)
            .await
            .status,
        202
    );
    assert!(house.letters().await.is_empty());
    // A link from before is dead, and stays so.
    let token = house.reset_token("johndoe").await;
    let id = house.user("johndoe").await.id;
    house
        .store
        .update_user(&id, UserChange::disabled_to(true))
        .await
        .unwrap();
    assert_eq!(house.reset(&token, NEW_PASSWORD).await.code(), BAD);
    assert!(house.user("johndoe").await.disabled);
    house
        .store
        .update_user(&id, UserChange::disabled_to(false))
        .await
        .unwrap();
    assert_eq!(house.reset(&token, NEW_PASSWORD).await.code(), BAD);
    // And what was asked for while it was active is not sent.
    assert_eq!(
        house
            .ask("POST /password-recovery")
            .json(&json!({"username": "alice"}))
            .await
            .status,
        202
    );
    let alice = house.user("alice").await.id;
    house
        .store
        .update_user(&alice, UserChange::disabled_to(true))
        .await
        .unwrap();
    assert!(house.letters().await.is_empty());
}

#[tokio::test]
async fn m22_an_address_that_was_not_proved_resets_nothing() {
    let house = AccountHouse::set(AccountSettings::default()).await;
    let body = json!({"username": "new.name", "password": PASSWORD, "email": "new@example.com"});
    let id = house.register(&body).await.json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    house.letters().await;
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
        assert!(house.letters().await.is_empty(), "{body}");
    }
    let writer = house.token("writer").await;
    let operation = format!("POST /users/{id}/password-recovery");
    let refused = house.ask(&operation).by(&writer).send().await;
    assert_eq!(refused.faults(), ["path.id: email_unverified"]);
}
