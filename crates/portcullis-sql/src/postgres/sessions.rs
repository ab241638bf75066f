//! Sessions in PostgreSQL.

use deadpool_postgres::Object;
use jiff::Timestamp;
use portcullis::store::{
    Answer, Family, NewSession, Rotated, Rotation, SESSIONS_PER_USER, Session, Sessions, StoreError,
};
use portcullis::user::UserId;
use tokio_postgres::Row;

use super::PostgresStore;
use super::connections::in_time;
use super::failure::Failure;
use super::users::Values;
use crate::session_columns::{
    FamilyColumns, SWEEPS, SWEPT_AT_ONCE, SessionColumns, family_columns, session_columns,
};
use crate::unreadable::log_left_out;

const FIND: &str = concat!(
    "SELECT ",
    session_columns!(),
    " FROM sessions WHERE id = $1"
);
const LIST: &str = concat!(
    "SELECT ",
    session_columns!(),
    " FROM sessions WHERE user_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2"
);
/// In one round trip it first ends, of the same user, all but so many that were used last. Of several
/// logins at once none sees the others', so there may be some too many until the next login; nor are
/// those ended that somebody else has locked. Client and user are locked before, as the reference from
/// the new row would do afterwards: in the order of all locks, or who deletes them would fail.
const INSERT: &str = concat!(
    "WITH client AS MATERIALIZED (SELECT 1 FROM clients WHERE id = $3 FOR KEY SHARE), \
     owner AS MATERIALIZED (SELECT id FROM users \
     WHERE id = $2 AND (SELECT count(*) FROM client) >= 0 FOR KEY SHARE), \
     oldest AS (SELECT id FROM sessions WHERE id = ANY (ARRAY(\
     SELECT id FROM sessions WHERE user_id = (SELECT id FROM owner) \
     ORDER BY last_used_at DESC, created_at DESC, id DESC OFFSET $12)) FOR UPDATE SKIP LOCKED), \
     ended AS (DELETE FROM sessions WHERE id = ANY (ARRAY(SELECT id FROM oldest))) \
     INSERT INTO sessions (",
    session_columns!(),
    ", family_digest, token_digest) VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10, $11)"
);
const FIND_FAMILY: &str = concat!(
    "SELECT ",
    family_columns!(),
    " FROM sessions WHERE id = $1 AND family_digest IS NOT NULL"
);
/// What refresh tokens a session has that is not over. Whoever comes second waits here, and then
/// sees what the first one wrote.
const FAMILY: &str = concat!(
    "SELECT ",
    family_columns!(),
    " FROM sessions WHERE id = $1 AND idle_until > $2 AND ends_at > $2 \
     AND family_digest IS NOT NULL FOR UPDATE"
);
const ROTATE: &str = "UPDATE sessions SET token_digest = $2, spent_digest = $3, salt = $4, \
    rotated_at_ms = $5, last_used_at = $6, idle_until = $7 WHERE id = $1";
const DELETE: &str = "DELETE FROM sessions WHERE id = $1";
/// Before a user's sessions are deleted, its row is locked, as who deletes the user does: of two who
/// lock several rows at once, each in an order of its own, one would fail.
const LOCK_USER: &str = "SELECT 1 FROM users WHERE id = $1 FOR NO KEY UPDATE";
const DELETE_OF_USER: &str = "DELETE FROM sessions WHERE user_id = $1";
/// By the expression that is indexed, and in its order, so that the index is used whatever is known
/// of the table. What somebody else has locked is left for the next time, for the same reason.
const DELETE_OVER: &str = "DELETE FROM sessions WHERE id = ANY (ARRAY(\
    SELECT id FROM sessions WHERE least(idle_until, ends_at) <= $1 \
    ORDER BY least(idle_until, ends_at) LIMIT $2 FOR UPDATE SKIP LOCKED))";
