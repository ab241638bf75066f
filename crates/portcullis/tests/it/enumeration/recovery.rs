//! Recovery and verification write one row, whoever is asked about, and look nothing up.

use serde_json::{Value, json};

use super::{ACCOUNTS, House, bytes};

const NOBODY: &str = "nobody1";

/// Everybody with an account, and somebody without.
fn everybody() -> impl Iterator<Item = &'static str> {
    ACCOUNTS.into_iter().chain([NOBODY])
}

/// The body is asked for everybody, and costs one mail of this kind.
async fn writes_one_mail(path: &str, kind: &str, body: impl Fn(&str) -> Value) {
    let house = House::new().await;
    let (first, _) = house.json(path, &body(NOBODY)).await;
    assert_eq!((first.status, first.body.len()), (202, 0));
    for name in everybody() {
        let (answer, cost) = house.json(path, &body(name)).await;
        assert_eq!(cost.verbs(), ["insert_mail"], "{name}");
        assert_eq!(cost.mails(), [kind], "{name}");
        assert_eq!(cost.hashes, 0, "{name}");
        assert_eq!(bytes(&answer), bytes(&first), "{name}");
    }
}

#[tokio::test]
async fn e02_recovery_by_address_looks_nobody_up() {
    let body = |name: &str| json!({ "email": format!("{name}@example.com") });
    writes_one_mail("/password-recovery", "recover_by_email", body).await;
}

#[tokio::test]
async fn e02_recovery_by_username_looks_nobody_up() {
    let body = |name: &str| json!({ "username": name });
    writes_one_mail("/password-recovery", "recover_by_username", body).await;
}

#[tokio::test]
async fn e02_asking_for_the_verification_again_looks_nobody_up() {
    let body = |name: &str| json!({ "email": format!("{name}@example.com") });
    writes_one_mail("/email-verification", "verify_by_email", body).await;
}

/// The second time is no other than the first.
#[tokio::test]
async fn e02_asking_again_and_again_costs_the_same() {
    let house = House::new().await;
    for name in ["johndoe", NOBODY] {
        for _ in 0..5 {
            let body = json!({ "email": format!("{name}@example.com") });
            let (answer, cost) = house.json("/password-recovery", &body).await;
            assert_eq!((answer.status, cost.writes()), (202, vec!["insert_mail"]));
        }
    }
}

/// What nobody can have is refused for everybody alike, and before anything is asked.
#[tokio::test]
async fn e02_what_is_refused_is_refused_by_its_form_alone() {
    let house = House::new().await;
    for (path, body) in [
        ("/password-recovery", json!({ "email": "johndoe" })),
        ("/password-recovery", json!({ "username": "john doe" })),
        ("/password-recovery", json!({})),
        ("/email-verification", json!({ "email": "johndoe" })),
    ] {
        let (answer, cost) = house.json(path, &body).await;
        assert_eq!(
            (answer.status, cost.verbs()),
            (422, vec![]),
            "{path} {body}"
        );
    }
}

/// A link's token says nothing of whose it was.
#[tokio::test]
async fn e02_tokens_that_are_no_good_cost_one_question() {
    let house = House::new().await;
    let unknown = "A".repeat(43);
    for (path, body) in [
        ("/email-verification/confirm", json!({ "token": unknown })),
        ("/email-change/confirm", json!({ "token": unknown })),
        (
            "/password-reset",
            json!({ "token": unknown, "new_password": "twelve yellow umbrellas" }),
        ),
    ] {
        let (answer, cost) = house.json(path, &body).await;
        assert_eq!(
            answer.refusal(),
            (400, "invalid_token".into(), None),
            "{path}"
        );
        assert_eq!(cost.verbs(), ["find_one_time_token"], "{path}");
        assert_eq!(cost.hashes, 0, "{path}");
    }
}
