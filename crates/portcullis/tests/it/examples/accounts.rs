//! `accounts`: people register and recover, by mails.

use std::sync::Arc;
use std::time::Duration;

use portcullis::mail::{Letter, MailFailed};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::Served;

#[expect(dead_code, reason = "`main` and its mailer are run by a person")]
#[path = "../../../examples/accounts.rs"]
mod example;

/// For a dialogue in which nobody reads mails.
pub(super) fn app_without_mail() -> axum::Router {
    let mailer = |_: Letter| async { Ok(()) };
    example::app(Arc::new(mailer)).unwrap()
}

const JSON: &str = "content-type: application/json\r\n";

async fn next(letters: &mut UnboundedReceiver<Letter>) -> Letter {
    let next = tokio::time::timeout(Duration::from_secs(20), letters.recv());
    next.await.expect("a letter in time").unwrap()
}

#[tokio::test]
async fn accounts_registers_and_recovers_by_mail() {
    let (sender, mut letters) = unbounded_channel();
    let mailer = move |letter: Letter| {
        let sent = sender.send(letter).map_err(MailFailed::temporary);
        async { sent }
    };
    let served = Served::new(example::app(Arc::new(mailer)).unwrap()).await;
    let alice =
        r#"{"username":"alice","password":"twelve yellow umbrellas","email":"alice@example.com"}"#;
    let made = served.send("POST /users", JSON, alice).await;
    assert_eq!(
        (made.status, &made.json()["email_verified"]),
        (201, &false.into())
    );
    let letter = next(&mut letters).await;
    assert_eq!(
        (letter.kind(), letter.to.as_str()),
        ("verify_email", "alice@example.com")
    );
    let token = letter.content.link().unwrap().token().to_owned();
    let proof = format!(r#"{{"token":"{token}"}}"#);
    let proved = served
        .send("POST /email-verification/confirm", JSON, &proof)
        .await;
    assert_eq!(proved.status, 204, "{}", proved.body);

    let forgot = r#"{"username":"Alice"}"#;
    let asked = served.send("POST /password-recovery", JSON, forgot).await;
    assert_eq!((asked.status, &*asked.body), (202, ""));
    let letter = next(&mut letters).await;
    assert_eq!(letter.kind(), "reset_password");
    let token = letter.content.link().unwrap().token().to_owned();
    let reset = format!(r#"{{"token":"{token}","new_password":"seven green teapots"}}"#);
    for expected in [204, 400] {
        let answer = served.send("POST /password-reset", JSON, &reset).await;
        assert_eq!(answer.status, expected, "once");
    }
    assert_eq!(next(&mut letters).await.kind(), "password_changed");

    let token = served
        .token("username=alice&password=seven+green+teapots")
        .await;
    let hello = served.get("/hello", Some(&token)).await;
    assert_eq!(hello.body, "Hello, alice!");
}