const ERASE_SALTS: &str = "UPDATE sessions \
    SET spent_digest = NULL, salt = NULL, rotated_at_ms = NULL \
    WHERE rotated_at_ms < $1 AND id = ANY (ARRAY(\
    SELECT id FROM sessions WHERE rotated_at_ms < $1 \
    ORDER BY rotated_at_ms LIMIT $2 FOR UPDATE SKIP LOCKED))";

fn read_session(row: &Row) -> Result<Session, Failure> {
    let columns = SessionColumns {
        id: row.try_get(0)?,
        user: row.try_get(1)?,
        client: row.try_get(2)?,
        scopes: row.try_get(3)?,
        epoch: row.try_get(4)?,
        user_agent: row.try_get(5)?,
        times: [
            row.try_get(6)?,
            row.try_get(7)?,
            row.try_get(8)?,
            row.try_get(9)?,
        ],
    };
    Ok(columns.read()?)
}

fn read_family(row: &Row) -> Result<Family, Failure> {
    let columns = FamilyColumns {
        shared: row.try_get(0)?,
        present: row.try_get(1)?,
        spent: row.try_get(2)?,
        salt: row.try_get(3)?,
        rotated_at: row.try_get(4)?,
    };
    Ok(columns.read()?)
}

/// PostgreSQL keeps no NUL, so no session has this id; asked for it, it reports an error.
fn cannot_be(id: &str) -> bool {
    id.contains('\0')
}

impl Sessions for PostgresStore {
    fn insert_session(&self, new: NewSession) -> Answer<'_, ()> {
        Answer::waiting(async move {
            let first = new.refresh.as_ref();
            let values: Values<'_> = &[
                &new.id,
                &new.user.as_ref().map(UserId::as_str),
                &new.client.as_str(),
                &new.scopes.to_string(),
                &new.epoch.number(),
                &new.user_agent,
                &new.created_at.as_second(),
                &new.idle_until.as_second(),
                &new.ends_at.as_second(),
                &first.map(|first| first.family.as_bytes().as_slice()),
                &first.map(|first| first.token.as_bytes().as_slice()),
                &i64::from(SESSIONS_PER_USER - 1),
            ];
            self.execute(INSERT, values).await?;
            Ok(())
        })
    }

    fn find_session<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Session>> {
        if cannot_be(id) {
            return Answer::ready(Ok(None));
        }
        Answer::waiting(async move {
            let row = self.find(FIND, &[&id]).await?;
            Ok(row.as_ref().map(read_session).transpose()?)
        })
    }

    /// A session whose row cannot be read is left out and logged: no token of it works, and hiding
    /// all others behind it would keep their owner from ending them.
    fn list_sessions<'a>(&'a self, user: &'a UserId) -> Answer<'a, Vec<Session>> {
        Answer::waiting(async move {
            let mut connection = self.connections.take().await?;
            let listed = in_time(list(connection.lent()?, user.as_str())).await;
            connection.settle(listed)
        })
    }

    fn find_family<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Family>> {
        if cannot_be(id) {
            return Answer::ready(Ok(None));
        }
        Answer::waiting(async move {
            let row = self.find(FIND_FAMILY, &[&id]).await?;
            Ok(row.as_ref().map(read_family).transpose()?)
        })
    }

    fn rotate_session(&self, rotation: Rotation) -> Answer<'_, Rotated> {
        if cannot_be(&rotation.session) {
            return Answer::ready(Ok(Rotated::Unknown));
        }
        Answer::waiting(async move {
            let mut connection = self.connections.take().await?;
            let rotated = in_time(rotate(connection.lent()?, &rotation)).await;
            connection.settle(rotated)
        })
    }

    fn delete_session<'a>(&'a self, id: &'a str) -> Answer<'a, bool> {
        if cannot_be(id) {
            return Answer::ready(Ok(false));
        }
        Answer::waiting(async move { self.execute(DELETE, &[&id]).await })
    }

    fn delete_sessions<'a>(&'a self, user: &'a UserId) -> Answer<'a, u64> {
        Answer::waiting(async move {
            let mut connection = self.connections.take().await?;
            let ended = in_time(delete_of_user(connection.lent()?, user.as_str())).await;
            connection.settle(ended)
        })
    }

    fn sweep_sessions(&self, now: Timestamp, retry_since: Timestamp) -> Answer<'_, u64> {
        Answer::waiting(async move {
            let removed = self.sweep(DELETE_OVER, now.as_second()).await?;
            let since = retry_since.as_millisecond();
            self.sweep(ERASE_SALTS, since).await?;
            Ok(removed)
        })
    }
}

