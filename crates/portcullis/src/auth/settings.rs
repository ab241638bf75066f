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
    /// The scopes that exist, with their descriptions.
    pub scopes: BTreeMap<Scope, String>,
}
