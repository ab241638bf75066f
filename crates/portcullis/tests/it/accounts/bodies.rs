//! What every operation that reads JSON asks of its body, over all of those in the document.

use serde_json::{Value, json};

use super::{AccountHouse, NEW_PASSWORD, PASSWORD};
use crate::fixture::Answer;

struct Reader {
    /// As in the document.
    operation: String,
    /// With the path of johndoe.
    call: String,
    schema: Value,
    right: Value,
}

/// A body that fits, of each operation that reads one.
fn right(operation: &str) -> Value {
    match operation {
        "POST /users" => json!({"username": "new.name", "password": NEW_PASSWORD}),
        "PATCH /users/me" | "PATCH /users/{id}" => json!({"full_name": "New"}),
        "DELETE /users/me" => json!({"password": PASSWORD}),
        "PUT /users/me/password" => {
            json!({"current_password": PASSWORD, "new_password": NEW_PASSWORD})
        }
        "PUT /users/me/email" => json!({"email": "new@example.com", "password": PASSWORD}),
        "POST /email-change/confirm" | "POST /email-verification/confirm" => json!({"token": "0"}),
        "POST /email-verification" | "POST /password-recovery" | "POST /invitations" => {
            json!({"email": "johndoe@example.com"})
        }
        "POST /password-reset" => json!({"token": "0", "new_password": NEW_PASSWORD}),
        other => panic!("{other} has no body here"),
    }
}

async fn readers(house: &AccountHouse) -> Vec<Reader> {
    let document = house.ask("GET /openapi.json").send().await.json();
    let id = house.id("johndoe").await;
    let mut found = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            if schema.is_null() {
                continue;
            }
            let name = schema["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
            let operation = format!("{} {path}", method.to_uppercase());
            found.push(Reader {
                call: operation.replace("{id}", &id),
                schema: document["components"]["schemas"][name].clone(),
                right: right(&operation),
                operation,
            });
        }
    }
    assert_eq!(found.len(), 12);
    found
}

/// Everybody's bodies are read alike, so one who may do everything sends them.
async fn sender(house: &AccountHouse) -> String {
    house.settle("both", "users:read users:write").await;
    house.token("both").await
}

async fn sent(
    house: &AccountHouse,
    reader: &Reader,
    (token, media, body): (&str, &str, &[u8]),
) -> Answer {
    let mut ask = house.ask(&reader.call).by(token).raw(body);
    if !media.is_empty() {
        ask = ask.header("content-type", media);
    }
    ask.send().await
}

#[tokio::test]
async fn it_is_json_in_utf_8() {
    let house = AccountHouse::new().await;
    let token = sender(&house).await;
    let before = house.snapshot().await;
    for reader in readers(&house).await {
        let body = reader.right.to_string();
        for media in [
            "",
            "application/x-www-form-urlencoded",
            "text/plain",
            "text/json",
            "application/jsonx",
            "application/json; charset=utf-16",
            "application/json; charset=latin1",
            "multipart/form-data; boundary=x",
        ] {
            let answer = sent(&house, &reader, (&token, media, body.as_bytes())).await;
            assert_eq!(
                answer.code(),
                "415 unsupported_media_type",
                "{} {media}",
                reader.call
            );
        }
    }
    assert_eq!(house.snapshot().await, before);
}

#[tokio::test]
async fn other_ways_to_say_the_media_type_are_the_same() {
    let house = AccountHouse::new().await;
    let token = house.token("johndoe").await;
    for media in [
        "Application/JSON",
        "application/json;charset=UTF-8",
        "application/json ; charset=\"utf-8\"",
    ] {
        let ask = house.ask("PATCH /users/me").by(&token);
        let answer = ask.header("content-type", media).raw("{}").send().await;
        assert_eq!(answer.status, 200, "{media}");
    }
}

#[tokio::test]
async fn it_is_well_formed_and_one_object() {
    let house = AccountHouse::new().await;
    let token = sender(&house).await;
    let before = house.snapshot().await;
    let deep = "[".repeat(10_000);
    for reader in readers(&house).await {
        let right = reader.right.to_string();
        let cut = &right[..right.len() - 1];
        let more = format!("{right}{right}");
        for body in [
            "",
            "{",
            cut,
            &more,
            "{'a':1}",
            "{\"a\":1,}",
            "\u{feff}{}",
            "NaN",
            &deep,
        ] {
            let answer = sent(
                &house,
                &reader,
                (&token, "application/json", body.as_bytes()),
            )
            .await;
            assert_eq!(
                answer.code(),
                "400 invalid_request",
                "{} {body:.20}",
                reader.call
            );
        }
        let answer = sent(
            &house,
            &reader,
            (&token, "application/json", b"{\"email\":\"\xff\"}"),
        )
        .await;
        assert_eq!(answer.code(), "400 invalid_request", "{}", reader.call);
        for body in ["[]", "null", "true", "7", "\"text\"", "[{}]"] {
            let answer = sent(
                &house,
                &reader,
                (&token, "application/json", body.as_bytes()),
            )
            .await;
            assert_eq!(
                answer.faults(),
                ["body: object_type"],
                "{} {body}",
                reader.call
            );
        }
        let body =
            br#"{"password":"\ud800","token":"\ud800","email":"\ud800","full_name":"\ud800"}"#;
        let answer = sent(&house, &reader, (&token, "application/json", body)).await;
        assert_eq!(answer.faults(), ["body: string_unicode"], "{}", reader.call);
    }
    assert_eq!(house.snapshot().await, before);
}

