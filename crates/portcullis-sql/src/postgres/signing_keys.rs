//! Sealed signing keys in PostgreSQL.

use deadpool_postgres::Object;
use jiff::Timestamp;
use portcullis::store::{Answer, SigningKeys};
use portcullis::token::SealedKey;
use tokio_postgres::Row;

use super::PostgresStore;
use super::connections::in_time;
use super::failure::Failure;

const LIST: &str = "SELECT kid, sealed, created_at, signs_from, retires_at \
    FROM signing_keys ORDER BY created_at, kid";
/// Lets others read, and nobody else write.
const LOCK: &str = "LOCK TABLE signing_keys IN SHARE ROW EXCLUSIVE MODE";
const DELETE_ALL: &str = "DELETE FROM signing_keys";
const INSERT: &str = "INSERT INTO signing_keys (kid, sealed, created_at, signs_from, retires_at) \
    VALUES ($1, $2, $3, $4, $5)";

fn read_key(row: &Row) -> Result<SealedKey, Failure> {
    let retires_at: Option<i64> = row.try_get(4)?;
    Ok(SealedKey {
        kid: row.try_get(0)?,
        sealed: row.try_get(1)?,
        created_at: Timestamp::from_second(row.try_get(2)?)?,
        signs_from: Timestamp::from_second(row.try_get(3)?)?,
        retires_at: retires_at.map(Timestamp::from_second).transpose()?,
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

    fn replace_signing_keys(
        &self,
        expected: Vec<SealedKey>,
        keys: Vec<SealedKey>,
    ) -> Answer<'_, bool> {
        Answer::waiting(async move {
            let mut connection = self.connections.take().await?;
            let replaced = in_time(replace(connection.lent()?, &expected, &keys)).await;
            connection.settle(replaced)
        })
    }
}

async fn list(client: &Object) -> Result<Vec<SealedKey>, Failure> {
    let statement = client.prepare_cached(LIST).await?;
    let rows = client.query(&statement, &[]).await?;
    rows.iter().map(read_key).collect()
}

async fn replace(
    connection: &mut Object,
    expected: &[SealedKey],
    keys: &[SealedKey],
) -> Result<bool, Failure> {
    let transaction = connection.transaction().await?;
    transaction.batch_execute(LOCK).await?;
    let rows = transaction.query(LIST, &[]).await?;
    let present: Vec<_> = rows.iter().map(read_key).collect::<Result<_, _>>()?;
    if present != expected {
        transaction.rollback().await?;
        return Ok(false);
    }
    transaction.execute(DELETE_ALL, &[]).await?;
    for key in keys {
        let created_at = key.created_at.as_second();
        let signs_from = key.signs_from.as_second();
        let retires_at = key.retires_at.map(Timestamp::as_second);
        let values: [&(dyn tokio_postgres::types::ToSql + Sync); 5] =
            [&key.kid, &key.sealed, &created_at, &signs_from, &retires_at];
        transaction.execute(INSERT, &values).await?;
    }
    transaction.commit().await?;
    Ok(true)
}
