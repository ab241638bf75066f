//! OAuth clients (RFC 6749 §2): the programs that ask for tokens, and what each of them may.

mod grants;
mod secret;

pub use grants::{GrantType, Grants, UnknownGrant};
pub use secret::{ClientSecret, ClientSecrets, PreviousSecret, SecretDigest};

use jiff::Timestamp;

use crate::scope::Scopes;
use crate::secret::{NoRandomness, Password, random_id};

/// The identifier of a client.
///
/// ```
/// use portcullis::client::ClientId;
///
/// // What stands in `client_id` of every token that was asked for without one:
/// assert_eq!(ClientId::first_party().as_str(), "portcullis");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientId(Box<str>);

impl ClientId {
    /// An identifier that a store kept.
    ///
    /// ```
    /// use portcullis::client::ClientId;
    ///
    /// assert_eq!(ClientId::new("portcullis"), ClientId::first_party());
    /// ```
    pub fn new(id: impl Into<Box<str>>) -> Self {
        Self(id.into())
    }

    /// A new one: `client-`, and 128 unpredictable bits. No user has such an identifier, so a client's
    /// own token can never be taken for a user's (RFC 9068 §5).
    ///
    /// ```
    /// use portcullis::client::ClientId;
    ///
    /// assert!(ClientId::random()?.as_str().starts_with("client-"));
    /// # Ok::<(), portcullis::secret::NoRandomness>(())
    /// ```
    ///
    /// # Errors
    /// [`NoRandomness`] when the operating system's source fails.
    pub fn random() -> Result<Self, NoRandomness> {
        Ok(Self(format!("{}{}", Self::PREFIX, random_id()?).into()))
    }

    /// With what every identifier begins that is made here.
    pub const PREFIX: &'static str = "client-";

    /// The built-in client: public, first party. A request that names no client is its.
    pub const FIRST_PARTY: &'static str = "portcullis";

    /// The built-in client's identifier.
    ///
    /// ```
    /// use portcullis::client::ClientId;
    ///
    /// assert_eq!(ClientId::first_party().as_str(), ClientId::FIRST_PARTY);
    /// ```
    pub fn first_party() -> Self {
        Self(Self::FIRST_PARTY.into())
    }

    /// The identifier as text.
    ///
    /// ```
    /// use portcullis::client::ClientId;
    ///
    /// let form = format!("client_id={}", ClientId::first_party().as_str());
    /// assert_eq!(form, "client_id=portcullis");
    /// ```
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for ClientId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A client that an operator registered. The built-in one is not among them.
///
/// ```
/// use portcullis::client::{Client, ClientId, ClientLifetimes, ClientSecret, ClientSecrets, Grants};
/// use portcullis::scope::Scopes;
///
/// let secret = ClientSecret::random()?; // shown once
/// let client = Client {
///     id: ClientId::random()?,
///     name: "nightly report".into(),
///     secrets: Some(ClientSecrets::first(secret.digest())),
///     grants: Grants::parse("client_credentials")?,
///     scopes: Scopes::parse("items:read")?,
///     may_introspect: false,
///     lifetimes: ClientLifetimes::default(),
///     created_at: jiff::Timestamp::UNIX_EPOCH,
/// };
/// assert!(!client.is_public());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Its `client_id`.
    pub id: ClientId,
    /// What the operator calls it; unique.
    pub name: String,
    /// What is kept of its secrets; `None` for a public client, which cannot keep any (RFC 6749 §2.1).
    pub secrets: Option<ClientSecrets>,
    /// By which grants it gets tokens. With [`GrantType::RefreshToken`] a login is renewable.
    pub grants: Grants,
    /// What its tokens may allow at most.
    pub scopes: Scopes,
    /// Whether it may ask what tokens are worth (RFC 7662).
    pub may_introspect: bool,
    /// How long its tokens live.
    pub lifetimes: ClientLifetimes,
    /// When it was registered.
    pub created_at: Timestamp,
}

impl Client {
    /// Most characters of a name.
    pub const NAME: usize = 64;

    /// Whether it has no secret: a page, or an app on a device.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # fn main() -> Outcome {
    /// # let (client, _secret) = new_client("nightly report")?;
    /// use portcullis::client::Client;
    ///
    /// assert!(!client.is_public());
    /// assert!(Client { secrets: None, ..client }.is_public());
    /// # Ok(()) }
    /// ```
    pub const fn is_public(&self) -> bool {
        self.secrets.is_none()
    }
}

/// How long a client's tokens live, in seconds; what is not said is as for everybody.
///
/// ```
/// use portcullis::client::ClientLifetimes;
///
/// let short = ClientLifetimes { access_token_seconds: Some(60), ..ClientLifetimes::default() };
/// assert!(short.session_seconds.is_none());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ClientLifetimes {
    /// An access token, at most [`Self::LONGEST_ACCESS_TOKEN`].
    pub access_token_seconds: Option<u32>,
    /// A session that is not used.
    pub session_idle_seconds: Option<u32>,
    /// A session, in any case.
    pub session_seconds: Option<u32>,
}

impl ClientLifetimes {
    /// Longest life of an access token, in seconds (RFC 6750 §5.3): keys are retired that long after
    /// they signed for the last time, and no sooner.
    pub const LONGEST_ACCESS_TOKEN: u32 = 3_600;
    /// Longest life of a session, in seconds: ten years.
    pub const LONGEST_SESSION: u32 = 10 * 366 * 86_400;

    /// Whether each that is said is at least a second, and not too long.
    ///
    /// ```
    /// use portcullis::client::ClientLifetimes;
    ///
    /// let day = ClientLifetimes { access_token_seconds: Some(86_400), ..Default::default() };
    /// assert!(!day.are_possible());
    /// ```
    pub fn are_possible(&self) -> bool {
        let fits = |said: Option<u32>, longest| said.is_none_or(|it| (1..=longest).contains(&it));
        fits(self.access_token_seconds, Self::LONGEST_ACCESS_TOKEN)
            && fits(self.session_idle_seconds, Self::LONGEST_SESSION)
            && fits(self.session_seconds, Self::LONGEST_SESSION)
    }
}

/// What a request says of the client that sends it, before anything is believed.
#[derive(Debug, Clone, Default)]
pub(crate) struct ClientCredentials {
    /// `client_id`; empty counts as absent.
    pub(crate) id: Option<String>,
    /// `client_secret`; empty counts as absent.
    pub(crate) secret: Option<Password>,
    /// Whether they came in an `Authorization: Basic` header (RFC 6749 §2.3.1).
    pub(crate) from_header: bool,
}
