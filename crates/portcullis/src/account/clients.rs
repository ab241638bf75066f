//! How an operator manages OAuth clients.

use jiff::SignedDuration;

use crate::client::{
    Client, ClientId, ClientLifetimes, ClientSecret, ClientSecrets, GrantType, Grants,
};
use crate::clock::{Clock, SystemClock};
use crate::scope::Scopes;
use crate::secret::NoRandomness;
use crate::store::{Clients, InsertedClient, StoreError};

/// A client to be registered, as an operator describes it. What is not said, it may not.
///
/// ```
/// use portcullis::{account::ClientDraft, client::Grants, scope::Scopes};
///
/// let draft = ClientDraft {
///     grants: Grants::parse("client_credentials")?,
///     scopes: Scopes::parse("items:read")?,
///     ..ClientDraft::new("nightly report")
/// };
/// assert!(!draft.is_public && !draft.may_introspect);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct ClientDraft {
    /// What to call it.
    pub name: String,
    /// Whether it cannot keep a secret: a page, or an app on a device.
    pub is_public: bool,
    /// By which grants it gets tokens.
    pub grants: Grants,
    /// What its tokens may allow at most.
    pub scopes: Scopes,
    /// Whether it may ask what tokens are worth.
    pub may_introspect: bool,
    /// How long its tokens live, where not as for everybody.
    pub lifetimes: ClientLifetimes,
}

impl ClientDraft {
    /// A confidential client of this name, which may do nothing yet.
    ///
    /// ```
    /// use portcullis::account::ClientDraft;
    ///
    /// assert!(ClientDraft::new("nightly report").grants.is_empty());
    /// ```
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }
}

/// A client, registered.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { store, .. } = House::new().await?;
/// use portcullis::account::{ClientAdministration, ClientDraft};
///
/// let administration = ClientAdministration::new(&*store);
/// let registered = administration.register(ClientDraft::new("report")).await?;
/// let secret = registered.secret.ok_or("it is confidential")?; // now or never
/// assert_eq!(secret.expose().len(), 43);
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct RegisteredClient {
    /// What is stored.
    pub client: Client,
    /// The secret of a confidential client, which cannot be shown again.
    pub secret: Option<ClientSecret>,
}

/// Why a client was not registered or changed. Nothing was done then.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { store, .. } = House::new().await?;
/// use portcullis::account::{ClientAdministration, ClientNotDone};
///
/// let refused = ClientAdministration::new(&*store).delete("nothing").await;
/// assert!(matches!(refused, Err(ClientNotDone::NoSuchClient)));
/// # Ok(()) }
/// ```
#[derive(Debug, thiserror::Error)]
pub enum ClientNotDone {
    /// The name cannot be one.
    #[error(
        "a client's name has 1 to 64 characters, no control characters, and no space at its ends"
    )]
    InvalidName,
    /// The name is taken, or reads like a `client_id`.
    #[error("there is a client of this name")]
    NameTaken,
    /// A public client is to do what takes a secret.
    #[error(
        "a public client has no secret, so it can neither introspect nor get tokens of its own"
    )]
    Public,
    /// There is nothing to renew.
    #[error("refresh_token is of no use without password: a client's own tokens are not renewed")]
    NothingToRenew,
    /// The scopes are too many for a token.
    #[error("these are too many scopes for one client: at most 4,096 characters in all")]
    TooManyScopes,
    /// A lifetime is too short or too long.
    #[error("an access token lives for 1 to 3,600 seconds, and a session for 1 second to 10 years")]
    Lifetimes,
    /// No such client.
    #[error("there is no client of this name or client_id")]
    NoSuchClient,
    /// It has no secret to rotate.
    #[error("this client is public: it has no secret")]
    NoSecret,
    /// No identifier or secret.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What an operator does to clients.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { store, .. } = House::new().await?;
/// use portcullis::account::{ClientAdministration, ClientDraft};
///
/// let administration = ClientAdministration::new(&*store);
/// let id = administration.register(ClientDraft::new("report")).await?.client.id;
/// assert_eq!(administration.find("report").await?.id, id);
/// assert_eq!(administration.find(id.as_str()).await?.name, "report");
/// # Ok(()) }
/// ```
pub struct ClientAdministration<'a> {
    /// The clients.
    pub clients: &'a dyn Clients,
    /// The time.
    pub clock: &'a dyn Clock,
}

impl<'a> ClientAdministration<'a> {
    /// For how long the secret before a new one is taken, unless said: a day.
    pub const OVERLAP: SignedDuration = SignedDuration::from_hours(24);
    /// Longest such time: 30 days.
    pub const LONGEST_OVERLAP: SignedDuration = SignedDuration::from_hours(30 * 24);

    /// Over the clients of `clients`, with the machine's clock.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, .. } = House::new().await?;
    /// use portcullis::account::ClientAdministration;
    ///
    /// assert!(ClientAdministration::new(&*store).clients.list_clients().await?.is_empty());
    /// # Ok(()) }
    /// ```
    pub fn new(clients: &'a dyn Clients) -> Self {
        Self {
            clients,
            clock: &SystemClock,
        }
    }

