//! Users in PostgreSQL.

use deadpool_postgres::{Object, Transaction};
use portcullis::password::PasswordHash;
use portcullis::scope::Scopes;
use portcullis::store::{
    Answer, Credential, InsertedUser, NewUser, PasswordChange, StoreError, UserChange, UserPage,
    UserSource, Users,
};
use portcullis::token::Epoch;
use portcullis::user::{EmailAddress, User, UserId, Username};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::connections::in_time;
use super::failure::Failure;
use super::{PostgresStore, account, hash_costs, search};
use crate::user_columns::{UserColumns, user_columns};

const FIND_BY_USERNAME: &str = concat!(
    "SELECT ",
    user_columns!(),
    ", hashed_password FROM users WHERE username_canonical = $1"
);
pub(super) const FIND_BY_EMAIL: &str = concat!(
    "SELECT ",
    user_columns!(),
    ", hashed_password FROM users WHERE CASE WHEN email_verified THEN email_canonical END = $1 \
     AND email_verified"
);
const FIND_BY_SUBJECT: &str = concat!("SELECT ", user_columns!(), " FROM users WHERE id = $1");
/// Counts a rehash, so the trigger leaves the epoch.
const REPLACE_HASH: &str = "UPDATE users SET hashed_password = $3, rehashes = rehashes + 1 \
    WHERE id = $1 AND hashed_password = $2";
const SCOPES_TO_UPDATE: &str = "SELECT scopes FROM users WHERE id = $1 FOR UPDATE";
const UPDATE_SCOPES: &str =
    "UPDATE users SET scopes = $2, epoch = epoch + $3::boolean::int WHERE id = $1";

pub(super) type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

pub(super) fn read_user(row: &Row) -> Result<User, Failure> {
    let columns = UserColumns {
        id: row.try_get(0)?,
        username: row.try_get(1)?,
        email: row.try_get(2)?,
        full_name: row.try_get(3)?,
        disabled: row.try_get(4)?,
        scopes: row.try_get(5)?,
        email_verified: row.try_get(6)?,
        created_at: row.try_get(7)?,
        epoch: row.try_get(8)?,
    };
    Ok(columns.read()?)
}

fn read_credential(row: &Row) -> Result<Credential<User>, Failure> {
    let hash: Option<&str> = row.try_get(9)?;
    Ok(Credential {
        user: read_user(row)?,
        hashed_password: hash.map(PasswordHash::from_store),
    })
}

impl UserSource for PostgresStore {
    type User = User;

    fn find_by_username<'a>(
        &'a self,
        username: &'a Username,
    ) -> Answer<'a, Option<Credential<User>>> {
        Answer::waiting(async {
            let canonical = username.canonical();
            let row = self.find(FIND_BY_USERNAME, &[&canonical]).await?;
            Ok(row.as_ref().map(read_credential).transpose()?)
        })
    }

    fn find_by_email<'a>(
        &'a self,
        address: &'a EmailAddress,
    ) -> Answer<'a, Option<Credential<User>>> {
        Answer::waiting(async {
            let canonical = address.canonical();
            let row = self.find(FIND_BY_EMAIL, &[&canonical]).await?;
            Ok(row.as_ref().map(read_credential).transpose()?)
        })
    }

    fn find_by_subject<'a>(&'a self, subject: &'a str) -> Answer<'a, Option<User>> {
        if subject.contains('\0') {
            // PostgreSQL keeps no NUL, so nobody has this id; asked for it, it reports an error.
            return Answer::ready(Ok(None));
        }
        Answer::waiting(async move {
            let row = self.find(FIND_BY_SUBJECT, &[&subject]).await?;
            Ok(row.as_ref().map(read_user).transpose()?)
        })
    }

    fn replace_hash<'a>(
        &'a self,
        subject: &'a str,
        old: &'a PasswordHash,
        new: &'a PasswordHash,
    ) -> Answer<'a, ()> {
        Answer::waiting(async move {
            let (old, new) = (old.as_str(), new.as_str());
            self.execute(REPLACE_HASH, &[&subject, &old, &new]).await?;
            Ok(())
        })
    }

    fn list_hash_costs(&self) -> Answer<'_, Vec<PasswordHash>> {
        Answer::waiting(async {
            let mut connection = self.connections.take().await?;
            let listed = in_time(hash_costs::list(connection.lent()?)).await;
            connection.settle(listed)
        })
    }

    fn check(&self) -> Answer<'_, ()> {
        Answer::waiting(async {
            self.find(FIND_BY_SUBJECT, &[&""]).await?;
            Ok(())
        })
    }
}

