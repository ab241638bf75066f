//! Sessions in memory.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;

use super::MemoryStore;
use crate::client::ClientId;
use crate::store::{
    Answer, Family, NewSession, Rotated, Rotation, SESSIONS_PER_USER, Session, Sessions, StoreError,
};
use crate::user::UserId;

/// A session, and what is kept of its refresh tokens.
pub(super) struct Kept {
    pub(super) session: Session,
    family: Option<Family>,
}

impl Sessions for MemoryStore {
    fn insert_session(&self, new: NewSession) -> Answer<'_, ()> {
        self.try_write(|tables| {
            if let Some(user) = &new.user
                && tables.by_subject(user.as_str()).is_none()
            {
                return Err(StoreError::unexpected("the session's user is not there"));
            }
            if new.client != ClientId::first_party() && !tables.has_client(&new.client) {
                return Err(StoreError::unexpected("the session's client is not there"));
            }
            if tables.sessions.contains_key(new.id.as_str()) {
                return Err(StoreError::unexpected("the session's id is taken"));
            }
            if let Some(user) = &new.user {
                make_room(&mut tables.sessions, user);
            }
            let kept = Kept {
                session: new.to_session(),
                family: new.refresh.map(Family::first),
            };
            tables.sessions.insert(new.id.into(), kept);
            Ok(())
        })
    }

    fn find_session<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Session>> {
        self.read(|tables| tables.sessions.get(id).map(|kept| kept.session.clone()))
    }

    fn list_sessions<'a>(&'a self, user: &'a UserId) -> Answer<'a, Vec<Session>> {
        self.read(|tables| {
            let sessions = tables.sessions.values().map(|kept| &kept.session);
            let sessions = sessions.filter(|session| session.user.as_ref() == Some(user));
            let mut found: Vec<_> = sessions.cloned().collect();
            found.sort_by(|one, other| {
                (other.created_at, &other.id).cmp(&(one.created_at, &one.id))
            });
            found.truncate(SESSIONS_PER_USER as usize);
            found
        })
    }

    fn find_family<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Family>> {
        self.read(|tables| tables.sessions.get(id).and_then(|kept| kept.family))
    }

    fn rotate_session(&self, rotation: Rotation) -> Answer<'_, Rotated> {
        self.write(|tables| {
            let Some(Kept {
                session,
                family: Some(family),
            }) = tables.sessions.get_mut(rotation.session.as_str())
            else {
                return Rotated::Unknown;
            };
            if session.is_over(rotation.now) {
                return Rotated::Unknown;
            }
            let rotated = family.rotate(&rotation);
            match rotated {
                Rotated::Rotated => {
                    session.last_used_at = rotation.now;
                    session.idle_until = rotation.idle_until;
                }
                Rotated::Replayed => {
                    tables.sessions.remove(rotation.session.as_str());
                }
                Rotated::Retried(_) | Rotated::Unknown => {}
            }
            rotated
        })
    }

    fn delete_session<'a>(&'a self, id: &'a str) -> Answer<'a, bool> {
        self.write(|tables| tables.sessions.remove(id).is_some())
    }

    fn delete_sessions<'a>(&'a self, user: &'a UserId) -> Answer<'a, u64> {
        self.write(|tables| {
            let before = tables.sessions.len();
            tables
                .sessions
                .retain(|_, kept| kept.session.user.as_ref() != Some(user));
            (before - tables.sessions.len()) as u64
        })
    }

    fn sweep_sessions(&self, now: Timestamp, retry_since: Timestamp) -> Answer<'_, u64> {
        self.write(|tables| {
            let before = tables.sessions.len();
            tables.sessions.retain(|_, kept| !kept.session.is_over(now));
            for family in tables
                .sessions
                .values_mut()
                .flat_map(|kept| &mut kept.family)
            {
                family.spent = family.spent.filter(|spent| spent.at >= retry_since);
            }
            (before - tables.sessions.len()) as u64
        })
    }
}

/// Ends what a user has too many of for one more session, the least recently used.
fn make_room(sessions: &mut BTreeMap<Box<str>, Kept>, user: &UserId) {
    let of_user = sessions.values().map(|kept| &kept.session);
    let mut of_user: Vec<_> = of_user
        .filter(|session| session.user.as_ref() == Some(user))
        .collect();
    of_user.sort_by_key(|session| Reverse((session.last_used_at, session.created_at, &session.id)));
    let room = of_user.iter().skip(SESSIONS_PER_USER as usize - 1);
    let ended: Vec<_> = room.map(|session| session.id.clone()).collect();
    for id in ended {
        sessions.remove(id.as_str());
    }
}
