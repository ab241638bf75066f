//! Passwords that are too large (P01, P14).

use http::Method;
use serde_json::{Value, json};

use super::log::Log;
use crate::fixture::{login, send};
use crate::people::{OLD, People, Place, login_form};

/// The requests of the API that carry a password, as `who` sends them; the password is at `member`.
async fn requests(
    people: &People,
) -> Vec<(Method, &'static str, Option<String>, Value, &'static str)> {
    let mut all = Vec::new();
    for place in Place::ALL {
        let choice = people.about_to_choose(place, &people.somebody()).await;
        all.push((
            choice.method,
            choice.path,
            choice.token,
            choice.body,
            choice.member,
        ));
    }
    let who = people.joins().await;
    let session = people.signs_in(&who.username, OLD).await;
    for (method, path, body, member) in [
        (
            Method::PUT,
            "/users/me/password",
            json!({ "new_password": OLD }),
            "current_password",
        ),
        (
            Method::PUT,
            "/users/me/email",
            json!({ "email": "a@post.example" }),
            "password",
        ),
        (Method::DELETE, "/users/me", json!({}), "password"),
    ] {
        all.push((method, path, Some(session.clone()), body, member));
    }
    all
}

/// Nothing is hashed: the only thread is kept busy all the while, and who waits for it waits for ever.
#[tokio::test]
async fn p01_a_megabyte_and_what_just_fits_into_a_body() {
    let people = People::new().await;
    let requests = requests(&people).await;
    let (open, opened) = std::sync::mpsc::channel::<()>();
    let busy = people.auth.clone();
    let gate = tokio::spawn(async move { busy.pool().run(move |_| opened.recv()).await });
    tokio::task::yield_now().await;
    let (log, guard) = Log::listening();
    for (length, expected) in [(1_000_000, 413), (60_000, 422), (1_025, 422)] {
        let password = "kq7-vhz wm ".repeat(length / 11 + 1)[..length].to_owned();
        for (method, path, token, body, member) in &requests {
            let mut body = body.clone();
            body[*member] = password.clone().into();
            let sent = people.call((method.clone(), path), token.as_deref(), &body);
            let answer = tokio::time::timeout(std::time::Duration::from_secs(20), sent).await;
            let answer = answer.unwrap_or_else(|_| panic!("{path} {member}: waits for a thread"));
            // A password that is presented, and cannot be anybody's, is a wrong one.
            let shown = answer.status == 400 && answer.json()["error"] == "incorrect_password";
            let fits =
                answer.status == expected || shown && expected == 422 && *member != "new_password";
            assert!(fits, "{path} {member}: {length}: {}", answer.text());
            assert!(!answer.text().contains(&password[..50]), "{path}");
        }
        for name in [&people.somebody().username, "quillback0"] {
            let form = format!("username={name}&password={}", password.replace(' ', "+"));
            let answer = send(&people.app, login(&form));
            let answer = tokio::time::timeout(std::time::Duration::from_secs(20), answer).await;
            let answer = answer.expect("it waits for a thread");
            let expected = if length == 1_000_000 {
                (413, "too_large")
            } else {
                (400, "invalid_request")
            };
            assert_eq!(
                (answer.status, answer.json()["error"].as_str().unwrap()),
                expected
            );
        }
    }
    drop(guard);
    assert!(!log.text().contains("kq7-vhz"));
    open.send(()).unwrap();
    gate.await.unwrap().unwrap().unwrap();
}

/// U+0958 has 3 bytes and becomes 6, U+FB1D has 3 and becomes 4.
#[tokio::test]
async fn p14_what_grows_when_it_is_normalised() {
    let people = People::new().await;
    for (letter, fits, grown) in [("\u{958}", 170, 171), ("\u{fb1d}", 256, 257)] {
        let text = letter.repeat(grown);
        assert!(text.len() <= 1024);
        people
            .is_refused_everywhere(&text, "password_too_long")
            .await;
        people.is_taken_everywhere(&letter.repeat(fits)).await;
        let bomb = letter.repeat(100_000);
        let asked = people.somebody().application(bomb.clone());
        assert_eq!(people.post("/users", &asked).await.status, 413);
        // Where it is only presented, it is a wrong password.
        let (who, session) = people.with_password(&letter.repeat(fits)).await;
        assert!(!people.proves(&who, &text, &session).await);
        let form = login_form(&who.username, &bomb);
        assert_eq!(send(&people.app, login(&form)).await.status, 413);
    }
}
