//! The outbox in SQLite.

use jiff::Timestamp;
use portcullis::store::{Answer, ClaimedMail, Mail, Outbox, OutboxLoad, StoreError};
use portcullis::user::{EmailAddress, UserId};
use rusqlite::{Row, Transaction, params};

use super::SqliteStore;
use super::failure::failure;
use super::users::execute;
use crate::mail_columns::{
    MailColumns, MailValues, UNREADABLE, attempt, kept_failure, mail_columns,
};
use crate::unreadable::{log_given_up, log_left_out};

/// Of a user who is gone, nothing is stored.
const INSERT: &str = concat!(
    "INSERT INTO mails (",
    mail_columns!(),
    ", due_at) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?8 \
     WHERE ?3 IS NULL OR EXISTS (SELECT 1 FROM users WHERE id = ?3)"
);
pub(super) const ANY_DUE: &str = "SELECT 1 FROM mails WHERE due_at <= ?1";
pub(super) const DUE: &str = concat!(
    "SELECT ",
    mail_columns!(),
    ", attempts + 1 FROM mails WHERE due_at <= ?1 ORDER BY due_at, created_at, id LIMIT ?2"
);
const CLAIM: &str = "UPDATE mails SET attempts = attempts + 1, due_at = ?2 WHERE id = ?1";
const GIVE_UP_UNREADABLE: &str =
    "UPDATE mails SET due_at = NULL, given_up_at = ?2, failure = ?3 WHERE id = ?1";
/// As long as it is this holder's.
macro_rules! held {
    () => {
        " WHERE id = ?1 AND attempts = ?2 AND due_at IS NOT NULL"
    };
}
const FINISH: &str = concat!("DELETE FROM mails", held!());
const POSTPONE: &str = concat!("UPDATE mails SET due_at = ?3, failure = ?4", held!());
const GIVE_UP: &str = concat!(
    "UPDATE mails SET due_at = NULL, given_up_at = ?3, failure = ?4",
    held!()
);
pub(super) const LIST: &str = concat!(
    "SELECT ",
    mail_columns!(),
    " FROM mails WHERE user_id = ?1 AND (?2 IS NULL OR address = ?2) \
     ORDER BY created_at, id LIMIT ?3"
);
pub(super) const ANY_TO_SWEEP: &str = "SELECT 1 FROM mails WHERE given_up_at < ?1";
pub(super) const DELETE_OLD: &str = "DELETE FROM mails WHERE id IN (\
    SELECT id FROM mails WHERE given_up_at < ?1 LIMIT ?2)";
/// Those that nobody took.
pub(super) const DELETE_UNSENT: &str = "DELETE FROM mails WHERE id IN (\
    SELECT id FROM mails WHERE due_at < ?1 LIMIT ?2)";
pub(super) const ANY_UNSENT: &str = "SELECT 1 FROM mails WHERE due_at < ?1";
pub(super) const MEASURE: &str = "SELECT \
    (SELECT count(*) FROM mails WHERE due_at IS NOT NULL), \
    (SELECT count(*) FROM mails WHERE given_up_at IS NOT NULL)";

fn read_mail(row: &Row<'_>) -> Result<Mail, StoreError> {
    let columns = || -> Result<MailColumns<'_>, Box<dyn std::error::Error + Send + Sync>> {
        Ok(MailColumns {
            id: row.get_ref(0)?.as_str()?,
            kind: row.get_ref(1)?.as_str()?,
            user: row.get_ref(2)?.as_str_or_null()?,
            address: row.get_ref(3)?.as_str_or_null()?,
            other_address: row.get_ref(4)?.as_str_or_null()?,
            username: row.get_ref(5)?.as_str_or_null()?,
            scopes: row.get_ref(6)?.as_str_or_null()?,
            created_at: row.get(7)?,
            epoch: row.get(8)?,
        })
    };
    let columns = columns().map_err(StoreError::unexpected)?;
    columns.read().map_err(StoreError::unexpected)
}

fn read_claimed(row: &Row<'_>) -> Result<ClaimedMail, StoreError> {
    let attempts = row.get(9).map_err(failure)?;
    Ok(ClaimedMail {
        mail: read_mail(row)?,
        attempt: attempt(attempts).map_err(StoreError::unexpected)?,
    })
}

