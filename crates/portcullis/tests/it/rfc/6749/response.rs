//! What the token endpoint answers: rows S.

use std::sync::atomic::Ordering;

use portcullis::auth::InactiveLogin;
use serde_json::{Value, json};

use crate::extract::store_away::{AWAY, FINE, moody_house};
use crate::fixture::{Answer, House, bearer, send};
use crate::rfc::dialogue::{LOGIN, app, ask, claims, me, refresh, revoke, text, tokens};

#[tokio::test]
async fn s5_1_the_members_of_a_success() {
    let house = House::new().await;
    let first = tokens(&house, LOGIN).await;
    let second = tokens(&house, &refresh(&first)).await;
    for mut body in [first, second] {
        let access = body["access_token"].take();
        assert_eq!(
            access.as_str().map(|token| token.split('.').count()),
            Some(3)
        );
        let refresh = body["refresh_token"].take();
        assert_eq!(refresh.as_str().map(str::len), Some(86));
        let expected = json!({
            "access_token": null, "refresh_token": null, "token_type": "bearer",
            "expires_in": 900, "scope": "items:read users:read",
        });
        assert_eq!(body, expected);
    }
}

#[tokio::test]
async fn s5_1_expires_in_is_a_number_and_true() {
    for seconds in [60, 900, 3_600] {
        let house = House::built(|auth| auth.access_token_seconds(seconds)).await;
        let first = tokens(&house, LOGIN).await;
        house.clock.advance(1);
        let second = tokens(&house, &refresh(&first)).await;
        for issued in [&first, &second] {
            assert_eq!(issued["expires_in"], json!(seconds));
            let claims = claims(issued);
            let life = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
            assert_eq!(life, i64::from(seconds));
        }
        house.clock.advance(i64::from(seconds) - 1);
        assert_eq!(me(&house, &first).await, 401, "over");
        assert_eq!(me(&house, &second).await, 200, "its last second");
    }
}

#[tokio::test]
async fn s5_1_scope_tells_what_was_granted() {
    let house = House::new().await;
    for (asked, granted) in [
        ("", "items:read users:read"),
        ("&scope=items:read+users:read", "items:read users:read"),
        ("&scope=items:read", "items:read"),
        // Asked for, declared, and not the user's: the rest is granted, and that is told.
        ("&scope=items:read+items:write", "items:read"),
    ] {
        let given = tokens(&house, &format!("{LOGIN}{asked}")).await;
        assert_eq!(given["scope"], granted, "{asked}");
        assert_eq!(claims(&given)["scope"], granted, "{asked}");
    }
}

fn is_kept_by_nobody(name: &str, answer: &Answer) {
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{name}");
    assert_eq!(answer.header("pragma"), Some("no-cache"), "{name}");
}

#[tokio::test]
async fn s5_1_nothing_is_kept_by_caches() {
    let house = House::new().await;
    let issued = tokens(&house, LOGIN).await;
    let huge = format!("{LOGIN}&x={}", "x".repeat(70_000));
    let refreshing = refresh(&issued);
    for (form, status) in [
        (LOGIN, 200),
        (&refreshing, 200),
        ("username=johndoe&password=wrong", 400),
        ("grant_type=x", 400),
        ("grant_type=refresh_token&refresh_token=x", 400),
        ("username=a&password=b&scope=x", 400),
        ("username=a&password=b&client_id=nobody", 401),
        (&huge, 413),
    ] {
        let answer = ask(&house, form).await;
        assert_eq!(answer.status, status);
        is_kept_by_nobody(&form[..form.len().min(60)], &answer);
    }
    for path in ["/users/me", "/users/me/sessions"] {
        let answer = send(&app(&house), bearer(path, text(&issued, "access_token"))).await;
        assert_eq!(answer.status, 200);
        is_kept_by_nobody(path, &answer);
    }
    is_kept_by_nobody("/revoke", &revoke(&house, "token=x").await);
    is_kept_by_nobody("/revoke refuses", &revoke(&house, "").await);
}

#[tokio::test]
async fn s5_1_the_media_type_is_json() {
    let house = House::new().await;
    for form in [LOGIN, "username=johndoe&password=wrong", "", "client_id=x"] {
        let answer = ask(&house, form).await;
        assert_eq!(
            answer.header("content-type"),
            Some("application/json"),
            "{form}"
        );
        assert!(answer.json().is_object(), "{form}");
    }
}

#[tokio::test]
async fn s5_2_a_code_for_each_situation() {
    let house = House::new().await;
    let huge = format!("username=johndoe&password={}", "x".repeat(1_000_000));
    for (form, status, error) in [
        ("username=johndoe", 400, "invalid_request"),
        ("username=a&username=b&password=c", 400, "invalid_request"),
        ("username=a&password=%ff", 400, "invalid_request"),
        ("username=johndoe&password=wrong", 400, "invalid_grant"),
        (
            "grant_type=refresh_token&refresh_token=x",
            400,
            "invalid_grant",
        ),
        (
            "username=johndoe&password=secret&scope=admin",
            400,
            "invalid_scope",
        ),
        (
            "username=johndoe&password=secret&client_id=x",
            401,
            "invalid_client",
        ),
        (
            "username=johndoe&password=secret&grant_type=x",
            400,
            "unsupported_grant_type",
        ),
        (&huge, 413, "too_large"),
    ] {
        let answer = ask(&house, form).await;
        let body = answer.json();
        let name = &form[..form.len().min(60)];
        assert_eq!(
            (answer.status, &body["error"]),
            (status, &json!(error)),
            "{name}"
        );
        let names: Vec<_> = body.as_object().unwrap().keys().collect();
        assert_eq!(names, ["detail", "error", "error_description"], "{name}");
        assert_eq!(body["detail"], body["error_description"], "{name}");
    }
}

