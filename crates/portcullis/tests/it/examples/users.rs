//! `quickstart`, `jwt`, `dependencies`: users who sign in.

use serde_json::json;

use super::{ALICE, BAD_TOKEN, JOHN, NOBODY, Served, documented, refused, said};

#[expect(dead_code, reason = "`main` is run by a person")]
#[path = "../../../examples/dependencies/main.rs"]
pub(super) mod dependencies;
#[expect(dead_code, reason = "`main` is run by a person")]
#[path = "../../../examples/jwt.rs"]
pub(super) mod jwt;
#[expect(dead_code, reason = "`main` is run by a person")]
#[path = "../../../examples/quickstart.rs"]
pub(super) mod quickstart;

#[tokio::test]
async fn the_quickstart_does_what_it_says() {
    let served = Served::new(quickstart::app().await.unwrap()).await;
    let token = served.token(JOHN).await;
    let me = served.get("/users/me", Some(&token)).await;
    assert_eq!(
        (me.status, &me.json()["username"]),
        (200, &json!("johndoe"))
    );
    assert!(!me.body.contains("argon2"), "{}", me.body);
    let items = served.get("/items", Some(&token)).await;
    said(&items, "the items of johndoe");
    refused(&served.get("/items", None).await, NOBODY);
    let wrong = served.login("username=johndoe&password=secret").await;
    assert_eq!(wrong.status, 400);
    let document = served.document().await;
    assert!(document["paths"]["/items"]["get"]["security"].is_array());
}

#[tokio::test]
async fn jwt_gives_a_token_that_expires() {
    let served = Served::new(jwt::app().await.unwrap()).await;
    let login = served.login(JOHN).await;
    let body = login.json();
    assert_eq!(login.status, 200, "{body}");
    assert!(login.head.contains("cache-control: no-store"));
    assert_eq!(
        (&body["token_type"], &body["expires_in"]),
        (&json!("bearer"), &json!(1800))
    );
    let token = body["access_token"].as_str().unwrap();
    let items = served.get("/users/me/items", Some(token)).await;
    let expected = json!([{ "item_id": "Foo", "owner": "johndoe" }]);
    assert_eq!((items.status, items.json()), (200, expected));
    let me = served.get("/users/me", Some(token)).await.json();
    assert_eq!(me["username"], "johndoe");
    assert!(me.get("hashed_password").is_none(), "{me}");
}

#[tokio::test]
async fn jwt_refuses_everybody_else() {
    let served = Served::new(jwt::app().await.unwrap()).await;
    for form in [
        "username=johndoe&password=wrong",
        "username=nobody&password=correct+horse+battery+staple",
    ] {
        let reply = served.login(form).await;
        refused(&reply, (400, "invalid_grant", ""));
        assert_eq!(reply.json()["detail"], "Incorrect username or password");
    }
    let alice = served.token(ALICE).await;
    // A signature of another message: the token is not John's by being like a token.
    let forged = format!("{}A", alice.rsplit_once('.').unwrap().0);
    for path in ["/users/me", "/users/me/items"] {
        refused(&served.get(path, None).await, NOBODY);
        refused(&served.get(path, Some("johndoe")).await, BAD_TOKEN);
        refused(&served.get(path, Some(&forged)).await, BAD_TOKEN);
        let inactive = served.get(path, Some(&alice)).await;
        refused(&inactive, (400, "inactive_user", ""));
    }
    let document = served.document().await;
    let operation = &document["paths"]["/users/me/items"]["get"];
    let security = json!([{ "OAuth2PasswordBearer": [] }]);
    documented(operation, &security, &["200", "400", "401", "503"]);
}

#[tokio::test]
async fn dependencies_know_a_visitor() {
    let served = Served::new(dependencies::app().await.unwrap()).await;
    let token = served.token(JOHN).await;
    let john = served.get("/hello", Some(&token)).await;
    said(&john, "Hello, johndoe");
    said(&served.get("/hello", None).await, "Hello, stranger");
    // Optional is not careless.
    refused(&served.get("/hello", Some("bad")).await, BAD_TOKEN);
    let empty = served.with("/hello", "authorization: Bearer").await;
    refused(&empty, NOBODY);
    let document = served.document().await;
    let security = json!([{ "OAuth2PasswordBearer": [] }, {}]);
    let operation = &document["paths"]["/hello"]["get"];
    documented(operation, &security, &["200", "400", "401", "503"]);
}

#[tokio::test]
async fn dependencies_guard_a_whole_router() {
    let served = Served::new(dependencies::app().await.unwrap()).await;
    let token = served.token(JOHN).await;
    let ledger = served.get("/office/ledger", Some(&token)).await;
    said(&ledger, "the ledger");
    refused(&served.get("/office/ledger", None).await, NOBODY);
    refused(&served.get("/office/ledger", Some("bad")).await, BAD_TOKEN);
    let document = served.document().await;
    let operation = &document["paths"]["/office/ledger"]["get"];
    let security = json!([{ "OAuth2PasswordBearer": ["staff"] }]);
    documented(operation, &security, &["200", "400", "401", "403", "503"]);
}
