//! Sealed signing keys in PostgreSQL.

use deadpool_postgres::Object;
use jiff::Timestamp;
use portcullis::store::{Answer, SigningKeys};
use portcullis::token::SealedKey;
use tokio_postgres::Row;

use super::PostgresStore;
use super::connections::in_time;
use super::failure::Failure;

const LIST: &str = "SELECT kid, sealed, created_at FROM signing_keys ORDER BY created_at, kid";
/// Lets others read, and nobody else insert.
const LOCK: &str = "LOCK TABLE signing_keys IN SHARE ROW EXCLUSIVE MODE";
const INSERT_FIRST: &str = "INSERT INTO signing_keys (kid, sealed, created_at) \
    SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT 1 FROM signing_keys)";

fn read_key(row: &Row) -> Result<SealedKey, Failure> {
    Ok(SealedKey {
        kid: row.try_get(0)?,
        sealed: row.try_get(1)?,
        created_at: Timestamp::from_second(row.try_get(2)?)?,
    })
}

impl SigningKeys for PostgresStore {
    fn list_signing_keys(&self) -> Answer<'_, Vec<SealedKey>> {
        Answer::waiting(async {
            let mut connection = self.connections.take().await?;
            let listed = in_time(list(connection.lent()?)).await;
            connection.settle(listed)
        })
    }

    fn insert_first_signing_key(&self, key: SealedKey) -> Answer<'_, bool> {
        Answer::waiting(async move {
            let mut connection = self.connections.take().await?;
            let inserted = in_time(insert_first(connection.lent()?, &key)).await;
            connection.settle(inserted)
        })
    }
}

async fn list(connection: &Object) -> Result<Vec<SealedKey>, Failure> {
    let statement = connection.prepare_cached(LIST).await?;
    let rows = connection.query(&statement, &[]).await?;
    rows.iter().map(read_key).collect()
}

async fn insert_first(connection: &mut Object, key: &SealedKey) -> Result<bool, Failure> {
    let transaction = connection.transaction().await?;
    transaction.batch_execute(LOCK).await?;
    let created_at = key.created_at.as_second();
    let inserted = transaction
        .execute(INSERT_FIRST, &[&key.kid, &key.sealed, &created_at])
        .await?;
    transaction.commit().await?;
    Ok(inserted > 0)
}
