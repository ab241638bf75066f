//! The outbox in PostgreSQL. In which order rows are locked, [`super::account`] says.

use deadpool_postgres::{Object, Transaction};
use jiff::Timestamp;
use portcullis::store::{Answer, ClaimedMail, Mail, Outbox, OutboxLoad, StoreError};
use portcullis::user::{EmailAddress, UserId};
use tokio_postgres::Row;

use super::PostgresStore;
use super::connections::in_time;
use super::failure::Failure;
use super::users::{Values, execute_in};
use crate::mail_columns::{
    MailColumns, MailValues, UNREADABLE, attempt, kept_failure, mail_columns,
};
use crate::unreadable::{log_given_up, log_left_out};

/// Of a user who is gone, or is being deleted, nothing is stored.
const INSERT: &str = concat!(
    "WITH owner AS MATERIALIZED (SELECT 1 FROM users WHERE id = $3 FOR KEY SHARE) \
     INSERT INTO mails (",
    mail_columns!(),
    ", due_at) SELECT $1, $2, $3, $4, $5, $6, $7, $8::bigint, $9::bigint, $8 \
     WHERE $3 IS NULL OR EXISTS (SELECT 1 FROM owner)"
);
const LOCK_USERS: &str = "SELECT 1 FROM users WHERE id = ANY ($1) ORDER BY id FOR KEY SHARE";
/// What another worker claims at the same time is left to it.
pub(super) const DUE: &str = concat!(
    "SELECT ",
    mail_columns!(),
    ", attempts + 1 FROM mails WHERE due_at <= $1 \
     ORDER BY due_at, created_at, id LIMIT $2 FOR UPDATE SKIP LOCKED"
);
const CLAIM: &str = "UPDATE mails SET attempts = attempts + 1, due_at = $2 WHERE id = ANY ($1)";
const GIVE_UP_UNREADABLE: &str =
    "UPDATE mails SET due_at = NULL, given_up_at = $2, failure = $3 WHERE id = ANY ($1)";
/// As long as it is this holder's.
macro_rules! held {
    () => {
        " WHERE id = $1 AND attempts = $2 AND due_at IS NOT NULL"
    };
}
pub(super) const FINISH: &str = concat!("DELETE FROM mails", held!());
const POSTPONE: &str = concat!("UPDATE mails SET due_at = $3, failure = $4", held!());
const GIVE_UP: &str = concat!(
    "UPDATE mails SET due_at = NULL, given_up_at = $3, failure = $4",
    held!()
);
pub(super) const LIST: &str = concat!(
    "SELECT ",
    mail_columns!(),
    " FROM mails WHERE user_id = $1 AND ($2::text IS NULL OR address = $2) \
     ORDER BY created_at, id LIMIT $3"
);
/// In the order of the index, so that it is used whatever is known of the table.
pub(super) const DELETE_OLD: &str = "DELETE FROM mails WHERE id = ANY (ARRAY(\
    SELECT id FROM mails WHERE given_up_at < $1 \
    ORDER BY given_up_at LIMIT $2 FOR UPDATE SKIP LOCKED))";
/// Those that nobody took.
pub(super) const DELETE_UNSENT: &str = "DELETE FROM mails WHERE id = ANY (ARRAY(\
    SELECT id FROM mails WHERE due_at < $1 \
    ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED))";
const MEASURE: &str = "SELECT (SELECT count(*) FROM mails WHERE due_at IS NOT NULL), \
    (SELECT count(*) FROM mails WHERE given_up_at IS NOT NULL)";

fn read_mail(row: &Row) -> Result<Mail, Failure> {
    let columns = MailColumns {
        id: row.try_get(0)?,
        kind: row.try_get(1)?,
        user: row.try_get(2)?,
        address: row.try_get(3)?,
        other_address: row.try_get(4)?,
        username: row.try_get(5)?,
        scopes: row.try_get(6)?,
        created_at: row.try_get(7)?,
        epoch: row.try_get(8)?,
    };
    Ok(columns.read()?)
}

fn read_claimed(row: &Row) -> Result<ClaimedMail, Failure> {
    Ok(ClaimedMail {
        mail: read_mail(row)?,
        attempt: attempt(row.try_get(9)?)?,
    })
}

impl Outbox for PostgresStore {
    fn insert_mail(&self, mail: Mail) -> Answer<'_, ()> {
        Answer::waiting(async move {
            let mut connection = self.connections.take().await?;
            let inserted = in_time(insert(connection.lent()?, &mail)).await;
            connection.settle(inserted)
        })
    }

    fn claim_mails(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Answer<'_, Vec<ClaimedMail>> {
        Answer::waiting(async move {
            let mut connection = self.connections.take().await?;
            let claimed = in_time(claim(connection.lent()?, [now, until], limit)).await;
            connection.settle(claimed)
        })
    }

    fn finish_mail<'a>(
        &'a self,
        claimed: &'a ClaimedMail,
        follow_up: Vec<Mail>,
    ) -> Answer<'a, bool> {
        Answer::waiting(async move {
            let mut connection = self.connections.take().await?;
            let finished = in_time(finish(connection.lent()?, claimed, &follow_up)).await;
            connection.settle(finished)
        })
    }

    fn postpone_mail<'a>(
        &'a self,
        claimed: &'a ClaimedMail,
        due_at: Timestamp,
        failure: &'a str,
    ) -> Answer<'a, bool> {
        Answer::waiting(self.put_off(POSTPONE, claimed, (due_at, failure)))
    }

    fn give_up_mail<'a>(
        &'a self,
        claimed: &'a ClaimedMail,
        now: Timestamp,
        failure: &'a str,
    ) -> Answer<'a, bool> {
        Answer::waiting(self.put_off(GIVE_UP, claimed, (now, failure)))
    }

    /// A mail whose row cannot be read is left out and logged.
    fn list_mails<'a>(
        &'a self,
        user: &'a UserId,
        address: Option<&'a EmailAddress>,
        limit: u32,
    ) -> Answer<'a, Vec<Mail>> {
        Answer::waiting(async move {
            let mut connection = self.connections.take().await?;
            let asked = (
                user.as_str(),
                address.map(EmailAddress::as_str),
                i64::from(limit),
            );
            let listed = in_time(list(connection.lent()?, asked)).await;
            connection.settle(listed)
        })
    }

    fn sweep_mails(&self, before: Timestamp) -> Answer<'_, u64> {
        Answer::waiting(async move {
            let given_up = self.sweep(DELETE_OLD, before.as_second()).await?;
            Ok(given_up + self.sweep(DELETE_UNSENT, before.as_second()).await?)
        })
    }

    fn measure_outbox(&self) -> Answer<'_, OutboxLoad> {
        Answer::waiting(async move {
            let row = self.find(MEASURE, &[]).await?;
            let counts = row.as_ref().map(read_load).transpose()?;
            Ok(counts.unwrap_or_default())
        })
    }
}

