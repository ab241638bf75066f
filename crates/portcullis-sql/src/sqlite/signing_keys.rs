//! Sealed signing keys in SQLite.

use jiff::Timestamp;
use portcullis::store::{Answer, SigningKeys, StoreError};
use portcullis::token::SealedKey;
use rusqlite::{Connection, Row};

use super::SqliteStore;
use super::failure::failure;

const LIST: &str = "SELECT kid, sealed, created_at, signs_from, retires_at \
    FROM signing_keys ORDER BY created_at, kid";
const DELETE_ALL: &str = "DELETE FROM signing_keys";
const INSERT: &str = "INSERT INTO signing_keys (kid, sealed, created_at, signs_from, retires_at) \
    VALUES (?1, ?2, ?3, ?4, ?5)";

fn read_key(row: &Row<'_>) -> Result<SealedKey, StoreError> {
    let time = |second| Timestamp::from_second(second).map_err(StoreError::unexpected);
    let retires_at: Option<i64> = row.get(4).map_err(failure)?;
    Ok(SealedKey {
        kid: row.get(0).map_err(failure)?,
        sealed: row.get(1).map_err(failure)?,
        created_at: time(row.get(2).map_err(failure)?)?,
        signs_from: time(row.get(3).map_err(failure)?)?,
        retires_at: retires_at.map(time).transpose()?,
    })
}

fn list(connection: &Connection) -> Result<Vec<SealedKey>, StoreError> {
    let mut statement = connection.prepare_cached(LIST).map_err(failure)?;
    let mut rows = statement.query(()).map_err(failure)?;
    let mut keys = Vec::new();
    while let Some(row) = rows.next().map_err(failure)? {
        keys.push(read_key(row)?);
    }
    Ok(keys)
}

impl SigningKeys for SqliteStore {
    fn list_signing_keys(&self) -> Answer<'_, Vec<SealedKey>> {
        Answer::ready(self.readers.read(list))
    }

    fn replace_signing_keys(
        &self,
        expected: Vec<SealedKey>,
        keys: Vec<SealedKey>,
    ) -> Answer<'_, bool> {
        self.writer.write(move |transaction| {
            if list(transaction)? != expected {
                return Ok(false);
            }
            transaction.execute(DELETE_ALL, ()).map_err(failure)?;
            for key in keys {
                let values = (
                    key.kid,
                    key.sealed,
                    key.created_at.as_second(),
                    key.signs_from.as_second(),
                    key.retires_at.map(Timestamp::as_second),
                );
                transaction.execute(INSERT, values).map_err(failure)?;
            }
            Ok(true)
        })
    }
}
