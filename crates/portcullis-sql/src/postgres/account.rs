//! What changes an account in several statements, in PostgreSQL.
//!
//! Of two who lock several rows at once, each in an order of its own, one would fail. So all lock in
//! this order: client, users by id, sessions, one-time tokens by digest, mails.

use deadpool_postgres::{Object, Transaction};
use portcullis::password::PasswordHash;
use portcullis::store::{InsertedUser, NewUser, PasswordChange, Spend, UserChange};
use portcullis::token::Epoch;
use portcullis::user::{EmailAddress, User, UserId};

use super::failure::Failure;
use super::users::{Values, execute_in, find_in, read_user};
use super::{one_time, outbox};
use crate::user_columns::user_columns;

/// Whoever comes second waits, and then sees what the first one wrote.
const INSERT: &str = "INSERT INTO users (id, username, username_canonical, email, email_canonical, \
    email_verified, full_name, hashed_password, disabled, scopes, created_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING";
const WHAT_IS_TAKEN: &str = "SELECT EXISTS (SELECT 1 FROM users WHERE username_canonical = $1), \
    EXISTS (SELECT 1 FROM users WHERE CASE WHEN email_verified THEN email_canonical END = $2 \
    AND email_verified AND $3)";
const LOCK_TO_DELETE: &str =
    "SELECT 1 FROM users WHERE id = $1 AND epoch = coalesce($2, epoch) FOR UPDATE";
/// What is the user's ends by its reference to it.
const DELETE: &str = "DELETE FROM users WHERE id = $1";
const FIND: &str = concat!("SELECT ", user_columns!(), " FROM users WHERE id = $1");
const LOCK: &str = concat!(
    "SELECT ",
    user_columns!(),
    " FROM users WHERE id = $1 FOR NO KEY UPDATE"
);
pub(super) const IS_VERIFIED: &str = "SELECT 1 FROM users WHERE CASE WHEN email_verified THEN email_canonical END = $1 \
    AND email_verified AND id <> $2";
const UPDATE: &str =
    "UPDATE users SET full_name = $2, disabled = $3, scopes = $4, epoch = $5 WHERE id = $1";
const CLEAR_EMAIL: &str = "UPDATE users SET email = NULL, email_verified = false WHERE id = $1";
const UPDATE_EMAIL: &str = "UPDATE users SET email = $2, email_canonical = $3, email_verified = $4 \
    WHERE id = $1";
const UPDATE_PASSWORD: &str = "UPDATE users SET hashed_password = $2, epoch = epoch + 1 \
    WHERE id = $1 AND epoch = coalesce($3, epoch)";

pub(super) async fn insert_user(
    connection: &mut Object,
    user: &NewUser,
) -> Result<InsertedUser, Failure> {
    let transaction = connection.transaction().await?;
    let inserted = insert(&transaction, user).await?;
    transaction.commit().await?;
    Ok(inserted)
}

pub(super) async fn insert(
    transaction: &Transaction<'_>,
    user: &NewUser,
) -> Result<InsertedUser, Failure> {
    let email = user.email.as_ref();
    let canonical = email.map(EmailAddress::canonical);
    let values: Values<'_> = &[
        &user.id.as_str(),
        &user.username.as_str(),
        &user.username.canonical(),
        &email.map(EmailAddress::as_str),
        &canonical,
        &user.email_verified,
        &user.full_name,
        &user.hashed_password.as_ref().map(PasswordHash::as_str),
        &user.disabled,
        &user.scopes.to_string(),
        &user.created_at.as_second(),
    ];
    let taken: Values<'_> = &[&user.username.canonical(), &canonical, &user.email_verified];
    // What stood in the way may be gone by the time that it is looked for.
    for _ in 0..3 {
        if execute_in(transaction, INSERT, values).await? > 0 {
            outbox::insert_all(transaction, &user.mail).await?;
            return Ok(InsertedUser::Inserted);
        }
        if let Some(row) = find_in(transaction, WHAT_IS_TAKEN, taken).await? {
            if row.try_get(0)? {
                return Ok(InsertedUser::UsernameTaken);
            }
            if row.try_get(1)? {
                return Ok(InsertedUser::EmailTaken);
            }
        }
    }
    Err(Failure::Row("the new user's id is taken".into()))
}

