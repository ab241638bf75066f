//! V6.5: what a mail's link carries.

use std::collections::BTreeSet;
use std::path::Path;

use axum::body::Body;
use http::{Method, Request};
use portcullis::store::OneTimeTokens;
use portcullis::token::OneTimeToken;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::conformance::repository;
use crate::fixture::send;
use crate::people::{OLD, OTHER, People, Place, request};

/// A link of each kind, and the request that uses it.
struct Link {
    kind: &'static str,
    path: &'static str,
    body: Value,
    member: &'static str,
    valid_seconds: i64,
}

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

impl Link {
    fn token(&self) -> &str {
        self.body[self.member].as_str().unwrap()
    }

    fn request(&self, token: &str) -> Request<Body> {
        let mut body = self.body.clone();
        body[self.member] = token.into();
        request((Method::POST, self.path), None, body.to_string())
    }

    async fn used(&self, people: &People, token: &str) -> u16 {
        let answer = send(&people.app, self.request(token)).await;
        if answer.status == 400 {
            assert_eq!(answer.json()["error"], "invalid_token", "{}", self.kind);
        }
        answer.status
    }
}

async fn links(people: &People) -> Vec<Link> {
    let link = |kind, path, body, valid_seconds| Link {
        kind,
        path,
        body,
        member: if kind == "invitation" {
            "invitation"
        } else {
            "token"
        },
        valid_seconds,
    };
    let fresh = people.somebody();
    assert_eq!(
        people.post("/users", &fresh.application(OLD)).await.status,
        201
    );
    let verify = json!({ "token": people.token_from_mail("verify_email").await });
    let who = people.joins().await;
    let reset = people.recovers(&who).await;
    let invited = people
        .about_to_choose(Place::Invitation, &people.somebody())
        .await;
    let mut invitation = invited.body;
    invitation["password"] = OTHER.into();
    let first = people
        .about_to_choose(Place::FirstPassword, &people.somebody())
        .await;
    let mover = people.joins().await;
    let session = people.signs_in(&mover.username, OLD).await;
    let body = json!({ "email": people.somebody().email, "password": OLD });
    let asked = people
        .call((Method::PUT, "/users/me/email"), Some(&session), &body)
        .await;
    assert_eq!(asked.status, 202);
    let mails = people.mails().await;
    let confirm = mails.iter().find_map(|mail| mail.content.link()).unwrap();
    let chosen = |token: &Value| json!({ "token": token, "new_password": OTHER });
    vec![
        link("verify_email", "/email-verification/confirm", verify, DAY),
        link(
            "reset_password",
            "/password-reset",
            chosen(&reset.into()),
            30 * MINUTE,
        ),
        link(
            "set_password",
            "/password-reset",
            chosen(&first.body["token"]),
            7 * DAY,
        ),
        link("invitation", "/users", invitation, 7 * DAY),
        link(
            "confirm_email",
            "/email-change/confirm",
            json!({ "token": confirm.token() }),
            DAY,
        ),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn v6_5_1_a_link_works_once_and_for_one_of_fifty() {
    let people = People::new().await;
    for link in links(&people).await {
        let mut fifty = JoinSet::new();
        for _ in 0..50 {
            let (app, request) = (people.app.clone(), link.request(link.token()));
            fifty.spawn(async move { send(&app, request).await.status });
        }
        let answers = fifty.join_all().await;
        let done = answers
            .iter()
            .filter(|status| matches!(status, 201 | 204))
            .count();
        assert_eq!(done, 1, "{}: {answers:?}", link.kind);
        // The others found it used, the name of the invitation's account taken, or no thread.
        let refused = answers
            .iter()
            .filter(|status| matches!(status, 400 | 409 | 503))
            .count();
        assert_eq!(refused, 49, "{}: {answers:?}", link.kind);
        assert_eq!(link.used(&people, link.token()).await, 400, "{}", link.kind);
    }
}

#[tokio::test]
async fn v6_5_2_the_store_has_digests_of_256_random_bits() {
    let people = People::new().await;
    let who = people.joins().await;
    let token = people.recovers(&who).await;
    let id = people.stored(&who).await.unwrap().user.id;
    let kept = people
        .store
        .list_one_time_tokens(&id, None, 1_000)
        .await
        .unwrap();
    let bytes = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, &token);
    let bytes = bytes.unwrap();
    assert_eq!(bytes.len(), 32);
    let expected = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &bytes);
    let mut digests = kept.iter().map(|kept| kept.digest);
    assert!(digests.any(|digest| digest.as_bytes() == expected.as_ref()));
    assert!(!format!("{kept:?}").contains(&token));
    // By the digest itself nobody gets in.
    let digest =
        base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, expected);
    let body = json!({ "token": digest, "new_password": OTHER });
    assert_eq!(people.post("/password-reset", &body).await.status, 400);
}

fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") && !stem.ends_with("tests") {
            found.push((stem, std::fs::read_to_string(&path).unwrap()));
        }
    }
}

#[test]
fn v6_5_3_randomness_comes_of_the_operating_system_through_one_door() {
    let mut all = Vec::new();
    for crate_name in ["portcullis", "portcullis-sql", "portcullis-server"] {
        let folder = repository().join("crates").join(crate_name);
        sources(&folder.join("src"), &mut all);
        let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        for name in ["rand", "fastrand", "rand_core", "oorandom", "getrandom"] {
            let is_asked = |line: &str| {
                line.starts_with(&format!("{name}.")) || line.starts_with(&format!("{name} "))
            };
            assert!(!manifest.lines().any(is_asked), "{crate_name}: {name}");
        }
    }
    assert!(all.len() > 100, "{}", all.len());
    let draws = |text: &str| text.contains("rand::fill") || text.contains("SystemRandom");
    let doors: Vec<_> = all.iter().filter(|(_, text)| draws(text)).collect();
    let mut names: Vec<_> = doors.iter().map(|(stem, _)| &**stem).collect();
    names.sort_unstable();
    // A signature with RSA is salted by the library that makes it.
    assert_eq!(names, ["key", "secret"]);
}

#[test]
fn v6_5_4_no_link_can_be_guessed() {
    let tokens: BTreeSet<String> = (0..1_000)
        .map(|_| OneTimeToken::random().unwrap().text().to_string())
        .collect();
    assert_eq!(tokens.len(), 1_000);
    // Each of 256 bits is set in about half of them: no bit is still, within ten deviations.
    let mut set = [0_u32; 256];
    for token in &tokens {
        let bytes =
            base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, token);
        for (number, byte) in bytes.unwrap().into_iter().enumerate() {
            for bit in 0..8 {
                set[number * 8 + bit] += u32::from(byte >> bit & 1);
            }
        }
    }
    assert!(
        set.iter().all(|count| (342..=658).contains(count)),
        "{set:?}"
    );
}

#[tokio::test]
async fn v6_5_5_each_link_ends_at_its_second() {
    for number in 0..5 {
        for (early, status) in [(1, [201, 204].as_slice()), (0, &[400])] {
            let people = People::new().await;
            let mut links = links(&people).await;
            let link = links.swap_remove(number);
            people.clock.advance(link.valid_seconds - early);
            let got = link.used(&people, link.token()).await;
            assert!(
                status.contains(&got),
                "{}: {got}, {early} s early",
                link.kind
            );
        }
    }
}

#[tokio::test]
async fn v6_6_2_a_link_is_good_for_what_it_was_sent_for() {
    let people = People::new().await;
    let links = links(&people).await;
    for link in &links {
        for other in &links {
            if link.path != other.path {
                let got = link.used(&people, other.token()).await;
                assert_eq!(got, 400, "{} at {}", other.kind, link.path);
            }
        }
    }
    // And none was spent by it. Those for a password were not mixed: one account each.
    for link in &links {
        let got = link.used(&people, link.token()).await;
        assert!(matches!(got, 201 | 204), "{}: {got}", link.kind);
    }
}
