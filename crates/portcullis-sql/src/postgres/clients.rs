//! Clients in PostgreSQL.

use deadpool_postgres::Object;
use jiff::Timestamp;
use portcullis::client::{Client, ClientId, SecretDigest};
use portcullis::store::{Answer, Clients, InsertedClient};
use tokio_postgres::Row;

use super::PostgresStore;
use super::connections::in_time;
use super::failure::Failure;
use super::users::Values;
use crate::client_columns::{ClientColumns, ClientValues, client_columns};
use crate::unreadable::log_left_out;

const FIND: &str = concat!("SELECT ", client_columns!(), " FROM clients WHERE id = $1");
const LIST: &str = concat!("SELECT ", client_columns!(), " FROM clients ORDER BY name");
const INSERT: &str = concat!(
    "INSERT INTO clients (",
    client_columns!(),
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (name) DO NOTHING"
);
/// What stands on the right is the row before; whoever comes second waits, and then sees what the
/// first one wrote.
const UPDATE_SECRET: &str = "UPDATE clients SET previous_secret_digest = secret_digest, \
    previous_secret_until = $3, secret_digest = $2 WHERE id = $1 AND secret_digest IS NOT NULL";
/// Its sessions end by their reference to it. A trigger sees to the order of the locks.
const DELETE: &str = "DELETE FROM clients WHERE id = $1";

fn read_client(row: &Row) -> Result<Client, Failure> {
    let columns = ClientColumns {
        id: row.try_get(0)?,
        name: row.try_get(1)?,
        secret: row.try_get(2)?,
        previous: row.try_get(3)?,
        previous_until: row.try_get(4)?,
        grants: row.try_get(5)?,
        scopes: row.try_get(6)?,
        may_introspect: row.try_get(7)?,
        lifetimes: [row.try_get(8)?, row.try_get(9)?, row.try_get(10)?],
        created_at: row.try_get(11)?,
    };
    Ok(columns.read()?)
}

/// PostgreSQL keeps no NUL, so no client has this id; asked for it, it reports an error.
fn cannot_be(id: &ClientId) -> bool {
    id.as_str().contains('\0')
}

impl Clients for PostgresStore {
    fn find_client<'a>(&'a self, id: &'a ClientId) -> Answer<'a, Option<Client>> {
        if cannot_be(id) {
            return Answer::ready(Ok(None));
        }
        Answer::waiting(async move {
            let row = self.find(FIND, &[&id.as_str()]).await?;
            Ok(row.as_ref().map(read_client).transpose()?)
        })
    }

    /// A client whose row cannot be read is left out and logged: it gets no token, and hiding all
    /// others behind it would keep the operator from them.
    fn list_clients(&self) -> Answer<'_, Vec<Client>> {
        Answer::waiting(async move {
            let mut connection = self.connections.take().await?;
            let listed = in_time(list(connection.lent()?)).await;
            connection.settle(listed)
        })
    }

    fn insert_client(&self, client: Client) -> Answer<'_, InsertedClient> {
        Answer::waiting(async move {
            let values = ClientValues::of(&client);
            let [access_token, session_idle, session] = values.lifetimes;
            let values: Values<'_> = &[
                &client.id.as_str(),
                &client.name,
                &values.secret.as_ref().map(<[u8; 32]>::as_slice),
                &values.previous.as_ref().map(<[u8; 32]>::as_slice),
                &values.previous_until,
                &values.grants,
                &values.scopes,
                &client.may_introspect,
                &access_token,
                &session_idle,
                &session,
                &client.created_at.as_second(),
            ];
            Ok(if self.execute(INSERT, values).await? {
                InsertedClient::Inserted
            } else {
                InsertedClient::NameTaken
            })
        })
    }

    fn update_secret<'a>(
        &'a self,
        id: &'a ClientId,
        present: SecretDigest,
        until: Timestamp,
    ) -> Answer<'a, bool> {
        if cannot_be(id) {
            return Answer::ready(Ok(false));
        }
        Answer::waiting(async move {
            let present = present.as_bytes().as_slice();
            let values: Values<'_> = &[&id.as_str(), &present, &until.as_second()];
            self.execute(UPDATE_SECRET, values).await
        })
    }

    fn delete_client<'a>(&'a self, id: &'a ClientId) -> Answer<'a, bool> {
        if cannot_be(id) {
            return Answer::ready(Ok(false));
        }
        Answer::waiting(async move { self.execute(DELETE, &[&id.as_str()]).await })
    }
}

async fn list(connection: &Object) -> Result<Vec<Client>, Failure> {
    let statement = connection.prepare_cached(LIST).await?;
    let mut clients = Vec::new();
    for row in &connection.query(&statement, &[]).await? {
        match read_client(row) {
            Ok(client) => clients.push(client),
            Err(failure @ Failure::Row(_)) => log_left_out("a client", &failure.into()),
            Err(failure) => return Err(failure),
        }
    }
    Ok(clients)
}
