//! Clients in memory.

use jiff::Timestamp;

use super::MemoryStore;
use crate::client::{Client, ClientId, SecretDigest};
use crate::store::{Answer, Clients, InsertedClient, StoreError};

impl Clients for MemoryStore {
    fn find_client<'a>(&'a self, id: &'a ClientId) -> Answer<'a, Option<Client>> {
        self.read(|tables| {
            let mut clients = tables.clients.values();
            clients.find(|client| client.id == *id).cloned()
        })
    }

    fn list_clients(&self) -> Answer<'_, Vec<Client>> {
        self.read(|tables| tables.clients.values().cloned().collect())
    }

    fn insert_client(&self, client: Client) -> Answer<'_, InsertedClient> {
        self.try_write(|tables| {
            if client.id == ClientId::first_party() || tables.has_client(&client.id) {
                return Err(StoreError::unexpected("the client's id is taken"));
            }
            if tables.clients.contains_key(client.name.as_str()) {
                return Ok(InsertedClient::NameTaken);
            }
            tables.clients.insert(client.name.as_str().into(), client);
            Ok(InsertedClient::Inserted)
        })
    }

    fn update_secret<'a>(
        &'a self,
        id: &'a ClientId,
        present: SecretDigest,
        until: Timestamp,
    ) -> Answer<'a, bool> {
        self.write(|tables| {
            let mut clients = tables.clients.values_mut();
            let client = clients.find(|client| client.id == *id);
            let Some(secrets) = client.and_then(|client| client.secrets.as_mut()) else {
                return false;
            };
            *secrets = secrets.rotated(present, until);
            true
        })
    }

    fn delete_client<'a>(&'a self, id: &'a ClientId) -> Answer<'a, bool> {
        self.write(|tables| {
            if !tables.has_client(id) {
                return false;
            }
            tables.clients.retain(|_, client| client.id != *id);
            tables.sessions.retain(|_, kept| kept.session.client != *id);
            true
        })
    }
}