fn read_load(row: &Row) -> Result<OutboxLoad, Failure> {
    Ok(OutboxLoad {
        waiting: row.try_get::<_, i64>(0)?.unsigned_abs(),
        given_up: row.try_get::<_, i64>(1)?.unsigned_abs(),
    })
}

impl PostgresStore {
    async fn put_off(
        &self,
        sql: &str,
        claimed: &ClaimedMail,
        (at, failure): (Timestamp, &str),
    ) -> Result<bool, StoreError> {
        let (id, attempt) = (&claimed.mail.id, i64::from(claimed.attempt));
        let values: Values<'_> = &[id, &attempt, &at.as_second(), &kept_failure(failure)];
        self.execute(sql, values).await
    }
}

pub(super) async fn insert_all<'a>(
    transaction: &Transaction<'_>,
    mails: impl IntoIterator<Item = &'a Mail>,
) -> Result<(), Failure> {
    for mail in mails {
        let values = MailValues::of(&mail.errand);
        let created_at = mail.created_at.as_second();
        let values: Values<'_> = &[
            &mail.id,
            &values.kind,
            &values.user,
            &values.address,
            &values.other_address,
            &values.username,
            &values.scopes,
            &created_at,
            &values.epoch,
        ];
        execute_in(transaction, INSERT, values).await?;
    }
    Ok(())
}

async fn insert(connection: &mut Object, mail: &Mail) -> Result<(), Failure> {
    let transaction = connection.transaction().await?;
    insert_all(&transaction, [mail]).await?;
    Ok(transaction.commit().await?)
}

/// A mail that cannot be read is given up: it would be the longest due for ever.
async fn claim(
    connection: &mut Object,
    [now, until]: [Timestamp; 2],
    limit: u32,
) -> Result<Vec<ClaimedMail>, Failure> {
    let transaction = connection.transaction().await?;
    let statement = transaction.prepare_cached(DUE).await?;
    let values: Values<'_> = &[&now.as_second(), &i64::from(limit)];
    let (mut claimed, mut given_up) = (Vec::new(), Vec::new());
    for row in &transaction.query(&statement, values).await? {
        match read_claimed(row) {
            Ok(mail) => claimed.push(mail),
            Err(failure @ Failure::Row(_)) => {
                given_up.push(row.try_get::<_, String>(0)?);
                log_given_up(&failure.into());
            }
            Err(failure) => return Err(failure),
        }
    }
    if !claimed.is_empty() {
        let ids: Vec<&str> = claimed.iter().map(|held| held.mail.id.as_str()).collect();
        execute_in(&transaction, CLAIM, &[&ids, &until.as_second()]).await?;
    }
    if !given_up.is_empty() {
        let values: Values<'_> = &[&given_up, &now.as_second(), &UNREADABLE];
        execute_in(&transaction, GIVE_UP_UNREADABLE, values).await?;
    }
    transaction.commit().await?;
    Ok(claimed)
}

/// Those whom the following mails are about are locked before the mail is: who deletes one of them
/// comes to the mail afterwards, too.
async fn finish(
    connection: &mut Object,
    claimed: &ClaimedMail,
    follow_up: &[Mail],
) -> Result<bool, Failure> {
    let transaction = connection.transaction().await?;
    let users = follow_up.iter().filter_map(|mail| mail.errand.user());
    let users: Vec<&str> = users.map(UserId::as_str).collect();
    if !users.is_empty() {
        execute_in(&transaction, LOCK_USERS, &[&users]).await?;
    }
    let values: Values<'_> = &[&claimed.mail.id, &i64::from(claimed.attempt)];
    if execute_in(&transaction, FINISH, values).await? == 0 {
        return Ok(false);
    }
    insert_all(&transaction, follow_up).await?;
    transaction.commit().await?;
    Ok(true)
}

async fn list(
    connection: &Object,
    (user, address, limit): (&str, Option<&str>, i64),
) -> Result<Vec<Mail>, Failure> {
    let statement = connection.prepare_cached(LIST).await?;
    let mut mails = Vec::new();
    for row in &connection
        .query(&statement, &[&user, &address, &limit])
        .await?
    {
        match read_mail(row) {
            Ok(mail) => mails.push(mail),
            Err(failure @ Failure::Row(_)) => log_left_out("a mail", &failure.into()),
            Err(failure) => return Err(failure),
        }
    }
    Ok(mails)
}
