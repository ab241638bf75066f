//! Nobody sets what is not theirs to set, by whatever name.

use serde_json::{Value, json};

use super::{AccountHouse, NEW_PASSWORD, PASSWORD};

/// Every member of a user, and what else an attacker would try.
fn privileges() -> Vec<(&'static str, Value)> {
    vec![
        ("id", json!("me")),
        ("username", json!("writer")),
        ("email", json!("victim@example.com")),
        ("full_name", json!("Name")),
        ("disabled", json!(false)),
        ("scopes", json!(["users:write"])),
        ("email_verified", json!(true)),
        ("created_at", json!("2020-01-01T00:00:00Z")),
        ("hashed_password", json!("$2b$12$KIXnothing")),
        ("password", json!(NEW_PASSWORD)),
        ("epoch", json!(0)),
        ("is_superuser", json!(true)),
        ("is_active", json!(true)),
        ("role", json!("admin")),
        ("scope", json!("users:write")),
        ("email_canonical", json!("victim@example.com")),
        ("username_canonical", json!("writer")),
        ("invitation", json!("0")),
        // Nested, and by other names.
        ("user", json!({"scopes": ["users:write"]})),
        ("user[is_superuser]", json!(1)),
        ("user.scopes", json!(["users:write"])),
        ("isSuperuser", json!(true)),
        ("Is_Superuser", json!(true)),
        ("SCOPES", json!(["users:write"])),
        ("Scopes", json!(["users:write"])),
        ("scopes ", json!(["users:write"])),
        ("emailVerified", json!(true)),
        ("hashedPassword", json!("$2b$12$KIXnothing")),
        ("ｓcopes", json!(["users:write"])),
        ("__proto__", json!({"is_superuser": true})),
        ("constructor", json!({})),
        ("$set", json!({"disabled": false})),
        ("", json!(true)),
    ]
}

/// The names that are told in a refusal; all others may be anything, and are not repeated.
const OURS: [&str; 12] = [
    "id",
    "username",
    "email",
    "full_name",
    "disabled",
    "scopes",
    "email_verified",
    "created_at",
    "hashed_password",
    "password",
    "epoch",
    "invitation",
];

fn fault(name: &str) -> String {
    if OURS.contains(&name) {
        format!("body.{name}: extra_forbidden")
    } else {
        "body: extra_forbidden".to_owned()
    }
}

/// Each member but those of `allowed` is refused beside `body`, also as `null`, and nothing is done.
async fn are_refused(operation: &str, caller: Option<&str>, body: &Value) {
    let house = AccountHouse::new().await;
    let token = match caller {
        Some(name) => Some(house.token(name).await),
        None => None,
    };
    let operation = operation.replace("{id}", &house.id("johndoe").await);
    let allowed = allowed(&operation, caller);
    let before = house.snapshot().await;
    for (name, value) in privileges() {
        if allowed.contains(&name) {
            continue;
        }
        for value in [value, Value::Null] {
            // To say of nothing that it is there says nothing.
            if name == "invitation" && value.is_null() && operation == "POST /users" {
                continue;
            }
            let mut body = body.clone();
            body[name] = value;
            let ask = house.ask(&operation);
            let ask = match &token {
                Some(token) => ask.by(token),
                None => ask,
            };
            let answer = ask.json(&body).await;
            let told = [answer.faults(), Vec::new()].concat();
            let expected = match (name, &body[name]) {
                // What an operator may say has a type of its own.
                ("disabled", Value::Null) if operation == "POST /users" => {
                    "body.disabled: bool_type".to_owned()
                }
                ("scopes", Value::Null) if operation == "POST /users" => {
                    "body.scopes: list_type".to_owned()
                }
                _ => fault(name),
            };
            assert_eq!(told, [expected], "{operation} {body}");
            let name = name.trim();
            let is_repeated = !OURS.contains(&name) && name.len() > 5;
            assert!(
                !is_repeated || !answer.text().contains(name),
                "{}",
                answer.text()
            );
        }
    }
    assert_eq!(
        house.snapshot().await,
        before,
        "{operation}: something was done"
    );
}

