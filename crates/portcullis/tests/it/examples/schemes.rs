//! `http_basic` and `api_keys`: credentials that are no tokens.

use serde_json::json;

use super::{BAD_TOKEN, JOHN, Served, documented, refused, said};

#[expect(dead_code, reason = "`main` is run by a person")]
#[path = "../../../examples/api_keys.rs"]
pub(super) mod api_keys;
#[expect(dead_code, reason = "`main` is run by a person")]
#[path = "../../../examples/http_basic.rs"]
pub(super) mod http_basic;

const BASIC: &str = r#"Basic realm="backstage", charset="UTF-8""#;
const KEY: &str = "x-machine-key: 6Eim-ZXKHgE";

fn basic(encoded: &str) -> String {
    format!("authorization: Basic {encoded}")
}

#[tokio::test]
async fn basic_is_read_and_compared() {
    let served = Served::new(http_basic::app().unwrap()).await;
    let right = basic("c3RhbmxleWpvYnNvbjpzd29yZGZpc2g=");
    let me = served.with("/users/me", &right).await;
    said(&me, r#"{"username":"stanleyjobson"}"#);
    // stanleyjobson:swordfisH, alice:swordfish
    for wrong in ["c3RhbmxleWpvYnNvbjpzd29yZGZpc0g=", "YWxpY2U6c3dvcmRmaXNo"] {
        let claimed = served.with("/claimed", &basic(wrong)).await;
        assert_eq!(claimed.status, 200, "nobody looked at the password");
        let reply = served.with("/users/me", &basic(wrong)).await;
        refused(&reply, (401, "invalid_credentials", BASIC));
        assert_eq!(reply.json()["detail"], "Could not validate credentials");
    }
    for path in ["/claimed", "/users/me"] {
        let nobody = (401, "not_authenticated", BASIC);
        refused(&served.get(path, None).await, nobody);
        refused(&served.get(path, Some("token")).await, nobody);
        refused(&served.with(path, &basic("bm9jb2xvbg==")).await, nobody);
    }
}

#[tokio::test]
async fn basic_is_in_the_document() {
    let served = Served::new(http_basic::app().unwrap()).await;
    let document = served.document().await;
    assert_eq!(
        document["components"]["securitySchemes"]["HTTPBasic"],
        json!({ "type": "http", "scheme": "basic", "description": "The door behind the stage." })
    );
    for path in ["/claimed", "/users/me"] {
        let operation = &document["paths"][path]["get"];
        let security = json!([{ "HTTPBasic": [] }]);
        documented(operation, &security, &["200", "400", "401"]);
    }
}

#[tokio::test]
async fn a_key_is_found_in_its_place() {
    let served = Served::new(api_keys::app().await.unwrap()).await;
    said(&served.with("/header", KEY).await, "a key");
    let in_query = served.get("/query?x-machine-key=k", None).await;
    said(&in_query, "a key");
    let in_cookie = served.with("/cookie", "cookie: x-machine-key=k").await;
    said(&in_cookie, "a key");
    let nobody = (401, "not_authenticated", "APIKey");
    for path in ["/header", "/query", "/cookie"] {
        refused(&served.get(path, None).await, nobody);
    }
    refused(&served.with("/query", KEY).await, nobody);
    let document = served.document().await;
    for (path, name, place) in [
        ("/header", "APIKeyHeader", "header"),
        ("/query", "APIKeyQuery", "query"),
        ("/cookie", "APIKeyCookie", "cookie"),
    ] {
        assert_eq!(
            document["components"]["securitySchemes"][name],
            json!({ "type": "apiKey", "in": place, "name": "x-machine-key" })
        );
        let operation = &document["paths"][path]["get"];
        documented(operation, &json!([{ name: [] }]), &["200", "400", "401"]);
    }
}

#[tokio::test]
async fn a_user_or_a_machine_reads() {
    let served = Served::new(api_keys::app().await.unwrap()).await;
    let token = served.token(JOHN).await;
    let user = served.get("/readings", Some(&token)).await;
    said(&user, "the readings, for johndoe");
    let machine = served.with("/readings", KEY).await;
    said(&machine, "the readings, for a machine");
    let wrong = served.with("/readings", "x-machine-key: guess").await;
    refused(&wrong, (401, "invalid_credentials", "APIKey"));
    // The first that is there decides: a bad token is not saved by a good key.
    let both = format!("{KEY}\r\nauthorization: Bearer bad");
    refused(&served.with("/readings", &both).await, BAD_TOKEN);
    let nobody = served.get("/readings", None).await;
    assert_eq!(nobody.status, 401);
    assert_eq!(nobody.challenges, ["Bearer", "APIKey"]);
    let document = served.document().await;
    let security = json!([{ "OAuth2PasswordBearer": [] }, { "APIKeyHeader": [] }]);
    let operation = &document["paths"]["/readings"]["get"];
    documented(operation, &security, &["200", "400", "401", "503"]);
}
