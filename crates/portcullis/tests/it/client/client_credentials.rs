//! `grant_type=client_credentials` (RFC 6749 §4.4): a token of no user.

use portcullis::account::ClientDraft;
use portcullis::client::Grants;
use portcullis::openapi::ApiRouter;
use portcullis::{AccessToken, Security, scopes};

use super::{InForm, draft, public, refused, text};
use crate::fixture::{House, bearer, send};

const OWN: &str = "grant_type=client_credentials";

#[tokio::test]
async fn s4_4_3_a_token_alone_which_names_the_client() {
    let house = House::new().await;
    let client = InForm::new(&house, draft("report")).await;
    let answer = client.post("/token", OWN).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let own = answer.json();
    assert_eq!(own["token_type"], "bearer");
    assert_eq!(own["expires_in"], 900);
    assert_eq!(own["scope"], "items:read items:write");
    assert!(own.get("refresh_token").is_none());
    let now = crate::fixture::NOW;
    let claims = house
        .auth
        .verifier()
        .verify(text(&own, "access_token"), now);
    let claims = claims.unwrap();
    assert_eq!(claims.subject, client.id);
    assert_eq!(claims.client_id, client.id);
    assert!(claims.is_of_client());
}

#[tokio::test]
async fn it_is_no_users_and_opens_what_asks_for_scopes_alone() {
    scopes!(ItemsRead = "items:read");
    scopes!(UsersRead = "users:read");
    async fn items(_: Security<AccessToken, ItemsRead>) {}
    async fn users(_: Security<AccessToken, UsersRead>) {}
    let house = House::new().await;
    let client = InForm::new(&house, draft("report")).await;
    let own = client.own().await;
    let token = text(&own, "access_token");
    let more = ApiRouter::new()
        .api_route("/items", aide::axum::routing::get(items))
        .api_route("/users", aide::axum::routing::get(users));
    let app = house.app(more);
    assert_eq!(send(&app, bearer("/items", token)).await.status, 200);
    assert_eq!(send(&app, bearer("/users", token)).await.status, 403);
    for path in [
        "/users/me",
        "/users/me/sessions",
        "/verify",
        "/verify?scope=items:read",
    ] {
        let answer = send(&app, bearer(path, token)).await;
        let challenge = Some(r#"Bearer error="invalid_token""#);
        assert_eq!(
            answer.refusal(),
            (401, "invalid_token".into(), challenge),
            "{path}"
        );
    }
}

#[tokio::test]
async fn what_is_asked_for_is_limited_to_what_the_client_may() {
    let house = House::new().await;
    let client = InForm::new(&house, draft("report")).await;
    let scope = async |asked: &str| {
        let answer = client.post("/token", &format!("{OWN}&scope={asked}")).await;
        let answer = answer.json();
        let member = if answer["error"].is_null() {
            "scope"
        } else {
            "error"
        };
        text(&answer, member).to_owned()
    };
    assert_eq!(scope("items:write").await, "items:write");
    assert_eq!(scope("items:write+users:read").await, "items:write");
    assert_eq!(scope("").await, "items:read items:write");
    assert_eq!(scope("users:read").await, "invalid_scope");
    assert_eq!(scope("nobody:declared").await, "invalid_scope");
    assert_eq!(scope("items:read++items:write").await, "invalid_scope");

    let without = InForm::new(
        &house,
        ClientDraft {
            grants: Grants::parse("client_credentials").unwrap(),
            ..ClientDraft::new("nothing")
        },
    )
    .await;
    assert!(without.own().await.get("scope").is_none());
}

#[tokio::test]
async fn s4_4_only_for_those_with_a_secret_who_may() {
    let house = House::new().await;
    let app = InForm::new(&house, public("app")).await;
    assert_eq!(
        app.error("/token", OWN).await,
        refused(400, "unauthorized_client")
    );
    let may_not = ClientDraft {
        grants: Grants::parse("password").unwrap(),
        ..draft("page")
    };
    let page = InForm::new(&house, may_not).await;
    assert_eq!(
        page.error("/token", OWN).await,
        refused(400, "unauthorized_client")
    );
    let report = InForm::new(&house, draft("report")).await;
    for (id, secret) in [
        (&*report.id, ""),
        (&*report.id, "wrong"),
        (&*report.id, &*page.secret),
        ("", &*report.secret),
        (&*page.id, &*report.secret),
        ("portcullis", &*report.secret),
    ] {
        let wrong = InForm {
            house: &house,
            id: id.to_owned(),
            secret: secret.to_owned(),
        };
        assert_eq!(
            wrong.error("/token", OWN).await,
            refused(401, "invalid_client"),
            "{id} {secret}"
        );
    }
}

#[tokio::test]
async fn it_is_revoked_by_its_client_alone() {
    let house = House::new().await;
    let report = InForm::new(&house, draft("report")).await;
    let other = InForm::new(
        &house,
        ClientDraft {
            may_introspect: true,
            ..draft("other")
        },
    )
    .await;
    let own = report.own().await;
    let question = format!("token={}", text(&own, "access_token"));
    let active = async || other.post("/introspect", &question).await.json()["active"] == true;
    assert!(active().await);
    assert_eq!(other.post("/revoke", &question).await.status, 200);
    assert!(active().await);
    assert_eq!(report.post("/revoke", &question).await.status, 200);
    assert!(!active().await);
}

#[tokio::test]
async fn it_ends_with_its_time_and_is_swept_away() {
    use portcullis::store::Sessions;
    let house = House::new().await;
    let report = InForm::new(&house, draft("report")).await;
    let own = report.own().await;
    let app = house.app(ApiRouter::new());
    let claims = house
        .auth
        .verifier()
        .verify(text(&own, "access_token"), house.auth.now().as_second())
        .unwrap();
    house.clock.advance(900);
    house.auth.sweep_sessions().await.unwrap();
    let session = house.store.find_session(&claims.session_id).await.unwrap();
    assert!(session.is_none());
    let answer = send(&app, bearer("/users/me", text(&own, "access_token"))).await;
    assert_eq!(answer.status, 401);
}
