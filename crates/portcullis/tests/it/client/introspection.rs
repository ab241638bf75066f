//! `POST /introspect` (RFC 7662): what is told of a token, and to whom.

use portcullis::account::ClientDraft;
use portcullis::openapi::ApiRouter;
use serde_json::json;

use super::{InForm, draft, refused, text};
use crate::fixture::{House, ISSUER, NOW, bearer, get, send};

fn api() -> ClientDraft {
    ClientDraft {
        may_introspect: true,
        ..ClientDraft::new("api")
    }
}

#[tokio::test]
async fn s2_2_what_is_told_of_an_access_token() {
    let house = House::new().await;
    let api = InForm::new(&house, api()).await;
    let token = house.johndoe().await;
    let claims = house.auth.verifier().verify(&token, NOW).unwrap();
    let answer = api.post("/introspect", &format!("token={token}")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let expected = json!({
        "active": true,
        "scope": "items:read users:read",
        "client_id": "portcullis",
        "username": "johndoe",
        "token_type": "bearer",
        "exp": NOW + 900,
        "iat": NOW,
        "sub": claims.subject,
        "aud": ISSUER,
        "iss": ISSUER,
        "jti": claims.token_id,
    });
    assert_eq!(answer.json(), expected);
}

#[tokio::test]
async fn s4_a_refresh_token_is_told_apart_and_only_the_present_one_is_active() {
    let house = House::new().await;
    let api = InForm::new(&house, api()).await;
    let app = InForm::new(&house, draft("app")).await;
    let login = app.login().await;
    let first = text(&login, "refresh_token").to_owned();
    let told = api.post("/introspect", &format!("token={first}")).await;
    let told = told.json();
    assert_eq!(told["token_type"], "refresh_token");
    assert_eq!(told["active"], true);
    assert_eq!(told["username"], "johndoe");
    assert_eq!(told["client_id"], *app.id);
    assert_eq!(told["exp"], NOW + 7 * 86_400);
    assert!(told.get("aud").is_none() && told.get("jti").is_none());
    // It proves nothing to an API.
    let me = send(&house.app(ApiRouter::new()), bearer("/users/me", &first)).await;
    assert_eq!(me.status, 401);

    let renewed = app
        .tokens(&format!("grant_type=refresh_token&refresh_token={first}"))
        .await;
    let next = text(&renewed, "refresh_token");
    for (token, active) in [(&*first, false), (next, true)] {
        let told = api.post("/introspect", &format!("token={token}")).await;
        assert_eq!(told.json()["active"], active);
    }
    // To ask is not to use: nothing was taken for a replay.
    let again = format!("grant_type=refresh_token&refresh_token={next}");
    assert_eq!(app.post("/token", &again).await.status, 200);
}

#[tokio::test]
async fn a_clients_own_token_has_no_username() {
    let house = House::new().await;
    let api = InForm::new(&house, api()).await;
    let report = InForm::new(&house, draft("report")).await;
    let own = report.own().await;
    let question = format!("token={}", text(&own, "access_token"));
    let told = api.post("/introspect", &question).await.json();
    assert_eq!(told["active"], true);
    assert_eq!(told["sub"], *report.id);
    assert_eq!(told["client_id"], *report.id);
    assert!(told.get("username").is_none());
    assert_eq!(told["scope"], "items:read items:write");
}

#[tokio::test]
async fn s2_1_who_may_ask() {
    let house = House::new().await;
    let token = house.johndoe().await;
    let question = format!("token={token}");
    let may_not = InForm::new(&house, draft("report")).await;
    assert_eq!(
        may_not.error("/introspect", &question).await,
        refused(401, "invalid_client")
    );
    let first_party = InForm {
        house: &house,
        id: "portcullis".into(),
        secret: String::new(),
    };
    assert_eq!(
        first_party.error("/introspect", &question).await,
        refused(401, "invalid_client")
    );
    let api = InForm::new(&house, api()).await;
    let wrong = InForm {
        secret: "wrong".into(),
        ..api
    };
    assert_eq!(
        wrong.error("/introspect", &question).await,
        refused(401, "invalid_client")
    );
    let by_get = get(&format!("/introspect?{question}"), &[]);
    assert_eq!(send(&house.app(ApiRouter::new()), by_get).await.status, 405);
}

#[tokio::test]
async fn s2_2_whatever_is_worth_nothing_is_told_the_same() {
    let house = House::new().await;
    let api = InForm::new(&house, api()).await;
    let inactive = async |token: &str| {
        let answer = api.post("/introspect", &format!("token={token}")).await;
        (answer.status, answer.text().to_owned()) == (200, r#"{"active":false}"#.to_owned())
    };
    let token = house.johndoe().await;
    assert!(!inactive(&token).await);
    for wrong in ["x", "a.b.c", "%00", &token[1..], &format!("{token}A")] {
        assert!(inactive(wrong).await, "{wrong}");
    }
    assert!(inactive(&house.alice().await).await, "alice is inactive");
    house
        .administration()
        .set_disabled("johndoe", true)
        .await
        .unwrap();
    assert!(inactive(&token).await, "disabled");
    house
        .administration()
        .set_disabled("johndoe", false)
        .await
        .unwrap();
    assert!(inactive(&token).await, "a token from before stays dead");
    let another = house.johndoe().await;
    assert!(!inactive(&another).await);
    house.clock.advance(900);
    assert!(inactive(&another).await, "expired");
    let last = house.johndoe().await;
    house.administration().delete("johndoe").await.unwrap();
    assert!(inactive(&last).await, "the user is gone");
}
