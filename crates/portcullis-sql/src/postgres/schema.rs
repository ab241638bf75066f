//! Makes and migrates the tables.

use std::time::Duration;

use deadpool_postgres::Object;
use tokio_postgres::{Error, GenericClient};

use super::failure::opening;
use crate::migration::{Found, Migration, SCHEMA_TABLE};
use crate::{Create, OpenError};

const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        sql: include_str!("../../migrations/postgres/0001_users_and_signing_keys.sql"),
    },
    Migration {
        version: 2,
        sql: include_str!("../../migrations/postgres/0002_sessions.sql"),
    },
    Migration {
        version: 3,
        sql: include_str!("../../migrations/postgres/0003_signing_keys.sql"),
    },
    Migration {
        version: 4,
        sql: include_str!("../../migrations/postgres/0004_clients.sql"),
    },
    Migration {
        version: 5,
        sql: include_str!("../../migrations/postgres/0005_accounts.sql"),
    },
];

const MAKE_SCHEMA_TABLE: &str = "CREATE TABLE IF NOT EXISTS portcullis_schema (
    version BIGINT NOT NULL PRIMARY KEY,
    checksum TEXT NOT NULL,
    applied_at BIGINT NOT NULL DEFAULT floor(extract(epoch FROM now()))::bigint
)";

/// Of several nodes that start at once, one migrates and the others wait for it. The number says
/// `portc`.
const ALONE: &str = "SET LOCAL statement_timeout = '5min';
    SET LOCAL lock_timeout = '60s';
    SELECT pg_advisory_xact_lock(482939171939)";

/// Longer than all of that, for a server that says nothing at all.
pub(super) const PATIENCE: Duration = Duration::from_mins(10);

/// What lies in the schema where our tables are or would be made, without what extensions put there.
const RELATIONS: &str = "SELECT relname::text FROM pg_class c
    WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
        AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
        AND NOT EXISTS (
            SELECT 1 FROM pg_depend
            WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e'
        )
    ORDER BY relkind NOT IN ('r', 'p'), relname";

/// Brings the database up to date in one transaction, and answers whether it was empty before. What
/// is not ours is refused before anything is written.
pub(super) async fn migrate(
    connection: &mut Object,
    place: &str,
    create: Create,
) -> Result<bool, OpenError> {
    let failed = |error: Error| opening(place, &error);
    fits(connection, place).await?;
    let transaction = connection.transaction().await.map_err(failed)?;
    transaction.batch_execute(ALONE).await.map_err(failed)?;
    let found = look(&*transaction).await.map_err(failed)?;
    if create == Create::Never && matches!(found, Found::Empty) {
        return Err(OpenError::Missing {
            place: place.to_owned(),
        });
    }
    let remaining = found.remaining(place, MIGRATIONS)?;
    if !remaining.is_empty() {
        let made = transaction.batch_execute(MAKE_SCHEMA_TABLE).await;
        made.map_err(failed)?;
    }
    for migration in remaining {
        let applied = transaction.batch_execute(migration.sql).await;
        applied.map_err(failed)?;
        let noted = "INSERT INTO portcullis_schema (version, checksum) VALUES ($1, $2)";
        let noted = transaction
            .execute(noted, &[&migration.version, &migration.checksum()])
            .await;
        noted.map_err(failed)?;
    }
    transaction.commit().await.map_err(failed)?;
    Ok(matches!(found, Found::Empty))
}

/// Every name must fit into the database, and there must be a schema to put tables into.
async fn fits(connection: &Object, place: &str) -> Result<(), OpenError> {
    let query = "SELECT current_setting('server_encoding'), current_schema()::text";
    let row = connection.query_one(query, &[]).await;
    let row = row.map_err(|error| opening(place, &error))?;
    let encoding: String = row.try_get(0).map_err(|error| opening(place, &error))?;
    if encoding != "UTF8" {
        let problem = format!("its encoding is {encoding}; make a database with ENCODING 'UTF8'");
        return Err(OpenError::failed(place, problem));
    }
    let schema: Option<String> = row.try_get(1).map_err(|error| opening(place, &error))?;
    match schema {
        Some(_) => Ok(()),
        None => Err(OpenError::failed(
            place,
            "no schema of its search_path exists",
        )),
    }
}

async fn look(client: &impl GenericClient) -> Result<Found, Error> {
    let rows = client.query(RELATIONS, &[]).await?;
    let names: Vec<String> = rows
        .iter()
        .map(|row| row.try_get(0))
        .collect::<Result<_, _>>()?;
    if names.is_empty() {
        return Ok(Found::Empty);
    }
    if !names.iter().any(|name| name == SCHEMA_TABLE) {
        return Ok(Found::Foreign(names));
    }
    let applied = "SELECT version, checksum FROM portcullis_schema ORDER BY version";
    let rows = client.query(applied, &[]).await?;
    rows.iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect::<Result<_, _>>()
        .map(Found::Ours)
}
