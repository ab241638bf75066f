//! Building an `Auth`.

use std::num::NonZeroUsize;
use std::sync::Arc;

use super::accounts::{AccountDesk, declare_operators};
use super::logins::Logins;
use super::not_built::declared;
use super::{Auth, Inner, NotBuilt, SessionLifetimes, Settings};
use crate::account::HashingPool;
use crate::clock::{Clock, SystemClock};
use crate::password::Argon2Parameters;
use crate::store::{Clients, Sessions, UserSource};
use crate::token::{KeyRing, SigningKey, TokenIssuer, TokenVerifier};
use crate::user::Account;

/// Describes an [`Auth`]; every default is the safe one.
///
/// ```
/// use portcullis::{Auth, auth::InactiveLogin, store::MemoryStore};
///
/// let auth = Auth::builder(MemoryStore::new())
///     .issuer("https://login.example.com")
///     .audience("https://api.example.com")
///     .inactive_login(InactiveLogin::Refuse)
///     .scope("items:read", "Read items.")
///     .build()?;
/// assert_eq!(auth.settings().issuer, "https://login.example.com");
/// # Ok::<(), portcullis::auth::NotBuilt>(())
/// ```
pub struct AuthBuilder<U> {
    users: Arc<dyn UserSource<User = U>>,
    sessions: Option<Arc<dyn Sessions>>,
    clients: Option<Arc<dyn Clients>>,
    pub(super) accounts: Option<AccountDesk>,
    session_lifetimes: SessionLifetimes,
    password_grant: bool,
    issuer: Option<String>,
    audience: Option<String>,
    access_token_seconds: u32,
    strict: bool,
    pub(super) logins: Logins,
    scopes: Vec<(String, String)>,
    keys: Option<Arc<KeyRing>>,
    hashing: Argon2Parameters,
    hashing_threads: Option<NonZeroUsize>,
    pool: Option<Arc<HashingPool>>,
    clock: Arc<dyn Clock>,
}

impl<U: Account> AuthBuilder<U> {
    pub(super) fn new(users: Arc<dyn UserSource<User = U>>) -> Self {
        Self {
            users,
            sessions: None,
            clients: None,
            accounts: None,
            session_lifetimes: SessionLifetimes::default(),
            password_grant: true,
            issuer: None,
            audience: None,
            access_token_seconds: 900,
            strict: false,
            logins: Logins::default(),
            scopes: Vec::new(),
            keys: None,
            hashing: Argon2Parameters::default(),
            hashing_threads: None,
            pool: None,
            clock: Arc::new(SystemClock),
        }
    }

    /// The address of this server, as clients know it: `iss` of every token. Required.
    ///
    /// ```
    /// let builder = portcullis::Auth::builder(portcullis::store::MemoryStore::new());
    /// let auth = builder.issuer("https://api.example.com").build()?;
    /// assert_eq!(auth.settings().issuer, "https://api.example.com");
    /// # Ok::<(), portcullis::auth::NotBuilt>(())
    /// ```
    #[must_use]
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// The address of the API that the tokens are for: `aud`. The issuer, unless set.
    ///
    /// ```
    /// # let store = portcullis::store::MemoryStore::new();
    /// # let builder = portcullis::Auth::builder(store).issuer("https://login.example.com");
    /// let auth = builder.audience("https://api.example.com").build()?;
    /// assert_eq!(auth.settings().audience, "https://api.example.com");
    /// # Ok::<(), portcullis::auth::NotBuilt>(())
    /// ```
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// How long an access token is valid, in seconds. 900 unless set.
    ///
    /// ```
    /// # let store = portcullis::store::MemoryStore::new();
    /// # let builder = portcullis::Auth::builder(store).issuer("https://api.example.com");
    /// let auth = builder.access_token_seconds(5 * 60).build()?;
    /// assert_eq!(auth.settings().access_token_seconds, 300);
    /// # Ok::<(), portcullis::auth::NotBuilt>(())
    /// ```
    #[must_use]
    pub fn access_token_seconds(mut self, seconds: u32) -> Self {
        self.access_token_seconds = seconds;
        self
    }

    /// Keeps sessions in `store`: a login then yields a refresh token, and can be ended.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use portcullis::auth::{Auth, SessionLifetimes};
    /// use portcullis::store::MemoryStore;
    ///
    /// let store = Arc::new(MemoryStore::new());
    /// let auth = Auth::builder(store.clone())
    ///     .issuer("https://api.example.com")
    ///     .sessions(store, SessionLifetimes::default())
    ///     .build()?;
    /// # Ok::<(), portcullis::auth::NotBuilt>(())
    /// ```
    #[must_use]
    pub fn sessions(mut self, store: Arc<dyn Sessions>, lifetimes: SessionLifetimes) -> Self {
        self.sessions = Some(store);
        self.session_lifetimes = lifetimes;
        self
    }

