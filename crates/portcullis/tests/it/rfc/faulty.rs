//! A store whose users can be away, and which remembers what it was told of sessions.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use portcullis::Auth;
use portcullis::auth::SessionLifetimes;
use portcullis::store::{
    Answer, Credential, Family, MemoryStore, NewSession, Rotated, Rotation, Session, Sessions,
    StoreError, UserSource,
};
use portcullis::user::{User, UserId, Username};

use crate::fixture::{House, ISSUER, cheap};

pub(super) struct Faulty {
    store: Arc<MemoryStore>,
    pub(super) no_users: AtomicBool,
    /// Every byte that a database would be given of sessions.
    pub(super) told: Mutex<Vec<u8>>,
}

pub(super) async fn house() -> (House, Arc<Faulty>) {
    let inner = House::new().await;
    let faulty = Arc::new(Faulty {
        store: inner.store.clone(),
        no_users: AtomicBool::new(false),
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

impl Faulty {
    fn users<'a, T>(&'a self, answer: impl FnOnce() -> Answer<'a, T>) -> Answer<'a, T> {
        if self.no_users.load(Ordering::SeqCst) {
            return Answer::ready(Err(StoreError::unavailable("10.1.2.3 refused user=admin")));
        }
        answer()
    }

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
        self.users(|| self.store.find_by_username(username))
    }

    fn find_by_subject<'a>(&'a self, subject: &'a str) -> Answer<'a, Option<User>> {
        self.users(|| self.store.find_by_subject(subject))
    }
}

impl Sessions for Faulty {
    fn insert_session(&self, session: NewSession) -> Answer<'_, ()> {
        self.is_told(&[session.id.as_bytes(), format!("{session:?}").as_bytes()]);
        if let Some(first) = &session.refresh {
            self.is_told(&[first.family.as_bytes(), first.token.as_bytes()]);
        }
        self.store.insert_session(session)
    }

    fn find_session<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Session>> {
        self.store.find_session(id)
    }

    fn list_sessions<'a>(&'a self, user: &'a UserId) -> Answer<'a, Vec<Session>> {
        self.store.list_sessions(user)
    }

    fn find_family<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Family>> {
        self.store.find_family(id)
    }

    fn rotate_session(&self, rotation: Rotation) -> Answer<'_, Rotated> {
        self.is_told(&[rotation.session.as_bytes(), rotation.salt.as_bytes()]);
        self.is_told(&[format!("{rotation:?}").as_bytes()]);
        for digest in [&rotation.family, &rotation.presented, &rotation.successor] {
            self.is_told(&[digest.as_bytes()]);
        }
        self.store.rotate_session(rotation)
    }

    fn delete_session<'a>(&'a self, id: &'a str) -> Answer<'a, bool> {
        self.store.delete_session(id)
    }

    fn delete_sessions<'a>(&'a self, user: &'a UserId) -> Answer<'a, u64> {
        self.store.delete_sessions(user)
    }

    fn sweep_sessions(&self, now: Timestamp, retry_since: Timestamp) -> Answer<'_, u64> {
        self.store.sweep_sessions(now, retry_since)
    }
}
