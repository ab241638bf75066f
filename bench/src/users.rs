//! The users of the measured database, inserted as the contract lets anybody
//! do it with a shell of the database.

use std::path::Path;

use anyhow::Context;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use rusqlite::{Connection, params};

use crate::interrupt;

/// The password of every user. It needs no form encoding.
pub(crate) const PASSWORD: &str = "a-password-for-the-bench-0417";

const INSERT: &str = "INSERT INTO users (username, full_name, email, hashed_password, disabled)
VALUES (?1, ?2, ?3, ?4, false)";

/// How many users to insert between two looks for an interruption.
const BATCH: u32 = 10_000;

/// The parameters that the server uses by default, so that no login has its
/// hash made anew.
pub(crate) fn argon2id() -> anyhow::Result<Argon2<'static>> {
    let parameters = Params::new(19_456, 2, 1, None)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters))
}

/// The name of user `number`. All have the same length.
pub(crate) fn username(number: u32) -> String {
    format!("user{number:08}")
}

/// `count` names, spread evenly over all `users`, so that neighbours in the
/// choice are no neighbours in the database.
pub(crate) fn spread_usernames(users: u32, count: u32) -> impl Iterator<Item = String> {
    (0..count).map(move |index| {
        let number = u64::from(index) * u64::from(users) / u64::from(count);
        username(u32::try_from(number).unwrap_or(0))
    })
}

/// A hash of the password, as the server makes them by default.
pub(crate) fn hash() -> anyhow::Result<String> {
    let hash = argon2id()?.hash_password(PASSWORD.as_bytes());
    Ok(hash.context("cannot hash the password")?.to_string())
}

/// Inserts the users in one transaction. All have the same password and,
/// since a hash takes tens of milliseconds, the same hash.
pub(crate) fn insert(database: &Path, users: u32) -> anyhow::Result<()> {
    let hash = hash()?;
    let mut connection = Connection::open(database)?;
    // A quarter of a gigabyte of pages, so that the indexes grow in memory.
    connection.pragma_update(None, "cache_size", -262_144)?;
    let transaction = connection.transaction()?;
    {
        let mut statement = transaction.prepare(INSERT)?;
        for number in 0..users {
            if number.is_multiple_of(BATCH) {
                interrupt::check()?;
            }
            let username = username(number);
            let full_name = format!("User {number:08}");
            let email = format!("{username}@example.com");
            statement.execute(params![username, full_name, email, hash])?;
        }
    }
    transaction.commit()?;
    // The measured server starts with everything in the database file itself.
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chosen_names_are_spread_and_exist() {
        let names: Vec<String> = spread_usernames(1000, 4).collect();
        assert_eq!(
            names,
            [
                "user00000000",
                "user00000250",
                "user00000500",
                "user00000750"
            ]
        );
        let all: Vec<String> = spread_usernames(3, 3).collect();
        assert_eq!(all, ["user00000000", "user00000001", "user00000002"]);
    }

    #[test]
    fn users_are_inserted_with_a_hash_of_their_password() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("test.db");
        let connection = Connection::open(&file).unwrap();
        connection
            .execute_batch(
                "CREATE TABLE users (username TEXT UNIQUE, full_name TEXT, email TEXT,
                 hashed_password TEXT, disabled INTEGER)",
            )
            .unwrap();
        insert(&file, 3).unwrap();
        let (count, hash): (u32, String) = connection
            .query_row(
                "SELECT count(*), max(hashed_password) FROM users WHERE disabled = 0",
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .unwrap();
        assert_eq!(count, 3);
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        let parsed = argon2::PasswordHash::new(&hash).unwrap();
        argon2::PasswordVerifier::verify_password(&Argon2::default(), PASSWORD.as_bytes(), &parsed)
            .unwrap();
    }
}
