//! `/users/me/sessions`: seen, and ended one by one or all at once.

use http::Request;
use portcullis::openapi::ApiRouter;
use serde_json::Value;

use crate::fixture::{Answer, FORM, House, bearer, post, send};

async fn sign_in(house: &House, name: &str, agent: &str) -> Value {
    let form = match name {
        "johndoe" => "username=johndoe&password=secret",
        _ => "username=other&password=secret",
    };
    let headers = [FORM, ("user-agent", agent)];
    let answer = send(&house.app(ApiRouter::new()), post("/token", &headers, form)).await;
    answer.json()
}

async fn list(house: &House, tokens: &Value) -> Answer {
    let app = house.app(ApiRouter::new());
    send(&app, bearer("/users/me/sessions", access(tokens))).await
}

fn access(tokens: &Value) -> &str {
    tokens["access_token"].as_str().unwrap()
}

async fn delete(house: &House, path: &str, tokens: &Value) -> Answer {
    let request = Request::delete(path)
        .header("authorization", format!("Bearer {}", access(tokens)))
        .body(axum::body::Body::empty());
    send(&house.app(ApiRouter::new()), request.unwrap()).await
}

async fn is_alive(house: &House, tokens: &Value) -> bool {
    let app = house.app(ApiRouter::new());
    send(&app, bearer("/users/me", access(tokens))).await.status == 200
}

#[tokio::test]
async fn each_login_is_listed_with_its_program() {
    let house = House::new().await;
    let phone = sign_in(&house, "johndoe", "Phone/1").await;
    house.clock.advance(5);
    let desk = sign_in(&house, "johndoe", &"x".repeat(300)).await;
    let answer = list(&house, &phone).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let all = answer.json();
    let all = all.as_array().unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(all[1]["user_agent"], "Phone/1");
    assert_eq!(all[1]["current"], true);
    assert_eq!(all[1]["client_id"], "portcullis");
    assert_eq!(all[1]["created_at"], "2023-11-14T22:13:20Z");
    assert_eq!(all[0]["user_agent"], "x".repeat(256));
    assert_eq!(all[0]["current"], false);
    assert_eq!(list(&house, &desk).await.json()[0]["current"], true);
    let names: Vec<_> = all[0].as_object().unwrap().keys().cloned().collect();
    assert_eq!(
        names,
        [
            "client_id",
            "created_at",
            "current",
            "id",
            "last_used_at",
            "user_agent"
        ]
    );
}

#[tokio::test]
async fn one_is_ended_and_the_others_live() {
    let house = House::new().await;
    let (one, two) = (
        sign_in(&house, "johndoe", "one").await,
        sign_in(&house, "johndoe", "two").await,
    );
    let all = list(&house, &one).await.json();
    let of_two = all
        .as_array()
        .unwrap()
        .iter()
        .find(|session| session["current"] == false);
    let path = format!(
        "/users/me/sessions/{}",
        of_two.unwrap()["id"].as_str().unwrap()
    );
    assert_eq!(delete(&house, &path, &one).await.status, 204);
    assert!(!is_alive(&house, &two).await);
    assert!(is_alive(&house, &one).await);
    assert_eq!(delete(&house, &path, &one).await.refusal().1, "not_found");
}

#[tokio::test]
async fn nobody_ends_or_sees_the_sessions_of_others() {
    let house = House::new().await;
    house.add("other", "secret", "users:read users:write").await;
    let (john, other) = (
        sign_in(&house, "johndoe", "john").await,
        sign_in(&house, "other", "other").await,
    );
    let all = list(&house, &john).await.json();
    assert_eq!(all.as_array().unwrap().len(), 1);
    let path = format!("/users/me/sessions/{}", all[0]["id"].as_str().unwrap());
    let answer = delete(&house, &path, &other).await;
    assert_eq!(answer.refusal(), (404, "not_found".to_owned(), None));
    for nothing in ["nothing", "%ff", "%00", "..%2f", &"x".repeat(8_000)] {
        let path = format!("/users/me/sessions/{nothing}");
        let unknown = delete(&house, &path, &other).await;
        assert_eq!(
            (unknown.status, unknown.text()),
            (404, answer.text()),
            "{nothing}"
        );
    }
    assert!(is_alive(&house, &john).await);
}

#[tokio::test]
async fn everywhere_is_here_too() {
    let house = House::new().await;
    house.add("other", "secret", "").await;
    let (one, two) = (
        sign_in(&house, "johndoe", "one").await,
        sign_in(&house, "johndoe", "two").await,
    );
    let other = sign_in(&house, "other", "other").await;
    assert_eq!(delete(&house, "/users/me/sessions", &one).await.status, 204);
    assert!(!is_alive(&house, &one).await);
    assert!(!is_alive(&house, &two).await);
    assert!(is_alive(&house, &other).await);
    assert_eq!(list(&house, &one).await.status, 401);
}

#[tokio::test]
async fn what_is_over_is_not_listed() {
    let house = House::new().await;
    sign_in(&house, "johndoe", "old").await;
    house.clock.advance(7 * 24 * 60 * 60);
    let new = sign_in(&house, "johndoe", "new").await;
    let all = list(&house, &new).await.json();
    assert_eq!(all.as_array().unwrap().len(), 1);
    assert_eq!(all[0]["user_agent"], "new");
}