    /// Takes registered clients besides the built-in one, from the store that has the sessions, too. They
    /// may get tokens of their own (`client_credentials`), and ask what tokens are worth.
    ///
    /// Without [`sessions`](Self::sessions) nothing ends with a client that is deleted: its tokens hold until
    /// they expire, but for introspection.
    ///
    /// ```
    /// # let store = std::sync::Arc::new(portcullis::store::MemoryStore::new());
    /// # let builder = portcullis::Auth::builder(store.clone()).issuer("https://api.example.com");
    /// use portcullis::auth::SessionLifetimes;
    ///
    /// let auth = builder
    ///     .sessions(store.clone(), SessionLifetimes::default())
    ///     .clients(store)
    ///     .build()?;
    /// # Ok::<(), portcullis::auth::NotBuilt>(())
    /// ```
    #[must_use]
    pub fn clients(mut self, store: Arc<dyn Clients>) -> Self {
        self.clients = Some(store);
        self
    }

    /// Whether a username and a password yield a token. They do, unless set: RFC 9700 §2.4 withdraws
    /// the grant for third parties.
    ///
    /// ```
    /// # let store = portcullis::store::MemoryStore::new();
    /// # let builder = portcullis::Auth::builder(store).issuer("https://api.example.com");
    /// let auth = builder.password_grant(false).build()?;
    /// assert!(!auth.settings().password_grant);
    /// # Ok::<(), portcullis::auth::NotBuilt>(())
    /// ```
    #[must_use]
    pub fn password_grant(mut self, offered: bool) -> Self {
        self.password_grant = offered;
        self
    }

    /// Refuses a login without `grant_type=password`.
    ///
    /// ```
    /// # let store = portcullis::store::MemoryStore::new();
    /// # let builder = portcullis::Auth::builder(store).issuer("https://api.example.com");
    /// let auth = builder.strict(true).build()?;
    /// assert!(auth.settings().strict);
    /// # Ok::<(), portcullis::auth::NotBuilt>(())
    /// ```
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Declares a scope that may be asked for.
    ///
    /// ```
    /// # let store = portcullis::store::MemoryStore::new();
    /// # let builder = portcullis::Auth::builder(store).issuer("https://api.example.com");
    /// let auth = builder
    ///     .scope("items:read", "Read items.")
    ///     .scope("items:write", "Write items.")
    ///     .build()?;
    /// assert_eq!(auth.settings().scopes["items:write"], "Write items.");
    /// # Ok::<(), portcullis::auth::NotBuilt>(())
    /// ```
    #[must_use]
    pub fn scope(mut self, name: impl Into<String>, description: impl Into<String>) -> Self {
        self.scopes.push((name.into(), description.into()));
        self
    }

