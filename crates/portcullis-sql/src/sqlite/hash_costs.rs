//! Which kinds of password hashes there are in SQLite.

use portcullis::password::PasswordHash;
use portcullis::store::StoreError;
use rusqlite::{Connection, OptionalExtension};

use super::failure::failure;
use crate::user_columns::MOST_HASH_COSTS;

/// The kind of a hash, in the words of the index.
macro_rules! kind {
    () => {
        "CASE \
         WHEN hashed_password GLOB '$2?$[0-9][0-9]$*' THEN substr(hashed_password, 1, 7) \
         WHEN hashed_password GLOB '$argon2*' THEN substr(rtrim(rtrim(rtrim(hashed_password, \
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
    " > ?1 ORDER BY ",
    kind!(),
    " LIMIT 1"
);
/// One of the default kind, which the index leaves out, for it is most users': if it is not among so many
/// (ids are random), it is so few users' that it is as well learnt when they sign in.
pub(super) const DEFAULT: &str = "SELECT hashed_password FROM \
    (SELECT hashed_password FROM users ORDER BY id LIMIT 1000) \
    WHERE substr(hashed_password, 1, 31) = '$argon2id$v=19$m=19456,t=2,p=1$' LIMIT 1";

pub(super) fn list(connection: &Connection) -> Result<Vec<PasswordHash>, StoreError> {
    let mut samples = Vec::new();
    let mut next = connection.prepare_cached(NEXT).map_err(failure)?;
    let mut kind = String::new();
    for _ in 0..MOST_HASH_COSTS {
        let found = next.query_row([&kind], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)));
        let Some((found, sample)) = found.optional().map_err(failure)? else {
            break;
        };
        kind = found;
        samples.push(PasswordHash::from_store(sample));
    }
    let mut default = connection.prepare_cached(DEFAULT).map_err(failure)?;
    let found = default.query_row((), |row| row.get::<_, String>(0));
    let found = found.optional().map_err(failure)?;
    samples.extend(found.map(PasswordHash::from_store));
    Ok(samples)
}
