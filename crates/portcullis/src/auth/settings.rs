//! What can be set.

use std::collections::BTreeMap;

use crate::scope::Scope;

/// What a login to an inactive account gets, when the password is right.
///
/// ```
/// use portcullis::{Auth, auth::InactiveLogin, store::MemoryStore};
///
/// let auth = Auth::builder(MemoryStore::new())
///     .issuer("https://api.example.com")
///     .inactive_login(InactiveLogin::Refuse)
///     .build()?;
/// assert_ne!(auth.settings().inactive_login, InactiveLogin::default());
/// # Ok::<(), portcullis::auth::NotBuilt>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InactiveLogin {
    /// A token without scope; every operation for active users then answers `400 Inactive user`.
    #[default]
    Token,
    /// The same refusal as for a wrong password.
    Refuse,
}

/// What a login gets to an account whose e-mail address was not proved.
///
/// ```
/// use portcullis::auth::UnverifiedLogin;
///
/// assert_eq!(UnverifiedLogin::default(), UnverifiedLogin::Allow);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UnverifiedLogin {
    /// What every other gets: the address has no power before it is proved.
    #[default]
    Allow,
    /// What a wrong password gets. An account without an address is not concerned.
    Refuse,
}

/// How long a session, which is one login with its refresh tokens, lives.
///
/// ```
/// use portcullis::auth::SessionLifetimes;
///
/// let lifetimes = SessionLifetimes::default();
/// assert_eq!(lifetimes.idle_seconds, 7 * 24 * 60 * 60);
/// assert_eq!(lifetimes.seconds, 30 * 24 * 60 * 60);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLifetimes {
    /// How long it lives without being used, in seconds.
    pub idle_seconds: u32,
    /// How long it lives at most, in seconds.
    pub seconds: u32,
}

impl SessionLifetimes {
    /// How long a spent refresh token may be presented again, while its successor is unused: the
    /// answer may have been lost. In seconds.
    pub const RETRY_SECONDS: u32 = 30;
}

impl Default for SessionLifetimes {
    fn default() -> Self {
        Self {
            idle_seconds: 7 * 24 * 60 * 60,
            seconds: 30 * 24 * 60 * 60,
        }
    }
}

/// The settings of an [`Auth`](super::Auth).
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { auth, .. } = House::new().await?;
/// use portcullis::scope::Scope;
///
/// let settings = auth.settings();
/// let offered: Vec<_> = settings.scopes.keys().map(Scope::as_str).collect();
/// assert_eq!((settings.strict, offered), (false, vec!["items:read"]));
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct Settings {
    /// `iss` of the tokens: the address of this server.
    pub issuer: String,
    /// `aud` of the tokens: the address of the API they are for.
    pub audience: String,
    /// How long an access token is valid, in seconds.
    pub access_token_seconds: u32,
    /// Whether `grant_type` must be sent, as RFC 6749 §4.3.2 says.
    pub strict: bool,
    /// What a login to an inactive account gets.
    pub inactive_login: InactiveLogin,
    /// What a login to an account gets whose e-mail address was not proved.
    pub unverified_login: UnverifiedLogin,
    /// Whether a verified e-mail address may stand in the place of the username.
    pub login_email: bool,
    /// How long sessions live.
    pub session_lifetimes: SessionLifetimes,
    /// Whether a username and a password yield a token.
    pub password_grant: bool,
    /// The scopes that exist, with their descriptions.
    pub scopes: BTreeMap<Scope, String>,
}
