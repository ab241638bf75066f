//! Who has an account, and which: nobody is told. (The time of a login is looked at elsewhere.)

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use portcullis::mail::MailFailed;
use portcullis::openapi::ApiRouter;
use portcullis::store::{Outbox, Users};
use serde_json::json;

use super::counting::Counting;
use crate::accounts::{AccountHouse, NEW_PASSWORD, PASSWORD};
use crate::fixture::{Answer, House, login, send};

/// All that a client sees.
fn seen(answer: &Answer) -> String {
    format!("{} {:?} {}", answer.status, answer.headers, answer.text())
}

/// Users of every kind: `unproved`, who has not proved the address, and `keyless`, without a password.
async fn house() -> AccountHouse {
    let house = AccountHouse::new().await;
    let body =
        json!({"username": "unproved", "password": PASSWORD, "email": "unproved@example.com"});
    assert_eq!(house.register(&body).await.status, 201);
    let keyless = house.draft("keyless", None).await;
    house.store.insert_user(keyless).await.unwrap();
    house.letters().await;
    house
}

#[tokio::test]
async fn e01_an_unknown_name_is_answered_like_a_wrong_password() {
    let house = house().await;
    let known = seen(&house.log_in("johndoe", "wrong").await);
    for name in [
        "nobody",
        "JOHNDOE",
        "a b",
        "x@example.com",
        &"x".repeat(65),
        "\u{202e}",
    ] {
        assert_eq!(seen(&house.log_in(name, "wrong").await), known, "{name}");
    }
    assert!(known.starts_with("400 ") && known.contains("Incorrect username or password"));
}

#[tokio::test]
async fn e04_a_password_that_is_too_long_is_refused_alike() {
    let house = house().await;
    for length in [1_024, 1_025, 4_097, 20_000] {
        let password = "x".repeat(length);
        let known = house.log_in("johndoe", &password).await;
        let unknown = house.log_in("nobody", &password).await;
        assert_eq!(seen(&known), seen(&unknown), "{length}");
        // No form that could be right is looked at longer than another.
        let is_form = length <= 1_024;
        let code = if is_form {
            "400 invalid_grant"
        } else {
            "400 invalid_request"
        };
        assert_eq!(known.code(), code, "{length}");
    }
}

#[tokio::test]
async fn e05_no_state_of_an_account_tells_itself_to_a_wrong_password() {
    let house = house().await;
    let expected = seen(&house.log_in("johndoe", "wrong").await);
    for name in ["gone", "unproved", "keyless", "nobody"] {
        assert_eq!(seen(&house.log_in(name, "wrong").await), expected, "{name}");
    }
    assert_eq!(seen(&house.log_in("keyless", PASSWORD).await), expected);
    // Who knows the password is told as much as the tutorial tells: a token without scope.
    let inactive = house.log_in("gone", PASSWORD).await;
    assert_eq!(inactive.status, 200);
    let members: Vec<_> = inactive
        .json()
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    assert_eq!(members, ["access_token", "expires_in", "token_type"]);
}