/// `%x20-21 / %x23-5B / %x5D-7E`.
fn may_be_told(text: &Value) -> bool {
    let allowed = |byte: u8| matches!(byte, 0x20..=0x21 | 0x23..=0x5B | 0x5D..=0x7E);
    text.as_str()
        .is_some_and(|text| !text.is_empty() && text.bytes().all(allowed))
}

#[tokio::test]
async fn s5_2_what_is_told_never_echoes() {
    let house = House::new().await;
    let canary = "c4n4ry";
    // A quote, a backslash, a line's end, a letter beyond ASCII.
    for dress in ["", "%22", "%5C", "%0D%0A", "%00", "%C3%A9", "%E2%80%AE"] {
        let value = format!("{dress}{canary}{dress}");
        for form in [
            format!("username={value}&password=secret"),
            format!("username=johndoe&password={value}"),
            format!("{LOGIN}&grant_type={value}"),
            format!("{LOGIN}&scope={value}"),
            format!("{LOGIN}&client_id={value}"),
            format!("{LOGIN}&client_secret={value}"),
            format!("{LOGIN}&{value}=1&{value}=1"),
            format!("username={value}%ff&password=x"),
            format!("grant_type=refresh_token&refresh_token={value}"),
        ] {
            let answer = ask(&house, &form).await;
            assert!((400..500).contains(&answer.status), "{form}");
            let body = answer.json();
            assert!(may_be_told(&body["error"]), "{form}: {body}");
            assert!(may_be_told(&body["error_description"]), "{form}: {body}");
            assert!(!answer.text().contains(canary), "{form}: {body}");
            let headers = format!("{:?}", answer.headers);
            assert!(!headers.contains(canary), "{form}: {headers}");
        }
    }
}

#[tokio::test]
async fn s5_2_wrong_password_is_invalid_grant() {
    let house = House::new().await;
    let wrong = ask(&house, "username=johndoe&password=wrong").await;
    let body = r#"{"detail":"Incorrect username or password","error":"invalid_grant","error_description":"Incorrect username or password"}"#;
    assert_eq!((wrong.status, wrong.text()), (400, body));
    assert_eq!(wrong.header("www-authenticate"), None);
    let long = "x".repeat(5_000);
    for form in [
        "username=nobody&password=secret",
        "username=nobody&password=wrong",
        "username=johndoe&password=Secret",
        "username=johndoe&password=secret+",
        "username=johndoe&password=+secret",
        "username=johndoe&password=secret%00",
        "username=johndoe&password=secre",
        "username=johndoe+&password=secret",
        "username=john+doe&password=secret",
        "username=johndoe%00&password=secret",
        "username=johndoe%40example.com&password=secret",
        "username=..%2Fjohndoe&password=secret",
        "username=%E2%80%AEjohndoe&password=secret",
        "username='+OR+1%3D1+--&password=secret",
        "username=alice&password=secret",
        // Nothing is learnt of anybody's scopes either.
        "username=johndoe&password=wrong&scope=items:read",
        "username=johndoe&password=wrong&scope=items:write",
        &format!("username={long}&password=secret"),
    ] {
        let answer = ask(&house, form).await;
        assert_eq!((answer.status, &answer.body), (400, &wrong.body), "{form}");
        assert_eq!(answer.headers, wrong.headers, "{form}");
    }
}

#[tokio::test]
async fn s5_2_an_inactive_user_is_refused_alike_where_that_is_set() {
    let house = House::built(|auth| auth.inactive_login(InactiveLogin::Refuse)).await;
    let right = ask(&house, "username=alice&password=secret2").await;
    let wrong = ask(&house, "username=alice&password=secret3").await;
    assert_eq!(right.refusal(), (400, "invalid_grant".into(), None));
    assert_eq!(right.body, wrong.body);
    assert_eq!(right.headers, wrong.headers);
    assert_eq!(
        ask(&house, LOGIN).await.status,
        200,
        "an active user signs in"
    );
    // Unless set, the token says who it is and allows nothing.
    let house = House::new().await;
    let issued = tokens(&house, "username=alice&password=secret2").await;
    assert_eq!(
        (issued.get("scope"), issued.get("refresh_token")),
        (None, None)
    );
    let answer = send(
        &app(&house),
        bearer("/users/me", text(&issued, "access_token")),
    )
    .await;
    assert_eq!(answer.refusal(), (400, "inactive_user".into(), None));
}

#[tokio::test]
async fn s5_2_without_users_nothing_is_renewed_or_lost() {
    let (house, mood) = moody_house().await;
    let refreshing = refresh(&tokens(&house, LOGIN).await);
    mood.store(AWAY, Ordering::SeqCst);
    for form in [LOGIN, &*refreshing] {
        let answer = ask(&house, form).await;
        let refused = (503, "temporarily_unavailable".to_owned(), None);
        assert_eq!(answer.refusal(), refused, "{form}");
        assert_eq!(answer.header("retry-after"), Some("1"), "{form}");
        for told in ["10.1.2.3", "admin", "token"] {
            assert!(!answer.text().contains(told), "{}", answer.text());
        }
    }
    mood.store(FINE, Ordering::SeqCst);
    // Not spent: it is no retry, half an hour later.
    house.clock.advance(1_800);
    let renewed = tokens(&house, &refreshing).await;
    assert_eq!(me(&house, &renewed).await, 200);
}
