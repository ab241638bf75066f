//! What a login costs, counted in jobs of the hashing pool, never in time.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::task::Poll;

use axum::Router;
use portcullis::account::{HashingPool, Overloaded};
use portcullis::password::PasswordHash;
use portcullis::scope::Scopes;
use portcullis::store::{NewUser, Users};
use portcullis::user::{UserId, Username};
use tokio::sync::oneshot;

use super::{LOGIN, app};
use crate::fixture::{Answer, House, get, login, one_thread, send};

type Waiting<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A job that holds the only thread until it is told to go on.
struct Gate {
    open: Sender<()>,
    job: Waiting<Result<(), Overloaded>>,
}

impl Gate {
    /// Enqueues a gate, and answers when it arrives at the thread.
    async fn enqueue(pool: &Arc<HashingPool>) -> (Self, oneshot::Receiver<()>) {
        let (open, opened) = channel();
        let (arrive, arrived) = oneshot::channel();
        let pool = Arc::clone(pool);
        let job = async move {
            pool.run(move |_| {
                let _ = arrive.send(());
                opened.recv().unwrap();
            })
            .await
        };
        let mut gate = Self {
            open,
            job: Box::pin(job),
        };
        assert!(!is_ready(&mut gate.job).await);
        (gate, arrived)
    }

    async fn pass(self) {
        self.open.send(()).unwrap();
        self.job.await.unwrap();
    }
}

/// Polls once.
async fn is_ready<T>(future: &mut Waiting<T>) -> bool {
    std::future::poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_ready())).await
}

fn begin(app: &Router, form: &str) -> Waiting<Answer> {
    let (app, request) = (app.clone(), login(form));
    Box::pin(async move { send(&app, request).await })
}

async fn house_with_one_thread() -> (House, Arc<HashingPool>) {
    let pool = one_thread();
    let house = House::built(|auth| auth.hashing_pool(pool.clone())).await;
    for (name, hashed_password) in [("keyless", None), ("broken", Some("fakehashedsecret"))] {
        let user = NewUser {
            id: UserId::random().unwrap(),
            username: Username::parse(name).unwrap(),
            email: None,
            email_verified: false,
            full_name: None,
            hashed_password: hashed_password.map(PasswordHash::from_store),
            disabled: false,
            scopes: Scopes::none(),
            created_at: house.auth.now(),
            mail: None,
        };
        house.store.insert_user(user).await.unwrap();
    }
    (house, pool)
}

/// Between two gates there is place for the jobs of one login. The login waits while the first gate
/// is closed, so it has a job; and it is done while the second is closed, so it has no other.
async fn costs_exactly_one_job(app: &Router, pool: &Arc<HashingPool>, form: &str) -> Answer {
    let (first, arrived) = Gate::enqueue(pool).await;
    arrived.await.unwrap();
    let mut signing_in = begin(app, form);
    assert!(!is_ready(&mut signing_in).await, "{form}: no job");
    let (second, arrived) = Gate::enqueue(pool).await;
    first.pass().await;
    arrived.await.unwrap();
    let polled =
        std::future::poll_fn(|context| Poll::Ready(signing_in.as_mut().poll(context))).await;
    second.pass().await;
    let Poll::Ready(answer) = polled else {
        unreachable!("{form}: a second job")
    };
    answer
}

#[tokio::test]
async fn every_login_costs_one_job() {
    let (house, pool) = house_with_one_thread().await;
    let app = app(&house);
    for (form, status) in [
        (LOGIN, 200),
        ("username=johndoe&password=wrong", 400),
        ("username=nobody&password=secret", 400),
        ("username=a%40b&password=secret", 400),
        ("username=john+doe&password=secret", 400),
        ("username=alice&password=secret2", 200),
        ("username=alice&password=wrong", 400),
        ("username=keyless&password=secret", 400),
        ("username=broken&password=secret", 400),
        ("username=broken&password=fakehashedsecret", 400),
    ] {
        let answer = costs_exactly_one_job(&app, &pool, form).await;
        assert_eq!(answer.status, status, "{form}");
    }
}

#[tokio::test]
async fn the_excess_is_told_to_come_back() {
    let (house, pool) = house_with_one_thread().await;
    let app = app(&house);
    let (gate, arrived) = Gate::enqueue(&pool).await;
    arrived.await.unwrap();
    let mut waiting = Vec::new();
    // Sixteen may wait for each thread.
    for _ in 0..16 {
        let mut signing_in = begin(&app, LOGIN);
        assert!(!is_ready(&mut signing_in).await);
        waiting.push(signing_in);
    }
    let refused = send(&app, login(LOGIN)).await;
    assert_eq!(
        refused.refusal(),
        (503, "temporarily_unavailable".into(), None)
    );
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(refused.json()["detail"], "Temporarily unavailable");
    // Known or not, right or wrong: the excess gets the same bytes.
    for form in [
        "username=nobody&password=x",
        "username=johndoe&password=wrong",
    ] {
        let other = send(&app, login(form)).await;
        assert_eq!((other.status, &other.body), (503, &refused.body), "{form}");
    }
    // What needs no hash is answered all the while.
    assert_eq!(send(&app, get("/healthz", &[])).await.status, 200);
    assert_eq!(send(&app, get("/users/me", &[])).await.status, 401);
    gate.pass().await;
    for signing_in in waiting {
        assert_eq!(signing_in.await.status, 200, "who waited is served");
    }
    assert_eq!(send(&app, login(LOGIN)).await.status, 200);
}

#[tokio::test]
async fn what_is_refused_without_a_hash_is_refused_by_a_full_pool_too() {
    let (house, pool) = house_with_one_thread().await;
    let app = app(&house);
    let (gate, arrived) = Gate::enqueue(&pool).await;
    arrived.await.unwrap();
    let mut waiting = Vec::new();
    for _ in 0..16 {
        let mut signing_in = begin(&app, LOGIN);
        assert!(!is_ready(&mut signing_in).await);
        waiting.push(signing_in);
    }
    assert_eq!(
        send(&app, login(LOGIN)).await.status,
        503,
        "the pool is full"
    );
    let (long, longest) = ("x".repeat(1_025), "x".repeat(1_024));
    for (form, error) in [
        // 1,025 bytes: refused before hashing, so that nobody buys work with bytes.
        (
            format!("username=johndoe&password={long}"),
            "invalid_request",
        ),
        (
            format!("username=nobody&password={long}"),
            "invalid_request",
        ),
        (
            format!("username=johndoe&password={}", "%C3%A9".repeat(513)),
            "invalid_request",
        ),
        (
            format!("{LOGIN}&grant_type=refresh_token"),
            "invalid_request",
        ),
        (format!("{LOGIN}&scope=admin"), "invalid_scope"),
        (format!("{LOGIN}&client_id=other"), "invalid_client"),
        ("username=johndoe".to_owned(), "invalid_request"),
        // And one that is not too long waits for its turn like any other.
        (
            format!("username=johndoe&password={longest}"),
            "temporarily_unavailable",
        ),
    ] {
        let answer = send(&app, login(&form)).await;
        assert_eq!(answer.refusal().1, error, "{form}");
    }
    gate.pass().await;
    for signing_in in waiting {
        assert_eq!(signing_in.await.status, 200);
    }
    let answer = send(&app, login(&format!("username=johndoe&password={longest}"))).await;
    assert_eq!(answer.refusal().1, "invalid_grant");
}