impl PostgresStore {
    /// Some rows a transaction, until there are no more, or for too long. Answers how many.
    pub(super) async fn sweep(&self, sql: &str, until: i64) -> Result<u64, StoreError> {
        let mut all = 0;
        for _ in 0..SWEEPS {
            let mut connection = self.connections.take().await?;
            let swept = in_time(sweep_some(connection.lent()?, sql, until)).await;
            let swept = connection.settle(swept)?;
            all += swept;
            if swept < u64::from(SWEPT_AT_ONCE) {
                break;
            }
        }
        Ok(all)
    }
}

async fn sweep_some(connection: &Object, sql: &str, until: i64) -> Result<u64, Failure> {
    let statement = connection.prepare_cached(sql).await?;
    let values: Values<'_> = &[&until, &i64::from(SWEPT_AT_ONCE)];
    Ok(connection.execute(&statement, values).await?)
}

async fn list(connection: &Object, user: &str) -> Result<Vec<Session>, Failure> {
    let statement = connection.prepare_cached(LIST).await?;
    let mut sessions = Vec::new();
    let limit = i64::from(SESSIONS_PER_USER);
    for row in &connection.query(&statement, &[&user, &limit]).await? {
        match read_session(row) {
            Ok(session) => sessions.push(session),
            Err(failure @ Failure::Row(_)) => log_left_out("a session", &failure.into()),
            Err(failure) => return Err(failure),
        }
    }
    Ok(sessions)
}

async fn rotate(connection: &mut Object, rotation: &Rotation) -> Result<Rotated, Failure> {
    let transaction = connection.transaction().await?;
    let statement = transaction.prepare_cached(FAMILY).await?;
    let (id, now) = (rotation.session.as_str(), rotation.now.as_second());
    let Some(row) = transaction.query_opt(&statement, &[&id, &now]).await? else {
        return Ok(Rotated::Unknown);
    };
    let mut family = read_family(&row)?;
    let rotated = family.rotate(rotation);
    match rotated {
        Rotated::Rotated => {
            let spent = family.spent.as_ref();
            let values: Values<'_> = &[
                &id,
                &family.present.as_bytes().as_slice(),
                &spent.map(|spent| spent.token.as_bytes().as_slice()),
                &spent.map(|spent| spent.salt.as_bytes().as_slice()),
                &spent.map(|spent| spent.at.as_millisecond()),
                &now,
                &rotation.idle_until.as_second(),
            ];
            let statement = transaction.prepare_cached(ROTATE).await?;
            transaction.execute(&statement, values).await?;
        }
        Rotated::Replayed => {
            let statement = transaction.prepare_cached(DELETE).await?;
            transaction.execute(&statement, &[&id]).await?;
        }
        Rotated::Retried(_) | Rotated::Unknown => {}
    }
    transaction.commit().await?;
    Ok(rotated)
}

async fn delete_of_user(connection: &mut Object, user: &str) -> Result<u64, Failure> {
    let transaction = connection.transaction().await?;
    let lock = transaction.prepare_cached(LOCK_USER).await?;
    transaction.query_opt(&lock, &[&user]).await?;
    let delete = transaction.prepare_cached(DELETE_OF_USER).await?;
    let ended = transaction.execute(&delete, &[&user]).await?;
    transaction.commit().await?;
    Ok(ended)
}
