//! The database fails under a session, verb by verb: nobody is let in, nobody is told that a sign-out
//! worked, and nothing is half done.

mod lost_answer;
mod verbs;

use std::sync::{Arc, Mutex};

use http::Request;
use jiff::Timestamp;
use portcullis::account::ClientDraft;
use portcullis::openapi::ApiRouter;
use portcullis::store::{
    Answer as Stored, Family, MemoryStore, NewSession, Rotated, Rotation, Session, Sessions,
    StoreError, UserSource,
};
use portcullis::user::{UserId, Username};
use serde_json::Value;

use crate::fixture::{Answer, FORM, House, bearer, login, post, send};

const LOGIN: &str = "username=johndoe&password=secret";
/// Nothing of what the database says may reach a client.
const TOLD: [&str; 5] = ["10.1.2.3", "admin", "refused", "column", "holds"];

#[derive(Debug, Clone, Copy, PartialEq)]
enum Verb {
    Insert,
    Find,
    List,
    FindFamily,
    Rotate,
    Delete,
    DeleteAll,
    Sweep,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Failure {
    /// Unavailable, and nothing was done.
    Away,
    /// Unavailable, but it was done: the answer alone was lost.
    AnswerLost,
    /// Unexpected, and nothing was done.
    Strange,
}

impl Failure {
    fn error(self) -> StoreError {
        match self {
            Self::Away | Self::AnswerLost => {
                StoreError::unavailable("connection to 10.1.2.3 refused, user=admin")
            }
            Self::Strange => StoreError::unexpected("column salt holds 7"),
        }
    }
}

/// Which verb fails, or that all do, and how.
type Fault = (Option<Verb>, Failure);

/// Sessions in memory, of whose verbs one or all fail.
struct Faulty {
    store: Arc<MemoryStore>,
    fault: Arc<Mutex<Option<Fault>>>,
}

impl Faulty {
    fn ask<'a, T>(&'a self, asked: Verb, verb: impl FnOnce() -> Stored<'a, T>) -> Stored<'a, T> {
        let fault = *self.fault.lock().unwrap();
        match fault {
            Some((failing, failure)) if failing.is_none_or(|failing| failing == asked) => {
                if failure == Failure::AnswerLost {
                    // In memory, what is asked is done at once.
                    drop(verb());
                }
                Stored::ready(Err(failure.error()))
            }
            _ => verb(),
        }
    }
}

impl Sessions for Faulty {
    fn insert_session(&self, session: NewSession) -> Stored<'_, ()> {
        self.ask(Verb::Insert, || self.store.insert_session(session))
    }

    fn find_session<'a>(&'a self, id: &'a str) -> Stored<'a, Option<Session>> {
        self.ask(Verb::Find, || self.store.find_session(id))
    }

    fn list_sessions<'a>(&'a self, user: &'a UserId) -> Stored<'a, Vec<Session>> {
        self.ask(Verb::List, || self.store.list_sessions(user))
    }

    fn find_family<'a>(&'a self, id: &'a str) -> Stored<'a, Option<Family>> {
        self.ask(Verb::FindFamily, || self.store.find_family(id))
    }

    fn rotate_session(&self, rotation: Rotation) -> Stored<'_, Rotated> {
        self.ask(Verb::Rotate, || self.store.rotate_session(rotation))
    }

    fn delete_session<'a>(&'a self, id: &'a str) -> Stored<'a, bool> {
        self.ask(Verb::Delete, || self.store.delete_session(id))
    }

    fn delete_sessions<'a>(&'a self, user: &'a UserId) -> Stored<'a, u64> {
        self.ask(Verb::DeleteAll, || self.store.delete_sessions(user))
    }

    fn sweep_sessions(&self, now: Timestamp, retry_since: Timestamp) -> Stored<'_, u64> {
        self.ask(Verb::Sweep, || self.store.sweep_sessions(now, retry_since))
    }
}

/// What a client asks for with its tokens.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Ask {
    SignIn,
    Renew,
    RevokeByRefresh,
    RevokeByAccess,
    Me,
    ListMine,
    EndThis,
    EndAll,
    /// An API asks about the refresh token.
    Introspect,
}

