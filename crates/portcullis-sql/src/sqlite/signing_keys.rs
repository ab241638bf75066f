//! Sealed signing keys in SQLite.

use jiff::Timestamp;
use portcullis::store::{Answer, SigningKeys, StoreError};
use portcullis::token::SealedKey;
use rusqlite::Row;

use super::SqliteStore;
use super::failure::failure;

const LIST: &str = "SELECT kid, sealed, created_at FROM signing_keys ORDER BY created_at, kid";
const INSERT_FIRST: &str = "INSERT INTO signing_keys (kid, sealed, created_at) \
    SELECT ?1, ?2, ?3 WHERE NOT EXISTS (SELECT 1 FROM signing_keys)";

fn read_key(row: &Row<'_>) -> Result<SealedKey, StoreError> {
    let created_at = row.get(2).map_err(failure)?;
    Ok(SealedKey {
        kid: row.get(0).map_err(failure)?,
        sealed: row.get(1).map_err(failure)?,
        created_at: Timestamp::from_second(created_at).map_err(StoreError::unexpected)?,
    })
}

impl SigningKeys for SqliteStore {
    fn list_signing_keys(&self) -> Answer<'_, Vec<SealedKey>> {
        Answer::ready(self.readers.read(|connection| {
            let mut statement = connection.prepare_cached(LIST).map_err(failure)?;
            let mut rows = statement.query(()).map_err(failure)?;
            let mut keys = Vec::new();
            while let Some(row) = rows.next().map_err(failure)? {
                keys.push(read_key(row)?);
            }
            Ok(keys)
        }))
    }

    fn insert_first_signing_key(&self, key: SealedKey) -> Answer<'_, bool> {
        self.writer.write(move |transaction| {
            let values = (key.kid, key.sealed, key.created_at.as_second());
            let inserted = transaction.execute(INSERT_FIRST, values).map_err(failure)?;
            Ok(inserted > 0)
        })
    }
}