#[tokio::test]
async fn e06_a_taken_username_is_told_and_nothing_about_its_owner() {
    let house = house().await;
    let mut answers = Vec::new();
    for name in ["johndoe", "gone", "unproved", "keyless", "writer"] {
        let body = json!({"username": name, "password": NEW_PASSWORD, "email": "new@example.com"});
        let answer = house.register(&body).await;
        assert_eq!(answer.code(), "409 username_taken", "{name}");
        answers.push(seen(&answer));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
}

#[tokio::test]
async fn e07_a_taken_address_is_answered_like_a_free_one() {
    let house = house().await;
    let mut answers = Vec::new();
    for (name, email) in [
        ("name1", "johndoe@example.com"),
        ("name2", "JohnDoe@Example.Com"),
        ("name3", "gonegone@example.com"),
        ("name4", "unproved@example.com"),
    ] {
        let body = json!({"username": name, "password": NEW_PASSWORD, "email": email});
        let answer = house.register(&body).await;
        assert_eq!(answer.status, 201);
        let mut user = answer.json();
        assert_eq!(user["email"], email);
        for own in ["id", "username", "email"] {
            user.as_object_mut().unwrap().remove(own);
        }
        let mut headers = answer.headers;
        headers.remove("content-length");
        answers.push(format!("{headers:?} {user}"));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");
    let told = house.told().await;
    assert_eq!(
        told.iter()
            .filter(|(kind, _)| *kind == "address_in_use")
            .count(),
        2
    );
}

/// For every kind of account and for none: the same bytes, and one row in the outbox, for nothing is
/// looked up before the mail's turn.
#[tokio::test]
async fn e08_recovery_is_answered_alike_for_everybody_and_nobody() {
    let house = house().await;
    let mut answers = Vec::new();
    let bodies = ["johndoe", "gone", "unproved", "keyless", "nobody"]
        .iter()
        .flat_map(|name| {
            [
                json!({"username": name}),
                json!({"email": format!("{name}@example.com")}),
            ]
        });
    for (number, body) in bodies.enumerate() {
        let answer = house.ask("POST /password-recovery").json(&body).await;
        assert_eq!(answer.status, 202, "{body}");
        answers.push(seen(&answer));
        let load = house.store.measure_outbox().await.unwrap();
        assert_eq!(load.waiting, number as u64 + 1, "{body}");
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");
    let told = house.told().await;
    let john = ("reset_password", "johndoe@example.com".to_owned());
    assert_eq!(told, [john.clone(), john]);
}

#[tokio::test]
async fn e09_it_is_so_also_while_mails_cannot_be_sent() {
    let house = house().await;
    for failure in [
        (|| MailFailed::temporary("connection refused")) as fn() -> MailFailed,
        || MailFailed::permanent("550 no such mailbox"),
    ] {
        *house.mailer.fails.lock().unwrap() = Some(failure);
        let mut answers = Vec::new();
        for name in ["johndoe", "nobody", "johndoe", "nobody"] {
            let body = json!({"username": name});
            answers.push(seen(
                &house.ask("POST /password-recovery").json(&body).await,
            ));
            house.work().await;
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{answers:#?}");
        assert!(answers[0].starts_with("202"), "{answers:#?}");
    }
}

#[tokio::test]
async fn e10_the_link_to_verify_is_asked_for_alike() {
    let house = house().await;
    let mut answers = Vec::new();
    for name in ["johndoe", "gone", "unproved", "nobody"] {
        let body = json!({"email": format!("{name}@example.com")});
        let answer = house.ask("POST /email-verification").json(&body).await;
        assert_eq!(answer.status, 202);
        answers.push(seen(&answer));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");
    assert_eq!(house.store.measure_outbox().await.unwrap().waiting, 4);
    assert_eq!(
        house.told().await,
        [("verify_email", "unproved@example.com".to_owned())]
    );
}

/// Where nothing of the question is in the answer, the length is the same; nothing is compressed here,
/// whatever a client accepts.
#[tokio::test]
async fn e11_no_length_tells() {
    let house = house().await;
    for accepted in ["identity", "gzip, br, zstd"] {
        let mut lengths = Vec::new();
        for name in ["johndoe", "a-name-that-nobody-has-and-that-is-long"] {
            let body = json!({"username": name});
            let ask = house.ask("POST /password-recovery");
            let answer = ask.header("accept-encoding", accepted).json(&body).await;
            let form = format!("username={name}&password=wrong");
            let ask = house.ask("POST /token").header("accept-encoding", accepted);
            let ask = ask.header("content-type", "application/x-www-form-urlencoded");
            let login = ask.raw(form).send().await;
            for answer in [&answer, &login] {
                assert!(answer.header("content-encoding").is_none());
            }
            lengths.push((answer.body.len(), login.body.len()));
        }
        assert_eq!(lengths[0], lengths[1]);
    }
}

/// Every reason why a link is not good has one answer.
#[tokio::test]
async fn e12_a_bad_link_never_says_why() {
    let house = house().await;
    let writer = house.token("writer").await;
    let mut tokens = vec!["0".to_owned(), "A".repeat(43)];
    for name in ["deleted", "disabled", "changed", "used", "expired"] {
        house.settle(name, "").await;
    }
    for name in ["deleted", "disabled", "changed", "used"] {
        tokens.push(house.reset_token(name).await);
    }
    let operation = format!("DELETE /users/{}", house.id("deleted").await);
    assert_eq!(house.ask(&operation).by(&writer).send().await.status, 204);
    let id = house.id("disabled").await;
    house.patch(&id, &json!({"disabled": true})).await;
    let id = house.id("changed").await;
    house.patch(&id, &json!({"email": "new@example.com"})).await;
    assert_eq!(house.reset(&tokens[5], NEW_PASSWORD).await.status, 204);
    house.letters().await;
    tokens.push(house.reset_token("expired").await);
    house.clock.advance(30 * 60);
    let mut answers = Vec::new();
    for token in &tokens {
        let answer = house.reset(token, "another good password").await;
        assert_eq!(answer.code(), "400 invalid_token");
        answers.push(seen(&answer));
        for place in [
            "POST /email-verification/confirm",
            "POST /email-change/confirm",
        ] {
            answers.push(seen(&house.ask(place).json(&json!({"token": token})).await));
        }
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");
}

/// Who is there and who is not cost the store the same. (That an index answers it is shown for each
/// engine.)
#[tokio::test]
async fn e15_a_refused_login_asks_the_store_once_whoever_it_is() {
    let count = Arc::<AtomicUsize>::default();
    let counted = count.clone();
    let house = House::with_users_kept_by(|store| Counting(store, counted)).await;
    for name in ["johndoe", "alice", "nobody"] {
        count.store(0, Ordering::SeqCst);
        let form = format!("username={name}&password=wrong");
        let answer = send(&house.app(ApiRouter::new()), login(&form)).await;
        assert_eq!(answer.code(), "400 invalid_grant");
        assert_eq!(count.load(Ordering::SeqCst), 1, "{name}");
    }
}

#[tokio::test]
async fn e16_ids_are_random_and_what_is_there_is_refused_like_what_is_not() {
    let house = house().await;
    let alice = house.token("alice").await;
    let mut ids = Vec::new();
    for name in ["johndoe", "reader", "writer", "gone"] {
        let id = house.id(name).await;
        assert!(id.len() >= 21, "{id}");
        ids.push(id);
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 4);
    for method in ["GET", "PATCH", "DELETE"] {
        let mut answers = Vec::new();
        for id in [&*ids[0], "1", "2", "nobody"] {
            let operation = format!("{method} /users/{id}");
            let answer = house.ask(&operation).by(&alice).json(&json!({})).await;
            assert_eq!(answer.code(), "403 insufficient_scope");
            answers.push(seen(&answer));
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{answers:#?}");
    }
}

#[tokio::test]
async fn e17_nobody_is_told_how_many_there_are() {
    let house = house().await;
    for name in ["alice", "reader"] {
        let token = house.token(name).await;
        for operation in [
            "GET /users?limit=1",
            "GET /users/me",
            "GET /healthz",
            "GET /readyz",
        ] {
            let answer = house.ask(operation).by(&token).send().await;
            for header in ["x-total-count", "content-range", "link"] {
                assert!(answer.header(header).is_none(), "{operation}");
            }
            for word in ["total", "count", "pages"] {
                assert!(!answer.text().contains(word), "{operation}");
            }
        }
    }
}

#[tokio::test]
async fn e18_what_a_token_says_of_its_user_is_opaque() {
    let house = house().await;
    let token = house.token("johndoe").await;
    let claims = crate::fixture::part(&token, 1);
    assert_eq!(claims["sub"], house.id("johndoe").await);
    let told = claims.to_string();
    for personal in ["johndoe", "example.com", "@", "John"] {
        assert!(!told.contains(personal), "{told}");
    }
}

#[tokio::test]
async fn e19_another_address_is_asked_for_alike_whoever_has_it() {
    let house = house().await;
    let token = house.token("johndoe").await;
    let mut answers = Vec::new();
    for email in [
        "alice@example.com",
        "free@example.com",
        "unproved@example.com",
        "gone@example.com",
    ] {
        let answer = house.ask_email(&token, email).await;
        assert_eq!(answer.status, 202);
        answers.push(seen(&answer));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");
    let told = house.told().await;
    assert!(told.contains(&("address_in_use", "alice@example.com".to_owned())));
    // By `PATCH` nobody learns of it either.
    let mut answers = Vec::new();
    for email in ["alice@example.com", "free@example.com"] {
        let body = json!({"email": email});
        let answer = house.ask("PATCH /users/me").by(&token).json(&body).await;
        assert_eq!(answer.faults(), ["body.email: extra_forbidden"]);
        answers.push(seen(&answer));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
}
