//! What becomes of a token when its user changes.

use portcullis::scope::Scopes;
use portcullis::secret::Password;

use super::app;
use crate::fixture::{House, bearer, send};

const INACTIVE: (u16, &str) = (400, r#"{"detail":"Inactive user","error":"inactive_user"}"#);

#[tokio::test]
async fn an_inactive_user_is_told_so_before_any_scope() {
    let house = House::new().await;
    let app = app(&house);
    let token = house.alice().await;
    for (path, expected) in [
        ("/access", (200, "in")),
        ("/current", (200, "in")),
        ("/active", INACTIVE),
        ("/needs-active", INACTIVE),
        ("/both", INACTIVE),
        ("/nothing", INACTIVE),
        ("/optional/active", INACTIVE),
        ("/optional/needs-active", INACTIVE),
        ("/users/me", INACTIVE),
    ] {
        let answer = send(&app, bearer(path, &token)).await;
        assert_eq!((answer.status, answer.text()), expected, "{path}");
        assert_eq!(answer.header("www-authenticate"), None, "{path}");
    }
    // Her token has no scope, so the guards that do not ask whether she is active refuse it.
    for path in ["/needs-access", "/needs-current", "/optional/needs-current"] {
        let answer = send(&app, bearer(path, &token)).await;
        assert_eq!(answer.refusal().0, 403, "{path}");
    }
}

/// The status of each extractor for `token`: access, current, active, needs-active.
async fn statuses(house: &House, token: &str) -> [u16; 4] {
    let app = app(house);
    let mut found = [0; 4];
    for (status, path) in found
        .iter_mut()
        .zip(["/access", "/current", "/active", "/needs-active"])
    {
        let answer = send(&app, bearer(path, token)).await;
        *status = answer.status;
        if answer.status == 401 {
            let challenge = Some(r#"Bearer error="invalid_token""#);
            assert_eq!(
                answer.refusal(),
                (401, "invalid_token".into(), challenge),
                "{path}"
            );
            let optional = send(&app, bearer(&format!("/optional{path}"), token)).await;
            assert_eq!(
                optional.status, 401,
                "an outdated token is not an absent one"
            );
        }
    }
    found
}

const FINE: [u16; 4] = [200, 200, 200, 200];
/// The verified token still says what it says; its user is no longer who it was.
const DEAD: [u16; 4] = [200, 401, 401, 401];

#[tokio::test]
async fn a_new_password_kills_every_earlier_token() {
    let house = House::new().await;
    let (first, second) = (house.johndoe().await, house.johndoe().await);
    let new = Password::new("another secret");
    house
        .administration()
        .set_password("johndoe", &new)
        .await
        .unwrap();
    assert_eq!(statuses(&house, &first).await, DEAD);
    assert_eq!(statuses(&house, &second).await, DEAD);
    let after = house
        .token("username=johndoe&password=another+secret")
        .await;
    assert_eq!(statuses(&house, &after).await, FINE);
}

#[tokio::test]
async fn disabling_kills_tokens_also_after_enabling() {
    let house = House::new().await;
    let before = house.johndoe().await;
    house
        .administration()
        .set_disabled("johndoe", true)
        .await
        .unwrap();
    assert_eq!(statuses(&house, &before).await, DEAD);
    let during = house.johndoe().await;
    assert_eq!(statuses(&house, &during).await, [200, 200, 400, 400]);
    house
        .administration()
        .set_disabled("johndoe", false)
        .await
        .unwrap();
    assert_eq!(statuses(&house, &before).await, DEAD);
    assert_eq!(statuses(&house, &during).await, DEAD);
    assert_eq!(statuses(&house, &house.johndoe().await).await, FINE);
}

#[tokio::test]
async fn a_deleted_user_is_gone_also_when_the_name_comes_back() {
    let house = House::new().await;
    let token = house.johndoe().await;
    house.administration().delete("johndoe").await.unwrap();
    assert_eq!(statuses(&house, &token).await, DEAD);
    house.add("johndoe", "secret", "items:read").await;
    assert_eq!(
        statuses(&house, &token).await,
        DEAD,
        "a name is not an identity"
    );
}

#[tokio::test]
async fn what_changes_nothing_kills_nothing() {
    let house = House::new().await;
    let token = house.johndoe().await;
    let administration = house.administration();
    administration.set_disabled("johndoe", false).await.unwrap();
    let (more, none) = (Scopes::parse("items:write").unwrap(), Scopes::none());
    administration
        .change_scopes("johndoe", &more, &none)
        .await
        .unwrap();
    assert_eq!(statuses(&house, &token).await, FINE);
    // A scope that was given later is not in an earlier token.
    let answer = send(&app(&house), bearer("/both", &token)).await;
    assert_eq!(answer.status, 403);
}
