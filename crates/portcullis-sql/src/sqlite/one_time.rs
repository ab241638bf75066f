//! One-time tokens in SQLite.

use jiff::Timestamp;
use portcullis::store::{
    Answer, InsertedUser, KeptToken, NewUser, OneTimeTokens, Spend, Spending, StoreError,
    TokenSpent,
};
use portcullis::token::{Purpose, TokenDigest};
use portcullis::user::{EmailAddress, User, UserId};
use rusqlite::{Connection, Row, Transaction, params};

use super::failure::failure;
use super::users::{self, execute};
use super::{SqliteStore, outbox};
use crate::one_time_columns::{OneTimeColumns, one_time_columns};
use crate::session_columns::{SWEEPS, SWEPT_AT_ONCE};
use crate::unreadable::log_left_out;

pub(super) const FIND: &str = concat!(
    "SELECT ",
    one_time_columns!(),
    " FROM one_time_tokens WHERE digest = ?1"
);
pub(super) const LIST: &str = concat!(
    "SELECT ",
    one_time_columns!(),
    " FROM one_time_tokens WHERE user_id = ?1 AND (?2 IS NULL OR address = ?2) \
     ORDER BY created_at, digest LIMIT ?3"
);
/// Of a user who is gone, nothing is stored.
const INSERT: &str = concat!(
    "INSERT INTO one_time_tokens (",
    one_time_columns!(),
    ", address_canonical) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 \
     WHERE ?3 IS NULL OR EXISTS (SELECT 1 FROM users WHERE id = ?3)"
);
const DELETE: &str = "DELETE FROM one_time_tokens WHERE digest = ?1";
pub(super) const DELETE_OF_USER: &str =
    "DELETE FROM one_time_tokens WHERE user_id = ?1 AND purpose = ?2";
pub(super) const DELETE_INVITATIONS: &str =
    "DELETE FROM one_time_tokens WHERE purpose = 'invitation' AND address_canonical = ?1";
pub(super) const ANY_TO_SWEEP: &str = "SELECT 1 FROM one_time_tokens WHERE expires_at <= ?1";
pub(super) const DELETE_EXPIRED: &str = "DELETE FROM one_time_tokens WHERE digest IN (\
    SELECT digest FROM one_time_tokens WHERE expires_at <= ?1 LIMIT ?2)";

fn read_token(row: &Row<'_>) -> Result<KeptToken, StoreError> {
    let columns = || -> Result<OneTimeColumns<'_>, Box<dyn std::error::Error + Send + Sync>> {
        Ok(OneTimeColumns {
            digest: row.get_ref(0)?.as_blob()?,
            purpose: row.get_ref(1)?.as_str()?,
            user: row.get_ref(2)?.as_str_or_null()?,
            address: row.get_ref(3)?.as_str()?,
            epoch: row.get(4)?,
            scopes: row.get_ref(5)?.as_str()?,
            times: [row.get(6)?, row.get(7)?],
        })
    };
    let columns = columns().map_err(StoreError::unexpected)?;
    columns.read().map_err(StoreError::unexpected)
}

fn find(connection: &Connection, digest: &TokenDigest) -> Result<Option<KeptToken>, StoreError> {
    let mut statement = connection.prepare_cached(FIND).map_err(failure)?;
    let mut rows = statement.query([digest.as_bytes()]).map_err(failure)?;
    rows.next().map_err(failure)?.map(read_token).transpose()
}

impl OneTimeTokens for SqliteStore {
    fn insert_one_time_token(&self, token: KeptToken) -> Answer<'_, ()> {
        self.writer.write(move |transaction| {
            let values = params![
                token.digest.as_bytes(),
                token.purpose.as_str(),
                token.user.as_ref().map(UserId::as_str),
                token.address.as_str(),
                token.epoch.number(),
                token.scopes.to_string(),
                token.created_at.as_second(),
                token.expires_at.as_second(),
                token.address.canonical(),
            ];
            execute(transaction, INSERT, values)?;
            Ok(())
        })
    }

    fn find_one_time_token<'a>(&'a self, digest: &'a TokenDigest) -> Answer<'a, Option<KeptToken>> {
        Answer::ready(self.readers.read(|connection| find(connection, digest)))
    }

    fn spend_one_time_token(&self, spending: Spending) -> Answer<'_, TokenSpent> {
        self.writer
            .write(move |transaction| spend(transaction, &spending))
    }

    /// A token whose row cannot be read is left out and logged: it is good for nothing.
    fn list_one_time_tokens<'a>(
        &'a self,
        user: &'a UserId,
        address: Option<&'a EmailAddress>,
        limit: u32,
    ) -> Answer<'a, Vec<KeptToken>> {
        Answer::ready(self.readers.read(|connection| {
            let mut statement = connection.prepare_cached(LIST).map_err(failure)?;
            let address = address.map(EmailAddress::as_str);
            let mut rows = statement
                .query((user.as_str(), address, limit))
                .map_err(failure)?;
            let mut tokens = Vec::new();
            while let Some(row) = rows.next().map_err(failure)? {
                match read_token(row) {
                    Ok(token) => tokens.push(token),
                    Err(error) => log_left_out("a one-time token", &error),
                }
            }
            Ok(tokens)
        }))
    }

    fn sweep_one_time_tokens(&self, now: Timestamp) -> Answer<'_, u64> {
        self.sweep(ANY_TO_SWEEP, DELETE_EXPIRED, now.as_second())
    }
}

