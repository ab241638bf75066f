//! `first_steps`, `current_user`, `simple_oauth2`: from a token to a user, by hand.

use serde_json::{Value, json};

use super::{BAD_TOKEN, NOBODY, Served, documented, refused, said};

#[expect(dead_code, reason = "`main` is run by a person")]
#[path = "../../../examples/current_user.rs"]
pub(super) mod current_user;
#[expect(dead_code, reason = "`main` is run by a person")]
#[path = "../../../examples/first_steps.rs"]
pub(super) mod first_steps;
#[expect(dead_code, reason = "`main` is run by a person")]
#[path = "../../../examples/simple_oauth2.rs"]
pub(super) mod simple_oauth2;

fn bearer() -> Value {
    json!([{ "OAuth2PasswordBearer": [] }])
}

#[tokio::test]
async fn first_steps_hand_over_the_token() {
    let served = Served::new(first_steps::app().unwrap()).await;
    let reply = served.get("/items", Some("testtoken")).await;
    said(&reply, r#"{"token":"testtoken"}"#);
    refused(&served.get("/items", None).await, NOBODY);
    let body = served.get("/items", None).await.json();
    assert_eq!(
        body,
        json!({ "detail": "Not authenticated", "error": "not_authenticated" })
    );
    for header in ["authorization: Bearer", "authorization: Basic dTpw"] {
        refused(&served.with("/items", header).await, NOBODY);
    }
    refused(&served.get("/items", Some("a b")).await, BAD_TOKEN);
}

#[tokio::test]
async fn first_steps_are_in_the_document() {
    let served = Served::new(first_steps::app().unwrap()).await;
    let document = served.document().await;
    // What makes Swagger UI show the button *Authorize*.
    let schemes = &document["components"]["securitySchemes"];
    let flows = json!({ "password": { "scopes": {}, "tokenUrl": "token" } });
    assert_eq!(
        *schemes,
        json!({ "OAuth2PasswordBearer": { "type": "oauth2", "flows": flows } })
    );
    let operation = &document["paths"]["/items"]["get"];
    documented(operation, &bearer(), &["200", "400", "401"]);
}

#[tokio::test]
async fn the_current_user_comes_of_the_token() {
    let served = Served::new(current_user::app().unwrap()).await;
    let me = served.get("/users/me", Some("john")).await;
    let expected = json!({ "username": "john-decoded", "email": "john@example.com" });
    assert_eq!((me.status, me.json()), (200, expected));
    let address = served.get("/users/me/address", Some("john")).await;
    said(&address, "john@example.com");
    let none = served.get("/users/me/address", Some("jane")).await;
    said(&none, "none");
    for path in ["/users/me", "/users/me/address"] {
        refused(&served.get(path, None).await, NOBODY);
        refused(&served.get(path, Some("expired")).await, BAD_TOKEN);
    }
    let document = served.document().await;
    for path in ["/users/me", "/users/me/address"] {
        let operation = &document["paths"][path]["get"];
        documented(operation, &bearer(), &["200", "400", "401"]);
    }
}

#[tokio::test]
async fn simple_oauth2_signs_in_by_the_form() {
    let served = Served::new(simple_oauth2::app().unwrap()).await;
    let login = served.login("username=johndoe&password=secret").await;
    let expected = json!({ "access_token": "johndoe", "token_type": "bearer" });
    assert_eq!((login.status, login.json()), (200, expected));
    for form in [
        "username=johndoe&password=secret2",
        "username=nobody&password=secret",
    ] {
        let reply = served.login(form).await;
        let told = "Incorrect username or password";
        assert_eq!((reply.status, &reply.json()["detail"]), (400, &json!(told)));
    }
    let malformed = served.login("username=johndoe").await;
    assert_eq!(malformed.json()["error"], "invalid_request");
    assert_eq!(malformed.status, 400, "and not 422");
}

#[tokio::test]
async fn simple_oauth2_lets_the_active_user_in() {
    let served = Served::new(simple_oauth2::app().unwrap()).await;
    let me = served.get("/users/me", Some("johndoe")).await;
    said(&me, r#"{"username":"johndoe"}"#);
    refused(&served.get("/users/me", None).await, NOBODY);
    refused(&served.get("/users/me", Some("nobody")).await, BAD_TOKEN);
    let inactive = served.get("/users/me", Some("alice")).await;
    refused(&inactive, (400, "inactive_user", ""));
    assert_eq!(inactive.json()["detail"], "Inactive user");

    let document = served.document().await;
    let paths = &document["paths"];
    documented(
        &paths["/users/me"]["get"],
        &bearer(),
        &["200", "400", "401"],
    );
    let form = &paths["/token"]["post"]["requestBody"]["content"];
    let fields = &form["application/x-www-form-urlencoded"]["schema"]["properties"];
    assert!(fields["password"].is_object(), "{form}");
}
