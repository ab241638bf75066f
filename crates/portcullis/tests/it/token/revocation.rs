//! `POST /revoke` (RFC 7009): who may ask, and what is heard afterwards. What it does is in
//! `rfc/7009.rs`.

use portcullis::openapi::ApiRouter;

use crate::fixture::{FORM, House, bearer, post, send};

/// A token that was ended says nothing about its user any more, not even that it is inactive.
#[tokio::test]
async fn an_ended_session_of_an_inactive_user_is_ended() {
    let house = House::new().await;
    let token = house.alice().await;
    let app = house.app(ApiRouter::new());
    let before = send(&app, bearer("/users/me", &token)).await;
    assert_eq!(before.refusal().1, "inactive_user");
    let form = format!("token={token}");
    let revoked = send(&app, post("/revoke", &[FORM], form)).await;
    assert_eq!((revoked.status, revoked.text()), (200, ""));
    let after = send(&app, bearer("/users/me", &token)).await;
    assert_eq!((after.status, &*after.refusal().1), (401, "invalid_token"));
}

#[tokio::test]
async fn an_unknown_client_is_refused() {
    let house = House::new().await;
    let app = house.app(ApiRouter::new());
    let form = send(&app, post("/revoke", &[FORM], "token=x&client_id=nobody")).await;
    assert_eq!(form.refusal(), (401, "invalid_client".to_owned(), None));
    let basic = [FORM, ("authorization", "Basic bm9ib2R5Og==")];
    let header = send(&app, post("/revoke", &basic, "token=x")).await;
    assert_eq!(header.status, 401);
    assert!(
        header
            .header("www-authenticate")
            .unwrap()
            .starts_with("Basic ")
    );
}
