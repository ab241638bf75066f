//! Building an `Auth`.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;

use super::{Auth, InactiveLogin, Inner, Settings};
use crate::account::HashingPool;
use crate::clock::{Clock, SystemClock};
use crate::password::{Argon2Parameters, HashingFailed};
use crate::scope::{MalformedScope, Scope};
use crate::store::UserSource;
use crate::token::{KeyFailed, SigningKey, TokenIssuer, TokenVerifier};
use crate::user::Account;

/// Why an [`Auth`] could not be built.
#[derive(Debug, thiserror::Error)]
pub enum NotBuilt {
    /// [`AuthBuilder::issuer`] was not called.
    #[error("no issuer is set: say `.issuer(\"https://…\")`, the address of this server")]
    NoIssuer,
    /// A declared scope cannot be one.
    #[error("`{name}` cannot be a scope: {reason}")]
    Scope {
        /// What was declared.
        name: String,
        /// Why not.
        reason: MalformedScope,
    },
    /// The hashing threads did not start.
    #[error(transparent)]
    Hashing(#[from] HashingFailed),
    /// No signing key.
    #[error(transparent)]
    Key(#[from] KeyFailed),
}

/// Describes an [`Auth`]; every default is the safe one.
pub struct AuthBuilder<U> {
    users: Arc<dyn UserSource<User = U>>,
    issuer: Option<String>,
    audience: Option<String>,
    access_token_seconds: u32,
    strict: bool,
    inactive_login: InactiveLogin,
    scopes: Vec<(String, String)>,
    signing_key: Option<SigningKey>,
    hashing: Argon2Parameters,
    hashing_threads: Option<NonZeroUsize>,
    pool: Option<Arc<HashingPool>>,
    clock: Arc<dyn Clock>,
}

impl<U: Account> AuthBuilder<U> {
    pub(super) fn new(users: Arc<dyn UserSource<User = U>>) -> Self {
        Self {
            users,
            issuer: None,
            audience: None,
            access_token_seconds: 900,
            strict: false,
            inactive_login: InactiveLogin::default(),
            scopes: Vec::new(),
            signing_key: None,
            hashing: Argon2Parameters::default(),
            hashing_threads: None,
            pool: None,
            clock: Arc::new(SystemClock),
        }
    }

    /// The address of this server, as clients know it: `iss` of every token. Required.
    #[must_use]
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// The address of the API that the tokens are for: `aud`. The issuer, unless set.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// How long an access token is valid, in seconds. 900 unless set.
    #[must_use]
    pub fn access_token_seconds(mut self, seconds: u32) -> Self {
        self.access_token_seconds = seconds;
        self
    }

    /// Refuses a login without `grant_type=password`.
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// What a login to an inactive account gets.
    #[must_use]
    pub fn inactive_login(mut self, inactive_login: InactiveLogin) -> Self {
        self.inactive_login = inactive_login;
        self
    }

    /// Declares a scope that may be asked for.
    #[must_use]
    pub fn scope(mut self, name: impl Into<String>, description: impl Into<String>) -> Self {
        self.scopes.push((name.into(), description.into()));
        self
    }

    /// The key that signs the tokens. Without one, a key is made that lasts as long as the process,
    /// so a restart signs everybody out: see
    /// [`load_or_create_signing_key`](super::load_or_create_signing_key) for one that stays.
    #[must_use]
    pub fn signing_key(mut self, key: SigningKey) -> Self {
        self.signing_key = Some(key);
        self
    }

    /// What a new password hash costs. A stored hash of another cost is replaced at the next login.
    #[must_use]
    pub fn hashing(mut self, parameters: Argon2Parameters) -> Self {
        self.hashing = parameters;
        self
    }

    /// On how many threads passwords are hashed. One for each core unless set.
    #[must_use]
    pub fn hashing_threads(mut self, threads: NonZeroUsize) -> Self {
        self.hashing_threads = Some(threads);
        self
    }

    /// A hashing pool that is shared with something else.
    #[must_use]
    pub fn hashing_pool(mut self, pool: Arc<HashingPool>) -> Self {
        self.pool = Some(pool);
        self
    }

    /// The clock; the machine's unless set.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Builds it, and starts the hashing threads.
    ///
    /// # Errors
    /// [`NotBuilt`].
    pub fn build(self) -> Result<Auth<U>, NotBuilt> {
        let issuer = self.issuer.ok_or(NotBuilt::NoIssuer)?;
        let audience = self.audience.unwrap_or_else(|| issuer.clone());
        let scopes = declared(self.scopes)?;
        let key = Arc::new(match self.signing_key {
            Some(key) => key,
            None => SigningKey::generate()?,
        });
        let pool = match self.pool {
            Some(pool) => pool,
            None => Arc::new(HashingPool::start(
                self.hashing,
                self.hashing_threads.unwrap_or_else(one_for_each_core),
            )?),
        };
        let (iss, aud) = (Arc::<str>::from(&*issuer), Arc::<str>::from(&*audience));
        let keys = vec![key.public().clone()];
        let verifier = TokenVerifier::new(keys, Arc::clone(&iss), Arc::clone(&aud));
        Ok(Auth(Arc::new(Inner {
            users: self.users,
            pool,
            issuer: TokenIssuer::new(key, iss, aud, self.access_token_seconds),
            verifier,
            settings: Settings {
                issuer,
                audience,
                access_token_seconds: self.access_token_seconds,
                strict: self.strict,
                inactive_login: self.inactive_login,
                scopes,
            },
            clock: self.clock,
        })))
    }
}

fn declared(scopes: Vec<(String, String)>) -> Result<BTreeMap<Scope, String>, NotBuilt> {
    scopes
        .into_iter()
        .map(|(name, description)| match Scope::parse(&name) {
            Ok(scope) => Ok((scope, description)),
            Err(reason) => Err(NotBuilt::Scope { name, reason }),
        })
        .collect()
}

fn one_for_each_core() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}
