//! A database that is away, or holds what cannot be.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use axum::Router;
use portcullis::store::{Answer, Credential, MemoryStore, StoreError, UserSource};
use portcullis::user::{User, Username};

use super::app;
use crate::fixture::{House, bearer, get, login, send};

pub(crate) const FINE: u8 = 0;
pub(crate) const AWAY: u8 = 1;
pub(crate) const STRANGE: u8 = 2;

/// Users whose database has moods.
struct Moody {
    store: Arc<MemoryStore>,
    mood: Arc<AtomicU8>,
}

impl Moody {
    fn complain(&self) -> Result<(), StoreError> {
        match self.mood.load(Ordering::SeqCst) {
            AWAY => Err(StoreError::unavailable(
                "connection to 10.1.2.3 refused, user=admin",
            )),
            STRANGE => Err(StoreError::unexpected("column hashed_password holds 7")),
            _ => Ok(()),
        }
    }
}

impl UserSource for Moody {
    type User = User;

    fn find_by_username<'a>(
        &'a self,
        username: &'a Username,
    ) -> Answer<'a, Option<Credential<User>>> {
        match self.complain() {
            Ok(()) => self.store.find_by_username(username),
            Err(error) => Answer::ready(Err(error)),
        }
    }

    fn find_by_subject<'a>(&'a self, subject: &'a str) -> Answer<'a, Option<User>> {
        match self.complain() {
            Ok(()) => self.store.find_by_subject(subject),
            Err(error) => Answer::ready(Err(error)),
        }
    }

    fn check(&self) -> Answer<'_, ()> {
        Answer::ready(self.complain())
    }
}

/// A house with such users, and their mood.
pub(crate) async fn moody_house() -> (House, Arc<AtomicU8>) {
    let mood = Arc::new(AtomicU8::new(FINE));
    let around = |store| Moody {
        store,
        mood: mood.clone(),
    };
    (House::with_users_kept_by(around).await, mood)
}

async fn moody() -> (Router, Arc<AtomicU8>, String) {
    let (house, mood) = moody_house().await;
    let token = house.johndoe().await;
    (app(&house), mood, token)
}

const AWAY_BODY: &str = r#"{"detail":"Temporarily unavailable","error":"temporarily_unavailable"}"#;
const STRANGE_BODY: &str = r#"{"detail":"Internal server error","error":"server_error"}"#;

#[tokio::test]
async fn who_asks_for_the_user_hears_that_the_database_is_away() {
    let (app, mood, token) = moody().await;
    let asking = [
        "/current",
        "/active",
        "/needs-active",
        "/optional/active",
        "/users/me",
    ];
    for (state, status, body, retry) in [
        (AWAY, 503, AWAY_BODY, Some("1")),
        (STRANGE, 500, STRANGE_BODY, None),
    ] {
        mood.store(state, Ordering::SeqCst);
        for path in asking {
            let answer = send(&app, bearer(path, &token)).await;
            assert_eq!((answer.status, answer.text()), (status, body), "{path}");
            assert_eq!(answer.header("retry-after"), retry, "{path}");
            assert_eq!(answer.header("www-authenticate"), None, "{path}");
        }
        let alone = send(&app, bearer("/access", &token)).await;
        assert_eq!(alone.status, 200, "nobody asks the database for this one");
        let absent = send(&app, get("/active", &[])).await;
        assert_eq!(absent.status, 401, "and nobody for no token");
    }
    mood.store(FINE, Ordering::SeqCst);
    assert_eq!(send(&app, bearer("/active", &token)).await.status, 200);
}

#[tokio::test]
async fn a_login_hears_it_too_and_nothing_of_the_cause() {
    let (app, mood, _) = moody().await;
    for (state, status, error, retry) in [
        (AWAY, 503, "temporarily_unavailable", Some("1")),
        (STRANGE, 500, "server_error", None),
    ] {
        mood.store(state, Ordering::SeqCst);
        let answer = send(&app, login("username=johndoe&password=secret")).await;
        assert_eq!(answer.refusal(), (status, error.into(), None));
        assert_eq!(answer.header("retry-after"), retry);
        for told in ["10.1.2.3", "admin", "refused", "hashed_password", "column"] {
            assert!(!answer.text().contains(told), "{}", answer.text());
        }
        assert_eq!(send(&app, get("/readyz", &[])).await.status, status);
        assert_eq!(send(&app, get("/healthz", &[])).await.status, 200);
    }
    mood.store(FINE, Ordering::SeqCst);
    assert_eq!(send(&app, get("/readyz", &[])).await.status, 200);
}

#[tokio::test]
async fn a_name_that_cannot_be_one_is_not_asked_for() {
    let (app, mood, _) = moody().await;
    mood.store(AWAY, Ordering::SeqCst);
    let answer = send(&app, login("username=a%40b&password=secret")).await;
    assert_eq!(answer.refusal(), (400, "invalid_grant".into(), None));
}
