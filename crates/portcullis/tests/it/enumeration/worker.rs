//! What is done about a mail is done after the answer, and never by the request.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use portcullis::mail::{Letter, MailFailed};
use serde_json::json;
use tokio::time::Instant;

use super::{ACCOUNTS, House};

/// The mail server hangs, which takes half a minute for each letter. The time stands still unless
/// everybody waits.
#[tokio::test(start_paused = true)]
async fn e02_no_answer_waits_for_a_mail() {
    let house = House::new().await;
    let begun = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&begun);
    let hanging = move |_: Letter| {
        count.fetch_add(1, Ordering::Relaxed);
        std::future::pending::<Result<(), MailFailed>>()
    };
    let worker = tokio::spawn(house.auth.deliver(Arc::new(hanging)));
    // It looks once at its start.
    tokio::time::sleep(Duration::from_secs(2)).await;
    for name in ACCOUNTS.into_iter().chain(["nobody1"]) {
        for path in ["/password-recovery", "/email-verification"] {
            let body = json!({ "email": format!("{name}@example.com") });
            let asked = Instant::now();
            let headers = [("content-type", "application/json")];
            let request = crate::fixture::post(path, &headers, body.to_string());
            let answer = crate::fixture::send(&house.app, request).await;
            assert_eq!(answer.status, 202, "{name}");
            assert_eq!(asked.elapsed(), Duration::ZERO, "{path}, {name}");
            // The worker comes to its turn, and hangs.
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
    }
    // Letters to those who have an address that fits: else nothing was shown.
    assert!(begun.load(Ordering::Relaxed) >= 5, "{begun:?}");
    worker.abort();
}

/// Without a worker at all, everything is answered the same: the rows wait.
#[tokio::test]
async fn e02_the_request_leaves_the_resolving_to_the_worker() {
    let house = House::new().await;
    for name in ["johndoe", "nobody1"] {
        let body = json!({ "email": format!("{name}@example.com") });
        let (_, cost) = house.json("/password-recovery", &body).await;
        assert_eq!(cost.writes(), ["insert_mail"], "{name}");
    }
    let sent = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&sent);
    let mailer = move |_: Letter| {
        count.fetch_add(1, Ordering::Relaxed);
        std::future::ready(Ok::<(), MailFailed>(()))
    };
    let worker = tokio::spawn(house.auth.deliver(Arc::new(mailer)));
    let deadline = std::time::Instant::now() + Duration::from_secs(10);
    let outbox: &dyn portcullis::store::Outbox = &*house.counted.store;
    while outbox.measure_outbox().await.unwrap().waiting > 0 {
        assert!(std::time::Instant::now() < deadline, "the mails wait still");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // The known one's link, and nothing to the unknown one.
    assert_eq!(sent.load(Ordering::Relaxed), 1);
    worker.abort();
}
