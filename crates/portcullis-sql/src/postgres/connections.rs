//! A bounded number of connections, shared by the requests.

use std::time::Duration;

use deadpool_postgres::{
    Hook, HookError, Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime,
};
use portcullis::store::StoreError;
use tokio::time::{Instant, timeout};
use tokio_postgres::config::SslMode;
use tokio_postgres::{Config, NoTls};

use super::failure::{Failure, opening};
use super::tls;
use crate::OpenError;

/// Connections of one process. PostgreSQL's own limit is 100 by default, for all of them.
const CONNECTIONS: usize = 16;
/// How long a request waits for a connection.
const PATIENCE: Duration = Duration::from_secs(5);
const NO_ANSWER: &str = "no answer within 5 seconds";
/// How long a verb may take once it has a connection. Longer than a statement may by [`SESSION`], so
/// that a server that is only slow says so itself.
pub(super) const ANSWER: Duration = Duration::from_secs(12);
/// After how long an abandoned verb's connection is closed rather than used again.
const SLOW: Duration = Duration::from_secs(1);
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
                    timeout(PATIENCE, client.batch_execute(SESSION))
                        .await
                        .map_err(|_| HookError::message(NO_ANSWER))?
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
            PoolError::Timeout(_) | PoolError::PostCreateHook(HookError::Message(_)) => {
                OpenError::Unreachable {
                    place: place.to_owned(),
                    cause: NO_ANSWER.into(),
                }
            }
            error => OpenError::failed(place, error),
        })
    }

    /// A connection for one verb.
    pub(super) async fn take(&self) -> Result<Connection, StoreError> {
        let taken = self.0.get().await;
        let object = taken.map_err(StoreError::unavailable)?;
        Ok(Connection {
            object: Some(object),
            since: Instant::now(),
        })
    }
}

/// A connection that one verb has to itself.
pub(super) struct Connection {
    /// `None` only once it was given back.
    object: Option<Object>,
    since: Instant,
}

impl Connection {
    /// What the verb works with.
    pub(super) fn lent(&mut self) -> Result<&mut Object, StoreError> {
        let gone = || StoreError::unavailable("the connection was given back");
        self.object.as_mut().ok_or_else(gone)
    }

    /// Gives the connection back, or closes it if the verb failed in a way that ends it.
    pub(super) fn settle<T>(mut self, result: Result<T, Failure>) -> Result<T, StoreError> {
        let object = self.object.take();
        if result.as_ref().is_err_and(Failure::ends_connection) {
            drop(object.map(Object::take));
        }
        result.map_err(StoreError::from)
    }
}

impl Drop for Connection {
    /// The verb was abandoned, for its caller went away. A connection that was slow until then
    /// would perhaps make the next verb wait in vain too.
    fn drop(&mut self) {
        if self.since.elapsed() > SLOW {
            drop(self.object.take().map(Object::take));
        }
    }
}

/// What a verb asks of the server, unless that takes too long: nothing else would end it when the
/// server holds the connection and says nothing.
pub(super) async fn in_time<T>(
    verb: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    timeout(ANSWER, verb)
        .await
        .unwrap_or(Err(Failure::Silence(ANSWER)))
}
