//! What is refused of a login, and how (RFC 6749 §5.2).

use http::{Method, Request};
use serde_json::json;

use super::{LOGIN, app};
use crate::fixture::{FORM, House, login, post, send};

#[tokio::test]
async fn wrong_and_unknown_are_answered_with_the_same_bytes() {
    let house = House::new().await;
    let app = app(&house);
    let wrong = send(&app, login("username=johndoe&password=wrong")).await;
    let body = r#"{"detail":"Incorrect username or password","error":"invalid_grant","error_description":"Incorrect username or password"}"#;
    assert_eq!((wrong.status, wrong.text()), (400, body));
    assert_eq!(wrong.header("cache-control"), Some("no-store"));
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
        &format!("username={long}&password=secret"),
    ] {
        let answer = send(&app, login(form)).await;
        assert_eq!((answer.status, &answer.body), (400, &wrong.body), "{form}");
        assert_eq!(answer.headers, wrong.headers, "{form}");
    }
}

#[tokio::test]
async fn what_is_missing_malformed_or_repeated() {
    let house = House::new().await;
    let app = app(&house);
    for (form, error, detail) in [
        ("", "invalid_request", "username is missing"),
        (
            "grant_type=password",
            "invalid_request",
            "username is missing",
        ),
        ("username=johndoe", "invalid_request", "password is missing"),
        (
            "username=&password=secret",
            "invalid_request",
            "username is missing",
        ),
        (
            "username=johndoe&password=",
            "invalid_request",
            "password is missing",
        ),
        (
            "username=a&username=b&password=c",
            "invalid_request",
            "A parameter is repeated",
        ),
        (
            "username=a&password=%ff",
            "invalid_request",
            "The body is not UTF-8",
        ),
    ] {
        let answer = send(&app, login(form)).await;
        let expected = json!({ "detail": detail, "error": error, "error_description": detail });
        assert_eq!((answer.status, answer.json()), (400, expected), "{form}");
    }
    let body = r#"{"username":"johndoe","password":"secret"}"#;
    let answer = send(
        &app,
        post("/token", &[("content-type", "application/json")], body),
    )
    .await;
    assert_eq!(answer.refusal(), (400, "invalid_request".into(), None));
    let answer = send(&app, post("/token?client_secret=x", &[FORM], LOGIN)).await;
    assert_eq!(answer.refusal(), (400, "invalid_request".into(), None));
    let huge = format!("username=johndoe&password={}", "x".repeat(1_000_000));
    assert_eq!(
        send(&app, login(&huge)).await.refusal(),
        (413, "too_large".into(), None)
    );
}

#[tokio::test]
async fn grant_types() {
    let loose = House::new().await;
    let strict = House::built(|auth| auth.strict(true)).await;
    let (fine, unsupported) = ((200, ""), (400, "unsupported_grant_type"));
    let unauthorized = (400, "unauthorized_client");
    for (grant, when_loose, when_strict) in [
        ("", fine, (400, "invalid_request")),
        ("&grant_type=", fine, (400, "invalid_request")),
        ("&grant_type=password", fine, fine),
        ("&grant_type=Password", unsupported, unsupported),
        ("&grant_type=password+", unsupported, unsupported),
        // It is there, but not for the built-in client, which is public.
        ("&grant_type=client_credentials", unauthorized, unauthorized),
        ("&grant_type=authorization_code", unsupported, unsupported),
        (
            "&grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer",
            unsupported,
            unsupported,
        ),
    ] {
        for (house, expected) in [(&loose, when_loose), (&strict, when_strict)] {
            let answer = send(&app(house), login(&format!("{LOGIN}{grant}"))).await;
            let error = answer.json()["error"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            assert_eq!((answer.status, &*error), expected, "{grant}");
        }
    }
}

#[tokio::test]
async fn no_refusal_echoes_what_was_sent() {
    let house = House::new().await;
    let app = app(&house);
    let canary = "c4n4ry";
    for form in [
        format!("username={canary}&password=secret"),
        format!("username=johndoe&password={canary}"),
        format!("{LOGIN}&grant_type={canary}"),
        format!("{LOGIN}&scope={canary}"),
        format!("{LOGIN}&client_id={canary}"),
        format!("{LOGIN}&client_secret={canary}"),
        format!("{canary}=1&{canary}=1"),
        format!("username={canary}%ff&password=x"),
    ] {
        let answer = send(&app, login(&form)).await;
        assert!((400..500).contains(&answer.status), "{form}");
        assert!(!answer.text().contains(canary), "{form}: {}", answer.text());
        let headers = format!("{:?}", answer.headers);
        assert!(!headers.contains(canary), "{form}: {headers}");
    }
}

#[tokio::test]
async fn another_method_is_not_allowed() {
    let house = House::new().await;
    let app = app(&house);
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH] {
        let request = Request::builder()
            .method(method.clone())
            .uri("/token?username=johndoe&password=secret");
        let answer = send(&app, request.body(axum::body::Body::empty()).unwrap()).await;
        assert_eq!(
            (answer.status, answer.header("allow")),
            (405, Some("POST")),
            "{method}"
        );
    }
}
