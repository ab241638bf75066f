//! Sessions in SQLite.

use jiff::Timestamp;
use portcullis::store::{
    Answer, Family, NewSession, Rotated, Rotation, SESSIONS_PER_USER, Session, Sessions, StoreError,
};
use portcullis::user::UserId;
use rusqlite::{Row, Transaction, params};

use super::SqliteStore;
use super::failure::failure;
use super::users::execute;
use crate::session_columns::{
    FamilyColumns, SWEEPS, SWEPT_AT_ONCE, SessionColumns, family_columns, session_columns,
};
use crate::unreadable::log_left_out;

pub(super) const FIND: &str = concat!(
    "SELECT ",
    session_columns!(),
    " FROM sessions WHERE id = ?1"
);
pub(super) const LIST: &str = concat!(
    "SELECT ",
    session_columns!(),
    " FROM sessions WHERE user_id = ?1 ORDER BY created_at DESC, id DESC LIMIT ?2"
);
const INSERT: &str = concat!(
    "INSERT INTO sessions (",
    session_columns!(),
    ", family_digest, token_digest) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8, ?9, ?10, ?11)"
);
pub(super) const FIND_FAMILY: &str = concat!(
    "SELECT ",
    family_columns!(),
    " FROM sessions WHERE id = ?1 AND family_digest IS NOT NULL"
);
/// Of a user, all but so many that were used last.
pub(super) const MAKE_ROOM: &str = "DELETE FROM sessions WHERE id IN (\
    SELECT id FROM sessions WHERE user_id = ?1 \
    ORDER BY last_used_at DESC, created_at DESC, id DESC LIMIT -1 OFFSET ?2)";
/// What refresh tokens a session has that is not over.
pub(super) const FAMILY: &str = concat!(
    "SELECT ",
    family_columns!(),
    " FROM sessions WHERE id = ?1 AND idle_until > ?2 AND ends_at > ?2 \
     AND family_digest IS NOT NULL"
);
const ROTATE: &str = "UPDATE sessions SET token_digest = ?2, spent_digest = ?3, salt = ?4, \
    rotated_at_ms = ?5, last_used_at = ?6, idle_until = ?7 WHERE id = ?1";
const DELETE: &str = "DELETE FROM sessions WHERE id = ?1";
pub(super) const DELETE_OF_USER: &str = "DELETE FROM sessions WHERE user_id = ?1";
/// Whether there is anything to sweep. By the expression that is indexed, as below.
pub(super) const ANY_TO_SWEEP: &str = "SELECT 1 WHERE \
    EXISTS (SELECT 1 FROM sessions WHERE min(idle_until, ends_at) <= ?1) \
    OR EXISTS (SELECT 1 FROM sessions WHERE rotated_at_ms < ?2)";
pub(super) const DELETE_OVER: &str = "DELETE FROM sessions WHERE id IN (\
    SELECT id FROM sessions WHERE min(idle_until, ends_at) <= ?1 LIMIT ?2)";
pub(super) const ERASE_SALTS: &str = "UPDATE sessions \
    SET spent_digest = NULL, salt = NULL, rotated_at_ms = NULL WHERE id IN (\
    SELECT id FROM sessions WHERE rotated_at_ms < ?1 LIMIT ?2)";

fn read_session(row: &Row<'_>) -> Result<Session, StoreError> {
    let columns = || -> Result<SessionColumns<'_>, Box<dyn std::error::Error + Send + Sync>> {
        Ok(SessionColumns {
            id: row.get_ref(0)?.as_str()?,
            user: row.get_ref(1)?.as_str_or_null()?,
            client: row.get_ref(2)?.as_str()?,
            scopes: row.get_ref(3)?.as_str()?,
            epoch: row.get(4)?,
            user_agent: row.get_ref(5)?.as_str_or_null()?,
            times: [row.get(6)?, row.get(7)?, row.get(8)?, row.get(9)?],
        })
    };
    let columns = columns().map_err(StoreError::unexpected)?;
    columns.read().map_err(StoreError::unexpected)
}

fn read_family(row: &Row<'_>) -> Result<Family, StoreError> {
    let columns = || -> Result<FamilyColumns<'_>, Box<dyn std::error::Error + Send + Sync>> {
        Ok(FamilyColumns {
            shared: row.get_ref(0)?.as_blob()?,
            present: row.get_ref(1)?.as_blob()?,
            spent: row.get_ref(2)?.as_blob_or_null()?,
            salt: row.get_ref(3)?.as_blob_or_null()?,
            rotated_at: row.get(4)?,
        })
    };
    let columns = columns().map_err(StoreError::unexpected)?;
    columns.read().map_err(StoreError::unexpected)
}

