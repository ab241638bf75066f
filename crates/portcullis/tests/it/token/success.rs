//! A token, and what it is (RFC 6749 §5.1, RFC 9068 §2.2).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use portcullis::auth::InactiveLogin;
use serde_json::{Value, json};

use super::{LOGIN, app};
use crate::fixture::{House, ISSUER, NOW, bearer, login, send};

fn part(token: &str, number: usize) -> Value {
    let part = token.split('.').nth(number).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[tokio::test]
async fn s5_1_body_and_headers() {
    let house = House::new().await;
    let answer = send(&app(&house), login(LOGIN)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("pragma"), Some("no-cache"));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let mut body = answer.json();
    let token = body["access_token"].take();
    let refresh = body["refresh_token"].take();
    assert_eq!(refresh.as_str().map(str::len), Some(86));
    let expected = json!({
        "access_token": null, "refresh_token": null, "token_type": "bearer", "expires_in": 900,
        "scope": "items:read users:read",
    });
    assert_eq!(body, expected);
    assert!(
        token
            .as_str()
            .is_some_and(|token| token.split('.').count() == 3)
    );
}

#[tokio::test]
async fn rfc_9068_s2_header_and_claims() {
    let house = House::built(|auth| {
        auth.audience("https://api.example.com")
            .access_token_seconds(60)
    })
    .await;
    let token = house.johndoe().await;
    let verifying = house.auth.verifier().keys(house.auth.now());
    let kid = verifying[0].kid();
    assert_eq!(
        part(&token, 0),
        json!({ "typ": "at+jwt", "alg": "ES256", "kid": kid })
    );
    let mut claims = part(&token, 1);
    let user = house.administration().find("johndoe").await.unwrap();
    for name in ["jti", "sid"] {
        let id = claims[name].take();
        assert_eq!(id.as_str().map(str::len), Some(22), "{name}: 128 bits");
    }
    let expected = json!({
        "iss": ISSUER, "sub": user.id.as_str(), "aud": "https://api.example.com",
        "exp": NOW + 60, "iat": NOW, "jti": null, "client_id": "portcullis", "sid": null,
        "epoch": 0, "scope": "items:read users:read",
    });
    assert_eq!(claims, expected);
}

#[tokio::test]
async fn no_two_tokens_are_one() {
    let house = House::new().await;
    let (first, second) = (house.johndoe().await, house.johndoe().await);
    assert_ne!(first, second);
    for name in ["jti", "sid"] {
        assert_ne!(part(&first, 1)[name], part(&second, 1)[name], "{name}");
    }
}

#[tokio::test]
async fn the_tutorials_walk() {
    let house = House::new().await;
    let app = app(&house);
    let token = house.johndoe().await;
    let me = send(&app, bearer("/users/me", &token)).await;
    assert_eq!(me.status, 200);
    assert_eq!(me.header("cache-control"), Some("no-store"));
    assert_eq!(me.header("pragma"), Some("no-cache"));
    let user = house.administration().find("johndoe").await.unwrap();
    let expected = json!({
        "id": user.id.as_str(), "username": "johndoe", "email": null, "full_name": null,
        "disabled": false, "scopes": ["items:read", "users:read"], "email_verified": false,
        "created_at": "2023-11-14T22:13:20Z",
    });
    assert_eq!(me.json(), expected);
}

#[tokio::test]
async fn a_name_is_found_in_any_case() {
    let house = House::new().await;
    for name in ["johndoe", "JohnDoe", "JOHNDOE", "%EF%BD%8Aohndoe"] {
        let answer = send(
            &app(&house),
            login(&format!("username={name}&password=secret")),
        )
        .await;
        assert_eq!(answer.status, 200, "{name}");
    }
}

#[tokio::test]
async fn an_inactive_user_gets_a_token_that_allows_nothing() {
    let house = House::new().await;
    let app = app(&house);
    for scope in ["", "&scope=items:read", "&scope=items:write"] {
        let form = format!("username=alice&password=secret2{scope}");
        let answer = send(&app, login(&form)).await;
        assert_eq!(answer.status, 200, "{scope}");
        assert_eq!(answer.json().get("scope"), None, "{scope}");
        let token = answer.json()["access_token"].as_str().unwrap().to_owned();
        assert_eq!(part(&token, 1).get("scope"), None, "{scope}");
        let me = send(&app, bearer("/users/me", &token)).await;
        assert_eq!(
            (me.status, &me.json()["detail"]),
            (400, &json!("Inactive user"))
        );
    }
}

#[tokio::test]
async fn or_is_refused_like_a_wrong_password() {
    let house = House::built(|auth| auth.inactive_login(InactiveLogin::Refuse)).await;
    let app = app(&house);
    let right = send(&app, login("username=alice&password=secret2")).await;
    let wrong = send(&app, login("username=alice&password=secret3")).await;
    assert_eq!(right.refusal(), (400, "invalid_grant".into(), None));
    assert_eq!(right.body, wrong.body);
    assert_eq!(right.headers, wrong.headers);
    assert_eq!(
        send(&app, login(LOGIN)).await.status,
        200,
        "an active user signs in"
    );
}
