//! `/users/{id}`: what operators do to one account.

use serde_json::{Value, json};

use super::{AccountHouse, NEW_PASSWORD, PASSWORD};

#[tokio::test]
async fn an_operator_reads_an_account() {
    let house = AccountHouse::new().await;
    let reader = house.token("reader").await;
    let operation = format!("GET /users/{}", house.id("johndoe").await);
    let answer = house.ask(&operation).by(&reader).send().await;
    assert_eq!(answer.status, 200);
    assert!(answer.is_private());
    let john = house.token("johndoe").await;
    let me = house.ask("GET /users/me").by(&john).send().await;
    assert_eq!(answer.json(), me.json());
}

/// What is no id is nobody's: a name, a path, bytes that are no text.
#[tokio::test]
async fn who_is_not_there_is_404_in_every_way() {
    let house = AccountHouse::new().await;
    let reader = house.token("reader").await;
    let mut answers = Vec::new();
    for id in [
        "johndoe",
        "0",
        "1",
        "%00",
        "%ff",
        "..%2f",
        "%2e%2e",
        "' OR 1=1--",
        &"x".repeat(8_000),
    ] {
        let operation = format!("GET /users/{}", id.replace(' ', "%20"));
        let answer = house.ask(&operation).by(&reader).send().await;
        assert_eq!(answer.code(), "404 not_found", "{id}");
        answers.push(answer.body);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
}

#[tokio::test]
async fn disabling_ends_every_token_and_enabling_revives_none() {
    let house = AccountHouse::new().await;
    let (id, token) = (house.id("johndoe").await, house.token("johndoe").await);
    let answer = house.patch(&id, &json!({"disabled": true})).await;
    assert_eq!(
        (answer.status, &answer.json()["disabled"]),
        (200, &json!(true))
    );
    assert!(answer.is_private());
    let dead = house.ask("GET /users/me").by(&token).send().await;
    assert_eq!(dead.code(), "401 invalid_token");
    house.patch(&id, &json!({"disabled": false})).await;
    let dead = house.ask("GET /users/me").by(&token).send().await;
    assert_eq!(dead.code(), "401 invalid_token");
    assert_eq!(house.log_in("johndoe", PASSWORD).await.status, 200);
}

#[tokio::test]
async fn a_scope_that_is_taken_away_ends_every_token() {
    let house = AccountHouse::new().await;
    let (id, token) = (house.id("johndoe").await, house.token("johndoe").await);
    let more = house
        .patch(&id, &json!({"scopes": ["items:read", "items:write"]}))
        .await;
    assert_eq!(more.json()["scopes"], json!(["items:read", "items:write"]));
    assert_eq!(
        house.ask("GET /users/me").by(&token).send().await.status,
        200
    );
    house.patch(&id, &json!({"scopes": ["items:write"]})).await;
    let dead = house.ask("GET /users/me").by(&token).send().await;
    assert_eq!(dead.code(), "401 invalid_token");
    house.patch(&id, &json!({"scopes": []})).await;
    assert_eq!(house.user("johndoe").await.scopes.to_string(), "");
}

#[tokio::test]
async fn another_address_is_to_be_proved() {
    let house = AccountHouse::new().await;
    let id = house.id("johndoe").await;
    let same = house
        .patch(&id, &json!({"email": "johndoe@example.com"}))
        .await;
    assert_eq!(same.json()["email_verified"], true);
    assert!(house.letters().await.is_empty());
    let answer = house.patch(&id, &json!({"email": "New@example.org"})).await;
    assert_eq!(answer.json()["email"], "New@example.org");
    assert_eq!(answer.json()["email_verified"], false);
    let told = house.told().await;
    assert_eq!(
        told,
        [
            ("email_changed", "johndoe@example.com".to_owned()),
            ("verify_email", "New@example.org".to_owned()),
        ]
    );
    let none = house.patch(&id, &json!({"email": null})).await;
    assert_eq!(none.json()["email"], Value::Null);
    assert!(house.letters().await.is_empty(), "it was nobody's yet");
    let taken = house
        .patch(&id, &json!({"email": "Alice@Example.com"}))
        .await;
    assert_eq!(taken.code(), "409 email_taken");
}

#[tokio::test]
async fn the_owner_is_told_of_an_address_that_is_taken_away() {
    let house = AccountHouse::new().await;
    let id = house.id("johndoe").await;
    let none = house.patch(&id, &json!({"email": null})).await;
    assert_eq!(none.json()["email"], Value::Null);
    let told = [("email_removed", "johndoe@example.com".to_owned())];
    assert_eq!(house.told().await, told);
    house.patch(&id, &json!({"email": null})).await;
    assert!(house.letters().await.is_empty(), "once");
}

#[tokio::test]
async fn who_has_no_password_is_asked_for_one_when_it_is_of_use() {
    let house = AccountHouse::new().await;
    let writer = house.token("writer").await;
    let body = json!({"username": "new.name", "email": "n@example.com", "disabled": true});
    let made = house.ask("POST /users").by(&writer).json(&body).await;
    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert!(house.letters().await.is_empty(), "not yet");
    let operation = format!("POST /users/{id}/password-recovery");
    let refused = house.ask(&operation).by(&writer).send().await;
    assert_eq!(refused.faults(), ["path.id: inactive_user"]);
    house.patch(&id, &json!({"full_name": "N. N."})).await;
    assert!(house.letters().await.is_empty(), "nor now");

    house.patch(&id, &json!({"disabled": false})).await;
    let token = house.mailed_token("set_password").await;
    assert_eq!(house.reset(&token, NEW_PASSWORD).await.status, 204);
    let log_in = house.log_in("new.name", NEW_PASSWORD).await;
    assert_eq!(log_in.status, 200, "{}", log_in.text());
    for disabled in [true, false] {
        house.patch(&id, &json!({"disabled": disabled})).await;
    }
    assert!(house.letters().await.is_empty(), "there is one by now");

    // To the address that it has then.
    let body = json!({"username": "new.too", "email": "t@example.com", "disabled": true});
    let made = house.ask("POST /users").by(&writer).json(&body).await;
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let change = json!({"disabled": false, "email": "tt@example.com"});
    house.patch(&id, &change).await;
    let told = house.told().await;
    let (to, kinds) = ("tt@example.com", ["set_password", "verify_email"]);
    assert_eq!(told, kinds.map(|kind| (kind, to.to_owned())));
}

#[tokio::test]
async fn what_does_not_fit_changes_nothing() {
    let house = AccountHouse::new().await;
    let id = house.id("johndoe").await;
    let writer = house.token("writer").await;
    let operation = format!("PATCH /users/{id}");
    let before = house.snapshot().await;
    for (body, fault) in [
        (json!({"email": "x"}), "body.email: email_invalid"),
        (
            json!({"email": ["a@example.com", "b@example.com"]}),
            "body.email: string_type",
        ),
        (json!({"disabled": 1}), "body.disabled: bool_type"),
        (json!({"disabled": null}), "body.disabled: bool_type"),
        (json!({"scopes": "users:write"}), "body.scopes: list_type"),
        (json!({"scopes": null}), "body.scopes: list_type"),
        (json!({"scopes": [""]}), "body.scopes: scope_invalid"),
        (
            json!({"full_name": "a\nb", "disabled": true}),
            "body.full_name: full_name_invalid",
        ),
        (
            json!({"password": NEW_PASSWORD}),
            "body.password: extra_forbidden",
        ),
    ] {
        let answer = house.ask(&operation).by(&writer).json(&body).await;
        assert_eq!(answer.faults(), [fault], "{body}");
    }
    assert_eq!(house.snapshot().await, before);
}

#[tokio::test]
async fn nobody_locks_themselves_out() {
    let house = AccountHouse::new().await;
    let (id, writer) = (house.id("writer").await, house.token("writer").await);
    let operation = format!("PATCH /users/{id}");
    let before = house.snapshot().await;
    for (body, fault) in [
        (json!({"scopes": []}), "body.scopes: own_account"),
        (
            json!({"scopes": ["users:read"]}),
            "body.scopes: own_account",
        ),
        (json!({"disabled": true}), "body.disabled: own_account"),
        // For which the password is asked elsewhere.
        (
            json!({"email": "new@example.com"}),
            "body.email: own_account",
        ),
        (json!({"email": null}), "body.email: own_account"),
    ] {
        let answer = house.ask(&operation).by(&writer).json(&body).await;
        assert_eq!(answer.faults(), [fault], "{body}");
    }
    let delete = format!("DELETE /users/{id}");
    let answer = house.ask(&delete).by(&writer).send().await;
    assert_eq!(answer.faults(), ["path.id: own_account"]);
    assert_eq!(house.snapshot().await, before);
    let body = json!({"scopes": ["users:read", "users:write"], "disabled": false});
    assert_eq!(
        house.ask(&operation).by(&writer).json(&body).await.status,
        200
    );
}

#[tokio::test]
async fn deleting_ends_all_and_frees_the_name() {
    let house = AccountHouse::new().await;
    let (id, token) = (house.id("johndoe").await, house.token("johndoe").await);
    let writer = house.token("writer").await;
    let operation = format!("DELETE /users/{id}");
    let done = house.ask(&operation).by(&writer).send().await;
    assert_eq!((done.status, done.body.len()), (204, 0));
    assert!(done.is_private());
    let dead = house.ask("GET /users/me").by(&token).send().await;
    assert_eq!(dead.code(), "401 invalid_token");
    let again = house.ask(&operation).by(&writer).send().await;
    assert_eq!(again.code(), "404 not_found");
    let body = json!({"username": "johndoe", "password": NEW_PASSWORD});
    assert_eq!(house.register(&body).await.status, 201);
}

#[tokio::test]
async fn a_user_is_signed_out_everywhere() {
    let house = AccountHouse::new().await;
    let (id, token) = (house.id("johndoe").await, house.token("johndoe").await);
    let (alice, writer) = (house.token("alice").await, house.token("writer").await);
    let operation = format!("DELETE /users/{id}/sessions");
    let done = house.ask(&operation).by(&writer).send().await;
    assert_eq!((done.status, done.body.len()), (204, 0));
    assert!(done.is_private());
    let dead = house.ask("GET /users/me").by(&token).send().await;
    assert_eq!(dead.code(), "401 invalid_token");
    assert_eq!(
        house.ask("GET /users/me").by(&alice).send().await.status,
        200
    );
    assert_eq!(house.log_in("johndoe", PASSWORD).await.status, 200);
    let nobody = house
        .ask("DELETE /users/nobody/sessions")
        .by(&writer)
        .send()
        .await;
    assert_eq!(nobody.code(), "404 not_found");
}

#[tokio::test]
async fn a_link_is_sent_to_a_proved_address_alone() {
    let house = AccountHouse::new().await;
    let writer = house.token("writer").await;
    let operation = format!(
        "POST /users/{}/password-recovery",
        house.id("johndoe").await
    );
    let asked = house.ask(&operation).by(&writer).send().await;
    assert_eq!((asked.status, asked.body.len()), (202, 0));
    assert!(asked.is_private());
    assert_eq!(
        house.told().await,
        [("reset_password", "johndoe@example.com".to_owned())]
    );

    let body = json!({"username": "new.name", "password": NEW_PASSWORD, "email": "n@example.com"});
    let id = house.register(&body).await.json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    house.letters().await;
    let operation = format!("POST /users/{id}/password-recovery");
    let refused = house.ask(&operation).by(&writer).send().await;
    assert_eq!(refused.faults(), ["path.id: email_unverified"]);
    assert!(house.letters().await.is_empty());

    // Who never had a password is asked for the first one again.
    let body = json!({"username": "new.too", "email": "t@example.com"});
    let made = house.ask("POST /users").by(&writer).json(&body).await;
    let id = made.json()["id"].as_str().unwrap().to_owned();
    house.letters().await;
    let operation = format!("POST /users/{id}/password-recovery");
    assert_eq!(house.ask(&operation).by(&writer).send().await.status, 202);
    assert_eq!(
        house.told().await,
        [("set_password", "t@example.com".to_owned())]
    );
}

#[tokio::test]
async fn another_method_is_405_with_those_that_are_there() {
    let house = AccountHouse::new().await;
    for (operation, allowed) in [
        ("PUT /users", ["GET", "POST"].as_slice()),
        ("POST /users/me", &["DELETE", "GET", "PATCH"]),
        ("PUT /users/x", &["DELETE", "GET", "PATCH"]),
        ("POST /users/me/password", &["PUT"]),
        ("GET /password-recovery", &["POST"]),
        ("GET /password-reset", &["POST"]),
        ("GET /email-verification/confirm", &["POST"]),
        ("GET /email-change/confirm", &["POST"]),
        ("GET /invitations", &["POST"]),
        ("TRACE /users", &["GET", "POST"]),
    ] {
        let answer = house.ask(operation).send().await;
        assert_eq!(answer.code(), "405 method_not_allowed", "{operation}");
        let mut allow: Vec<_> = answer.header("allow").unwrap().split(',').collect();
        allow.retain(|method| *method != "HEAD");
        allow.sort_unstable();
        assert_eq!(allow, allowed, "{operation}");
    }
}
