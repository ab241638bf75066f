//! A body takes its time, and who sends it is judged as of its end.

use std::time::Duration;

use axum::body::{Body, Bytes};
use http::Request;
use http_body_util::channel::Channel;
use portcullis::store::{UserChange, Users};
use serde_json::{Value, json};

use super::{AccountHouse, NEW_PASSWORD, PASSWORD};
use crate::fixture::send;

/// Sends the first half of a body, lets `meanwhile` happen, and sends the rest.
async fn answer_after(
    house: &AccountHouse,
    (operation, token, body): (&str, &str, &Value),
    meanwhile: impl Future<Output = ()>,
) -> String {
    let (method, path) = operation.split_once(' ').unwrap();
    let (mut parts, slow) = Channel::<Bytes>::new(1);
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {token}"))
        .body(Body::new(slow))
        .unwrap();
    let app = house.app.clone();
    let answer = tokio::spawn(async move { send(&app, request).await });
    let mut whole = Bytes::from(body.to_string());
    let rest = whole.split_off(whole.len() / 2);
    parts.send_data(whole).await.unwrap();
    tokio::time::sleep(Duration::from_millis(10)).await;
    assert!(!answer.is_finished(), "the body is waited for");
    meanwhile.await;
    parts.send_data(rest).await.unwrap();
    drop(parts);
    answer.await.unwrap().code()
}

#[tokio::test]
async fn who_is_disabled_meanwhile_does_nothing() {
    let house = AccountHouse::new().await;
    let (id, writer) = (house.id("johndoe").await, house.token("writer").await);
    let operator = house.user("writer").await.id;
    let patch = format!("PATCH /users/{id}");
    let operations = [
        (&*patch, json!({"scopes": ["users:write"]})),
        ("POST /invitations", json!({"email": "x@example.com"})),
        (
            "PUT /users/me/password",
            json!({"current_password": PASSWORD, "new_password": NEW_PASSWORD}),
        ),
        (
            "PUT /users/me/email",
            json!({"email": "x@example.com", "password": PASSWORD}),
        ),
        ("PATCH /users/me", json!({"full_name": "X"})),
        ("DELETE /users/me", json!({"password": PASSWORD})),
    ];
    for (operation, body) in operations {
        let mut before = String::new();
        let token = house.token("writer").await;
        let disable = async {
            house
                .store
                .update_user(&operator, UserChange::disabled_to(true))
                .await
                .unwrap();
            before = house.snapshot().await;
        };
        let answer = answer_after(&house, (operation, &token, &body), disable).await;
        assert!(
            answer.starts_with("401 ") || answer.starts_with("400 inactive"),
            "{operation}: {answer}"
        );
        assert_eq!(house.snapshot().await, before, "{operation}");
        house
            .store
            .update_user(&operator, UserChange::disabled_to(false))
            .await
            .unwrap();
    }
    drop(writer);
    let token = house.token("writer").await;
    let body = json!({"full_name": "J. D."});
    let answer = answer_after(&house, (&patch, &token, &body), async {}).await;
    assert_eq!(answer, "200", "without that it does");
}
