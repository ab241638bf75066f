//! `POST /invitations`, and what becomes of them.

use portcullis::account::{AccountSettings, Registration};
use portcullis::scope::Scopes;
use portcullis::store::Users;
use portcullis::user::EmailAddress;
use serde_json::{Value, json};

use super::{AccountHouse, NEW_PASSWORD};

async fn house(registration: Registration) -> AccountHouse {
    AccountHouse::set(AccountSettings {
        registration,
        ..AccountSettings::default()
    })
    .await
}

async fn invited(house: &AccountHouse, body: &Value) -> String {
    let writer = house.token("writer").await;
    let asked = house.ask("POST /invitations").by(&writer).json(body).await;
    assert_eq!(
        (asked.status, asked.body.len()),
        (202, 0),
        "{}",
        asked.text()
    );
    assert!(asked.is_private());
    house.mailed_token("invitation").await
}

fn application(name: &str, token: &str) -> Value {
    json!({"username": name, "password": NEW_PASSWORD, "invitation": token})
}

#[tokio::test]
async fn who_is_invited_has_the_address_proved_and_the_scopes() {
    for registration in [Registration::Invitation, Registration::Open] {
        let house = house(registration).await;
        let body = json!({"email": "New@example.com", "scopes": ["items:read"]});
        let token = invited(&house, &body).await;
        let answer = house.register(&application("new.name", &token)).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let user = answer.json();
        assert_eq!(user["email"], "New@example.com");
        assert_eq!(
            (&user["email_verified"], &user["scopes"]),
            (&json!(true), &json!(["items:read"]))
        );
        assert!(house.letters().await.is_empty());
        let again = house.register(&application("other.name", &token)).await;
        assert_eq!(again.code(), "400 invalid_token");
    }
}

#[tokio::test]
async fn what_does_not_fit_leaves_the_invitation_as_it_was() {
    let house = house(Registration::Invitation).await;
    let token = invited(&house, &json!({"email": "new@example.com"})).await;
    let refused = house.register(&application("johndoe", &token)).await;
    assert_eq!(refused.code(), "409 username_taken");
    let mut body = application("new.name", &token);
    body["password"] = json!("short");
    assert_eq!(
        house.register(&body).await.faults(),
        ["body.password: password_too_short"]
    );
    let mut body = application("new.name", &token);
    body["email"] = json!("other@example.com");
    assert_eq!(
        house.register(&body).await.faults(),
        ["body.email: email_not_invited"]
    );
    let mut body = application("new.name", &token);
    body["scopes"] = json!(["users:write"]);
    assert_eq!(
        house.register(&body).await.faults(),
        ["body.scopes: extra_forbidden"]
    );
    let mut body = application("new.name", &token);
    body["email"] = json!("NEW@example.com");
    let made = house.register(&body).await;
    assert_eq!(made.status, 201, "{}", made.text());
    assert_eq!(made.json()["email"], "new@example.com", "as it was invited");
}

#[tokio::test]
async fn a_token_that_is_none_is_refused() {
    let house = house(Registration::Invitation).await;
    let reset = house.reset_token("johndoe").await;
    let before = house.snapshot().await;
    for token in ["0", "", &"A".repeat(43), &*reset] {
        let answer = house.register(&application("new.name", token)).await;
        assert_eq!(answer.code(), "400 invalid_token", "{token}");
    }
    let mut body = application("new.name", "");
    body["invitation"] = Value::Null;
    assert_eq!(
        house.register(&body).await.code(),
        "403 registration_closed"
    );
    assert_eq!(house.snapshot().await, before);
}

#[tokio::test]
async fn an_invitation_is_good_for_a_week() {
    let house = house(Registration::Invitation).await;
    let late = invited(&house, &json!({"email": "late@example.com"})).await;
    house.clock.advance(1);
    let token = invited(&house, &json!({"email": "new@example.com"})).await;
    house.clock.advance(7 * 24 * 3_600 - 1);
    assert_eq!(
        house.register(&application("late", &late)).await.code(),
        "400 invalid_token"
    );
    assert_eq!(
        house
            .register(&application("new.name", &token))
            .await
            .status,
        201
    );
}