impl Outbox for SqliteStore {
    fn insert_mail(&self, mail: Mail) -> Answer<'_, ()> {
        self.writer
            .write(move |transaction| insert_all(transaction, [&mail]))
    }

    /// What finds nothing to do writes nothing: a write would make all that is remembered be forgotten.
    fn claim_mails(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Answer<'_, Vec<ClaimedMail>> {
        Answer::waiting(async move {
            let is_any_due = self.readers.read(|connection| {
                let mut statement = connection.prepare_cached(ANY_DUE).map_err(failure)?;
                statement.exists([now.as_second()]).map_err(failure)
            })?;
            if !is_any_due {
                return Ok(Vec::new());
            }
            let claimed = self
                .writer
                .write(move |transaction| claim(transaction, [now, until], limit));
            claimed.await
        })
    }

    fn finish_mail<'a>(
        &'a self,
        claimed: &'a ClaimedMail,
        follow_up: Vec<Mail>,
    ) -> Answer<'a, bool> {
        let (id, attempt) = (claimed.mail.id.clone(), claimed.attempt);
        self.writer.write(move |transaction| {
            let is_held = execute(transaction, FINISH, (id, attempt))?;
            if is_held {
                insert_all(transaction, &follow_up)?;
            }
            Ok(is_held)
        })
    }

    fn postpone_mail<'a>(
        &'a self,
        claimed: &'a ClaimedMail,
        due_at: Timestamp,
        failure: &'a str,
    ) -> Answer<'a, bool> {
        self.put_off(POSTPONE, claimed, (due_at, failure))
    }

    fn give_up_mail<'a>(
        &'a self,
        claimed: &'a ClaimedMail,
        now: Timestamp,
        failure: &'a str,
    ) -> Answer<'a, bool> {
        self.put_off(GIVE_UP, claimed, (now, failure))
    }

    /// A mail whose row cannot be read is left out and logged.
    fn list_mails<'a>(
        &'a self,
        user: &'a UserId,
        address: Option<&'a EmailAddress>,
        limit: u32,
    ) -> Answer<'a, Vec<Mail>> {
        Answer::ready(self.readers.read(|connection| {
            let mut statement = connection.prepare_cached(LIST).map_err(failure)?;
            let address = address.map(EmailAddress::as_str);
            let mut rows = statement
                .query((user.as_str(), address, limit))
                .map_err(failure)?;
            let mut mails = Vec::new();
            while let Some(row) = rows.next().map_err(failure)? {
                match read_mail(row) {
                    Ok(mail) => mails.push(mail),
                    Err(error) => log_left_out("a mail", &error),
                }
            }
            Ok(mails)
        }))
    }

    fn sweep_mails(&self, before: Timestamp) -> Answer<'_, u64> {
        Answer::waiting(async move {
            let before = before.as_second();
            let given_up = self.sweep(ANY_TO_SWEEP, DELETE_OLD, before).await?;
            Ok(given_up + self.sweep(ANY_UNSENT, DELETE_UNSENT, before).await?)
        })
    }

    fn measure_outbox(&self) -> Answer<'_, OutboxLoad> {
        Answer::ready(self.readers.read(|connection| {
            let mut statement = connection.prepare_cached(MEASURE).map_err(failure)?;
            let load = statement.query_row((), |row| {
                Ok(OutboxLoad {
                    waiting: row.get::<_, i64>(0)?.unsigned_abs(),
                    given_up: row.get::<_, i64>(1)?.unsigned_abs(),
                })
            });
            load.map_err(failure)
        }))
    }
}

impl SqliteStore {
    fn put_off(
        &self,
        sql: &'static str,
        claimed: &ClaimedMail,
        (at, failure): (Timestamp, &str),
    ) -> Answer<'_, bool> {
        let (id, attempt) = (claimed.mail.id.clone(), claimed.attempt);
        let failure = kept_failure(failure);
        self.writer.write(move |transaction| {
            execute(transaction, sql, (id, attempt, at.as_second(), failure))
        })
    }
}

pub(super) fn insert_all<'a>(
    transaction: &Transaction<'_>,
    mails: impl IntoIterator<Item = &'a Mail>,
) -> Result<(), StoreError> {
    for mail in mails {
        let values = MailValues::of(&mail.errand);
        let values = params![
            mail.id,
            values.kind,
            values.user,
            values.address,
            values.other_address,
            values.username,
            values.scopes,
            mail.created_at.as_second(),
            values.epoch,
        ];
        execute(transaction, INSERT, values)?;
    }
    Ok(())
}

/// No other worker can come between, for the transaction holds the lock. A mail that cannot be read is
/// given up: it would be the longest due for ever.
fn claim(
    transaction: &Transaction<'_>,
    [now, until]: [Timestamp; 2],
    limit: u32,
) -> Result<Vec<ClaimedMail>, StoreError> {
    let mut statement = transaction.prepare_cached(DUE).map_err(failure)?;
    let mut rows = statement.query((now.as_second(), limit)).map_err(failure)?;
    let mut due = Vec::new();
    while let Some(row) = rows.next().map_err(failure)? {
        let id: String = row.get(0).map_err(failure)?;
        due.push((id, read_claimed(row)));
    }
    let mut claimed = Vec::new();
    for (id, read) in due {
        match read {
            Ok(mail) => {
                execute(transaction, CLAIM, (id, until.as_second()))?;
                claimed.push(mail);
            }
            Err(error) => {
                log_given_up(&error);
                let values = (id, now.as_second(), UNREADABLE);
                execute(transaction, GIVE_UP_UNREADABLE, values)?;
            }
        }
    }
    Ok(claimed)
}