impl SqliteStore {
    /// Some rows a transaction, so that other writers come between. What finds nothing to do writes
    /// nothing: a write would make all that is remembered be forgotten.
    pub(super) fn sweep(
        &self,
        any: &'static str,
        delete: &'static str,
        until: i64,
    ) -> Answer<'_, u64> {
        Answer::waiting(async move {
            let mut all = 0;
            for _ in 0..SWEEPS {
                let is_done = self.readers.read(|connection| {
                    let mut statement = connection.prepare_cached(any).map_err(failure)?;
                    Ok(!statement.exists([until]).map_err(failure)?)
                })?;
                if is_done {
                    break;
                }
                let swept = self.writer.write(move |transaction| {
                    let mut statement = transaction.prepare_cached(delete).map_err(failure)?;
                    let removed = statement.execute((until, SWEPT_AT_ONCE));
                    Ok(removed.map_err(failure)? as u64)
                });
                all += swept.await?;
            }
            Ok(all)
        })
    }
}

/// Removes the user's tokens of these purposes.
pub(super) fn end(
    transaction: &Transaction<'_>,
    user: &UserId,
    purposes: &[Purpose],
) -> Result<(), StoreError> {
    for purpose in purposes {
        let values = (user.as_str(), purpose.as_str());
        execute(transaction, DELETE_OF_USER, values)?;
    }
    Ok(())
}

/// No other writer can come between, for the transaction holds the lock.
fn spend(transaction: &Transaction<'_>, spending: &Spending) -> Result<TokenSpent, StoreError> {
    let Some(token) = find(transaction, &spending.digest)? else {
        return Ok(TokenSpent::Refused);
    };
    let user = match &token.user {
        Some(id) => users::find(transaction, id.as_str())?,
        None => None,
    };
    let is_allowed = spending
        .spend
        .is_allowed_by(&token, user.as_ref(), spending.now);
    if !is_allowed {
        return Ok(TokenSpent::Refused);
    }
    let spent = match (&spending.spend, user) {
        (Spend::Register(new), _) => register(transaction, new, &token)?,
        (spend, Some(user)) => change(transaction, spend, &token, &user)?,
        (_, None) => TokenSpent::Refused,
    };
    if let TokenSpent::Done(user) = &spent {
        let digest = spending.digest.as_bytes();
        execute(transaction, DELETE, [digest])?;
        end(transaction, &user.id, spending.spend.also_ends())?;
        outbox::insert_all(transaction, &spending.mail)?;
    }
    Ok(spent)
}

fn register(
    transaction: &Transaction<'_>,
    new: &NewUser,
    token: &KeptToken,
) -> Result<TokenSpent, StoreError> {
    match users::insert(transaction, new)? {
        InsertedUser::UsernameTaken => Ok(TokenSpent::UsernameTaken),
        InsertedUser::EmailTaken => Ok(TokenSpent::Refused),
        InsertedUser::Inserted => {
            let canonical = token.address.canonical();
            execute(transaction, DELETE_INVITATIONS, [canonical])?;
            done(transaction, &new.id)
        }
    }
}

fn change(
    transaction: &Transaction<'_>,
    spend: &Spend,
    token: &KeptToken,
    user: &User,
) -> Result<TokenSpent, StoreError> {
    if users::is_verified_elsewhere(transaction, &token.address, &user.id)? {
        return Ok(TokenSpent::Refused);
    }
    if user.email.as_deref() == Some(token.address.as_str()) {
        users::verify_email(transaction, &user.id, &token.address)?;
    } else {
        users::update_email(transaction, &user.id, Some(&token.address), true)?;
    }
    if let Spend::SetPassword(hash) = spend {
        users::update_password(transaction, &user.id, hash)?;
    }
    done(transaction, &user.id)
}

fn done(transaction: &Transaction<'_>, id: &UserId) -> Result<TokenSpent, StoreError> {
    let user = users::find(transaction, id.as_str())?;
    let gone = || StoreError::unexpected("the user is gone in the step that changed it");
    Ok(TokenSpent::Done(user.ok_or_else(gone)?))
}
