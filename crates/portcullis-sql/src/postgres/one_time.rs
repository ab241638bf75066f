//! One-time tokens in PostgreSQL. In which order rows are locked, [`account`] says.

use deadpool_postgres::{Object, Transaction};
use jiff::Timestamp;
use portcullis::store::{
    Answer, InsertedUser, KeptToken, NewUser, OneTimeTokens, Spend, Spending, TokenSpent,
};
use portcullis::token::{Purpose, TokenDigest};
use portcullis::user::{EmailAddress, User, UserId};
use tokio_postgres::Row;

use super::connections::in_time;
use super::failure::Failure;
use super::users::{Values, execute_in, find_in};
use super::{PostgresStore, account, outbox};
use crate::one_time_columns::{OneTimeColumns, one_time_columns};
use crate::unreadable::log_left_out;

pub(super) const FIND: &str = concat!(
    "SELECT ",
    one_time_columns!(),
    " FROM one_time_tokens WHERE digest = $1"
);
/// Whoever comes second waits here, and then finds nothing.
const LOCK: &str = concat!(
    "SELECT ",
    one_time_columns!(),
    " FROM one_time_tokens WHERE digest = $1 FOR UPDATE"
);
/// All that end together, in one order: of two who use two invitations to one address, one waits.
pub(super) const LOCK_INVITATIONS: &str = "SELECT 1 FROM one_time_tokens \
    WHERE purpose = 'invitation' AND address_canonical = $1 ORDER BY digest FOR UPDATE";
/// All of a user, in the same order.
pub(super) const LOCK_OF_USER: &str =
    "SELECT 1 FROM one_time_tokens WHERE user_id = $1 ORDER BY digest FOR UPDATE";
pub(super) const LIST: &str = concat!(
    "SELECT ",
    one_time_columns!(),
    " FROM one_time_tokens WHERE user_id = $1 AND ($2::text IS NULL OR address = $2) \
     ORDER BY created_at, digest LIMIT $3"
);
/// Of a user who is gone, or is being deleted, nothing is stored.
const INSERT: &str = concat!(
    "WITH owner AS MATERIALIZED (SELECT 1 FROM users WHERE id = $3 FOR KEY SHARE) \
     INSERT INTO one_time_tokens (",
    one_time_columns!(),
    ", address_canonical) \
     SELECT $1, $2, $3, $4, $5::bigint, $6, $7::bigint, $8::bigint, $9 \
     WHERE $3 IS NULL OR EXISTS (SELECT 1 FROM owner)"
);
const DELETE: &str = "DELETE FROM one_time_tokens WHERE digest = $1";
pub(super) const DELETE_OF_USER: &str =
    "DELETE FROM one_time_tokens WHERE user_id = $1 AND purpose = $2";
const DELETE_INVITATIONS: &str =
    "DELETE FROM one_time_tokens WHERE purpose = 'invitation' AND address_canonical = $1";
/// In the order of the index, so that it is used whatever is known of the table.
pub(super) const DELETE_EXPIRED: &str = "DELETE FROM one_time_tokens WHERE digest = ANY (ARRAY(\
    SELECT digest FROM one_time_tokens WHERE expires_at <= $1 \
    ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))";

fn read_token(row: &Row) -> Result<KeptToken, Failure> {
    let columns = OneTimeColumns {
        digest: row.try_get(0)?,
        purpose: row.try_get(1)?,
        user: row.try_get(2)?,
        address: row.try_get(3)?,
        epoch: row.try_get(4)?,
        scopes: row.try_get(5)?,
        times: [row.try_get(6)?, row.try_get(7)?],
    };
    Ok(columns.read()?)
}

impl OneTimeTokens for PostgresStore {
    fn insert_one_time_token(&self, token: KeptToken) -> Answer<'_, ()> {
        Answer::waiting(async move {
            let values: Values<'_> = &[
                &token.digest.as_bytes().as_slice(),
                &token.purpose.as_str(),
                &token.user.as_ref().map(UserId::as_str),
                &token.address.as_str(),
                &token.epoch.number(),
                &token.scopes.to_string(),
                &token.created_at.as_second(),
                &token.expires_at.as_second(),
                &token.address.canonical(),
            ];
            self.execute(INSERT, values).await?;
            Ok(())
        })
    }

    fn find_one_time_token<'a>(&'a self, digest: &'a TokenDigest) -> Answer<'a, Option<KeptToken>> {
        Answer::waiting(async move {
            let digest = digest.as_bytes().as_slice();
            let row = self.find(FIND, &[&digest]).await?;
            Ok(row.as_ref().map(read_token).transpose()?)
        })
    }

    fn spend_one_time_token(&self, spending: Spending) -> Answer<'_, TokenSpent> {
        Answer::waiting(async move {
            let mut connection = self.connections.take().await?;
            let spent = match in_time(spend(connection.lent()?, &spending)).await {
                Err(failure) if failure.is_email_taken() => Ok(TokenSpent::Refused),
                spent => spent,
            };
            connection.settle(spent)
        })
    }

    /// A token whose row cannot be read is left out and logged: it is good for nothing.
    fn list_one_time_tokens<'a>(
        &'a self,
        user: &'a UserId,
        address: Option<&'a EmailAddress>,
        limit: u32,
    ) -> Answer<'a, Vec<KeptToken>> {
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

    fn sweep_one_time_tokens(&self, now: Timestamp) -> Answer<'_, u64> {
        Answer::waiting(async move { self.sweep(DELETE_EXPIRED, now.as_second()).await })
    }
}

