//! The columns of a client, read alike from either engine.

use jiff::Timestamp;
use portcullis::client::{
    Client, ClientId, ClientLifetimes, ClientSecrets, Grants, PreviousSecret, SecretDigest,
    UnknownGrant,
};
use portcullis::scope::{MalformedScope, Scopes};

/// The columns that make a client, in the order in which both engines select them.
macro_rules! client_columns {
    () => {
        "id, name, secret_digest, previous_secret_digest, previous_secret_until, grants, scopes, \
         may_introspect, access_token_seconds, session_idle_seconds, session_seconds, created_at"
    };
}
pub(crate) use client_columns;

/// A row's values, borrowed from wherever the engine keeps them.
pub(crate) struct ClientColumns<'a> {
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    pub(crate) secret: Option<&'a [u8]>,
    pub(crate) previous: Option<&'a [u8]>,
    pub(crate) previous_until: Option<i64>,
    pub(crate) grants: &'a str,
    pub(crate) scopes: &'a str,
    pub(crate) may_introspect: bool,
    /// `access_token_seconds`, `session_idle_seconds` and `session_seconds`.
    pub(crate) lifetimes: [Option<i64>; 3],
    pub(crate) created_at: i64,
}

/// A value that the database took and that cannot be. The client is refused then, not guessed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnreadableClient {
    #[error("the client {id} has malformed scopes: {cause}")]
    Scopes { id: String, cause: MalformedScope },
    #[error("the client {id} has unknown grants: {cause}")]
    Grants { id: String, cause: UnknownGrant },
    #[error("the client {id} has an impossible time: {cause}")]
    Time { id: String, cause: jiff::Error },
    #[error("the client {id} has an impossible lifetime")]
    Lifetime { id: String },
    #[error("what is kept of the secrets of the client {id} is not what was put there")]
    Secrets { id: String },
}

impl ClientColumns<'_> {
    pub(crate) fn read(self) -> Result<Client, UnreadableClient> {
        let id = || self.id.to_owned();
        Ok(Client {
            id: ClientId::new(self.id),
            name: self.name.to_owned(),
            secrets: self.secrets()?,
            grants: Grants::parse(self.grants)
                .map_err(|cause| UnreadableClient::Grants { id: id(), cause })?,
            scopes: Scopes::parse(self.scopes)
                .map_err(|cause| UnreadableClient::Scopes { id: id(), cause })?,
            may_introspect: self.may_introspect,
            lifetimes: self.lifetimes()?,
            created_at: self.time(self.created_at)?,
        })
    }

    fn secrets(&self) -> Result<Option<ClientSecrets>, UnreadableClient> {
        let unreadable = || UnreadableClient::Secrets {
            id: self.id.to_owned(),
        };
        let digest = |column: &[u8]| -> Result<SecretDigest, UnreadableClient> {
            let bytes = column.try_into().map_err(|_| unreadable())?;
            Ok(SecretDigest::from_bytes(bytes))
        };
        let previous = match (self.previous, self.previous_until) {
            (Some(column), Some(until)) => Some(PreviousSecret {
                digest: digest(column)?,
                until: self.time(until)?,
            }),
            (None, None) => None,
            _ => return Err(unreadable()),
        };
        match (self.secret, previous) {
            (Some(column), previous) => Ok(Some(ClientSecrets {
                present: digest(column)?,
                previous,
            })),
            (None, None) => Ok(None),
            // Not a public client: then it would need no secret.
            (None, Some(_)) => Err(unreadable()),
        }
    }

    fn lifetimes(&self) -> Result<ClientLifetimes, UnreadableClient> {
        let unreadable = || UnreadableClient::Lifetime {
            id: self.id.to_owned(),
        };
        let seconds = |said: Option<i64>| {
            let seconds = said.map(u32::try_from).transpose();
            seconds.map_err(|_| unreadable())
        };
        let [access_token, session_idle, session] = self.lifetimes;
        let lifetimes = ClientLifetimes {
            access_token_seconds: seconds(access_token)?,
            session_idle_seconds: seconds(session_idle)?,
            session_seconds: seconds(session)?,
        };
        if lifetimes.are_possible() {
            Ok(lifetimes)
        } else {
            Err(unreadable())
        }
    }

    fn time(&self, second: i64) -> Result<Timestamp, UnreadableClient> {
        Timestamp::from_second(second).map_err(|cause| UnreadableClient::Time {
            id: self.id.to_owned(),
            cause,
        })
    }
}

/// What goes into the columns of a client that have another type here.
pub(crate) struct ClientValues {
    pub(crate) secret: Option<[u8; 32]>,
    pub(crate) previous: Option<[u8; 32]>,
    pub(crate) previous_until: Option<i64>,
    pub(crate) grants: String,
    pub(crate) scopes: String,
    pub(crate) lifetimes: [Option<i64>; 3],
}

impl ClientValues {
    pub(crate) fn of(client: &Client) -> Self {
        let previous = client.secrets.and_then(|secrets| secrets.previous);
        let lifetimes = client.lifetimes;
        Self {
            secret: client.secrets.map(|secrets| *secrets.present.as_bytes()),
            previous: previous.map(|previous| *previous.digest.as_bytes()),
            previous_until: previous.map(|previous| previous.until.as_second()),
            grants: client.grants.to_string(),
            scopes: client.scopes.to_string(),
            lifetimes: [
                lifetimes.access_token_seconds,
                lifetimes.session_idle_seconds,
                lifetimes.session_seconds,
            ]
            .map(|seconds| seconds.map(i64::from)),
        }
    }
}