    /// The key that signs the tokens. Without one, a key is made that lasts as long as the process, so
    /// a restart signs everybody out: see [`StoredKeys`](super::StoredKeys) for keys that stay.
    ///
    /// ```
    /// # let store = portcullis::store::MemoryStore::new();
    /// # let builder = portcullis::Auth::builder(store).issuer("https://api.example.com");
    /// let key = portcullis::token::SigningKey::generate()?; // or one that was kept
    /// let kid = key.public().kid().to_owned();
    /// let auth = builder.signing_key(key).build()?;
    /// assert_eq!(auth.verifier().keys(auth.now())[0].kid(), kid);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn signing_key(self, key: SigningKey) -> Self {
        self.keys(Arc::new(KeyRing::of(key)))
    }

    /// The keys that sign and verify the tokens, which may change while the server runs.
    ///
    /// ```
    /// # let store = portcullis::store::MemoryStore::new();
    /// # let builder = portcullis::Auth::builder(store).issuer("https://api.example.com");
    /// let ring = std::sync::Arc::new(portcullis::token::KeyRing::new(vec![]));
    /// let auth = builder.keys(ring).build()?;
    /// assert!(auth.verifier().keys(auth.now()).is_empty());
    /// # Ok::<(), portcullis::auth::NotBuilt>(())
    /// ```
    #[must_use]
    pub fn keys(mut self, keys: Arc<KeyRing>) -> Self {
        self.keys = Some(keys);
        self
    }

    /// What a new password hash costs. A stored hash of another cost is replaced at the next login.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let store = portcullis::store::MemoryStore::new();
    /// # let builder = portcullis::Auth::builder(store).issuer("https://api.example.com");
    /// use portcullis::{password::Argon2Parameters, secret::Password};
    ///
    /// let cost = Argon2Parameters { memory_kib: 8 * 1024, passes: 5, lanes: 1 };
    /// let auth = builder.hashing(cost).build()?;
    /// let hash = auth.pool().hash(&Password::new("secret")).await?;
    /// assert!(hash.as_str().contains("$m=8192,t=5,p=1$"));
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn hashing(mut self, parameters: Argon2Parameters) -> Self {
        self.hashing = parameters;
        self
    }

    /// On how many threads passwords are hashed. One for each core unless set.
    ///
    /// ```
    /// # let store = portcullis::store::MemoryStore::new();
    /// # let builder = portcullis::Auth::builder(store).issuer("https://api.example.com");
    /// use std::num::NonZeroUsize;
    ///
    /// let one = NonZeroUsize::MIN; // leaves the other cores to other work
    /// assert!(builder.hashing_threads(one).build().is_ok());
    /// ```
    #[must_use]
    pub fn hashing_threads(mut self, threads: NonZeroUsize) -> Self {
        self.hashing_threads = Some(threads);
        self
    }

    /// A hashing pool that is shared with something else.
    ///
    /// ```
    /// # let store = portcullis::store::MemoryStore::new();
    /// # let builder = portcullis::Auth::builder(store).issuer("https://api.example.com");
    /// use std::{num::NonZeroUsize, sync::Arc};
    ///
    /// use portcullis::{account::HashingPool, password::Argon2Parameters};
    ///
    /// let pool = Arc::new(HashingPool::start(Argon2Parameters::default(), NonZeroUsize::MIN)?);
    /// let auth = builder.hashing_pool(pool.clone()).build()?;
    /// assert!(std::ptr::eq(auth.pool(), &*pool));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn hashing_pool(mut self, pool: Arc<HashingPool>) -> Self {
        self.pool = Some(pool);
        self
    }

    /// The clock; the machine's unless set.
    ///
    /// ```
    /// # let store = portcullis::store::MemoryStore::new();
    /// # let builder = portcullis::Auth::builder(store).issuer("https://api.example.com");
    /// use std::sync::Arc;
    ///
    /// use portcullis::clock::ManualClock;
    ///
    /// let clock = Arc::new(ManualClock::at_second(1_700_000_000));
    /// let auth = builder.clock(clock.clone()).build()?;
    /// clock.advance(60);
    /// assert_eq!(auth.now().as_second(), 1_700_000_060);
    /// # Ok::<(), portcullis::auth::NotBuilt>(())
    /// ```
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Builds it, and starts the hashing threads.
    ///
    /// ```
    /// # let store = portcullis::store::MemoryStore::new();
    /// # let builder = portcullis::Auth::builder(store).issuer("https://api.example.com");
    /// let refused = builder.scope("read items", "Read items.").build().unwrap_err();
    /// assert!(refused.to_string().starts_with("`read items` cannot be a scope"));
    /// ```
    ///
    /// # Errors
    /// [`NotBuilt`].
    pub fn build(self) -> Result<Auth<U>, NotBuilt> {
        let issuer = self.issuer.ok_or(NotBuilt::NoIssuer)?;
        let audience = self.audience.unwrap_or_else(|| issuer.clone());
        let mut scopes = declared(self.scopes)?;
        if self.accounts.is_some() {
            declare_operators(&mut scopes);
        }
        let new = || SigningKey::generate().map(|key| Arc::new(KeyRing::of(key)));
        let keys = self.keys.map_or_else(new, Ok)?;
        let pool = match self.pool {
            Some(pool) => pool,
            None => Arc::new(HashingPool::start(
                self.hashing,
                self.hashing_threads.unwrap_or_else(one_for_each_core),
            )?),
        };
        let (iss, aud) = (Arc::<str>::from(&*issuer), Arc::<str>::from(&*audience));
        let ring = Arc::clone(&keys);
        let verifier = TokenVerifier::of_ring(ring, Arc::clone(&iss), Arc::clone(&aud));
        Ok(Auth(Arc::new(Inner {
            users: self.users,
            sessions: self.sessions,
            clients: self.clients,
            accounts: self.accounts,
            pool,
            issuer: TokenIssuer::of_ring(keys, iss, aud, self.access_token_seconds),
            verifier,
            settings: Settings {
                issuer,
                audience,
                access_token_seconds: self.access_token_seconds,
                strict: self.strict,
                inactive_login: self.logins.inactive,
                login_email: self.logins.by_email,
                unverified_login: self.logins.unverified,
                session_lifetimes: self.session_lifetimes,
                password_grant: self.password_grant,
                scopes,
            },
            clock: self.clock,
            counters: super::tally::Counters::default(),
        })))
    }
}

fn one_for_each_core() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}
