//! Users in SQLite.

use portcullis::password::PasswordHash;
use portcullis::scope::Scopes;
use portcullis::store::{
    Answer, Credential, InsertedUser, NewUser, StoreError, UserPage, UserSource, Users,
};
use portcullis::user::{User, UserId, Username};
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::SqliteStore;
use super::failure::failure;
use crate::user_columns::{UserColumns, user_columns};

pub(super) const FIND_BY_USERNAME: &str = concat!(
    "SELECT ",
    user_columns!(),
    ", hashed_password FROM users WHERE username_canonical = ?1"
);
pub(super) const FIND_BY_SUBJECT: &str =
    concat!("SELECT ", user_columns!(), " FROM users WHERE id = ?1");
/// Without a limit: it is read row by row, until enough are read.
pub(super) const LIST: &str = concat!(
    "SELECT ",
    user_columns!(),
    ", username_canonical FROM users WHERE username_canonical > ?1 ORDER BY username_canonical"
);
const INSERT: &str = "INSERT INTO users (id, username, username_canonical, email, full_name, \
    hashed_password, disabled, scopes, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
/// Counts a rehash, so the trigger leaves the epoch.
const REPLACE_HASH: &str = "UPDATE users SET hashed_password = ?3, rehashes = rehashes + 1 \
    WHERE id = ?1 AND hashed_password = ?2";
const UPDATE_PASSWORD: &str =
    "UPDATE users SET hashed_password = ?2, epoch = epoch + 1 WHERE id = ?1";
const UPDATE_DISABLED: &str =
    "UPDATE users SET epoch = epoch + (disabled <> ?2), disabled = ?2 WHERE id = ?1";
const UPDATE_SCOPES: &str = "UPDATE users SET scopes = ?2, epoch = epoch + ?3 WHERE id = ?1";

fn read_user(row: &Row<'_>) -> Result<User, StoreError> {
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
        Answer::ready(self.readers.read(|connection| {
            let mut statement = connection
                .prepare_cached(FIND_BY_USERNAME)
                .map_err(failure)?;
            let mut rows = statement.query([username.canonical()]).map_err(failure)?;
            rows.next()
                .map_err(failure)?
                .map(read_credential)
                .transpose()
        }))
    }

    fn find_by_subject<'a>(&'a self, subject: &'a str) -> Answer<'a, Option<User>> {
        let found = self.readers.find(subject, |connection| {
            let mut statement = connection
                .prepare_cached(FIND_BY_SUBJECT)
                .map_err(failure)?;
            let mut rows = statement.query([subject]).map_err(failure)?;
            rows.next().map_err(failure)?.map(read_user).transpose()
        });
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
        self.writer.write(move |transaction| {
            let canonical = user.username.canonical();
            // No other writer can come between, for the transaction holds the lock.
            let mut taken = transaction
                .prepare_cached(FIND_BY_USERNAME)
                .map_err(failure)?;
            if taken.exists([canonical]).map_err(failure)? {
                return Ok(InsertedUser::UsernameTaken);
            }
            let values = params![
                user.id.as_str(),
                user.username.as_str(),
                canonical,
                user.email,
                user.full_name,
                user.hashed_password.as_ref().map(PasswordHash::as_str),
                user.disabled,
                user.scopes.to_string(),
                user.created_at.as_second(),
            ];
            execute(transaction, INSERT, values)?;
            Ok(InsertedUser::Inserted)
        })
    }

    /// A user whose row cannot be read is left out and logged: it can neither sign in nor call, and
    /// hiding everybody else behind it would hide those who can.
    fn list_users<'a>(&'a self, after: Option<&'a str>, limit: u32) -> Answer<'a, UserPage> {
        Answer::ready(self.readers.read(|connection| {
            let limit = usize::try_from(limit).unwrap_or(usize::MAX);
            let mut statement = connection.prepare_cached(LIST).map_err(failure)?;
            // No canonical name is empty.
            let mut rows = statement.query([after.unwrap_or("")]).map_err(failure)?;
            let mut page = UserPage::default();
            let mut last = None;
            while let Some(row) = rows.next().map_err(failure)? {
                if page.users.len() >= limit {
                    page.next = last;
                    break;
                }
                match read_user(row) {
                    Ok(user) => page.users.push(user),
                    Err(error) => crate::user_columns::left_out(&error),
                }
                last = Some(row.get(9).map_err(failure)?);
            }
            Ok(page)
        }))
    }

    fn update_password<'a>(&'a self, id: &'a UserId, hash: PasswordHash) -> Answer<'a, bool> {
        let id = id.clone();
        self.writer.write(move |transaction| {
            execute(transaction, UPDATE_PASSWORD, (id.as_str(), hash.as_str()))
        })
    }

    fn update_disabled<'a>(&'a self, id: &'a UserId, disabled: bool) -> Answer<'a, bool> {
        let id = id.clone();
        self.writer.write(move |transaction| {
            execute(transaction, UPDATE_DISABLED, (id.as_str(), disabled))
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

    fn delete_user<'a>(&'a self, id: &'a UserId) -> Answer<'a, bool> {
        let id = id.clone();
        self.writer.write(move |transaction| {
            execute(
                transaction,
                "DELETE FROM users WHERE id = ?1",
                [id.as_str()],
            )
        })
    }
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
