//! `GET /.well-known/oauth-authorization-server` (RFC 8414): true in every configuration.

use portcullis::openapi::ApiRouter;
use portcullis::{Auth, auth::AuthBuilder, user::User};
use serde_json::{Value, json};

use crate::fixture::{FORM, House, cheap, get, post, send};

const PATH: &str = "/.well-known/oauth-authorization-server";

async fn metadata(house: &House) -> Value {
    let answer = send(&house.app(ApiRouter::new()), get(PATH, &[])).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    answer.json()
}

#[tokio::test]
async fn s2_what_is_offered() {
    let house = House::new().await;
    let any = ["none", "client_secret_basic", "client_secret_post"];
    let with_a_secret = ["client_secret_basic", "client_secret_post"];
    let expected = json!({
        "issuer": "http://127.0.0.1:8000",
        "token_endpoint": "http://127.0.0.1:8000/token",
        "jwks_uri": "http://127.0.0.1:8000/.well-known/jwks.json",
        "revocation_endpoint": "http://127.0.0.1:8000/revoke",
        "scopes_supported": ["items:read", "items:write", "users:read"],
        "response_types_supported": [],
        "grant_types_supported": ["password", "refresh_token", "client_credentials"],
        "token_endpoint_auth_methods_supported": any,
        "revocation_endpoint_auth_methods_supported": any,
        "introspection_endpoint": "http://127.0.0.1:8000/introspect",
        "introspection_endpoint_auth_methods_supported": with_a_secret,
    });
    assert_eq!(metadata(&house).await, expected);
}

#[tokio::test]
async fn urls_come_of_the_issuer_and_never_of_the_request() {
    let house = House::new().await;
    let before = metadata(&house).await;
    let evil = [
        ("host", "evil.example"),
        ("x-forwarded-host", "evil.example"),
    ];
    let answer = send(&house.app(ApiRouter::new()), get(PATH, &evil)).await;
    assert_eq!(answer.json(), before);
}

#[tokio::test]
async fn s3_1_an_issuer_with_a_path() {
    let house = House::built(|auth| auth.issuer("https://example.com/auth/")).await;
    let app = house.app(ApiRouter::new());
    assert_eq!(send(&app, get(PATH, &[])).await.status, 404);
    let answer = send(&app, get(&format!("{PATH}/auth"), &[])).await.json();
    assert_eq!(answer["issuer"], "https://example.com/auth/");
    assert_eq!(answer["token_endpoint"], "https://example.com/auth/token");
}

/// An `Auth` without sessions, over the same store.
fn bare(house: House, with: impl FnOnce(AuthBuilder<User>) -> AuthBuilder<User>) -> House {
    let builder = Auth::builder(house.store.clone())
        .issuer(crate::fixture::ISSUER)
        .clock(house.clock.clone())
        .hashing(cheap());
    let auth = with(builder).build().unwrap();
    House { auth, ..house }
}

#[tokio::test]
async fn what_is_turned_off_is_gone() {
    let house = bare(House::new().await, |auth| auth.scope("users:read", "Read."));
    let without_sessions = metadata(&house).await;
    assert_eq!(
        without_sessions["grant_types_supported"],
        json!(["password"])
    );
    assert_eq!(
        without_sessions["token_endpoint_auth_methods_supported"],
        json!(["none"])
    );
    for member in [
        "revocation_endpoint",
        "revocation_endpoint_auth_methods_supported",
        "introspection_endpoint",
        "introspection_endpoint_auth_methods_supported",
    ] {
        assert!(without_sessions.get(member).is_none(), "{member}");
    }

    let house = House::built(|auth| auth.password_grant(false)).await;
    let without_passwords = metadata(&house).await;
    assert_eq!(
        without_passwords["grant_types_supported"],
        json!(["refresh_token", "client_credentials"])
    );
    let app = house.app(ApiRouter::new());
    for form in [
        "username=johndoe&password=secret",
        "username=johndoe&password=secret&grant_type=password",
    ] {
        let answer = send(&app, post("/token", &[FORM], form)).await;
        assert_eq!(answer.json()["error"], "unsupported_grant_type");
    }

    let nothing = bare(House::new().await, |auth| {
        auth.scope("users:read", "Read.").password_grant(false)
    });
    // An empty list is left out (RFC 8414 §3.2).
    assert!(
        metadata(&nothing)
            .await
            .get("grant_types_supported")
            .is_none()
    );
}
