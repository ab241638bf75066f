//! V6.3: who gets in, and what an outsider learns.

use http::Method;
use portcullis::openapi::{ApiRouter, Document};
use portcullis::store::{MemoryStore, Users};
use serde_json::{Value, json};

use crate::fixture::{Answer, House, get, login, send};
use crate::people::{OLD, OTHER, People, login_form};

#[tokio::test]
async fn v6_3_2_nobody_is_there_at_first() {
    let store = std::sync::Arc::new(MemoryStore::new());
    let auth = portcullis::Auth::builder(store.clone())
        .issuer("http://127.0.0.1:8000")
        .hashing(crate::fixture::cheap())
        .accounts(
            store.clone(),
            portcullis::account::AccountSettings::default(),
        )
        .build()
        .unwrap();
    assert!(store.list_users(None, 10).await.unwrap().users.is_empty());
    let api = ApiRouter::new().merge(portcullis::router(&auth));
    let app = Document::new("Test", "1.0")
        .serve(api)
        .unwrap()
        .with_state(auth);
    for (name, password) in [
        ("admin", "admin"),
        ("admin", "password"),
        ("root", "root"),
        ("johndoe", "secret"),
        ("portcullis", "portcullis"),
    ] {
        let answer = send(&app, login(&login_form(name, password))).await;
        assert_eq!(
            (answer.status, &answer.json()["error"]),
            (400, &json!("invalid_grant"))
        );
    }
    // No migration brings anybody along.
    let migrations = crate::conformance::repository().join("crates/portcullis-sql/migrations");
    let mut read = 0;
    for engine in ["sqlite", "postgres"] {
        for file in std::fs::read_dir(migrations.join(engine)).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let text = text.to_lowercase();
            assert!(!text.contains("insert into users"), "{engine}");
            assert!(!text.contains("insert into clients"), "{engine}");
            read += 1;
        }
    }
    assert!(read >= 10, "{read}");
}

/// A link from a mail signs nobody in.
#[tokio::test]
async fn v6_3_6_a_mail_is_no_way_to_sign_in() {
    let people = People::new().await;
    let who = people.joins().await;
    let token = people.recovers(&who).await;
    for form in [
        format!(
            "grant_type=password&username={}&password={token}",
            who.username
        ),
        format!("grant_type=refresh_token&refresh_token={token}"),
        format!("grant_type=urn%3Aportcullis%3Alink&token={token}"),
    ] {
        let answer = send(&people.app, login(&form)).await;
        assert_eq!(answer.status, 400, "{form}");
    }
    let answer = people
        .call((Method::GET, "/users/me"), Some(&token), &Value::Null)
        .await;
    assert_eq!(answer.status, 401);
    let body = json!({ "token": token, "new_password": OTHER });
    let reset = people.post("/password-reset", &body).await;
    assert_eq!((reset.status, reset.body.len()), (204, 0));
    for name in ["set-cookie", "authorization", "location"] {
        assert!(reset.header(name).is_none(), "{name}");
    }
    // Of all operations, `/token` alone gives tokens.
    let document = send(&people.app, get("/openapi.json", &[])).await.json();
    let grants: Vec<_> = operations(&document)
        .into_iter()
        .filter(|(_, operation)| whole(&operation["responses"], &document).contains("access_token"))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(grants, ["post /token"]);
}

pub(super) fn operations(document: &Value) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            all.push((format!("{method} {path}"), operation.clone()));
        }
    }
    all
}

/// A part of the document, with what it refers to.
pub(super) fn whole(part: &Value, document: &Value) -> String {
    let mut text = part.to_string();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        if text.contains(&format!("schemas/{name}\"")) {
            text += &schema.to_string();
        }
    }
    text
}

/// What an outsider sees, but for what changes by itself.
fn seen(answer: &Answer) -> (u16, Vec<String>, Vec<u8>) {
    let headers = answer.headers.iter();
    let mut headers: Vec<_> = headers
        .map(|(name, value)| format!("{name}: {value:?}"))
        .collect();
    headers.sort();
    (answer.status, headers, answer.body.clone())
}

#[tokio::test]
async fn v6_3_8_who_has_an_account_is_not_told() {
    let people = People::new().await;
    let who = people.joins().await;
    let (off, _) = people.with_password(OLD).await;
    people.sets_disabled(&off, true).await;

    let sign_in = async |name: &str| {
        let answer = send(&people.app, login(&login_form(name, "a wrong password"))).await;
        assert_eq!(answer.status, 400);
        seen(&answer)
    };
    let nobody = sign_in("nobody-of-this-name").await;
    for name in [
        &who.username,
        &who.username.to_uppercase(),
        &off.username,
        &who.email,
    ] {
        assert_eq!(sign_in(name).await, nobody, "{name}");
    }

    for path in ["/password-recovery", "/email-verification"] {
        let ask = async |member: &str, value: &str| {
            let answer = people.post(path, &json!({ member: value })).await;
            assert_eq!((answer.status, answer.body.len()), (202, 0));
            seen(&answer)
        };
        let nobody = ask("email", "nobody@post.example").await;
        assert_eq!(ask("email", &who.email).await, nobody);
        assert_eq!(ask("email", &off.email).await, nobody);
        if path == "/password-recovery" {
            assert_eq!(ask("username", &who.username).await, nobody);
            assert_eq!(ask("username", "nobody-of-this-name").await, nobody);
        }
    }
    people.mails().await;

    // An address that somebody has proved is taken like any other; its owner alone hears of it.
    let mut taken = people.somebody();
    let fresh = people.somebody();
    let made = people.post("/users", &fresh.application(OTHER)).await;
    taken.email.clone_from(&who.email);
    let as_well = people.post("/users", &taken.application(OTHER)).await;
    assert_eq!((made.status, as_well.status), (201, 201));
    let mut bodies = [made.json(), as_well.json()];
    for body in &mut bodies {
        for own in ["id", "username", "email"] {
            assert!(body.as_object_mut().unwrap().remove(own).is_some());
        }
    }
    assert_eq!(bodies[0], bodies[1]);
    let mut mails: Vec<_> = people.mails().await.iter().map(told).collect();
    mails.sort();
    let owner = ("address_in_use".to_owned(), who.email.clone());
    assert_eq!(mails, [owner, ("verify_email".to_owned(), fresh.email)]);
}

fn told(letter: &portcullis::mail::Letter) -> (String, String) {
    (letter.kind().to_owned(), letter.to.as_str().to_owned())
}

/// What is written of a house without accounts stays as it was.
#[tokio::test]
async fn v6_3_2_without_accounts_nobody_registers() {
    let house = House::new().await;
    let app = house.app(ApiRouter::new());
    let request = crate::fixture::post(
        "/users",
        &[("content-type", "application/json")],
        r#"{"username":"zora","password":"twelve yellow umbrellas"}"#,
    );
    assert_eq!(send(&app, request).await.status, 404);
}
