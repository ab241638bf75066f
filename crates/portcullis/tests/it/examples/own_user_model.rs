//! `own_user_model`: a user type and a table of one's own.

use std::sync::{Arc, RwLock};

use portcullis::password::Hasher;
use portcullis::secret::Password;
use serde_json::json;

use super::Served;
use crate::fixture::cheap;

#[expect(dead_code, reason = "`main` is run by a person")]
#[path = "../../../examples/own_user_model/main.rs"]
mod example;

use example::{Member, Members};

fn hash(password: &str) -> String {
    let mut hasher = Hasher::new(cheap()).unwrap();
    let hash = hasher.hash(&Password::new(password)).unwrap();
    hash.as_str().to_owned()
}

async fn members() -> (Served, Arc<Members>) {
    let member = |number, name: &str, retired| Member {
        number,
        login_name: name.into(),
        retired,
        pw: hash("swordfish"),
    };
    let table = vec![member(1, "ada", false), member(2, "grace", true)];
    let members = Arc::new(Members(RwLock::new(table)));
    let served = Served::new(example::app(members.clone()).unwrap()).await;
    (served, members)
}

const ADA: &str = "username=ada&password=swordfish";

#[tokio::test]
async fn an_own_user_type_signs_in_and_reads_itself() {
    let (served, _) = members().await;
    let token = served.token("username=Ada&password=swordfish").await;
    let me = served.get("/members/me", Some(&token)).await;
    assert_eq!(me.status, 200, "{}", me.body);
    let expected = json!({ "number": 1, "login_name": "ada", "retired": false });
    assert_eq!(me.json(), expected, "no hash in it");
    let items = served.get("/items", Some(&token)).await;
    assert_eq!((items.status, &*items.body), (200, "the items of ada"));
}

#[tokio::test]
async fn an_own_user_type_is_refused_like_ours() {
    let (served, _) = members().await;
    for form in [
        "username=ada&password=wrong",
        "username=nobody&password=swordfish",
    ] {
        let refused = served.login(form).await;
        assert_eq!(refused.status, 400, "{form}");
        assert_eq!(refused.json()["detail"], "Incorrect username or password");
        assert_eq!(refused.json()["error"], "invalid_grant");
    }
    for path in ["/members/me", "/items"] {
        let refused = served.get(path, None).await;
        assert_eq!(refused.status, 401);
        assert!(
            refused.head.contains("\r\nwww-authenticate: bearer\r\n"),
            "{}",
            refused.head
        );
        assert_eq!(refused.json()["detail"], "Not authenticated");
    }
    let retired = served.token("username=grace&password=swordfish").await;
    for path in ["/members/me", "/items"] {
        let refused = served.get(path, Some(&retired)).await;
        assert_eq!(refused.status, 400);
        assert_eq!(refused.json()["detail"], "Inactive user");
    }
}

#[tokio::test]
async fn an_own_user_types_token_lacks_a_scope() {
    let (served, _) = members().await;
    let writes = served.token(&format!("{ADA}&scope=items:write")).await;
    assert_eq!(served.get("/members/me", Some(&writes)).await.status, 200);
    let refused = served.get("/items", Some(&writes)).await;
    assert_eq!(refused.status, 403, "{}", refused.body);
    let challenge = r#"www-authenticate: bearer error="insufficient_scope", scope="items:read""#;
    assert!(refused.head.contains(challenge), "{}", refused.head);
    assert_eq!(refused.json()["detail"], "Not enough permissions");
}

#[tokio::test]
async fn a_change_in_the_table_kills_the_token() {
    let (served, members) = members().await;
    let before = served.token(ADA).await;
    members.0.write().unwrap()[0].pw = hash("another fish");
    let refused = served.get("/members/me", Some(&before)).await;
    assert_eq!(refused.status, 401);
    assert_eq!(refused.json()["error"], "invalid_token");
    assert!(
        refused
            .head
            .contains(r#"www-authenticate: bearer error="invalid_token""#)
    );

    let after = served.token("username=ada&password=another+fish").await;
    assert_eq!(served.get("/members/me", Some(&after)).await.status, 200);
    members.0.write().unwrap()[0].retired = true;
    assert_eq!(served.get("/members/me", Some(&after)).await.status, 401);
    members.0.write().unwrap().clear();
    assert_eq!(served.get("/members/me", Some(&after)).await.status, 401);
}

#[tokio::test]
async fn an_own_user_type_is_in_the_document() {
    let (served, _) = members().await;
    let document = served.get("/openapi.json", None).await.json();
    let flow =
        &document["components"]["securitySchemes"]["OAuth2PasswordBearer"]["flows"]["password"];
    assert_eq!(flow["tokenUrl"], "token");
    assert_eq!(flow["scopes"]["items:read"], "Read items.");
    for (path, scopes, statuses) in [
        ("/members/me", json!([]), vec!["200", "400", "401", "503"]),
        (
            "/items",
            json!(["items:read"]),
            vec!["200", "400", "401", "403", "503"],
        ),
    ] {
        let operation = &document["paths"][path]["get"];
        assert_eq!(
            operation["security"],
            json!([{ "OAuth2PasswordBearer": scopes }])
        );
        let responses = operation["responses"].as_object().unwrap();
        assert_eq!(responses.keys().collect::<Vec<_>>(), statuses, "{path}");
    }
    let shown = &document["components"]["schemas"]["Member"]["properties"];
    assert!(
        shown["login_name"].is_object() && shown.get("pw").is_none(),
        "{shown}"
    );
    assert_eq!(served.get("/docs", None).await.status, 200);
}
