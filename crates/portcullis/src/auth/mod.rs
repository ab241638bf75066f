//! `Auth`: the one state value. It knows the users, the keys, the settings and the time.

mod accounts;
mod builder;
mod key_change;
mod key_exchange;
mod key_list;
mod key_rotation;
mod logins;
mod not_built;
mod sealing_key_file;
mod settings;
mod stored_keys;
mod tally;

pub use builder::AuthBuilder;
pub use key_change::{KeysFailed, Maintained, Rotated};
pub use key_list::{KeyState, ListedKey, list_keys};
pub use key_rotation::KeyRotation;
pub use not_built::NotBuilt;
pub use sealing_key_file::{SealingKeyFailed, load_or_create_sealing_key, load_sealing_key};
pub use settings::{InactiveLogin, SessionLifetimes, Settings, UnverifiedLogin};
pub use stored_keys::StoredKeys;
pub(crate) use tally::Asked;
pub use tally::{Tally, Verdict};

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use self::tally::Counters;
use crate::account::{HashingPool, NotChecked, refresh_floor};
use crate::client::{Client, ClientId, GrantType};
use crate::clock::Clock;
use crate::store::{Clients, Sessions, StoreError, UserSource};
use crate::token::{TokenIssuer, TokenVerifier};
use crate::user::{Account, User};

/// Everything that the extractors and endpoints need, in one cheap handle. Make it the state of your
/// router, or a part of it (`FromRef`).
///
/// ```
/// use portcullis::Auth;
/// use portcullis::store::MemoryStore;
///
/// let auth = Auth::builder(MemoryStore::new())
///     .issuer("http://127.0.0.1:8000")
///     .build()?;
/// # Ok::<(), portcullis::auth::NotBuilt>(())
/// ```
pub struct Auth<U = User>(Arc<Inner<U>>);

struct Inner<U> {
    users: Arc<dyn UserSource<User = U>>,
    sessions: Option<Arc<dyn Sessions>>,
    clients: Option<Arc<dyn Clients>>,
    accounts: Option<accounts::AccountDesk>,
    pool: Arc<HashingPool>,
    issuer: TokenIssuer,
    verifier: TokenVerifier,
    settings: Settings,
    clock: Arc<dyn Clock>,
    counters: Counters,
}

impl<U: Account> Auth<U> {
    /// Begins to describe an `Auth` over a source of users, which may be shared (`Arc`).
    ///
    /// ```
    /// use portcullis::{Auth, store::MemoryStore};
    ///
    /// let auth = Auth::builder(MemoryStore::new())
    ///     .issuer("https://api.example.com")
    ///     .scope("items:read", "Read items.")
    ///     .build()?;
    /// assert_eq!(auth.settings().audience, "https://api.example.com");
    /// # Ok::<(), portcullis::auth::NotBuilt>(())
    /// ```
    pub fn builder(users: impl UserSource<User = U>) -> AuthBuilder<U> {
        AuthBuilder::new(Arc::new(users))
    }

    /// Where users are found.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { auth, .. } = House::new().await?;
    /// use portcullis::user::Username;
    ///
    /// let users = auth.users();
    /// assert!(users.find_by_username(&Username::parse("johndoe")?).await?.is_some());
    /// # Ok(()) }
    /// ```
    pub fn users(&self) -> &dyn UserSource<User = U> {
        &*self.0.users
    }

    /// Where passwords are hashed.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { auth, .. } = House::new().await?;
    /// use portcullis::secret::Password;
    ///
    /// let hash = auth.pool().hash(&Password::new("secret")).await?;
    /// assert!(hash.as_str().starts_with("$argon2id$"));
    /// # Ok(()) }
    /// ```
    pub fn pool(&self) -> &HashingPool {
        &self.0.pool
    }