impl Sessions for SqliteStore {
    fn insert_session(&self, new: NewSession) -> Answer<'_, ()> {
        self.writer.write(move |transaction| {
            let values = params![
                new.id,
                new.user.as_ref().map(UserId::as_str),
                new.client.as_str(),
                new.scopes.to_string(),
                new.epoch.number(),
                new.user_agent,
                new.created_at.as_second(),
                new.idle_until.as_second(),
                new.ends_at.as_second(),
                new.refresh.as_ref().map(|first| first.family.as_bytes()),
                new.refresh.as_ref().map(|first| first.token.as_bytes()),
            ];
            if let Some(user) = &new.user {
                let others = SESSIONS_PER_USER - 1;
                execute(transaction, MAKE_ROOM, (user.as_str(), others))?;
            }
            execute(transaction, INSERT, values)?;
            Ok(())
        })
    }

    fn find_session<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Session>> {
        let found = self.readers.find(id, |connection| {
            let mut statement = connection.prepare_cached(FIND).map_err(failure)?;
            let mut rows = statement.query([id]).map_err(failure)?;
            rows.next().map_err(failure)?.map(read_session).transpose()
        });
        Answer::ready(found)
    }

    /// A session whose row cannot be read is left out and logged: no token of it works, and hiding
    /// all others behind it would keep their owner from ending them.
    fn list_sessions<'a>(&'a self, user: &'a UserId) -> Answer<'a, Vec<Session>> {
        Answer::ready(self.readers.read(|connection| {
            let mut statement = connection.prepare_cached(LIST).map_err(failure)?;
            let values = (user.as_str(), SESSIONS_PER_USER);
            let mut rows = statement.query(values).map_err(failure)?;
            let mut sessions = Vec::new();
            while let Some(row) = rows.next().map_err(failure)? {
                match read_session(row) {
                    Ok(session) => sessions.push(session),
                    Err(error) => log_left_out("a session", &error),
                }
            }
            Ok(sessions)
        }))
    }

    fn find_family<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Family>> {
        Answer::ready(self.readers.read(|connection| {
            let mut statement = connection.prepare_cached(FIND_FAMILY).map_err(failure)?;
            let mut rows = statement.query([id]).map_err(failure)?;
            rows.next().map_err(failure)?.map(read_family).transpose()
        }))
    }

    fn rotate_session(&self, rotation: Rotation) -> Answer<'_, Rotated> {
        self.writer
            .write(move |transaction| rotate(transaction, &rotation))
    }

    fn delete_session<'a>(&'a self, id: &'a str) -> Answer<'a, bool> {
        let id = id.to_owned();
        self.writer
            .write(move |transaction| execute(transaction, DELETE, [id]))
    }

    fn delete_sessions<'a>(&'a self, user: &'a UserId) -> Answer<'a, u64> {
        let user = user.clone();
        self.writer.write(move |transaction| {
            let mut statement = transaction
                .prepare_cached(DELETE_OF_USER)
                .map_err(failure)?;
            let ended = statement.execute([user.as_str()]).map_err(failure)?;
            Ok(ended as u64)
        })
    }

    /// Some rows a transaction, so that other writers come between. What finds nothing to do writes
    /// nothing: a write would make all that is remembered be forgotten.
    fn sweep_sessions(&self, now: Timestamp, retry_since: Timestamp) -> Answer<'_, u64> {
        let (now, since) = (now.as_second(), retry_since.as_millisecond());
        Answer::waiting(async move {
            let (mut all, mut is_erased) = (0, false);
            for _ in 0..SWEEPS {
                let is_done = self.readers.read(|connection| {
                    let mut statement = connection.prepare_cached(ANY_TO_SWEEP).map_err(failure)?;
                    Ok(!statement.exists((now, since)).map_err(failure)?)
                })?;
                if is_done {
                    break;
                }
                let swept = self.writer.write(move |transaction| {
                    let mut over = transaction.prepare_cached(DELETE_OVER).map_err(failure)?;
                    let removed = over.execute((now, SWEPT_AT_ONCE)).map_err(failure)?;
                    execute(transaction, ERASE_SALTS, (since, SWEPT_AT_ONCE))?;
                    Ok(removed as u64)
                });
                all += swept.await?;
                is_erased = true;
            }
            // The salts of long ago would lead from a token of long ago to the present one.
            self.writer.empty_log(is_erased).await?;
            Ok(all)
        })
    }
}

/// No other writer can come between, for the transaction holds the lock.
fn rotate(transaction: &Transaction<'_>, rotation: &Rotation) -> Result<Rotated, StoreError> {
    let id = rotation.session.as_str();
    let mut statement = transaction.prepare_cached(FAMILY).map_err(failure)?;
    let mut rows = statement
        .query((id, rotation.now.as_second()))
        .map_err(failure)?;
    let Some(row) = rows.next().map_err(failure)? else {
        return Ok(Rotated::Unknown);
    };
    let mut family = read_family(row)?;
    let rotated = family.rotate(rotation);
    match rotated {
        Rotated::Rotated => {
            let values = params![
                id,
                family.present.as_bytes(),
                family.spent.as_ref().map(|spent| spent.token.as_bytes()),
                family.spent.as_ref().map(|spent| spent.salt.as_bytes()),
                family.spent.map(|spent| spent.at.as_millisecond()),
                rotation.now.as_second(),
                rotation.idle_until.as_second(),
            ];
            execute(transaction, ROTATE, values)?;
        }
        Rotated::Replayed => {
            execute(transaction, DELETE, [id])?;
        }
        Rotated::Retried(_) | Rotated::Unknown => {}
    }
    Ok(rotated)
}
