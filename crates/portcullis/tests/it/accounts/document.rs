//! The OpenAPI document says what accounts do.

use portcullis::store::UserSource;
use portcullis::testing::{self, DocumentCheck};
use serde_json::json;

use super::{AccountHouse, NEW_PASSWORD, PASSWORD};

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// Everything that is there may be called by `writer`, who may read too; what changes johndoe changes
/// somebody who is called for it.
#[tokio::test]
async fn every_operation_does_what_it_documents() {
    let house = AccountHouse::new().await;
    house.settle("both", "users:read users:write").await;
    let (id, both) = (house.id("johndoe").await, house.user("both").await.id);
    let store = house.store.clone();
    let auth = house.auth.clone();
    let new = json!({"username": "new.name", "password": NEW_PASSWORD, "email": "new@example.com"});
    let same = json!({"current_password": PASSWORD, "new_password": PASSWORD});
    let other = json!({"email": "other@example.com", "password": PASSWORD});
    let check = DocumentCheck::new()
        .bearer_async("OAuth2PasswordBearer", async move |scopes| {
            // As it is by now: a new password begins a new epoch.
            let both = store.find_by_subject(both.as_str()).await.unwrap();
            testing::sign_in(&auth, &both.unwrap(), &scopes.join(" "))
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
        .body("PUT /users/me/password", JSON, same.to_string())
        .body("PUT /users/me/email", JSON, other.to_string())
        .skip(
            "DELETE /users/me",
            "nobody is left to ask the rest; its own tests have it",
        )
        .skip("POST /introspect", "a client's; its own tests have it")
        .skip(
            "DELETE /users/me/sessions/{id}",
            "nobody knows which there is",
        );
    let report = check.run(house.app.clone()).await.unwrap();
    println!("{report}");
    assert!(report.operations.len() > 20, "{report}");
}
