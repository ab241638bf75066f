//! The application that is compared with FastAPI, every scheme and combination of it: it documents
//! what it does.

use portcullis::testing::DocumentCheck;

use super::passes;
use crate::fastapi::compared;
use crate::fixture::{get, send};

#[tokio::test]
async fn every_route_that_is_compared_with_fastapi() {
    let document = send(&compared(), get("/openapi.json", &[])).await.json();
    let schemes = document["components"]["securitySchemes"].as_object();
    let mut check = DocumentCheck::new();
    for name in schemes.unwrap().keys() {
        check = check.unverified(name);
    }
    // Its tokens are a name and scopes; only two of its routes do not look.
    let token = |scopes: &[String]| {
        let scopes = scopes.iter().map(String::as_str);
        let parts: Vec<_> = std::iter::once("johndoe").chain(scopes).collect();
        parts.join(".")
    };
    let check = check
        .bearer("OAuth2PasswordBearer", token)
        .unverified_in("GET /oauth2_password/required", "OAuth2PasswordBearer")
        .unverified_in("GET /oauth2_password/optional", "OAuth2PasswordBearer");
    let report = passes(&check, compared()).await;
    assert!(report.operations.len() >= 40, "{report}");
    assert!(report.skipped.is_empty(), "{report}");
}
