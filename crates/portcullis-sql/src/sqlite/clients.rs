//! Clients in SQLite.

use jiff::Timestamp;
use portcullis::client::{Client, ClientId, SecretDigest};
use portcullis::store::{Answer, Clients, InsertedClient, StoreError};
use rusqlite::{Row, params};

use super::SqliteStore;
use super::failure::failure;
use super::users::execute;
use crate::client_columns::{ClientColumns, ClientValues, client_columns};
use crate::unreadable::log_left_out;

pub(super) const FIND: &str = concat!("SELECT ", client_columns!(), " FROM clients WHERE id = ?1");
pub(super) const LIST: &str = concat!("SELECT ", client_columns!(), " FROM clients ORDER BY name");
pub(super) const FIND_NAME: &str = "SELECT 1 FROM clients WHERE name = ?1";
const INSERT: &str = concat!(
    "INSERT INTO clients (",
    client_columns!(),
    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
);
/// What stands on the right is the row before.
const UPDATE_SECRET: &str = "UPDATE clients SET previous_secret_digest = secret_digest, \
    previous_secret_until = ?3, secret_digest = ?2 WHERE id = ?1 AND secret_digest IS NOT NULL";
/// A trigger ends its sessions.
const DELETE: &str = "DELETE FROM clients WHERE id = ?1";

fn read_client(row: &Row<'_>) -> Result<Client, StoreError> {
    let columns = || -> Result<ClientColumns<'_>, Box<dyn std::error::Error + Send + Sync>> {
        Ok(ClientColumns {
            id: row.get_ref(0)?.as_str()?,
            name: row.get_ref(1)?.as_str()?,
            secret: row.get_ref(2)?.as_blob_or_null()?,
            previous: row.get_ref(3)?.as_blob_or_null()?,
            previous_until: row.get(4)?,
            grants: row.get_ref(5)?.as_str()?,
            scopes: row.get_ref(6)?.as_str()?,
            may_introspect: row.get(7)?,
            lifetimes: [row.get(8)?, row.get(9)?, row.get(10)?],
            created_at: row.get(11)?,
        })
    };
    let columns = columns().map_err(StoreError::unexpected)?;
    columns.read().map_err(StoreError::unexpected)
}

impl Clients for SqliteStore {
    fn find_client<'a>(&'a self, id: &'a ClientId) -> Answer<'a, Option<Client>> {
        let found = self.readers.find(id.as_str(), |connection| {
            let mut statement = connection.prepare_cached(FIND).map_err(failure)?;
            let mut rows = statement.query([id.as_str()]).map_err(failure)?;
            rows.next().map_err(failure)?.map(read_client).transpose()
        });
        Answer::ready(found)
    }

    /// A client whose row cannot be read is left out and logged: it gets no token, and hiding all
    /// others behind it would keep the operator from them.
    fn list_clients(&self) -> Answer<'_, Vec<Client>> {
        Answer::ready(self.readers.read(|connection| {
            let mut statement = connection.prepare_cached(LIST).map_err(failure)?;
            let mut rows = statement.query(()).map_err(failure)?;
            let mut clients = Vec::new();
            while let Some(row) = rows.next().map_err(failure)? {
                match read_client(row) {
                    Ok(client) => clients.push(client),
                    Err(error) => log_left_out("a client", &error),
                }
            }
            Ok(clients)
        }))
    }

    fn insert_client(&self, client: Client) -> Answer<'_, InsertedClient> {
        self.writer.write(move |transaction| {
            // No other writer can come between, for the transaction holds the lock.
            let mut taken = transaction.prepare_cached(FIND_NAME).map_err(failure)?;
            if taken.exists([client.name.as_str()]).map_err(failure)? {
                return Ok(InsertedClient::NameTaken);
            }
            let values = ClientValues::of(&client);
            let [access_token, session_idle, session] = values.lifetimes;
            let values = params![
                client.id.as_str(),
                client.name,
                values.secret,
                values.previous,
                values.previous_until,
                values.grants,
                values.scopes,
                client.may_introspect,
                access_token,
                session_idle,
                session,
                client.created_at.as_second(),
            ];
            execute(transaction, INSERT, values)?;
            Ok(InsertedClient::Inserted)
        })
    }

    fn update_secret<'a>(
        &'a self,
        id: &'a ClientId,
        present: SecretDigest,
        until: Timestamp,
    ) -> Answer<'a, bool> {
        let id = id.clone();
        self.writer.write(move |transaction| {
            let values = (id.as_str(), present.as_bytes(), until.as_second());
            execute(transaction, UPDATE_SECRET, values)
        })
    }

    fn delete_client<'a>(&'a self, id: &'a ClientId) -> Answer<'a, bool> {
        let id = id.clone();
        self.writer
            .write(move |transaction| execute(transaction, DELETE, [id.as_str()]))
    }
}
