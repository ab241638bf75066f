//! §4.2 and §3.1.3: what mails are good for.

use portcullis::token::Purpose;
use serde_json::json;

use crate::fixture::{login, send};
use crate::people::{OLD, OTHER, People};

const DAY: i64 = 86_400;

#[tokio::test]
async fn n31_a_recovery_ends_within_a_day_and_goes_to_proved_addresses_alone() {
    assert!(Purpose::ResetPassword.lifetime().as_secs() <= DAY);
    let people = People::new().await;
    for (seconds, status) in [(30 * 60 - 1, 204), (30 * 60, 400), (DAY + 1, 400)] {
        let who = people.joins().await;
        let token = people.recovers(&who).await;
        people.clock.advance(seconds);
        let body = json!({ "token": token, "new_password": OTHER });
        let got = people.post("/password-reset", &body).await.status;
        assert_eq!(got, status, "after {seconds} s");
        people.mails().await;
    }
    let (unproved, _) = people.with_password(OLD).await;
    people.mails().await;
    for body in [
        json!({ "email": unproved.email }),
        json!({ "username": unproved.username }),
    ] {
        assert_eq!(people.post("/password-recovery", &body).await.status, 202);
        assert!(people.mails().await.is_empty());
    }
}

#[tokio::test]
async fn n32_a_recovery_is_told_with_what_to_do() {
    let people = People::new().await;
    let who = people.joins().await;
    let asked = json!({ "email": who.email });
    assert_eq!(people.post("/password-recovery", &asked).await.status, 202);
    let mail = people.mail("reset_password").await;
    assert!(
        mail.text().contains("If it was not you, ignore this mail"),
        "{}",
        mail.text()
    );
    let token = mail.content.link().unwrap().token();
    let body = json!({ "token": token, "new_password": OTHER });
    assert_eq!(people.post("/password-reset", &body).await.status, 204);
    let mail = people.mail("password_changed").await;
    assert_eq!(mail.to.as_str(), who.email);
    let text = mail.text();
    assert!(
        text.contains("If it was not you, ask for a new password at once"),
        "{text}"
    );
}

#[tokio::test]
async fn n33_no_code_from_a_mail_signs_in() {
    let people = People::new().await;
    let who = people.joins().await;
    let token = people.recovers(&who).await;
    for form in [
        format!("username={}&password={token}", who.username),
        format!("username={}&otp={token}", who.username),
        format!("grant_type=otp&username={}&otp={token}", who.username),
        format!("grant_type=refresh_token&refresh_token={token}"),
    ] {
        let answer = send(&people.app, login(&form)).await;
        assert_eq!(answer.status, 400, "{form}");
    }
    let me = crate::fixture::bearer("/users/me", &token);
    assert_eq!(send(&people.app, me).await.status, 401);
    let metadata = crate::fixture::get("/.well-known/oauth-authorization-server", &[]);
    let grants = send(&people.app, metadata).await.json()["grant_types_supported"].clone();
    assert_eq!(
        grants,
        json!(["password", "refresh_token", "client_credentials"])
    );
}
