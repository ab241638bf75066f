//! A store that remembers what it was told of sessions.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use portcullis::store::{
    Answer, Family, MemoryStore, NewSession, Rotated, Rotation, Session, Sessions,
};
use portcullis::user::UserId;

use crate::fixture::House;

/// Every byte that a database would be given of sessions.
pub(super) type Told = Arc<Mutex<Vec<u8>>>;

struct Listening {
    store: Arc<MemoryStore>,
    told: Told,
}

pub(super) async fn house() -> (House, Told) {
    let told = Told::default();
    let around = |store| Listening {
        store,
        told: told.clone(),
    };
    (House::with_sessions_kept_by(around).await, told)
}

impl Listening {
    fn is_told(&self, parts: &[&[u8]]) {
        for part in parts {
            self.told.lock().unwrap().extend_from_slice(part);
        }
    }
}

impl Sessions for Listening {
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
