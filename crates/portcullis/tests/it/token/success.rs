//! A token, and what can be done with it.

use serde_json::json;

use super::{LOGIN, app};
use crate::fixture::{House, bearer, login, part, send};

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
async fn without_sessions_a_login_cannot_be_renewed() {
    let house = House::without_sessions().await;
    let issued = send(&app(&house), login(LOGIN)).await.json();
    assert_eq!(issued.get("refresh_token"), None);
    let form = "grant_type=refresh_token&refresh_token=x";
    let refused = send(&app(&house), login(form)).await;
    assert_eq!(
        refused.refusal(),
        (400, "unsupported_grant_type".into(), None)
    );
}
