//! `POST /users`: registering, and accounts that operators make.

use portcullis::account::{AccountSettings, Registration};
use serde_json::json;

use super::{AccountHouse, NEW_PASSWORD};

#[tokio::test]
async fn whoever_registers_is_a_user() {
    let house = AccountHouse::new().await;
    let body = json!({
        "username": "New.Name",
        "password": NEW_PASSWORD,
        "email": "New@Example.com",
        "full_name": "New Name",
    });
    let answer = house.register(&body).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert!(answer.is_private());
    let user = answer.json();
    let id = user["id"].as_str().unwrap();
    assert_eq!(
        user,
        json!({
            "id": id,
            "username": "New.Name",
            "email": "New@Example.com",
            "full_name": "New Name",
            "disabled": false,
            "scopes": [],
            "email_verified": false,
            "created_at": "2023-11-14T22:13:20Z",
        })
    );
    assert!(!answer.text().contains("argon2") && !answer.text().contains(NEW_PASSWORD));
    let told = house.told().await;
    assert_eq!(told, [("verify_email", "New@Example.com".to_owned())]);
    let token = house.log_in("new.name", NEW_PASSWORD).await.json();
    let token = token["access_token"].as_str().unwrap();
    let me = house.ask("GET /users/me").by(token).send().await;
    assert_eq!(me.json(), user);
}

#[tokio::test]
async fn a_name_and_a_password_are_enough() {
    let house = AccountHouse::new().await;
    let body = json!({"username": "new.name", "password": NEW_PASSWORD});
    assert_eq!(house.register(&body).await.status, 201);
    assert!(house.letters().await.is_empty());
    let body = json!({"username": "other.name", "password": NEW_PASSWORD, "email": null});
    assert_eq!(house.register(&body).await.status, 201);
}

#[tokio::test]
async fn an_address_may_be_asked_for() {
    let house = AccountHouse::set(AccountSettings {
        needs_email: true,
        ..AccountSettings::default()
    })
    .await;
    let body = json!({"username": "new.name", "password": NEW_PASSWORD});
    assert_eq!(
        house.register(&body).await.faults(),
        ["body.email: missing"]
    );
}

#[tokio::test]
async fn a_taken_name_is_409_in_whatever_letters() {
    let house = AccountHouse::new().await;
    let before = house.snapshot().await;
    for name in ["johndoe", "JohnDoe", "ｊohndoe", "gone"] {
        let body = json!({"username": name, "password": NEW_PASSWORD});
        let answer = house.register(&body).await;
        assert_eq!(answer.status, 409, "{name}");
        let told = json!({"detail": "This username is taken", "error": "username_taken"});
        assert_eq!(answer.json(), told);
    }
    assert_eq!(house.snapshot().await, before);
}

#[tokio::test]
async fn all_that_does_not_fit_is_told() {
    let house = AccountHouse::new().await;
    let before = house.snapshot().await;
    for (body, faults) in [
        (
            json!({"username": "a b", "password": "short", "email": "x", "full_name": "a\nb"}),
            vec![
                "body.username: username_invalid",
                "body.email: email_invalid",
                "body.full_name: full_name_invalid",
                "body.password: password_too_short",
            ],
        ),
        (
            json!({"username": "admin", "password": NEW_PASSWORD}),
            vec!["body.username: username_reserved"],
        ),
        (
            json!({"username": "new.name", "password": "new.name new.name new.name"}),
            vec!["body.password: password_context"],
        ),
        (
            json!({"username": "new.name", "password": "passwordpassword"}),
            vec!["body.password: password_known"],
        ),
        (
            json!({"username": "new.name"}),
            vec!["body.password: missing"],
        ),
        (
            json!({"username": "new.name", "password": ""}),
            vec!["body.password: missing"],
        ),
        (
            json!({"username": "", "password": NEW_PASSWORD}),
            vec!["body.username: username_invalid"],
        ),
    ] {
        let answer = house.register(&body).await;
        assert_eq!(answer.faults(), faults, "{body}");
    }
    assert_eq!(house.snapshot().await, before);
}

#[tokio::test]
async fn somebody_elses_address_is_taken_down_and_its_owner_is_told() {
    let house = AccountHouse::new().await;
    let free =
        json!({"username": "name1", "password": NEW_PASSWORD, "email": "j0hndoe@example.com"});
    let taken =
        json!({"username": "name2", "password": NEW_PASSWORD, "email": "Johndoe@example.com"});
    let (free, taken) = (house.register(&free).await, house.register(&taken).await);
    assert_eq!((free.status, taken.status), (201, 201));
    assert_eq!(
        format!("{:?}", free.headers),
        format!("{:?}", taken.headers)
    );
    let user = taken.json();
    assert_eq!(user["email"], "Johndoe@example.com");
    assert_eq!(user["email_verified"], false);
    let told = house.told().await;
    assert_eq!(
        told,
        [
            ("address_in_use", "johndoe@example.com".to_owned()),
            ("verify_email", "j0hndoe@example.com".to_owned()),
        ]
    );
}