async fn list(
    connection: &Object,
    (user, address, limit): (&str, Option<&str>, i64),
) -> Result<Vec<KeptToken>, Failure> {
    let statement = connection.prepare_cached(LIST).await?;
    let mut tokens = Vec::new();
    for row in &connection
        .query(&statement, &[&user, &address, &limit])
        .await?
    {
        match read_token(row) {
            Ok(token) => tokens.push(token),
            Err(failure @ Failure::Row(_)) => log_left_out("a one-time token", &failure.into()),
            Err(failure) => return Err(failure),
        }
    }
    Ok(tokens)
}

/// Removes the user's tokens of these purposes. The user's row is locked by now.
pub(super) async fn end(
    transaction: &Transaction<'_>,
    user: &UserId,
    purposes: &[Purpose],
) -> Result<(), Failure> {
    for purpose in purposes {
        let values: Values<'_> = &[&user.as_str(), &purpose.as_str()];
        execute_in(transaction, DELETE_OF_USER, values).await?;
    }
    Ok(())
}

async fn spend(connection: &mut Object, spending: &Spending) -> Result<TokenSpent, Failure> {
    let transaction = connection.transaction().await?;
    let digest = spending.digest.as_bytes().as_slice();
    // Whose it is tells what to lock before it. Neither ever changes.
    let Some(row) = find_in(&transaction, FIND, &[&digest]).await? else {
        return Ok(TokenSpent::Refused);
    };
    let token = read_token(&row)?;
    let user = match &token.user {
        Some(id) => account::lock(&transaction, id).await?,
        None => None,
    };
    if token.purpose == Purpose::Invitation {
        let canonical = token.address.canonical();
        execute_in(&transaction, LOCK_INVITATIONS, &[&canonical]).await?;
    }
    let Some(row) = find_in(&transaction, LOCK, &[&digest]).await? else {
        return Ok(TokenSpent::Refused);
    };
    let token = read_token(&row)?;
    let is_allowed = spending
        .spend
        .is_allowed_by(&token, user.as_ref(), spending.now);
    if !is_allowed {
        return Ok(TokenSpent::Refused);
    }
    let spent = match (&spending.spend, user) {
        (Spend::Register(new), _) => register(&transaction, new, &token).await?,
        (spend, Some(user)) => change(&transaction, spend, &token, &user).await?,
        (_, None) => TokenSpent::Refused,
    };
    if let TokenSpent::Done(user) = &spent {
        execute_in(&transaction, DELETE, &[&digest]).await?;
        end(&transaction, &user.id, spending.spend.also_ends()).await?;
        outbox::insert_all(&transaction, &spending.mail).await?;
        transaction.commit().await?;
    }
    Ok(spent)
}

async fn register(
    transaction: &Transaction<'_>,
    new: &NewUser,
    token: &KeptToken,
) -> Result<TokenSpent, Failure> {
    match account::insert(transaction, new).await? {
        InsertedUser::UsernameTaken => Ok(TokenSpent::UsernameTaken),
        InsertedUser::EmailTaken => Ok(TokenSpent::Refused),
        InsertedUser::Inserted => {
            let canonical = token.address.canonical();
            execute_in(transaction, DELETE_INVITATIONS, &[&canonical]).await?;
            done(transaction, &new.id).await
        }
    }
}

async fn change(
    transaction: &Transaction<'_>,
    spend: &Spend,
    token: &KeptToken,
    user: &User,
) -> Result<TokenSpent, Failure> {
    let (id, address) = (&user.id, &token.address);
    if account::is_verified_elsewhere(transaction, address, id).await? {
        return Ok(TokenSpent::Refused);
    }
    if user.email.as_deref() == Some(address.as_str()) {
        account::verify_email(transaction, id, address).await?;
    } else {
        account::update_email(transaction, id, Some(address), true).await?;
    }
    if let Spend::SetPassword(hash) = spend {
        account::set_password(transaction, id, hash).await?;
    }
    done(transaction, id).await
}

async fn done(transaction: &Transaction<'_>, id: &UserId) -> Result<TokenSpent, Failure> {
    let user = account::find(transaction, id).await?;
    let gone = || Failure::Row("the user is gone in the step that changed it".into());
    Ok(TokenSpent::Done(user.ok_or_else(gone)?))
}