const EVERYTHING: [Ask; 9] = [
    Ask::SignIn,
    Ask::Renew,
    Ask::RevokeByRefresh,
    Ask::RevokeByAccess,
    Ask::Me,
    Ask::ListMine,
    Ask::EndThis,
    Ask::EndAll,
    Ask::Introspect,
];

impl Ask {
    /// The status when all is well.
    fn works(self) -> u16 {
        match self {
            Self::EndThis | Self::EndAll => 204,
            _ => 200,
        }
    }

    fn ends(self) -> bool {
        matches!(
            self,
            Self::RevokeByRefresh | Self::RevokeByAccess | Self::EndThis | Self::EndAll
        )
    }
}

/// A house whose sessions can fail.
struct Shaky {
    house: House,
    fault: Arc<Mutex<Option<Fault>>>,
    /// Who may introspect.
    api: (String, String),
}

impl Shaky {
    async fn new() -> Self {
        let fault = Arc::new(Mutex::new(None));
        let shared = fault.clone();
        let around = |store| Faulty {
            store,
            fault: shared,
        };
        let house = House::with_sessions_kept_by(around).await;
        let api = ClientDraft {
            may_introspect: true,
            ..ClientDraft::new("api")
        };
        let api = house.client(api).await;
        Self { house, fault, api }
    }

    /// From now on this verb fails, or all do.
    fn fails(&self, verb: Option<Verb>, failure: Failure) {
        *self.fault.lock().unwrap() = Some((verb, failure));
    }

    fn is_mended(&self) {
        *self.fault.lock().unwrap() = None;
    }

    async fn ask(&self, what: Ask, tokens: &Value) -> Answer {
        let access = tokens["access_token"].as_str().unwrap();
        let refresh = tokens["refresh_token"].as_str().unwrap();
        let ended = |path: &str| {
            let request = Request::delete(path).header("authorization", format!("Bearer {access}"));
            request.body(axum::body::Body::empty()).unwrap()
        };
        let request = match what {
            Ask::SignIn => login(LOGIN),
            Ask::Renew => login(&format!("grant_type=refresh_token&refresh_token={refresh}")),
            Ask::RevokeByRefresh => post("/revoke", &[FORM], format!("token={refresh}")),
            Ask::RevokeByAccess => post("/revoke", &[FORM], format!("token={access}")),
            Ask::Me => bearer("/users/me", access),
            Ask::ListMine => bearer("/users/me/sessions", access),
            Ask::EndThis => ended(&format!("/users/me/sessions/{}", &refresh[..22])),
            Ask::EndAll => ended("/users/me/sessions"),
            Ask::Introspect => {
                let (id, secret) = &self.api;
                let form = format!("token={refresh}&client_id={id}&client_secret={secret}");
                post("/introspect", &[FORM], form)
            }
        };
        send(&self.house.app(ApiRouter::new()), request).await
    }

    /// What works, and what it answers.
    async fn done(&self, what: Ask, tokens: &Value) -> Value {
        let answer = self.ask(what, tokens).await;
        assert_eq!(answer.status, what.works(), "{what:?}: {}", answer.text());
        serde_json::from_slice(&answer.body).unwrap_or_default()
    }

    async fn sign_in(&self) -> Value {
        let answer = send(&self.house.app(ApiRouter::new()), login(LOGIN)).await;
        answer.json()
    }

    /// Everything that is stored of johndoe's sessions, but for their tokens.
    async fn stored(&self) -> Vec<Session> {
        let name = Username::parse("johndoe").unwrap();
        let store = &self.house.store;
        let johndoe = store.find_by_username(&name).await.unwrap().unwrap().user;
        store.list_sessions(&johndoe.id).await.unwrap()
    }
}

/// It is told in one way that the store failed, and in no more words than that.
fn is_told(answer: &Answer, failure: Failure, what: &str) {
    let (status, error, retry) = match failure {
        Failure::Away | Failure::AnswerLost => (503, "temporarily_unavailable", Some("1")),
        Failure::Strange => (500, "server_error", None),
    };
    assert_eq!(answer.refusal(), (status, error.into(), None), "{what}");
    assert_eq!(answer.header("retry-after"), retry, "{what}");
    for told in TOLD {
        assert!(!answer.text().contains(told), "{what}: {}", answer.text());
    }
}
