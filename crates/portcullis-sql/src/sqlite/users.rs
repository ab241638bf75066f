//! Users in SQLite.

use portcullis::password::PasswordHash;
use portcullis::scope::Scopes;
use portcullis::store::{
    Answer, Credential, InsertedUser, NewUser, PasswordChange, Spend, StoreError, UserChange,
    UserPage, UserSource, Users,
};
use portcullis::token::Epoch;
use portcullis::user::{EmailAddress, User, UserId, Username};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::failure::failure;
use super::{SqliteStore, hash_costs, one_time, outbox, search};
use crate::user_columns::{UserColumns, user_columns};

pub(super) const FIND_BY_USERNAME: &str = concat!(
    "SELECT ",
    user_columns!(),
    ", hashed_password FROM users WHERE username_canonical = ?1"
);
pub(super) const FIND_BY_EMAIL: &str = concat!(
    "SELECT ",
    user_columns!(),
    ", hashed_password FROM users WHERE email_canonical = ?1 AND email_verified"
);
pub(super) const FIND_BY_SUBJECT: &str =
    concat!("SELECT ", user_columns!(), " FROM users WHERE id = ?1");
const INSERT: &str = "INSERT INTO users (id, username, username_canonical, email, email_canonical, \
    email_verified, full_name, hashed_password, disabled, scopes, created_at) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
/// Counts a rehash, so the trigger leaves the epoch.
const REPLACE_HASH: &str = "UPDATE users SET hashed_password = ?3, rehashes = rehashes + 1 \
    WHERE id = ?1 AND hashed_password = ?2";
const UPDATE_PASSWORD: &str = "UPDATE users SET hashed_password = ?2, epoch = epoch + 1 \
    WHERE id = ?1 AND epoch = coalesce(?3, epoch)";
const UPDATE: &str =
    "UPDATE users SET full_name = ?2, disabled = ?3, scopes = ?4, epoch = ?5 WHERE id = ?1";
const CLEAR_EMAIL: &str = "UPDATE users SET email = NULL, email_verified = 0 WHERE id = ?1";
const UPDATE_EMAIL: &str = "UPDATE users SET email = ?2, email_canonical = ?3, email_verified = ?4 \
    WHERE id = ?1";
pub(super) const IS_VERIFIED: &str =
    "SELECT 1 FROM users WHERE email_canonical = ?1 AND email_verified AND id <> ?2";
const UPDATE_SCOPES: &str = "UPDATE users SET scopes = ?2, epoch = epoch + ?3 WHERE id = ?1";
/// Triggers end its sessions, its tokens and its mails.
const DELETE: &str = "DELETE FROM users WHERE id = ?1 AND epoch = coalesce(?2, epoch)";

pub(super) fn read_user(row: &Row<'_>) -> Result<User, StoreError> {
    let columns = || -> Result<UserColumns<'_>, Box<dyn std::error::Error + Send + Sync>> {
        Ok(UserColumns {
            id: row.get_ref(0)?.as_str()?,
            username: row.get_ref(1)?.as_str()?,
            email: row.get_ref(2)?.as_str_or_null()?,
            full_name: row.get_ref(3)?.as_str_or_null()?,
            disabled: row.get(4)?,
            scopes: row.get_ref(5)?.as_str()?,
            email_verified: row.get(6)?,
            created_at: row.get(7)?,
            epoch: row.get(8)?,
        })
    };
    let columns = columns().map_err(StoreError::unexpected)?;
    columns.read().map_err(StoreError::unexpected)
}

fn read_credential(row: &Row<'_>) -> Result<Credential<User>, StoreError> {
    let hash = row.get_ref(9).map_err(failure)?;
    let hash = hash.as_str_or_null().map_err(StoreError::unexpected)?;
    Ok(Credential {
        user: read_user(row)?,
        hashed_password: hash.map(PasswordHash::from_store),
    })
}

impl UserSource for SqliteStore {
    type User = User;

