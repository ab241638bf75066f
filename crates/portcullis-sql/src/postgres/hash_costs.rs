//! Which kinds of password hashes there are in PostgreSQL.

use deadpool_postgres::Object;
use portcullis::password::PasswordHash;

use super::failure::Failure;
use crate::user_columns::MOST_HASH_COSTS;

/// The kind of a hash, in the words of the index.
macro_rules! kind {
    () => {
        "CASE \
         WHEN hashed_password ~ '^\\$2.\\$[0-9][0-9]\\$' THEN substr(hashed_password, 1, 7) \
         WHEN hashed_password ~ '^\\$argon2' THEN substr(rtrim(rtrim(rtrim(hashed_password, \
         'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/.-'), '$'), \
         'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/.-'), 1, 128) \
         ELSE 'other' END"
    };
}
/// From one kind to the next: the index is not read between them.
pub(super) const NEXT: &str = concat!(
    "SELECT ",
    kind!(),
    ", hashed_password FROM users \
     WHERE substr(hashed_password, 1, 31) <> '$argon2id$v=19$m=19456,t=2,p=1$' AND ",
    kind!(),
    " > $1 ORDER BY ",
    kind!(),
    " LIMIT 1"
);
/// One of the default kind, which the index leaves out, for it is most users': if it is not among so many
/// (ids are random), it is so few users' that it is as well learnt when they sign in.
pub(super) const DEFAULT: &str = "SELECT hashed_password FROM \
    (SELECT hashed_password FROM users ORDER BY id LIMIT 1000) some_of_them \
    WHERE substr(hashed_password, 1, 31) = '$argon2id$v=19$m=19456,t=2,p=1$' LIMIT 1";

pub(super) async fn list(connection: &Object) -> Result<Vec<PasswordHash>, Failure> {
    let mut samples = Vec::new();
    let next = connection.prepare_cached(NEXT).await?;
    let mut kind = String::new();
    for _ in 0..MOST_HASH_COSTS {
        let Some(row) = connection.query_opt(&next, &[&kind]).await? else {
            break;
        };
        kind = row.try_get(0)?;
        samples.push(PasswordHash::from_store(row.try_get::<_, &str>(1)?));
    }
    let default = connection.prepare_cached(DEFAULT).await?;
    if let Some(row) = connection.query_opt(&default, &[]).await? {
        samples.push(PasswordHash::from_store(row.try_get::<_, &str>(0)?));
    }
    Ok(samples)
}
