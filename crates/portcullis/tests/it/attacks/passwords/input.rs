//! Passwords that are none (P08, P09, P15 to P17).

use http::Method;
use serde_json::{Value, json};

use crate::fixture::{FORM, post, send};
use crate::people::{OLD, OTHER, People, Place};

#[tokio::test]
async fn p08_half_a_surrogate_is_no_text() {
    let people = People::new().await;
    for place in Place::ALL {
        let who = people.somebody();
        let choice = people.about_to_choose(place, &who).await;
        for half in [r"\ud800", r"\udc00", r"\udc00\ud800", r"\ud800\u0041"] {
            let mut body = choice.body.clone();
            body[choice.member] = "HALF twelve yellow umbrellas".into();
            let body = body.to_string().replace("HALF", half);
            let sent = people.call_with(
                (choice.method.clone(), choice.path),
                choice.token.as_deref(),
                body,
            );
            let answer = sent.await;
            assert_eq!(
                (answer.status, &answer.json()["error"]),
                (422, &json!("invalid_request")),
                "{place:?}"
            );
        }
        // A whole one is a character.
        let mut body = choice.body.clone();
        body[choice.member] = "HALF twelve yellow umbrellas".into();
        let body = body.to_string().replace("HALF", r"\ud83d\ude00");
        let sent = people.call_with((choice.method, choice.path), choice.token.as_deref(), body);
        assert!(matches!(sent.await.status, 201 | 204), "{place:?}");
        people.mails().await;
        people
            .signs_in(&who.username, "\u{1f600} twelve yellow umbrellas")
            .await;
    }
}

#[tokio::test]
async fn p09_bytes_that_are_no_utf_8() {
    let people = People::new().await;
    let who = people.joins().await;
    let name = who.username.as_bytes();
    for bytes in [
        &b"%ff%fe"[..],
        b"%C0%80",
        b"%ED%A0%80",
        b"%F5%80%80%80",
        b"%E2%82",
        b"\xff\xfe",
    ] {
        let body = [b"username=", name, b"&password=twelve", bytes].concat();
        let answer = send(&people.app, post("/token", &[FORM], body)).await;
        assert_eq!(
            (answer.status, &answer.json()["error"]),
            (400, &json!("invalid_request"))
        );
        let raw: &[u8] = &[
            b"{\"username\":\"zora\",\"password\":\"twelve yellow ",
            &b"\xff\xfe umbrellas\"}"[..],
        ]
        .concat();
        let answer = people.call_with((Method::POST, "/users"), None, raw).await;
        assert_eq!(
            (answer.status, &answer.json()["error"]),
            (400, &json!("invalid_request"))
        );
    }
}

#[tokio::test]
async fn p15_nothing_is_missing_and_spaces_are_characters() {
    let people = People::new().await;
    for place in Place::ALL {
        let choice = people.about_to_choose(place, &people.somebody()).await;
        // An operator may say none, which is what nothing means there.
        if place != Place::Operator {
            let answer = people.send_choice(&choice, "").await;
            assert_eq!(answer.status, 422, "{place:?}");
            assert_eq!(answer.json()["detail"][0]["type"], "missing", "{place:?}");
        }
        let spaces = people.send_choice(&choice, " ".repeat(14)).await;
        assert_eq!(
            spaces.json()["detail"][0]["type"],
            "password_too_short",
            "{place:?}"
        );
    }
    people.is_taken_everywhere(&" ".repeat(20)).await;
    let (who, session) = people.with_password(&" ".repeat(20)).await;
    for other in [19, 21] {
        assert!(!people.proves(&who, &" ".repeat(other), &session).await);
    }
    let form = format!("username={}&password=", who.username);
    let answer = send(&people.app, post("/token", &[FORM], form)).await;
    assert_eq!(
        (answer.status, &answer.json()["error"]),
        (400, &json!("invalid_request"))
    );
    // Who has no password does not get in without one.
    let keyless = people.somebody();
    people.about_to_choose(Place::FirstPassword, &keyless).await;
    let form = format!("username={}&password=", keyless.username);
    let answer = send(&people.app, post("/token", &[FORM], form)).await;
    assert_eq!(answer.status, 400);
}

/// Nothing tells what was a password before: there is no history.
#[tokio::test]
async fn p16_the_same_password_again_and_an_older_one() {
    let people = People::new().await;
    let (who, mut session) = people.with_password(OLD).await;
    for (current, new) in [(OLD, OLD), (OLD, OTHER), (OTHER, OLD)] {
        let body = json!({ "current_password": current, "new_password": new });
        let path = "/users/me/password";
        let changed = people
            .call((Method::PUT, path), Some(&session), &body)
            .await;
        assert_eq!(
            (changed.status, changed.body.len()),
            (204, 0),
            "{current} {new}"
        );
        let me = crate::fixture::bearer("/users/me", &session);
        assert_eq!(send(&people.app, me).await.status, 401);
        session = people.signs_in(&who.username, new).await;
    }
    let page = crate::conformance::repository().join("docs/passwords.md");
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("may be chosen again"));
}

#[tokio::test]
async fn p17_what_is_no_text_is_no_password() {
    let people = People::new().await;
    let values = || {
        [
            json!(123_456_789_012_345_678_i64),
            json!(true),
            json!([]),
            json!([OLD]),
            json!({ "$ne": null }),
            json!({ "0": OLD }),
        ]
    };
    for place in Place::ALL {
        let choice = people.about_to_choose(place, &people.somebody()).await;
        for value in values() {
            let answer = people.send_choice(&choice, value.clone()).await;
            is_no_text(&answer.json(), choice.member, &value);
            assert_eq!(answer.status, 422, "{place:?}");
        }
    }
    let (who, session) = people.with_password(OLD).await;
    for (method, path, mut body, member) in [
        (
            Method::PUT,
            "/users/me/password",
            json!({ "new_password": OTHER }),
            "current_password",
        ),
        (
            Method::PUT,
            "/users/me/email",
            json!({ "email": who.email }),
            "password",
        ),
        (Method::DELETE, "/users/me", json!({}), "password"),
    ] {
        for value in values() {
            body[member] = value.clone();
            let answer = people
                .call((method.clone(), path), Some(&session), &body)
                .await;
            is_no_text(&answer.json(), member, &value);
            assert_eq!(answer.status, 422, "{path}");
        }
    }
    assert!(people.proves(&who, OLD, &session).await);
}

fn is_no_text(body: &Value, member: &str, value: &Value) {
    let told = &body["detail"][0];
    assert_eq!(told["type"], "string_type", "{value}: {body}");
    assert_eq!(told["loc"], json!(["body", member]));
}