#[tokio::test]
async fn it_has_64_kib_at_most() {
    let house = AccountHouse::new().await;
    let token = sender(&house).await;
    let before = house.snapshot().await;
    for reader in readers(&house).await {
        let mut body = reader.right.to_string();
        body.push_str(&" ".repeat(64 * 1024 + 1 - body.len()));
        let answer = sent(
            &house,
            &reader,
            (&token, "application/json", body.as_bytes()),
        )
        .await;
        assert_eq!(answer.code(), "413 too_large", "{}", reader.call);
        let length = body.len().to_string();
        let ask = house.ask(&reader.call).by(&token).raw(body);
        let ask = ask.header("content-type", "application/json");
        let answer = ask.header("content-length", &length).send().await;
        assert_eq!(answer.code(), "413 too_large", "{}", reader.call);
    }
    assert_eq!(house.snapshot().await, before);
}

/// Every member that the document calls required is; and those that it does not are not.
#[tokio::test]
async fn what_is_needed_is_asked_for_by_name() {
    let house = AccountHouse::new().await;
    let token = sender(&house).await;
    for reader in readers(&house).await {
        let required = reader.schema["required"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        for name in &required {
            let name = name.as_str().unwrap();
            let mut body = reader.right.clone();
            body.as_object_mut().unwrap().remove(name);
            let ask = house.ask(&reader.call).by(&token);
            let faults = ask.json(&body).await.faults();
            assert_eq!(
                faults,
                [format!("body.{name}: missing")],
                "{}",
                reader.operation
            );
        }
        if reader.operation == "POST /password-recovery" {
            for body in [
                json!({}),
                json!({"email": "a@example.com", "username": "a"}),
            ] {
                let answer = house.ask(&reader.call).json(&body).await;
                assert_eq!(answer.faults(), ["body: one_of"]);
            }
        }
    }
}

/// A text that is a number, a list, an object or a truth is none (type juggling).
#[tokio::test]
async fn every_member_has_its_type() {
    let house = AccountHouse::new().await;
    let token = sender(&house).await;
    let before = house.snapshot().await;
    let others = [
        json!(123),
        json!(1e300),
        json!([]),
        json!(["johndoe@example.com"]),
        json!({}),
        json!({"$ne": null}),
        json!(true),
        json!("text"),
        Value::Null,
    ];
    for reader in readers(&house).await {
        assert_eq!(
            reader.schema["additionalProperties"], false,
            "{}",
            reader.operation
        );
        for (name, schema) in reader.schema["properties"].as_object().unwrap() {
            for other in &others {
                // A recovery's two members are one question, of which `null` answers nothing.
                let is_either = reader.operation == "POST /password-recovery";
                if fits(schema, other) || is_either && other.is_null() {
                    continue;
                }
                let mut body = reader.right.clone();
                body[name] = other.clone();
                let ask = house.ask(&reader.call).by(&token);
                let answer = ask.json(&body).await;
                let faults = answer.faults();
                let told = format!("body.{name}: ");
                let is_told = faults.iter().any(|fault| fault.starts_with(&told));
                let is_one_of = faults == ["body: one_of"];
                assert!(
                    is_told || is_one_of,
                    "{} {body}: {faults:?}",
                    reader.operation
                );
            }
        }
    }
    assert_eq!(house.snapshot().await, before);
}

/// Whether the document allows the value, as far as its type says.
fn fits(schema: &Value, value: &Value) -> bool {
    let types = match &schema["type"] {
        Value::String(one) => vec![one.clone()],
        Value::Array(several) => several
            .iter()
            .map(|one| one.as_str().unwrap().to_owned())
            .collect(),
        other => panic!("{other}"),
    };
    types.iter().any(|one| match &**one {
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "array" => value
            .as_array()
            .is_some_and(|items| items.iter().all(Value::is_string)),
        other => panic!("{other}"),
    })
}

/// And what the document does allow to be `null` may be.
#[tokio::test]
async fn null_is_taken_where_the_document_says_so() {
    for number in 0..12 {
        let house = AccountHouse::new().await;
        let token = sender(&house).await;
        let reader = readers(&house).await.swap_remove(number);
        for (name, schema) in reader.schema["properties"].as_object().unwrap() {
            if !fits(schema, &Value::Null) || reader.operation == "POST /password-recovery" {
                continue;
            }
            let mut body = reader.right.clone();
            body[name] = Value::Null;
            if reader.operation == "POST /users" {
                body["username"] = json!(format!("no.{name}").replace('_', "."));
                if name == "password" {
                    body["email"] = json!("new@example.com");
                }
            }
            let ask = house.ask(&reader.call).by(&token);
            let answer = ask.json(&body).await;
            assert!(
                answer.status < 300,
                "{} {body}: {}",
                reader.operation,
                answer.text()
            );
        }
    }
}
