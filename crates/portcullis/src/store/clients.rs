//! What is asked of a database about registered clients.

use jiff::Timestamp;

use super::Answer;
use crate::client::{Client, ClientId, SecretDigest};

/// What became of a client to be stored.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { store, .. } = House::new().await?;
/// use portcullis::store::{Clients, InsertedClient};
///
/// let (client, _secret) = new_client("nightly report")?;
/// assert_eq!(store.insert_client(client).await?, InsertedClient::Inserted);
/// let (other, _secret) = new_client("nightly report")?;
/// assert_eq!(store.insert_client(other).await?, InsertedClient::NameTaken);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InsertedClient {
    /// It is stored.
    Inserted,
    /// There is one of this name: nothing is changed.
    NameTaken,
}

/// Registered clients. Each verb is atomic.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { store, .. } = House::new().await?;
/// use portcullis::store::{Clients, StoreError};
///
/// async fn names(store: &dyn Clients) -> Result<Vec<String>, StoreError> {
///     let clients = store.list_clients().await?;
///     Ok(clients.into_iter().map(|client| client.name).collect())
/// }
/// # store.insert_client(new_client("nightly report")?.0).await?;
/// assert_eq!(names(&*store).await?, ["nightly report"]);
/// # Ok(()) }
/// ```
pub trait Clients: Send + Sync + 'static {
    /// The client with this identifier.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, .. } = House::new().await?;
    /// # use portcullis::{client::ClientId, store::Clients};
    /// # let (client, _secret) = new_client("nightly report")?;
    /// store.insert_client(client.clone()).await?;
    /// assert_eq!(store.find_client(&client.id).await?, Some(client));
    /// // The built-in client is nowhere stored.
    /// assert!(store.find_client(&ClientId::first_party()).await?.is_none());
    /// # Ok(()) }
    /// ```
    fn find_client<'a>(&'a self, id: &'a ClientId) -> Answer<'a, Option<Client>>;

    /// All clients, in the order of their names (byte by byte).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, .. } = House::new().await?;
    /// # use portcullis::store::Clients;
    /// # let (report, app) = (new_client("report")?.0, new_client("app")?.0);
    /// store.insert_client(report.clone()).await?;
    /// store.insert_client(app.clone()).await?;
    /// assert_eq!(store.list_clients().await?, [app, report]);
    /// # Ok(()) }
    /// ```
    fn list_clients(&self) -> Answer<'_, Vec<Client>>;

    /// Stores a new client, unless its name is taken. A taken identifier is an error.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, .. } = House::new().await?;
    /// # use portcullis::{client::Client, store::Clients};
    /// # let (client, _secret) = new_client("report")?;
    /// store.insert_client(client.clone()).await?;
    /// let same_id = Client { name: "other".into(), ..client };
    /// assert!(store.insert_client(same_id).await.is_err());
    /// # Ok(()) }
    /// ```
    fn insert_client(&self, client: Client) -> Answer<'_, InsertedClient>;

    /// Puts another secret in the place of a confidential client's present one, which is taken `until`
    /// then; the one before that is forgotten. Answers whether there is such a client.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, .. } = House::new().await?;
    /// # use portcullis::{client::ClientSecret, store::Clients};
    /// # let (client, secret) = new_client("report")?;
    /// # let id = client.id.clone();
    /// # let now = jiff::Timestamp::UNIX_EPOCH;
    /// store.insert_client(client).await?;
    /// let new = ClientSecret::random()?;
    /// let tomorrow = now + jiff::SignedDuration::from_hours(24);
    /// assert!(store.update_secret(&id, new.digest(), tomorrow).await?);
    /// let client = store.find_client(&id).await?.ok_or("it is there")?;
    /// let secrets = client.secrets.ok_or("it is confidential")?;
    /// assert!(secrets.accept(new.expose(), now) && secrets.accept(secret.expose(), now));
    /// # Ok(()) }
    /// ```
    fn update_secret<'a>(
        &'a self,
        id: &'a ClientId,
        present: SecretDigest,
        until: Timestamp,
    ) -> Answer<'a, bool>;

    /// Deletes a client and ends its sessions, so that every token of it dies. Answers whether it was
    /// there.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, johndoe, .. } = House::new().await?;
    /// # use portcullis::store::{Clients, NewSession, Sessions};
    /// # let (client, _secret) = new_client("app")?;
    /// # let id = client.id.clone();
    /// store.insert_client(client).await?;
    /// let (login, _token) = new_session(&johndoe.id)?;
    /// store.insert_session(NewSession { client: id.clone(), ..login.clone() }).await?;
    /// assert!(store.delete_client(&id).await?);
    /// assert!(store.find_session(&login.id).await?.is_none());
    /// # Ok(()) }
    /// ```
    fn delete_client<'a>(&'a self, id: &'a ClientId) -> Answer<'a, bool>;
}