impl Users for PostgresStore {
    fn insert_user(&self, user: NewUser) -> Answer<'_, InsertedUser> {
        Answer::waiting(async move {
            let mut connection = self.connections.take().await?;
            let inserted = in_time(account::insert_user(connection.lent()?, &user)).await;
            connection.settle(inserted)
        })
    }

    /// A user whose row cannot be read is left out and logged: it can neither sign in nor call, and
    /// hiding everybody else behind it would hide those who can.
    fn list_users<'a>(&'a self, after: Option<&'a str>, limit: u32) -> Answer<'a, UserPage> {
        Answer::waiting(async move {
            let mut connection = self.connections.take().await?;
            let after = after.unwrap_or_default();
            let listed = in_time(search::list(connection.lent()?, after, limit)).await;
            connection.settle(listed)
        })
    }

    fn search_users<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&'a str>,
        limit: u32,
    ) -> Answer<'a, UserPage> {
        Answer::waiting(async move {
            let mut connection = self.connections.take().await?;
            let after = after.unwrap_or_default();
            let found = in_time(search::search(connection.lent()?, prefix, after, limit)).await;
            connection.settle(found)
        })
    }

    fn list_unverified<'a>(
        &'a self,
        address: &'a EmailAddress,
        limit: u32,
    ) -> Answer<'a, Vec<User>> {
        Answer::waiting(async move {
            let mut connection = self.connections.take().await?;
            let listed = in_time(search::unverified(connection.lent()?, address, limit)).await;
            connection.settle(listed)
        })
    }

    fn update_user<'a>(&'a self, id: &'a UserId, change: UserChange) -> Answer<'a, Option<User>> {
        Answer::waiting(async move {
            let mut connection = self.connections.take().await?;
            let updated = in_time(account::update_user(connection.lent()?, id, &change)).await;
            connection.settle(updated)
        })
    }

    fn update_password<'a>(&'a self, id: &'a UserId, change: PasswordChange) -> Answer<'a, bool> {
        Answer::waiting(async move {
            let mut connection = self.connections.take().await?;
            let updated = in_time(account::update_password(connection.lent()?, id, &change)).await;
            connection.settle(updated)
        })
    }

    fn update_scopes<'a>(
        &'a self,
        id: &'a UserId,
        add: &'a Scopes,
        remove: &'a Scopes,
    ) -> Answer<'a, Option<Scopes>> {
        Answer::waiting(async move {
            let mut connection = self.connections.take().await?;
            let change = |before: &Scopes| before.union(add).difference(remove);
            let updated = in_time(update_scopes(connection.lent()?, id.as_str(), change)).await;
            connection.settle(updated)
        })
    }

    fn delete_user<'a>(&'a self, id: &'a UserId, epoch: Option<Epoch>) -> Answer<'a, bool> {
        Answer::waiting(async move {
            let mut connection = self.connections.take().await?;
            let deleted = in_time(account::delete_user(connection.lent()?, id, epoch)).await;
            connection.settle(deleted)
        })
    }
}

impl PostgresStore {
    pub(super) async fn find(
        &self,
        sql: &str,
        values: Values<'_>,
    ) -> Result<Option<Row>, StoreError> {
        let mut connection = self.connections.take().await?;
        let found = in_time(find(connection.lent()?, sql, values)).await;
        connection.settle(found)
    }

    /// Whether the statement met any row.
    pub(super) async fn execute(&self, sql: &str, values: Values<'_>) -> Result<bool, StoreError> {
        let mut connection = self.connections.take().await?;
        let executed = in_time(execute(connection.lent()?, sql, values)).await;
        connection.settle(executed)
    }
}

async fn find(connection: &Object, sql: &str, values: Values<'_>) -> Result<Option<Row>, Failure> {
    let statement = connection.prepare_cached(sql).await?;
    Ok(connection.query_opt(&statement, values).await?)
}

async fn execute(connection: &Object, sql: &str, values: Values<'_>) -> Result<bool, Failure> {
    let statement = connection.prepare_cached(sql).await?;
    Ok(connection.execute(&statement, values).await? > 0)
}

/// How many rows the statement met.
pub(super) async fn execute_in(
    transaction: &Transaction<'_>,
    sql: &str,
    values: Values<'_>,
) -> Result<u64, Failure> {
    let statement = transaction.prepare_cached(sql).await?;
    Ok(transaction.execute(&statement, values).await?)
}

pub(super) async fn find_in(
    transaction: &Transaction<'_>,
    sql: &str,
    values: Values<'_>,
) -> Result<Option<Row>, Failure> {
    let statement = transaction.prepare_cached(sql).await?;
    Ok(transaction.query_opt(&statement, values).await?)
}

async fn update_scopes(
    connection: &mut Object,
    id: &str,
    change: impl FnOnce(&Scopes) -> Scopes,
) -> Result<Option<Scopes>, Failure> {
    let transaction = connection.transaction().await?;
    let statement = transaction.prepare_cached(SCOPES_TO_UPDATE).await?;
    let Some(row) = transaction.query_opt(&statement, &[&id]).await? else {
        return Ok(None);
    };
    let before = Scopes::parse(row.try_get(0)?)?;
    let after = change(&before);
    let any_taken = !before.is_subset(&after);
    let statement = transaction.prepare_cached(UPDATE_SCOPES).await?;
    transaction
        .execute(&statement, &[&id, &after.to_string(), &any_taken])
        .await?;
    transaction.commit().await?;
    Ok(Some(after))
}
