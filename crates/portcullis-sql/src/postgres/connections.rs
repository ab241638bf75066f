//! A bounded number of connections, shared by the requests.

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use deadpool_postgres::{
    Hook, HookError, Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime,
};
use portcullis::store::StoreError;
use tokio_postgres::config::SslMode;
use tokio_postgres::{Config, NoTls};

use super::failure::{Failure, opening};
use super::tls;
use crate::OpenError;

/// Connections of one process. PostgreSQL's own limit is 100 by default, for all of them.
const CONNECTIONS: usize = 16;
/// How long a request waits for a connection.
const PATIENCE: Duration = Duration::from_secs(5);
/// A statement that waits longer (for a lock that somebody holds in a shell) fails.
const SESSION: &str = "SET statement_timeout = '10s'; SET lock_timeout = '5s'";

pub(super) struct Connections(Pool);

impl Connections {
    pub(super) fn new(config: Config, place: &str) -> Result<Self, OpenError> {
        // A connection that is known to be closed is not handed out; nothing is asked of the others
        // before they are used, for that would be a second round trip.
        let recycling = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let manager = if config.get_ssl_mode() == SslMode::Disable {
            Manager::from_config(config, NoTls, recycling)
        } else {
            let tls = tls::connector().map_err(|cause| OpenError::failed(place, cause))?;
            Manager::from_config(config, tls, recycling)
        };
        let pool = Pool::builder(manager)
            .runtime(Runtime::Tokio1)
            .max_size(CONNECTIONS)
            .wait_timeout(Some(PATIENCE))
            .create_timeout(Some(PATIENCE))
            .recycle_timeout(Some(PATIENCE))
            .post_create(Hook::async_fn(|client, _| {
                Box::pin(async {
                    client
                        .batch_execute(SESSION)
                        .await
                        .map_err(HookError::Backend)
                })
            }))
            .build()
            .map_err(|cause| OpenError::failed(place, cause))?;
        Ok(Self(pool))
    }

    /// The first connection, whose failure is told to whoever starts the program.
    pub(super) async fn first(&self, place: &str) -> Result<Object, OpenError> {
        self.0.get().await.map_err(|error| match error {
            PoolError::Backend(error) | PoolError::PostCreateHook(HookError::Backend(error)) => {
                opening(place, &error)
            }
            PoolError::Timeout(_) => OpenError::Unreachable {
                place: place.to_owned(),
                cause: format!("no answer within {} seconds", PATIENCE.as_secs()).into(),
            },
            error => OpenError::failed(place, error),
        })
    }

    /// A connection for one verb.
    pub(super) async fn take(&self) -> Result<Connection, StoreError> {
        let taken = self.0.get().await;
        taken.map(Connection).map_err(StoreError::unavailable)
    }
}

/// A connection that one verb has to itself.
pub(super) struct Connection(Object);

impl Connection {
    /// Gives the connection back, or closes it if the verb failed in a way that ends it.
    pub(super) fn settle<T>(self, result: Result<T, Failure>) -> Result<T, StoreError> {
        if result.as_ref().is_err_and(Failure::ends_connection) {
            drop(Object::take(self.0));
        }
        result.map_err(StoreError::from)
    }
}

impl Deref for Connection {
    type Target = Object;

    fn deref(&self) -> &Object {
        &self.0
    }
}

impl DerefMut for Connection {
    fn deref_mut(&mut self) -> &mut Object {
        &mut self.0
    }
}