    fn find_by_username<'a>(
        &'a self,
        username: &'a Username,
    ) -> Answer<'a, Option<Credential<User>>> {
        Answer::ready(self.find_credential(FIND_BY_USERNAME, username.canonical()))
    }

    fn find_by_email<'a>(
        &'a self,
        address: &'a EmailAddress,
    ) -> Answer<'a, Option<Credential<User>>> {
        Answer::ready(self.find_credential(FIND_BY_EMAIL, address.canonical()))
    }

    fn find_by_subject<'a>(&'a self, subject: &'a str) -> Answer<'a, Option<User>> {
        let found = self
            .readers
            .find(subject, |connection| find(connection, subject));
        Answer::ready(found)
    }

    fn replace_hash<'a>(
        &'a self,
        subject: &'a str,
        old: &'a PasswordHash,
        new: &'a PasswordHash,
    ) -> Answer<'a, ()> {
        let (subject, old, new) = (subject.to_owned(), old.clone(), new.clone());
        self.writer.write(move |transaction| {
            execute(
                transaction,
                REPLACE_HASH,
                (subject, old.as_str(), new.as_str()),
            )?;
            Ok(())
        })
    }

    fn list_hash_costs(&self) -> Answer<'_, Vec<PasswordHash>> {
        Answer::ready(self.readers.read(hash_costs::list))
    }

    fn check(&self) -> Answer<'_, ()> {
        let read = self.readers.read(|connection| {
            let mut statement = connection
                .prepare_cached(FIND_BY_SUBJECT)
                .map_err(failure)?;
            statement.exists([""]).map_err(failure)
        });
        match read {
            Err(error) => Answer::ready(Err(error)),
            Ok(_) => self.writer.check(),
        }
    }
}

impl Users for SqliteStore {
    fn insert_user(&self, user: NewUser) -> Answer<'_, InsertedUser> {
        self.writer
            .write(move |transaction| insert(transaction, &user))
    }

    /// A user whose row cannot be read is left out and logged: it can neither sign in nor call, and
    /// hiding everybody else behind it would hide those who can.
    fn list_users<'a>(&'a self, after: Option<&'a str>, limit: u32) -> Answer<'a, UserPage> {
        let after = after.unwrap_or_default();
        let read = |connection: &Connection| search::list(connection, after, limit);
        Answer::ready(self.readers.read(read))
    }

    fn search_users<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&'a str>,
        limit: u32,
    ) -> Answer<'a, UserPage> {
        let after = after.unwrap_or_default();
        let read = |connection: &Connection| search::search(connection, prefix, after, limit);
        Answer::ready(self.readers.read(read))
    }

    fn list_unverified<'a>(
        &'a self,
        address: &'a EmailAddress,
        limit: u32,
    ) -> Answer<'a, Vec<User>> {
        let read = |connection: &Connection| search::unverified(connection, address, limit);
        Answer::ready(self.readers.read(read))
    }

    fn update_user<'a>(&'a self, id: &'a UserId, change: UserChange) -> Answer<'a, Option<User>> {
        let id = id.clone();
        self.writer
            .write(move |transaction| update(transaction, &id, &change))
    }

    fn update_password<'a>(&'a self, id: &'a UserId, change: PasswordChange) -> Answer<'a, bool> {
        let id = id.clone();
        self.writer.write(move |transaction| {
            let epoch = change.epoch.map(Epoch::number);
            let values = (id.as_str(), change.hash.as_str(), epoch);
            if !execute(transaction, UPDATE_PASSWORD, values)? {
                return Ok(false);
            }
            one_time::end(transaction, &id, PasswordChange::ENDS)?;
            outbox::insert_all(transaction, &change.mail)?;
            Ok(true)
        })
    }

    fn update_scopes<'a>(
        &'a self,
        id: &'a UserId,
        add: &'a Scopes,
        remove: &'a Scopes,
    ) -> Answer<'a, Option<Scopes>> {
        let (id, add, remove) = (id.clone(), add.clone(), remove.clone());
        self.writer.write(move |transaction| {
            let before = "SELECT scopes FROM users WHERE id = ?1";
            let before: Option<String> = transaction
                .query_row(before, [id.as_str()], |row| row.get(0))
                .optional()
                .map_err(failure)?;
            let Some(before) = before else {
                return Ok(None);
            };
            let before = Scopes::parse(&before).map_err(StoreError::unexpected)?;
            let after = before.union(&add).difference(&remove);
            let any_taken = !before.is_subset(&after);
            let values = (id.as_str(), after.to_string(), any_taken);
            execute(transaction, UPDATE_SCOPES, values)?;
            Ok(Some(after))
        })
    }

    fn delete_user<'a>(&'a self, id: &'a UserId, epoch: Option<Epoch>) -> Answer<'a, bool> {
        let id = id.clone();
        let epoch = epoch.map(Epoch::number);
        self.writer
            .write(move |transaction| execute(transaction, DELETE, (id.as_str(), epoch)))
    }
}

impl SqliteStore {
    fn find_credential(
        &self,
        sql: &'static str,
        canonical: &str,
    ) -> Result<Option<Credential<User>>, StoreError> {
        self.readers.read(|connection| {
            let mut statement = connection.prepare_cached(sql).map_err(failure)?;
            let mut rows = statement.query([canonical]).map_err(failure)?;
            let row = rows.next().map_err(failure)?;
            row.map(read_credential).transpose()
        })
    }
}

