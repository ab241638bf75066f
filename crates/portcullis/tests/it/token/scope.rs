//! The `scope` of a login (RFC 6749 §3.3).

use super::{LOGIN, app};
use crate::fixture::{House, login, send};

#[tokio::test]
async fn what_is_asked_for_what_the_user_has_and_what_exists() {
    let house = House::new().await;
    let app = app(&house);
    let everything = Some("items:read users:read");
    let johndoe: &[(&str, Result<Option<&str>, &str>)] = &[
        ("", Ok(everything)),
        ("&scope=", Ok(everything)),
        ("&scope=items:read", Ok(Some("items:read"))),
        ("&scope=users:read+items:read", Ok(everything)),
        ("&scope=users:read%20items:read", Ok(everything)),
        ("&scope=items:read+items:read", Ok(Some("items:read"))),
        // Asked for, declared, and not the user's: the rest is granted.
        ("&scope=items:read+items:write", Ok(Some("items:read"))),
        (
            "&scope=items:write",
            Err("none of the scopes in the request may be granted"),
        ),
        (
            "&scope=admin",
            Err("a scope in the request does not exist here"),
        ),
        (
            "&scope=items:read+admin",
            Err("a scope in the request does not exist here"),
        ),
        (
            "&scope=Items:Read",
            Err("a scope in the request does not exist here"),
        ),
        ("&scope=items:read++users:read", Err(MALFORMED)),
        ("&scope=+items:read", Err(MALFORMED)),
        ("&scope=items:read+", Err(MALFORMED)),
        ("&scope=+", Err(MALFORMED)),
        ("&scope=items:read%09users:read", Err(MALFORMED)),
        ("&scope=items:read%0Ausers:read", Err(MALFORMED)),
        ("&scope=items:read%C2%A0users:read", Err(MALFORMED)),
        ("&scope=%22", Err(MALFORMED)),
        ("&scope=%5C", Err(MALFORMED)),
        ("&scope=%C3%A4", Err(MALFORMED)),
    ];
    for (scope, expected) in johndoe {
        let answer = send(&app, login(&format!("{LOGIN}{scope}"))).await;
        let body = answer.json();
        match expected {
            Ok(granted) => {
                assert_eq!(answer.status, 200, "{scope}: {body}");
                assert_eq!(
                    body.get("scope").and_then(|scope| scope.as_str()),
                    *granted,
                    "{scope}"
                );
            }
            Err(detail) => {
                assert_eq!(
                    answer.refusal(),
                    (400, "invalid_scope".into(), None),
                    "{scope}"
                );
                assert_eq!(body["detail"], *detail, "{scope}");
            }
        }
    }
}

#[tokio::test]
async fn a_user_without_scopes() {
    let house = House::new().await;
    house.add("nothing", "secret", "").await;
    let app = app(&house);
    let answer = send(&app, login("username=nothing&password=secret")).await;
    assert_eq!(
        (answer.status, answer.json().get("scope")),
        (200, None),
        "the member is left out"
    );
    let answer = send(
        &app,
        login("username=nothing&password=secret&scope=items:read"),
    )
    .await;
    assert_eq!(answer.refusal(), (400, "invalid_scope".into(), None));
}

const MALFORMED: &str = "scope is malformed: scopes are separated by single spaces";

#[tokio::test]
async fn a_wrong_password_learns_nothing_of_the_users_scopes() {
    let house = House::new().await;
    let app = app(&house);
    for scope in ["items:read", "items:write"] {
        let form = format!("username=johndoe&password=wrong&scope={scope}");
        assert_eq!(
            send(&app, login(&form)).await.refusal(),
            (400, "invalid_grant".into(), None)
        );
    }
}