pub(super) async fn update_user(
    connection: &mut Object,
    id: &UserId,
    change: &UserChange,
) -> Result<Option<User>, Failure> {
    let transaction = connection.transaction().await?;
    let Some(before) = lock(&transaction, id).await? else {
        return Ok(None);
    };
    let mut after = before.clone();
    change.apply(&mut after);
    let values: Values<'_> = &[
        &id.as_str(),
        &after.full_name,
        &after.disabled,
        &after.scopes.to_string(),
        &after.epoch.number(),
    ];
    execute_in(&transaction, UPDATE, values).await?;
    if let Some(email) = &change.email {
        update_email(&transaction, id, email.as_ref(), false).await?;
        one_time::end(&transaction, id, Spend::ConfirmEmail.also_ends()).await?;
    }
    outbox::insert_all(&transaction, &change.mails).await?;
    let user = find(&transaction, id).await?;
    transaction.commit().await?;
    Ok(user)
}

/// Whoever comes second waits for the row, and then sees the other epoch.
pub(super) async fn update_password(
    connection: &mut Object,
    id: &UserId,
    change: &PasswordChange,
) -> Result<bool, Failure> {
    let transaction = connection.transaction().await?;
    let epoch = change.epoch.map(Epoch::number);
    let values: Values<'_> = &[&id.as_str(), &change.hash.as_str(), &epoch];
    if execute_in(&transaction, UPDATE_PASSWORD, values).await? == 0 {
        return Ok(false);
    }
    one_time::end(&transaction, id, PasswordChange::ENDS).await?;
    outbox::insert_all(&transaction, &change.mail).await?;
    transaction.commit().await?;
    Ok(true)
}

pub(super) async fn delete_user(
    connection: &mut Object,
    id: &UserId,
    epoch: Option<Epoch>,
) -> Result<bool, Failure> {
    let transaction = connection.transaction().await?;
    let values: Values<'_> = &[&id.as_str(), &epoch.map(Epoch::number)];
    if find_in(&transaction, LOCK_TO_DELETE, values)
        .await?
        .is_none()
    {
        return Ok(false);
    }
    // The cascade would take them in an order of its own.
    execute_in(&transaction, one_time::LOCK_OF_USER, &[&id.as_str()]).await?;
    execute_in(&transaction, DELETE, &[&id.as_str()]).await?;
    transaction.commit().await?;
    Ok(true)
}

pub(super) async fn set_password(
    transaction: &Transaction<'_>,
    id: &UserId,
    hash: &PasswordHash,
) -> Result<(), Failure> {
    let values: Values<'_> = &[&id.as_str(), &hash.as_str(), &None::<i64>];
    execute_in(transaction, UPDATE_PASSWORD, values).await?;
    Ok(())
}

pub(super) async fn find(
    transaction: &Transaction<'_>,
    id: &UserId,
) -> Result<Option<User>, Failure> {
    let row = find_in(transaction, FIND, &[&id.as_str()]).await?;
    row.as_ref().map(read_user).transpose()
}

/// The user, who stays as it is until the end of the transaction but for what that changes.
pub(super) async fn lock(
    transaction: &Transaction<'_>,
    id: &UserId,
) -> Result<Option<User>, Failure> {
    let row = find_in(transaction, LOCK, &[&id.as_str()]).await?;
    row.as_ref().map(read_user).transpose()
}

/// Whether a user other than `id` has verified this address. Who does so at the same time is found by
/// the unique index: [`Failure::is_email_taken`]. Asking first keeps those who exchange addresses from
/// waiting for one another.
pub(super) async fn is_verified_elsewhere(
    transaction: &Transaction<'_>,
    address: &EmailAddress,
    id: &UserId,
) -> Result<bool, Failure> {
    let values: Values<'_> = &[&address.canonical(), &id.as_str()];
    Ok(find_in(transaction, IS_VERIFIED, values).await?.is_some())
}

/// Cleared first: what the trigger knows of the address before must not meet the new one.
pub(super) async fn update_email(
    transaction: &Transaction<'_>,
    id: &UserId,
    email: Option<&EmailAddress>,
    is_verified: bool,
) -> Result<(), Failure> {
    execute_in(transaction, CLEAR_EMAIL, &[&id.as_str()]).await?;
    let values: Values<'_> = &[
        &id.as_str(),
        &email.map(EmailAddress::as_str),
        &email.map(EmailAddress::canonical),
        &is_verified,
    ];
    execute_in(transaction, UPDATE_EMAIL, values).await?;
    Ok(())
}

/// Of a user who stays the same otherwise, and whose tokens live on.
pub(super) async fn verify_email(
    transaction: &Transaction<'_>,
    id: &UserId,
    email: &EmailAddress,
) -> Result<(), Failure> {
    let values: Values<'_> = &[&id.as_str(), &email.as_str(), &email.canonical(), &true];
    execute_in(transaction, UPDATE_EMAIL, values).await?;
    Ok(())
}