pub(super) fn find(connection: &Connection, id: &str) -> Result<Option<User>, StoreError> {
    let mut statement = connection
        .prepare_cached(FIND_BY_SUBJECT)
        .map_err(failure)?;
    let mut rows = statement.query([id]).map_err(failure)?;
    rows.next().map_err(failure)?.map(read_user).transpose()
}

/// Whether a user other than `id` has verified this address. No other writer can come between the
/// answer and what follows from it, for the transaction holds the lock.
pub(super) fn is_verified_elsewhere(
    transaction: &Transaction<'_>,
    address: &EmailAddress,
    id: &UserId,
) -> Result<bool, StoreError> {
    let mut taken = transaction.prepare_cached(IS_VERIFIED).map_err(failure)?;
    let values = (address.canonical(), id.as_str());
    taken.exists(values).map_err(failure)
}

pub(super) fn insert(
    transaction: &Transaction<'_>,
    user: &NewUser,
) -> Result<InsertedUser, StoreError> {
    let canonical = user.username.canonical();
    let mut taken = transaction
        .prepare_cached(FIND_BY_USERNAME)
        .map_err(failure)?;
    if taken.exists([canonical]).map_err(failure)? {
        return Ok(InsertedUser::UsernameTaken);
    }
    let email = user.email.as_ref();
    if let Some(address) = email.filter(|_| user.email_verified)
        && is_verified_elsewhere(transaction, address, &user.id)?
    {
        return Ok(InsertedUser::EmailTaken);
    }
    let values = params![
        user.id.as_str(),
        user.username.as_str(),
        canonical,
        email.map(EmailAddress::as_str),
        email.map(EmailAddress::canonical),
        user.email_verified,
        user.full_name,
        user.hashed_password.as_ref().map(PasswordHash::as_str),
        user.disabled,
        user.scopes.to_string(),
        user.created_at.as_second(),
    ];
    execute(transaction, INSERT, values)?;
    outbox::insert_all(transaction, &user.mail)?;
    Ok(InsertedUser::Inserted)
}

fn update(
    transaction: &Transaction<'_>,
    id: &UserId,
    change: &UserChange,
) -> Result<Option<User>, StoreError> {
    let Some(before) = find(transaction, id.as_str())? else {
        return Ok(None);
    };
    let mut after = before.clone();
    change.apply(&mut after);
    let values = params![
        id.as_str(),
        after.full_name,
        after.disabled,
        after.scopes.to_string(),
        after.epoch.number(),
    ];
    execute(transaction, UPDATE, values)?;
    if let Some(email) = &change.email {
        update_email(transaction, id, email.as_ref(), false)?;
        one_time::end(transaction, id, Spend::ConfirmEmail.also_ends())?;
    }
    outbox::insert_all(transaction, &change.mails)?;
    find(transaction, id.as_str())
}

/// Cleared first: what the triggers know of the address before must not meet the new one.
pub(super) fn update_email(
    transaction: &Transaction<'_>,
    id: &UserId,
    email: Option<&EmailAddress>,
    is_verified: bool,
) -> Result<(), StoreError> {
    execute(transaction, CLEAR_EMAIL, [id.as_str()])?;
    let values = (
        id.as_str(),
        email.map(EmailAddress::as_str),
        email.map(EmailAddress::canonical),
        is_verified,
    );
    execute(transaction, UPDATE_EMAIL, values)?;
    Ok(())
}

/// Of a user who stays the same otherwise, and whose tokens live on.
pub(super) fn verify_email(
    transaction: &Transaction<'_>,
    id: &UserId,
    email: &EmailAddress,
) -> Result<(), StoreError> {
    let values = (id.as_str(), email.as_str(), email.canonical(), true);
    execute(transaction, UPDATE_EMAIL, values)?;
    Ok(())
}

pub(super) fn update_password(
    transaction: &Transaction<'_>,
    id: &UserId,
    change: &PasswordHash,
) -> Result<(), StoreError> {
    let values = (id.as_str(), change.as_str(), None::<i64>);
    execute(transaction, UPDATE_PASSWORD, values)?;
    Ok(())
}

/// Whether the statement met any row.
pub(super) fn execute(
    transaction: &Transaction<'_>,
    sql: &str,
    values: impl rusqlite::Params,
) -> Result<bool, StoreError> {
    let mut statement = transaction.prepare_cached(sql).map_err(failure)?;
    Ok(statement.execute(values).map_err(failure)? > 0)
}
