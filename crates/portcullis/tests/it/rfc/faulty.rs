//! A store that can be away.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use portcullis::Auth;
use portcullis::auth::SessionLifetimes;
use portcullis::store::{
    Answer, Credential, MemoryStore, NewSession, Rotated, Rotation, Session, Sessions, StoreError,
    UserSource,
};
use portcullis::token::TokenDigest;
use portcullis::user::{User, UserId, Username};

use crate::fixture::{House, ISSUER, cheap};

/// A store, and which half of it is away.
pub(super) struct Faulty {
    store: Arc<MemoryStore>,
    pub(super) no_users: AtomicBool,
    pub(super) no_sessions: AtomicBool,
    /// Every byte that was given away about sessions.
    pub(super) told: Mutex<Vec<u8>>,
}

/// A house whose store can go away.
pub(super) async fn house() -> (House, Arc<Faulty>) {
    let inner = House::new().await;
    let faulty = Arc::new(Faulty {
        store: inner.store.clone(),
        no_users: AtomicBool::new(false),
        no_sessions: AtomicBool::new(false),
        told: Mutex::default(),
    });
    let auth = Auth::builder(faulty.clone())
        .sessions(faulty.clone(), SessionLifetimes::default())
        .issuer(ISSUER)
        .clock(inner.clock.clone())
        .hashing(cheap())
        .scope("users:read", "Read accounts.")
        .scope("items:read", "Read items.")
        .build();
    let auth = auth.unwrap();
    (House { auth, ..inner }, faulty)
}

fn unless<'a, T>(away: &AtomicBool, answer: impl FnOnce() -> Answer<'a, T>) -> Answer<'a, T> {
    if away.load(Ordering::SeqCst) {
        return Answer::ready(Err(StoreError::unavailable("10.1.2.3 refused user=admin")));
    }
    answer()
}

impl Faulty {
    fn is_told(&self, parts: &[&[u8]]) {
        for part in parts {
            self.told.lock().unwrap().extend_from_slice(part);
        }
    }
}

impl UserSource for Faulty {
    type User = User;

    fn find_by_username<'a>(
        &'a self,
        username: &'a Username,
    ) -> Answer<'a, Option<Credential<User>>> {
        unless(&self.no_users, || self.store.find_by_username(username))
    }

    fn find_by_subject<'a>(&'a self, subject: &'a str) -> Answer<'a, Option<User>> {
        unless(&self.no_users, || self.store.find_by_subject(subject))
    }

    fn check(&self) -> Answer<'_, ()> {
        unless(&self.no_users, || Answer::ready(Ok(())))
    }
}

impl Sessions for Faulty {
    fn insert_session(&self, session: NewSession) -> Answer<'_, ()> {
        self.is_told(&[session.id.as_bytes(), format!("{session:?}").as_bytes()]);
        if let Some(first) = &session.refresh {
            self.is_told(&[first.family.as_bytes(), first.token.as_bytes()]);
        }
        unless(&self.no_sessions, || self.store.insert_session(session))
    }

    fn find_session<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Session>> {
        unless(&self.no_sessions, || self.store.find_session(id))
    }

    fn list_sessions<'a>(&'a self, user: &'a UserId) -> Answer<'a, Vec<Session>> {
        unless(&self.no_sessions, || self.store.list_sessions(user))
    }

    fn has_family<'a>(&'a self, id: &'a str, family: TokenDigest) -> Answer<'a, bool> {
        unless(&self.no_sessions, || self.store.has_family(id, family))
    }

    fn rotate_session(&self, rotation: Rotation) -> Answer<'_, Rotated> {
        self.is_told(&[
            rotation.session.as_bytes(),
            format!("{rotation:?}").as_bytes(),
        ]);
        for digest in [&rotation.family, &rotation.presented, &rotation.successor] {
            self.is_told(&[digest.as_bytes()]);
        }
        self.is_told(&[rotation.salt.as_bytes()]);
        unless(&self.no_sessions, || self.store.rotate_session(rotation))
    }

    fn delete_session<'a>(&'a self, id: &'a str) -> Answer<'a, bool> {
        unless(&self.no_sessions, || self.store.delete_session(id))
    }

    fn delete_sessions<'a>(&'a self, user: &'a UserId) -> Answer<'a, u64> {
        unless(&self.no_sessions, || self.store.delete_sessions(user))
    }

    fn sweep_sessions(&self, now: Timestamp, retry_since: Timestamp) -> Answer<'_, ()> {
        unless(&self.no_sessions, || {
            self.store.sweep_sessions(now, retry_since)
        })
    }
}