#[tokio::test]
async fn where_registration_is_closed_every_name_is_403() {
    for registration in [Registration::Closed, Registration::Invitation] {
        let house = AccountHouse::set(AccountSettings {
            registration,
            ..AccountSettings::default()
        })
        .await;
        let token = house.token("johndoe").await;
        let mut answers = Vec::new();
        for name in ["new.name", "johndoe", "admin", "a b"] {
            let body = json!({"username": name, "password": NEW_PASSWORD});
            for ask in [
                house.ask("POST /users"),
                house.ask("POST /users").by(&token),
            ] {
                let answer = ask.json(&body).await;
                assert_eq!(answer.code(), "403 registration_closed");
                assert!(answer.header("www-authenticate").is_none());
                answers.push(answer.body);
            }
        }
        answers.dedup();
        assert_eq!(answers.len(), 1);
        // Operators still make accounts.
        let writer = house.token("writer").await;
        let body = json!({"username": "new.name", "password": NEW_PASSWORD});
        let made = house.ask("POST /users").by(&writer).json(&body).await;
        assert_eq!(made.status, 201);
    }
}

#[tokio::test]
async fn an_operator_says_more() {
    let house = AccountHouse::new().await;
    let writer = house.token("writer").await;
    let body = json!({
        "username": "admin",
        "email": "new@example.com",
        "scopes": ["users:read", "items:read", "items:read"],
        "disabled": true,
    });
    let answer = house.ask("POST /users").by(&writer).json(&body).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert!(answer.is_private());
    let user = answer.json();
    assert_eq!(user["scopes"], json!(["items:read", "users:read"]));
    assert_eq!(
        (&user["disabled"], &user["email_verified"]),
        (&json!(true), &json!(false))
    );
    assert!(
        house.letters().await.is_empty(),
        "an inactive account is asked nothing"
    );
    // Without a password nobody signs in, with whatever.
    for password in ["", "x", NEW_PASSWORD] {
        assert_ne!(house.log_in("admin", password).await.status, 200);
    }
}

#[tokio::test]
async fn a_mail_asks_for_the_password_that_an_operator_left_out() {
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
    let token = house.mailed_token("set_password").await;
    house.clock.advance(7 * 24 * 3_600 - 1);
    assert_eq!(house.reset(&token, NEW_PASSWORD).await.status, 204);
    assert_eq!(house.log_in("new.name", NEW_PASSWORD).await.status, 200);
}

#[tokio::test]
async fn an_operator_is_told_of_what_is_taken() {
    let house = AccountHouse::new().await;
    let writer = house.token("writer").await;
    let before = house.snapshot().await;
    let long: Vec<_> = (0..100).map(|number| format!("{number:0>60}")).collect();
    for (body, code) in [
        (
            json!({"username": "JohnDoe", "password": NEW_PASSWORD}),
            "409 username_taken",
        ),
        (
            json!({"username": "new.name", "email": "JOHNDOE@example.com"}),
            "409 email_taken",
        ),
    ] {
        let answer = house.ask("POST /users").by(&writer).json(&body).await;
        assert_eq!(answer.code(), code);
        assert!(answer.json()["detail"].is_string());
    }
    for (body, fault) in [
        (json!({"username": "new.name"}), "body.password: missing"),
        (
            json!({"username": "new.name", "password": "short"}),
            "body.password: password_too_short",
        ),
        (
            json!({"username": "new.name", "password": NEW_PASSWORD, "scopes": ["a b"]}),
            "body.scopes: scope_invalid",
        ),
        (
            json!({"username": "new.name", "password": NEW_PASSWORD, "scopes": [1]}),
            "body.scopes: scope_invalid",
        ),
        (
            json!({"username": "new.name", "password": NEW_PASSWORD, "scopes": long}),
            "body.scopes: scopes_too_many",
        ),
        (
            json!({"username": "аdmin", "password": NEW_PASSWORD}),
            "body.username: username_invalid",
        ),
    ] {
        let answer = house.ask("POST /users").by(&writer).json(&body).await;
        assert_eq!(answer.faults(), [fault], "{body}");
    }
    assert_eq!(house.snapshot().await, before);
}
