//! V6.3.7: whoever owns an account hears of what is changed about it.

use http::Method;
use portcullis::mail::Letter;
use serde_json::json;

use crate::people::{OLD, OTHER, People, Who};

fn to(mails: &[Letter]) -> Vec<(&str, &str)> {
    let mut all: Vec<_> = mails
        .iter()
        .map(|mail| (mail.kind(), mail.to.as_str()))
        .collect();
    all.sort_unstable();
    all
}

fn says_what_to_do(mail: &Letter, who: &Who) {
    let text = mail.text();
    assert!(text.contains("If it was not you"), "{text}");
    assert!(text.contains(&format!("\"{}\"", who.username)), "{text}");
    assert!(text.contains(crate::people::ISSUER), "{text}");
    assert!(!text.contains("token="), "{text}");
}

#[tokio::test]
async fn v6_3_7_a_changed_password_is_told() {
    let people = People::new().await;
    let who = people.joins().await;
    let session = people.signs_in(&who.username, OLD).await;
    let body = json!({ "current_password": OLD, "new_password": OTHER });
    let path = "/users/me/password";
    let changed = people
        .call((Method::PUT, path), Some(&session), &body)
        .await;
    assert_eq!(changed.status, 204);
    let mail = people.mail("password_changed").await;
    assert_eq!(mail.to.as_str(), who.email);
    says_what_to_do(&mail, &who);

    let token = people.recovers(&who).await;
    let body = json!({ "token": token, "new_password": OLD });
    assert_eq!(people.post("/password-reset", &body).await.status, 204);
    let mail = people.mail("password_changed").await;
    assert_eq!(mail.to.as_str(), who.email);
    says_what_to_do(&mail, &who);
    // Nothing came of a refusal.
    assert_eq!(people.post("/password-reset", &body).await.status, 400);
    assert!(people.mails().await.is_empty());
}

#[tokio::test]
async fn v6_3_7_another_address_is_told_to_the_old_one() {
    let people = People::new().await;
    let who = people.joins().await;
    let session = people.signs_in(&who.username, OLD).await;
    let new = "elsewhere@post.example";
    let body = json!({ "email": new, "password": OLD });
    let path = "/users/me/email";
    let asked = people
        .call((Method::PUT, path), Some(&session), &body)
        .await;
    assert_eq!(asked.status, 202);
    let mails = people.mails().await;
    assert_eq!(
        to(&mails),
        [("confirm_email", new), ("email_change_asked", &*who.email)]
    );
    let kind = |kind: &str| mails.iter().find(|mail| mail.kind() == kind).unwrap();
    says_what_to_do(kind("email_change_asked"), &who);
    let token = kind("confirm_email").content.link().unwrap().token();
    let token = json!({ "token": token });
    let confirmed = people.post("/email-change/confirm", &token).await;
    assert_eq!(confirmed.status, 204);
    let mail = people.mail("email_changed").await;
    assert_eq!(mail.to.as_str(), who.email);
    says_what_to_do(&mail, &who);
}

#[tokio::test]
async fn v6_3_7_an_operator_changes_no_address_silently() {
    let people = People::new().await;
    let who = people.joins().await;
    let id = people.stored(&who).await.unwrap().user.id;
    let path = format!("/users/{}", id.as_str());
    let body = json!({ "email": "elsewhere@post.example" });
    let operator = people.operator().await;
    let operator = Some(&*operator);
    let changed = people.call((Method::PATCH, &path), operator, &body).await;
    assert_eq!(changed.status, 200);
    let mails = people.mails().await;
    assert_eq!(
        to(&mails),
        [
            ("email_changed", &*who.email),
            ("verify_email", "elsewhere@post.example")
        ]
    );
}