    /// Registers a client.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, .. } = House::new().await?;
    /// # use portcullis::account::{ClientAdministration, ClientDraft};
    /// # let administration = ClientAdministration::new(&*store);
    /// let app = ClientDraft { is_public: true, ..ClientDraft::new("app") };
    /// assert!(administration.register(app).await?.secret.is_none());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ClientNotDone`].
    pub async fn register(&self, draft: ClientDraft) -> Result<RegisteredClient, ClientNotDone> {
        check(&draft)?;
        let secret = if draft.is_public {
            None
        } else {
            Some(ClientSecret::random()?)
        };
        let digest = secret.as_ref().map(ClientSecret::digest);
        let client = Client {
            id: ClientId::random()?,
            name: draft.name,
            secrets: digest.map(ClientSecrets::first),
            grants: draft.grants,
            scopes: draft.scopes,
            may_introspect: draft.may_introspect,
            lifetimes: draft.lifetimes,
            created_at: self.clock.now(),
        };
        match self.clients.insert_client(client.clone()).await? {
            InsertedClient::Inserted => Ok(RegisteredClient { client, secret }),
            InsertedClient::NameTaken => Err(ClientNotDone::NameTaken),
        }
    }

    /// The client of this name or `client_id`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, .. } = House::new().await?;
    /// # use portcullis::account::{ClientAdministration, ClientDraft};
    /// # let administration = ClientAdministration::new(&*store);
    /// administration.register(ClientDraft::new("report")).await?;
    /// assert!(administration.find("Report").await.is_err()); // as it is written
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ClientNotDone::NoSuchClient`], [`ClientNotDone::Store`].
    pub async fn find(&self, name_or_id: &str) -> Result<Client, ClientNotDone> {
        if let Some(client) = self.clients.find_client(&ClientId::new(name_or_id)).await? {
            return Ok(client);
        }
        let mut clients = self.clients.list_clients().await?.into_iter();
        let named = clients.find(|client| client.name == name_or_id);
        named.ok_or(ClientNotDone::NoSuchClient)
    }

    /// Gives a client a new secret; the one so far is taken for `overlap` more, and the one before that
    /// no longer.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, .. } = House::new().await?;
    /// # use portcullis::account::{ClientAdministration, ClientDraft};
    /// # let administration = ClientAdministration::new(&*store);
    /// # administration.register(ClientDraft::new("report")).await?;
    /// let at_once = jiff::SignedDuration::ZERO; // the old one has leaked
    /// let rotated = administration.rotate_secret("report", at_once).await?;
    /// assert!(rotated.secret.is_some());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ClientNotDone`].
    pub async fn rotate_secret(
        &self,
        name_or_id: &str,
        overlap: SignedDuration,
    ) -> Result<RegisteredClient, ClientNotDone> {
        let client = self.find(name_or_id).await?;
        let secret = ClientSecret::random()?;
        let overlap = overlap.clamp(SignedDuration::ZERO, Self::LONGEST_OVERLAP);
        let now = self.clock.now();
        let until = now.saturating_add(overlap).unwrap_or(now);
        let rotated = self
            .clients
            .update_secret(&client.id, secret.digest(), until);
        if !rotated.await? {
            return Err(if client.is_public() {
                ClientNotDone::NoSecret
            } else {
                ClientNotDone::NoSuchClient
            });
        }
        Ok(RegisteredClient {
            client: self.find(client.id.as_str()).await?,
            secret: Some(secret),
        })
    }

    /// Deletes a client: every token of it is dead then.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, .. } = House::new().await?;
    /// # use portcullis::account::{ClientAdministration, ClientDraft};
    /// # let administration = ClientAdministration::new(&*store);
    /// administration.register(ClientDraft::new("report")).await?;
    /// assert_eq!(administration.delete("report").await?.name, "report");
    /// assert!(administration.find("report").await.is_err());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ClientNotDone::NoSuchClient`], [`ClientNotDone::Store`].
    pub async fn delete(&self, name_or_id: &str) -> Result<Client, ClientNotDone> {
        let client = self.find(name_or_id).await?;
        if self.clients.delete_client(&client.id).await? {
            return Ok(client);
        }
        Err(ClientNotDone::NoSuchClient)
    }
}

/// What can be judged without the store.
fn check(draft: &ClientDraft) -> Result<(), ClientNotDone> {
    let name = &draft.name;
    let length = name.chars().count();
    let is_name = (1..=Client::NAME).contains(&length)
        && name.trim() == name
        && !name.chars().any(char::is_control);
    if !is_name {
        return Err(ClientNotDone::InvalidName);
    }
    // Commands take a name or an identifier; no name must stand for another client's identifier.
    if name == ClientId::FIRST_PARTY || name.starts_with(ClientId::PREFIX) {
        return Err(ClientNotDone::NameTaken);
    }
    let has = |grant| draft.grants.contains(grant);
    if draft.is_public && (draft.may_introspect || has(GrantType::ClientCredentials)) {
        return Err(ClientNotDone::Public);
    }
    if has(GrantType::RefreshToken) && !has(GrantType::Password) {
        return Err(ClientNotDone::NothingToRenew);
    }
    if draft.scopes.to_string().len() > Scopes::MAX_BYTES {
        return Err(ClientNotDone::TooManyScopes);
    }
    if !draft.lifetimes.are_possible() {
        return Err(ClientNotDone::Lifetimes);
    }
    Ok(())
}