    /// Learns how long refused logins must take, where not all stored hashes cost the same
    /// ([`refresh_floor`]). Call it at the start and every ten seconds from then on, wherever users may
    /// have hashes that were made elsewhere or with other parameters.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { auth, .. } = House::new().await?;
    /// use std::time::Duration;
    ///
    /// auth.refresh_floor().await?; // before the first request
    /// let again = auth.clone();
    /// let task = tokio::spawn(async move {
    ///     loop {
    ///         tokio::time::sleep(Duration::from_secs(10)).await;
    ///         if let Err(error) = again.refresh_floor().await {
    ///             eprintln!("{error}; trying again");
    ///         }
    ///     }
    /// });
    /// # task.abort();
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`NotChecked`] when the store is away, or the pool too busy; what was known stays known.
    pub async fn refresh_floor(&self) -> Result<(), NotChecked> {
        refresh_floor(self.users(), self.pool()).await
    }

    /// Verifies access tokens.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { auth, .. } = House::new().await?;
    /// assert_eq!(auth.verifier().keys(auth.now()).len(), 1);
    /// assert!(auth.verifier().verify("no token", auth.now().as_second()).is_err());
    /// # Ok(()) }
    /// ```
    pub fn verifier(&self) -> &TokenVerifier {
        &self.0.verifier
    }

    /// The settings.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { auth, .. } = House::new().await?;
    /// let settings = auth.settings();
    /// assert_eq!(settings.access_token_seconds, 900);
    /// assert!(settings.scopes.contains_key("items:read"));
    /// # Ok(()) }
    /// ```
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The time.
    ///
    /// ```
    /// use portcullis::{Auth, clock::ManualClock, store::MemoryStore};
    ///
    /// let auth = Auth::builder(MemoryStore::new())
    ///     .issuer("https://api.example.com")
    ///     .clock(ManualClock::at_second(1_700_000_000))
    ///     .build()?;
    /// assert_eq!(auth.now().as_second(), 1_700_000_000);
    /// # Ok::<(), portcullis::auth::NotBuilt>(())
    /// ```
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// Removes the sessions that are over, and what retries of spent refresh tokens would need once it
    /// is too late for them. Call it every half a minute where sessions are kept.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { auth, .. } = House::new().await?;
    /// auth.sweep_sessions().await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// When the store cannot do it now.
    pub async fn sweep_sessions(&self) -> Result<(), StoreError> {
        let Some(sessions) = self.sessions() else {
            return Ok(());
        };
        let now = self.now();
        let retry = SignedDuration::from_secs(i64::from(SessionLifetimes::RETRY_SECONDS));
        let retry_since = now.saturating_sub(retry).unwrap_or(now);
        let swept = sessions.sweep_sessions(now, retry_since).await?;
        self.counters().swept(swept);
        Ok(())
    }

    /// What happened since it was built, in this process.
    ///
    /// ```
    /// use portcullis::{Auth, store::MemoryStore};
    ///
    /// let auth = Auth::builder(MemoryStore::new())
    ///     .issuer("https://api.example.com")
    ///     .build()?;
    /// assert_eq!(auth.tally().revocations, 0);
    /// # Ok::<(), portcullis::auth::NotBuilt>(())
    /// ```
    pub fn tally(&self) -> Tally {
        self.counters().read()
    }

    pub(crate) fn counters(&self) -> &Counters {
        &self.0.counters
    }

    pub(crate) fn issuer(&self) -> &TokenIssuer {
        &self.0.issuer
    }

    pub(crate) fn sessions(&self) -> Option<&dyn Sessions> {
        self.0.sessions.as_deref()
    }

    pub(crate) fn clients(&self) -> Option<&dyn Clients> {
        self.0.clients.as_deref()
    }

    /// The registered client of this identifier; none where there are no clients.
    pub(crate) async fn find_client(&self, id: &ClientId) -> Result<Option<Client>, StoreError> {
        match self.clients() {
            Some(clients) => clients.find_client(id).await,
            None => Ok(None),
        }
    }

    /// Whether this grant is offered at all.
    pub(crate) fn offers(&self, grant: GrantType) -> bool {
        match grant {
            GrantType::Password => self.settings().password_grant,
            GrantType::RefreshToken => self.sessions().is_some(),
            GrantType::ClientCredentials => self.clients().is_some(),
        }
    }
}

impl<U> std::fmt::Debug for Auth<U> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Auth").field(&self.0.settings).finish()
    }
}

impl<U> Clone for Auth<U> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}
