//! When mails are sent: not too late, and not by half.

use std::sync::Arc;
use std::time::Duration;

use portcullis::account::Delivery;
use portcullis::mail::{Letter, MailFailed};
use portcullis::store::Outbox;
use serde_json::json;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::{Instant, sleep};

use super::AccountHouse;

const DAY: i64 = 24 * 3_600;

async fn ask_recovery(house: &AccountHouse, name: &str) {
    let body = json!({"username": name});
    let answer = house.ask("POST /password-recovery").json(&body).await;
    assert_eq!(answer.status, 202);
}

#[tokio::test]
async fn what_waited_for_longer_than_it_is_of_use_is_not_sent() {
    for (seconds, expected) in [
        (DAY - 1, &[Delivery::Resolved, Delivery::Sent][..]),
        (DAY, &[Delivery::GivenUp]),
    ] {
        let house = AccountHouse::new().await;
        ask_recovery(&house, "johndoe").await;
        house.clock.advance(seconds);
        assert_eq!(house.work().await, expected, "after {seconds} s");
        let load = house.store.measure_outbox().await.unwrap();
        let given_up = u64::from(expected == [Delivery::GivenUp]);
        assert_eq!((load.waiting, load.given_up), (0, given_up));
    }
}

/// Whoever asks again right away would hear in the time of that answer whether there was work to do.
#[tokio::test(start_paused = true)]
async fn what_anybody_asks_for_does_not_wake_the_worker() {
    let house = AccountHouse::new().await;
    let (begun, mut begins) = tokio::sync::mpsc::unbounded_channel();
    let mailer = move |_: Letter| {
        _ = begun.send(Instant::now());
        std::future::ready(Ok::<(), MailFailed>(()))
    };
    let worker = tokio::spawn(house.auth.deliver(Arc::new(mailer)));
    sleep(Duration::from_millis(10)).await;
    let asked = Instant::now();
    ask_recovery(&house, "johndoe").await;
    let begins_at = begins.recv().await.unwrap();
    assert!(
        begins_at - asked > Duration::from_millis(900),
        "only when it looks"
    );

    // A notice, which only the owner can cause, goes at once.
    let token = house.token("johndoe").await;
    sleep(Duration::from_millis(10)).await;
    let asked = Instant::now();
    house.ask_email(&token, "new@example.com").await;
    let begins_at = begins.recv().await.unwrap();
    assert!(begins_at - asked < Duration::from_millis(900));
    worker.abort();
}

#[tokio::test]
async fn at_a_stop_what_was_begun_is_finished_and_nothing_is_begun() {
    let house = AccountHouse::new().await;
    for name in ["johndoe", "alice"] {
        let token = house.token(name).await;
        let new = format!("{name}@example.org");
        house.ask_email(&token, &new).await;
    }
    // Both addresses of both.
    let waiting = house.store.measure_outbox().await.unwrap().waiting;
    assert_eq!(waiting, 4);
    let (gate, arrived) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let mailer = {
        let (gate, arrived) = (Arc::clone(&gate), Arc::clone(&arrived));
        move |_: Letter| {
            let (gate, arrived) = (Arc::clone(&gate), Arc::clone(&arrived));
            async move {
                arrived.add_permits(1);
                gate.acquire().await.unwrap().forget();
                Ok::<(), MailFailed>(())
            }
        }
    };
    let (stop, stopped) = oneshot::channel::<()>();
    let stopped = async { _ = stopped.await };
    let worker = tokio::spawn(house.auth.deliver_until(Arc::new(mailer), stopped));
    arrived.acquire_many(4).await.unwrap().forget();
    drop(stop);
    sleep(Duration::from_millis(50)).await;
    assert!(!worker.is_finished(), "it waits for the mailer");
    let token = house.token("johndoe").await;
    house.ask_email(&token, "another@example.org").await;
    gate.add_permits(4);
    worker.await.unwrap();
    let left = house.store.measure_outbox().await.unwrap().waiting;
    assert_eq!(
        (left, arrived.available_permits()),
        (2, 0),
        "what came later waits"
    );
}
