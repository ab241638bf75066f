//! `POST /revoke` (RFC 7009): either token ends the session, and both die at once.

use portcullis::openapi::ApiRouter;
use serde_json::Value;

use crate::fixture::{Answer, FORM, House, bearer, get, post, send};

const LOGIN: &str = "username=johndoe&password=secret";

async fn tokens(house: &House) -> Value {
    let answer = send(&house.app(ApiRouter::new()), post("/token", &[FORM], LOGIN)).await;
    answer.json()
}

async fn revoke(house: &House, form: &str) -> Answer {
    send(&house.app(ApiRouter::new()), post("/revoke", &[FORM], form)).await
}

async fn revoked(house: &House, form: &str) {
    let answer = revoke(house, form).await;
    assert_eq!((answer.status, answer.text()), (200, ""), "{form}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

async fn is_alive(house: &House, tokens: &Value) -> bool {
    let app = house.app(ApiRouter::new());
    let access = tokens["access_token"].as_str().unwrap();
    let me = send(&app, bearer("/users/me", access)).await.status == 200;
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let form = format!("grant_type=refresh_token&refresh_token={refresh}");
    let renewed = send(&app, post("/token", &[FORM], form)).await.status == 200;
    assert_eq!(me, renewed, "both live, or neither");
    me
}

#[tokio::test]
async fn either_token_ends_the_session_whatever_the_hint() {
    for name in ["access_token", "refresh_token"] {
        for hint in ["", "access_token", "refresh_token", "nonsense"] {
            let house = House::new().await;
            let (one, other) = (tokens(&house).await, tokens(&house).await);
            let token = one[name].as_str().unwrap();
            revoked(&house, &format!("token={token}&token_type_hint={hint}")).await;
            assert!(!is_alive(&house, &one).await, "{name} {hint}");
            assert!(is_alive(&house, &other).await, "{name} {hint}");
            // Again is the same.
            revoked(&house, &format!("token={token}")).await;
        }
    }
}

/// A token that was ended says nothing about its user any more, not even that it is inactive.
#[tokio::test]
async fn an_ended_session_of_an_inactive_user_is_ended() {
    let house = House::new().await;
    let token = house.alice().await;
    let app = house.app(ApiRouter::new());
    let before = send(&app, bearer("/users/me", &token)).await;
    assert_eq!(before.refusal().1, "inactive_user");
    revoked(&house, &format!("token={token}")).await;
    let after = send(&app, bearer("/users/me", &token)).await;
    assert_eq!((after.status, &*after.refusal().1), (401, "invalid_token"));
}

#[tokio::test]
async fn rfc_7009_s2_2_an_unknown_token_is_answered_like_any() {
    let house = House::new().await;
    let issued = tokens(&house).await;
    let refresh = issued["refresh_token"].as_str().unwrap();
    let access = issued["access_token"].as_str().unwrap();
    let session = &refresh[..22];
    for wrong in [
        "nonsense",
        session,
        &access[1..],
        &access[..access.len() - 1],
        &refresh[..85],
        // To know the session's id, which is in every access token, is not to have a token of it.
        &format!("{session}{}", "A".repeat(64)),
    ] {
        revoked(&house, &format!("token={wrong}")).await;
    }
    assert!(is_alive(&house, &issued).await);
}

#[tokio::test]
async fn a_spent_refresh_token_ends_its_session_too() {
    let house = House::new().await;
    let first = tokens(&house).await;
    let refresh = first["refresh_token"].as_str().unwrap();
    let form = format!("grant_type=refresh_token&refresh_token={refresh}");
    let next = send(&house.app(ApiRouter::new()), post("/token", &[FORM], form)).await;
    revoked(&house, &format!("token={refresh}")).await;
    assert!(!is_alive(&house, &next.json()).await);
}

#[tokio::test]
async fn what_is_wrong_with_the_request_is_said() {
    let house = House::new().await;
    let missing = revoke(&house, "token_type_hint=access_token").await;
    assert_eq!(missing.refusal().1, "invalid_request");
    let unknown = revoke(&house, "token=x&client_id=nobody").await;
    assert_eq!(unknown.refusal(), (401, "invalid_client".to_owned(), None));
    let app = house.app(ApiRouter::new());
    let basic = [FORM, ("authorization", "Basic bm9ib2R5Og==")];
    let header = send(&app, post("/revoke", &basic, "token=x")).await;
    assert_eq!(header.status, 401);
    assert!(
        header
            .header("www-authenticate")
            .unwrap()
            .starts_with("Basic ")
    );
    let address = send(&app, post("/revoke?token=x", &[FORM], "")).await;
    assert_eq!(address.refusal().1, "invalid_request");
    assert_eq!(send(&app, get("/revoke", &[])).await.status, 405);
}