fn allowed(operation: &str, caller: Option<&str>) -> &'static [&'static str] {
    match (operation, caller) {
        ("POST /users", Some("writer")) => &[
            "username",
            "password",
            "email",
            "full_name",
            "disabled",
            "scopes",
        ],
        ("POST /users", _) => &["username", "password", "email", "full_name", "invitation"],
        ("PATCH /users/me", _) => &["full_name"],
        (other, _) if other.starts_with("PATCH") => &["full_name", "email", "disabled", "scopes"],
        ("PUT /users/me/email", _) => &["email", "password"],
        ("DELETE /users/me", _) => &["password"],
        ("POST /password-recovery", _) => &["email", "username"],
        ("POST /email-verification", _) => &["email"],
        ("POST /invitations", _) => &["email", "scopes"],
        _ => &[],
    }
}

#[tokio::test]
async fn at_registration() {
    let body = json!({"username": "new.name", "password": NEW_PASSWORD});
    are_refused("POST /users", None, &body).await;
    are_refused("POST /users", Some("johndoe"), &body).await;
}

#[tokio::test]
async fn as_an_operator_makes_an_account() {
    let body = json!({"username": "new.name", "password": NEW_PASSWORD});
    are_refused("POST /users", Some("writer"), &body).await;
}

#[tokio::test]
async fn about_oneself() {
    are_refused("PATCH /users/me", Some("johndoe"), &json!({})).await;
    are_refused(
        "PATCH /users/me",
        Some("writer"),
        &json!({"full_name": "New"}),
    )
    .await;
    let shown = json!({"password": PASSWORD});
    are_refused("DELETE /users/me", Some("johndoe"), &shown).await;
    let change = json!({"current_password": PASSWORD, "new_password": NEW_PASSWORD});
    are_refused("PUT /users/me/password", Some("johndoe"), &change).await;
    let change = json!({"email": "new@example.com", "password": PASSWORD});
    are_refused("PUT /users/me/email", Some("johndoe"), &change).await;
}

#[tokio::test]
async fn about_somebody_else() {
    are_refused("PATCH /users/{id}", Some("writer"), &json!({})).await;
    let body = json!({"email": "new@example.com"});
    are_refused("POST /invitations", Some("writer"), &body).await;
}

#[tokio::test]
async fn with_a_link_or_without_one() {
    let token = json!({"token": "0"});
    are_refused("POST /email-verification/confirm", None, &token).await;
    are_refused("POST /email-change/confirm", None, &token).await;
    let reset = json!({"token": "0", "new_password": NEW_PASSWORD});
    are_refused("POST /password-reset", None, &reset).await;
    let email = json!({"email": "johndoe@example.com"});
    are_refused("POST /email-verification", None, &email).await;
    are_refused("POST /password-recovery", None, &email).await;
}

#[tokio::test]
async fn a_member_that_is_there_twice_is_refused() {
    let house = AccountHouse::new().await;
    let token = house.token("johndoe").await;
    let before = house.snapshot().await;
    for body in [
        r#"{"full_name":"A","full_name":"B"}"#,
        r#"{"full_name":"A","full\u005fname":"B"}"#,
        r#"{"full_name":"A","full_name":"A"}"#,
    ] {
        let ask = house.ask("PATCH /users/me").by(&token).raw(body);
        let answer = ask.header("content-type", "application/json").send().await;
        assert_eq!(answer.faults(), ["body: repeated"], "{body}");
    }
    for body in [
        r#"{"username":"a","username":"b","password":"twelve yellow umbrellas"}"#,
        r#"{"username":"a","password":"twelve yellow umbrellas","password":"x"}"#,
        r#"{"username":"a","password":"twelve yellow umbrellas","x":{"y":1,"y":2}}"#,
    ] {
        let ask = house.ask("POST /users").raw(body);
        let answer = ask.header("content-type", "application/json").send().await;
        assert_eq!(answer.faults(), ["body: repeated"], "{body}");
    }
    assert_eq!(house.snapshot().await, before);
}

/// What is told is all that is wrong, at once.
#[tokio::test]
async fn everything_that_is_wrong_is_told_at_once() {
    let house = AccountHouse::new().await;
    let body = json!({"password": 7, "email_verified": true, "id": 1, "role": "admin"});
    let answer = house.register(&body).await;
    let mut faults = answer.faults();
    faults.sort();
    assert_eq!(
        faults,
        [
            "body.email_verified: extra_forbidden",
            "body.id: extra_forbidden",
            "body.password: string_type",
            "body.username: missing",
            "body: extra_forbidden",
        ]
    );
}
