//! `GET /.well-known/oauth-authorization-server`: the whole of it. What must be true of it is in
//! `rfc/8414.rs`.

use portcullis::openapi::ApiRouter;
use serde_json::{Value, json};

use crate::fixture::{House, get, send};

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
