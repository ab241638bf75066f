//! When mails are sent: not too late, and not by half.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, mpsc};
use std::task::{Context, Waker};
use std::time::Duration;

use jiff::Timestamp;
use portcullis::account::{Delivery, Postman};
use portcullis::clock::Clock;
use portcullis::mail::{Letter, MailFailed};
use portcullis::store::{Errand, Mail, Outbox, UserChange, Users};
use portcullis::user::{EmailAddress, UserId};
use serde_json::json;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::{Semaphore, oneshot};
use tokio::time::sleep;

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

/// Time stands still until it is dropped, also while everybody waits for a hash.
struct Standstill(#[expect(dead_code, reason = "its end is what is heard")] mpsc::Sender<()>);

impl Standstill {
    fn begin() -> Self {
        let (end, ended) = mpsc::channel();
        // tokio does not advance its clock beside one of these.
        tokio::task::spawn_blocking(move || _ = ended.recv());
        Self(end)
    }
}

/// Whether a letter is begun though no time passes.
async fn is_begun_at_once(begins: &mut UnboundedReceiver<()>) -> bool {
    for _ in 0..1_000 {
        if begins.try_recv().is_ok() {
            return true;
        }
        tokio::task::yield_now().await;
    }
    false
}

/// Whoever asks again right away would hear in the time of that answer whether there was work to do.
#[tokio::test(start_paused = true)]
async fn what_anybody_asks_for_does_not_wake_the_worker() {
    let house = AccountHouse::new().await;
    let token = house.token("johndoe").await;
    let (begun, mut begins) = unbounded_channel();
    let mailer = move |_: Letter| {
        _ = begun.send(());
        std::future::ready(Ok::<(), MailFailed>(()))
    };
    let worker = tokio::spawn(house.auth.deliver(Arc::new(mailer)));
    for number in 0..4 {
        sleep(Duration::from_millis(3_500)).await;
        while begins.try_recv().is_ok() {}
        let standstill = Standstill::begin();
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
            2 => assert_eq!(house.ask_email(&token, "new@example.org").await.status, 202),
            // What its owner alone can cause goes at once.
            _ => {
                let body = json!({"current_password": PASSWORD, "new_password": NEW_PASSWORD});
                let change = house.ask("PUT /users/me/password").by(&token);
                assert_eq!(change.json(&body).await.status, 204);
            }
        }
        let is_at_once = is_begun_at_once(&mut begins).await;
        assert_eq!(is_at_once, number == 3, "{number}");
        drop(standstill);
        if !is_at_once {
            begins.recv().await.unwrap();
        }
    }
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

/// Shows the house's time; the second time that it is asked, which is between the look at the account and
/// the storing of a token, something happens first.
struct Interrupting {
    house: &'static AccountHouse,
    asked: AtomicU32,
    change: UserChange,
    id: UserId,
}

impl Clock for Interrupting {
    fn now(&self) -> Timestamp {
        if self.asked.fetch_add(1, Ordering::SeqCst) == 1 {
            let change = self.house.store.update_user(&self.id, self.change.clone());
            let mut changed = std::pin::pin!(change);
            let context = &mut Context::from_waker(Waker::noop());
            assert!(changed.as_mut().poll(context).is_ready(), "in memory");
        }
        self.house.clock.now()
    }
}

/// Delivers the one mail that is due, while the account of `name` is changed so; and what follows, later.
async fn delivered_beside(
    house: &'static AccountHouse,
    name: &str,
    change: UserChange,
) -> (Delivery, Vec<(&'static str, String)>) {
    let clock = Interrupting {
        house,
        asked: AtomicU32::new(0),
        change,
        id: house.user(name).await.id,
    };
    let postman = Postman {
        clock: &clock,
        ..house.postman()
    };
    let claimed = house.postman().claim(1).await.unwrap();
    let delivery = postman.deliver(&claimed[0]).await.unwrap();
    assert!(clock.asked.into_inner() > 2, "it was changed");
    house.clock.advance(10);
    (delivery, house.told().await)
}

/// What a change ends is not sent, though it comes when the account was looked at; and what it does not
/// end is not lost.
#[tokio::test]
async fn a_change_between_the_look_and_the_letter_is_seen() {
    let elsewhere = || UserChange {
        email: Some(Some(EmailAddress::parse("new@example.org").unwrap())),
        ..UserChange::default()
    };
    let house: &AccountHouse = Box::leak(Box::new(AccountHouse::new().await));
    let johndoe = house.user("johndoe").await;
    let errand = Errand::ConfirmEmail {
        user: johndoe.id.clone(),
        address: EmailAddress::parse("mistyped@example.org").unwrap(),
        epoch: johndoe.epoch,
    };
    let mail = Mail::new(errand, house.auth.now()).unwrap();
    house.store.insert_mail(mail).await.unwrap();
    let (delivery, told) = delivered_beside(house, "johndoe", elsewhere()).await;
    assert_eq!((delivery, told), (Delivery::Postponed, vec![]));

    let house: &AccountHouse = Box::leak(Box::new(AccountHouse::new().await));
    let writer = house.token("writer").await;
    let body = json!({"email": "guest@example.com"});
    let invited = house.ask("POST /invitations").by(&writer).json(&body).await;
    assert_eq!(invited.status, 202);
    let (delivery, told) = delivered_beside(house, "writer", elsewhere()).await;
    let invitation = ("invitation", "guest@example.com".to_owned());
    assert_eq!((delivery, told), (Delivery::Postponed, vec![invitation]));
}
