//! The examples, driven over HTTP through a real listener.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, RwLock};

use axum::Router;
use portcullis::password::Hasher;
use portcullis::secret::Password;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::fixture::cheap;

#[expect(dead_code, reason = "`main` is run by a person")]
#[path = "../../examples/own_user_model.rs"]
mod own_user_model;
#[expect(dead_code, reason = "`main` is run by a person")]
#[path = "../../examples/quickstart.rs"]
mod quickstart;

use own_user_model::{Member, Members};

/// A listener of its own, and plain HTTP/1.1 to it.
struct Served(SocketAddr);

struct Reply {
    status: u16,
    head: String,
    body: String,
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

impl Served {
    async fn new(app: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self(address)
    }

    async fn send(&self, line: &str, headers: &str, body: &str) -> Reply {
        let request = format!(
            "{line} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n{body}",
            self.0,
            body.len()
        );
        let address = self.0;
        let exchange = tokio::task::spawn_blocking(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(request.as_bytes()).unwrap();
            let mut text = String::new();
            stream.read_to_string(&mut text).unwrap();
            text
        });
        let text = exchange.await.unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        Reply {
            status: head[9..12].parse().unwrap(),
            head: head.to_ascii_lowercase(),
            body: body.to_owned(),
        }
    }

    async fn login(&self, form: &str) -> Reply {
        let form_type = "content-type: application/x-www-form-urlencoded\r\n";
        self.send("POST /token", form_type, form).await
    }

    async fn token(&self, form: &str) -> String {
        let reply = self.login(form).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.json()["access_token"].as_str().unwrap().to_owned()
    }

    async fn get(&self, path: &str, token: Option<&str>) -> Reply {
        let header = token.map(|token| format!("authorization: Bearer {token}\r\n"));
        self.send(&format!("GET {path}"), &header.unwrap_or_default(), "")
            .await
    }
}

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
    let served = Served::new(own_user_model::app(members.clone()).unwrap()).await;
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

#[tokio::test]
async fn the_quickstart_does_what_it_says() {
    let served = Served::new(quickstart::app().await.unwrap()).await;
    let form = "username=johndoe&password=correct+horse+battery+staple";
    let token = served.token(form).await;
    let me = served.get("/users/me", Some(&token)).await;
    assert_eq!(
        (me.status, &me.json()["username"]),
        (200, &json!("johndoe"))
    );
    assert!(!me.body.contains("argon2"), "{}", me.body);
    let items = served.get("/items", Some(&token)).await;
    assert_eq!((items.status, &*items.body), (200, "the items of johndoe"));
    assert_eq!(served.get("/items", None).await.status, 401);
    assert_eq!(
        served
            .login("username=johndoe&password=secret")
            .await
            .status,
        400
    );
    assert_eq!(served.get("/docs", None).await.status, 200);
    let document = served.get("/openapi.json", None).await.json();
    assert!(document["paths"]["/items"]["get"]["security"].is_array());
}
