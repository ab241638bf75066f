//! V6.4: how somebody gets a first password, or another one.

use http::Method;
use portcullis::mail::Letter;
use serde_json::json;

use super::accounts::{operations, whole};
use crate::conformance::repository;
use crate::fixture::{get, login, send};
use crate::people::{OLD, OTHER, People, Place, login_form};

const MINUTE: i64 = 60;
const DAY: i64 = 86_400;

async fn reset(people: &People, token: &str, password: &str) -> u16 {
    let body = json!({ "token": token, "new_password": password });
    let answer = people.post("/password-reset", &body).await;
    if answer.status == 400 {
        assert_eq!(answer.json()["error"], "invalid_token");
    }
    answer.status
}

#[tokio::test]
async fn v6_4_1_a_first_password_is_chosen_by_its_owner() {
    let people = People::new().await;
    for late in [false, true] {
        let who = people.somebody();
        let choice = people.about_to_choose(Place::FirstPassword, &who).await;
        let token = choice.body["token"].as_str().unwrap();
        // 256 random bits, and no password.
        assert_eq!(token.len(), 43);
        assert!(people.stored(&who).await.unwrap().hashed_password.is_none());
        for guess in [token, "", OLD] {
            let form = login_form(&who.username, guess);
            assert_eq!(send(&people.app, login(&form)).await.status, 400);
        }
        if late {
            people.clock.advance(7 * DAY);
            assert_eq!(reset(&people, token, OTHER).await, 400);
            continue;
        }
        people.clock.advance(7 * DAY - 1);
        // What an operator starts is held to the same rules.
        assert_eq!(reset(&people, token, "passwordpassword").await, 422);
        assert_eq!(reset(&people, token, OTHER).await, 204);
        assert_eq!(reset(&people, token, OLD).await, 400);
        people.signs_in(&who.username, OTHER).await;
    }
}

#[tokio::test]
async fn v6_4_2_nobody_is_asked_for_a_hint() {
    let people = People::new().await;
    let document = send(&people.app, get("/openapi.json", &[])).await.json();
    let mut members = Vec::new();
    for (_, operation) in operations(&document) {
        members.push(whole(&operation, &document));
    }
    let mut tables = Vec::new();
    for engine in ["sqlite", "postgres"] {
        let folder = repository()
            .join("crates/portcullis-sql/migrations")
            .join(engine);
        for file in std::fs::read_dir(folder).unwrap() {
            tables.push(std::fs::read_to_string(file.unwrap().path()).unwrap());
        }
    }
    assert!(members.len() > 20 && tables.len() >= 10);
    let columns = tables.join("\n").to_lowercase();
    for word in ["hint", "question", "maiden"] {
        let names = [
            format!("\"{word}"),
            format!("{word}\":"),
            format!("_{word}"),
        ];
        let is_member = |name: &String| members.iter().any(|member| member.contains(name));
        // `token_type_hint` is the RFC's, at `/revoke` and `/introspect`.
        let is_ours = names.iter().any(is_member) && word != "hint";
        assert!(!is_ours, "{word}");
        let words = columns.split(|letter: char| !letter.is_alphanumeric());
        assert_eq!(words.filter(|found| *found == word).count(), 0, "{word}");
    }
    let who = people.somebody();
    let mut asked = who.application(OTHER);
    asked["password_hint"] = "the usual".into();
    let refused = people.post("/users", &asked).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.json()["detail"][0]["type"], "extra_forbidden");
}

#[tokio::test]
async fn v6_4_3_a_forgotten_password() {
    let people = People::new().await;
    let who = people.joins().await;
    let session = people.signs_in(&who.username, OLD).await;
    let (first, second) = (people.recovers(&who).await, people.recovers(&who).await);
    assert_ne!(first, second);
    // Until it is used, nothing is different.
    people.signs_in(&who.username, OLD).await;
    // A password that is refused costs no link.
    assert_eq!(reset(&people, &first, "too short").await, 422);
    assert_eq!(reset(&people, &first, OTHER).await, 204);
    // Once, and the other links of this account are over with it; so is every session.
    assert_eq!(reset(&people, &first, OLD).await, 400);
    assert_eq!(reset(&people, &second, OLD).await, 400);
    let me = crate::fixture::bearer("/users/me", &session);
    assert_eq!(send(&people.app, me).await.status, 401);
    let form = login_form(&who.username, OLD);
    assert_eq!(send(&people.app, login(&form)).await.status, 400);
    people.signs_in(&who.username, OTHER).await;
    people.mail("password_changed").await;

    let late = people.recovers(&who).await;
    people.clock.advance(30 * MINUTE);
    assert_eq!(reset(&people, &late, OLD).await, 400);
    // Not by an address that nobody proved, nor for an account that is disabled.
    let (unproved, _) = people.with_password(OLD).await;
    people.mails().await;
    for asked in [
        json!({ "username": unproved.username }),
        json!({ "email": unproved.email }),
    ] {
        assert_eq!(people.post("/password-recovery", &asked).await.status, 202);
        assert!(people.mails().await.is_empty());
    }
    let token = people.recovers(&who).await;
    people.sets_disabled(&who, true).await;
    assert_eq!(reset(&people, &token, OLD).await, 400);
    let asked = json!({ "username": who.username });
    assert_eq!(people.post("/password-recovery", &asked).await.status, 202);
    assert!(people.mails().await.is_empty());
}

/// What ends says so beforehand: a link, in its mail. Passwords and clients' secrets do not end, and
/// signing keys are replaced by themselves.
#[tokio::test]
async fn v6_4_5_a_mail_says_when_its_link_ends() {
    let samples = Letter::samples();
    let linked = samples
        .iter()
        .filter(|letter| letter.content.link().is_some());
    let mut read = 0;
    for letter in linked {
        let says = format!("for {} from", letter.content.link().unwrap().validity());
        assert!(letter.text().contains(&says), "{}", letter.text());
        read += 1;
    }
    assert_eq!(read, 5);
    let people = People::new().await;
    let who = people.joins().await;
    let asked = json!({ "username": who.username });
    people.post("/password-recovery", &asked).await;
    let mail = people.mail("reset_password").await;
    assert!(mail.text().contains("for 30 minutes"), "{}", mail.text());
    people.clock.advance(30 * MINUTE - 1);
    let token = mail.content.link().unwrap().token();
    assert_eq!(reset(&people, token, OTHER).await, 204);
}

#[tokio::test]
async fn v6_4_6_an_operator_starts_a_reset_and_chooses_nothing() {
    let people = People::new().await;
    let who = people.joins().await;
    let id = people.stored(&who).await.unwrap().user.id;
    let operator = people.operator().await;
    let operator = Some(&*operator);
    let path = format!("/users/{}", id.as_str());
    for member in ["password", "new_password", "hashed_password"] {
        let body = json!({ member: OTHER });
        let refused = people.call((Method::PATCH, &path), operator, &body).await;
        assert_eq!(refused.status, 422, "{member}");
        assert_eq!(refused.json()["detail"][0]["type"], "extra_forbidden");
    }
    let path = format!("{path}/password-recovery");
    let asked = people
        .call((Method::POST, &path), operator, &json!({}))
        .await;
    assert_eq!((asked.status, asked.body.len()), (202, 0));
    people.signs_in(&who.username, OLD).await;
    let mail = people.mail("reset_password").await;
    assert_eq!(mail.to.as_str(), who.email);
    let token = mail.content.link().unwrap().token();
    assert_eq!(reset(&people, token, OTHER).await, 204);
    people.signs_in(&who.username, OTHER).await;
}
