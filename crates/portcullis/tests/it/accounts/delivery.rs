//! When mails are sent: not too late, and not by half.

use std::sync::Arc;
use std::time::Duration;

use portcullis::account::Delivery;
use portcullis::mail::{Letter, MailFailed};
use portcullis::store::Outbox;
use serde_json::json;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::{Instant, sleep};

use super::{AccountHouse, NEW_PASSWORD, PASSWORD};

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
    let token = house.token("johndoe").await;
    for number in 0..3 {
        let asked = Instant::now();
        match number {
            0 => ask_recovery(&house, "johndoe").await,
            1 => {
                let body = json!({
                    "username": "new.name",
                    "password": NEW_PASSWORD,
                    "email": "new@example.com",
                });
                assert_eq!(house.register(&body).await.status, 201);
            }
            _ => assert_eq!(house.ask_email(&token, "new@example.org").await.status, 202),
        }
        let begins_at = begins.recv().await.unwrap();
        assert!(begins_at - asked > Duration::from_millis(900), "{number}");
        while begins.try_recv().is_ok() {}
        sleep(Duration::from_millis(10)).await;
        while begins.try_recv().is_ok() {}
    }

    // What its owner alone can cause goes at once.
    let body = json!({"current_password": PASSWORD, "new_password": NEW_PASSWORD});
    let change = house.ask("PUT /users/me/password").by(&token);
    let asked = Instant::now();
    assert_eq!(change.json(&body).await.status, 204);
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