#[tokio::test]
async fn where_it_is_closed_nobody_is_invited_and_no_invitation_is_good() {
    let house = house(Registration::Closed).await;
    let writer = house.token("writer").await;
    let body = json!({"email": "new@example.com"});
    let asked = house.ask("POST /invitations").by(&writer).json(&body).await;
    assert_eq!(asked.code(), "403 registration_closed");
    let answer = house
        .register(&application("new.name", &"A".repeat(43)))
        .await;
    assert_eq!(answer.code(), "403 registration_closed");
}

#[tokio::test]
async fn what_is_no_invitation_is_told() {
    let house = house(Registration::Invitation).await;
    let writer = house.token("writer").await;
    let long: Vec<_> = (0..100).map(|number| format!("{number:0>60}")).collect();
    for (body, fault) in [
        (json!({"email": "x"}), "body.email: email_invalid"),
        (
            json!({"email": "a@example.com", "scopes": ["a b"]}),
            "body.scopes: scope_invalid",
        ),
        (
            json!({"email": "a@example.com", "scopes": long}),
            "body.scopes: scopes_too_many",
        ),
    ] {
        let answer = house.ask("POST /invitations").by(&writer).json(&body).await;
        assert_eq!(answer.faults(), [fault], "{body}");
    }
    assert!(house.letters().await.is_empty());
}

/// The operator learns of nobody who has the address; its owner gets a word.
#[tokio::test]
async fn who_is_there_already_is_told_so() {
    let house = house(Registration::Invitation).await;
    let writer = house.token("writer").await;
    let body = json!({"email": "JOHNDOE@example.com"});
    let asked = house.ask("POST /invitations").by(&writer).json(&body).await;
    assert_eq!(asked.status, 202);
    assert_eq!(
        house.told().await,
        [("address_in_use", "johndoe@example.com".to_owned())]
    );
}

#[tokio::test]
async fn an_invitation_ends_with_what_its_operator_may() {
    let ends: [(&str, Value, &str); 4] = [
        ("disabled", json!({"disabled": true}), "400 invalid_token"),
        (
            "demoted",
            json!({"scopes": ["users:read"]}),
            "400 invalid_token",
        ),
        ("told of a name", json!({"full_name": "W. R. Iter"}), "201"),
        (
            "given more",
            json!({"scopes": ["users:read", "users:write"]}),
            "201",
        ),
    ];
    for (what, change, expected) in ends {
        let house = house(Registration::Invitation).await;
        house.settle("chief", "users:write").await;
        let token = invited(&house, &json!({"email": "new@example.com"})).await;
        let body = json!({"email": "late@example.com"});
        let writer = house.token("writer").await;
        house.ask("POST /invitations").by(&writer).json(&body).await;

        let operation = format!("PATCH /users/{}", house.id("writer").await);
        let chief = house.token("chief").await;
        let changed = house.ask(&operation).by(&chief).json(&change).await;
        assert_eq!(changed.status, 200, "{what}");
        let answer = house.register(&application("new.name", &token)).await;
        assert_eq!(answer.code(), expected, "{what}");
        let is_sent = expected == "201";
        assert_eq!(house.letters().await.len(), usize::from(is_sent), "{what}");
    }
}

#[tokio::test]
async fn an_invitation_ends_with_the_operators_password_or_account() {
    let house = house(Registration::Invitation).await;
    let token = invited(&house, &json!({"email": "new@example.com"})).await;
    let reset = house.reset_token("writer").await;
    assert_eq!(house.reset(&reset, NEW_PASSWORD).await.status, 204);
    let answer = house.register(&application("new.name", &token)).await;
    assert_eq!(answer.code(), "400 invalid_token");

    let house = self::house(Registration::Invitation).await;
    let token = invited(&house, &json!({"email": "new@example.com"})).await;
    let writer = house.user("writer").await;
    house.store.delete_user(&writer.id, None).await.unwrap();
    let answer = house.register(&application("new.name", &token)).await;
    assert_eq!(answer.code(), "400 invalid_token");
}

#[tokio::test]
async fn a_program_invites_in_nobodys_name() {
    let house = house(Registration::Invitation).await;
    let address = EmailAddress::parse("new@example.com").unwrap();
    let accounts = house.auth.accounts().unwrap();
    let asked = accounts.invite(address, Scopes::none(), None).await;
    asked.unwrap();
    let token = house.mailed_token("invitation").await;
    let answer = house.register(&application("new.name", &token)).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
}
