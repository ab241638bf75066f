//! The OpenAPI document says what accounts do.

use portcullis::testing::{self, DocumentCheck};
use serde_json::json;

use super::{AccountHouse, NEW_PASSWORD};

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// Everything that is there may be called by `writer`, who may read too; what changes johndoe changes
/// somebody who is called for it.
#[tokio::test]
async fn every_operation_does_what_it_documents() {
    let house = AccountHouse::new().await;
    house.settle("both", "users:read users:write").await;
    let (id, both) = (house.id("johndoe").await, house.user("both").await);
    let auth = house.auth.clone();
    let new = json!({"username": "new.name", "password": NEW_PASSWORD, "email": "new@example.com"});
    let wrong = json!({"password": "wrong"}).to_string();
    let check = DocumentCheck::new()
        .bearer_async("OAuth2PasswordBearer", async move |scopes| {
            testing::sign_in(&auth, &both, &scopes.join(" "))
                .await
                .unwrap()
        })
        .parameter("id", id)
        .body(
            "POST /token",
            FORM,
            "username=alice&password=correct+horse+battery+staple",
        )
        .body("POST /revoke", FORM, "token=unknown")
        .body("POST /users", JSON, new.to_string())
        .body("DELETE /users/me", JSON, wrong)
        .skip("POST /introspect", "a client's; its own tests have it")
        .skip(
            "DELETE /users/me/sessions/{id}",
            "nobody knows which there is",
        );
    let report = check.run(house.app.clone()).await.unwrap();
    println!("{report}");
    assert!(report.operations.len() > 20, "{report}");
}
