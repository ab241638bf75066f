//! Issuing access tokens (RFC 9068 §2).

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::json;

use super::{Epoch, KeyFailed, KeyRing, SigningKey, TYPE, TokenVerifier};
use crate::scope::Scopes;
use crate::secret::{NoRandomness, random_id};

/// Makes access tokens.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # fn main() -> Outcome {
/// # let grant = grant();
/// use portcullis::token::{SigningKey, TokenIssuer, TokenVerifier};
///
/// let key = SigningKey::generate()?;
/// let keys = vec![key.public().clone()];
/// let issuer = TokenIssuer::new(key.into(), "https://login".into(), "https://api".into(), 900);
/// let issued = issuer.issue(&grant, jiff::Timestamp::UNIX_EPOCH)?;
///
/// let verifier = TokenVerifier::new(keys, "https://login".into(), "https://api".into());
/// assert_eq!(verifier.verify(&issued.token, 0)?.subject, grant.subject);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct TokenIssuer {
    keys: Arc<KeyRing>,
    issuer: Arc<str>,
    audience: Arc<str>,
    lifetime_seconds: u32,
}

/// What a token is issued for.
///
/// ```
/// use portcullis::{scope::Scopes, token::Epoch, token::Grant};
///
/// let scopes = Scopes::parse("items:read")?;
/// let grant = Grant {
///     subject: "4f9x2",
///     client_id: "portcullis",
///     session_id: "22-character-session-A",
///     epoch: Epoch::new(0),
///     scopes: &scopes,
/// };
/// assert!(grant.scopes.contains("items:read"));
/// # Ok::<(), portcullis::scope::MalformedScope>(())
/// ```
#[derive(Debug, Clone)]
pub struct Grant<'a> {
    /// The user's identifier; the client's for its own token.
    pub subject: &'a str,
    /// The client that asked.
    pub client_id: &'a str,
    /// `sid`: the session's id.
    pub session_id: &'a str,
    /// The user's security epoch.
    pub epoch: Epoch,
    /// What was granted.
    pub scopes: &'a Scopes,
}

/// An access token, issued.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # fn main() -> Outcome {
/// # let (issuer, grant, now) = (issuer()?, grant(), jiff::Timestamp::UNIX_EPOCH);
/// let issued = issuer.issue(&grant, now)?;
/// assert_eq!(issued.expires_in, 900);
/// assert_eq!(issued.token.split('.').count(), 3); // a JWT
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Issued {
    /// The token.
    pub token: String,
    /// How long it is valid, in seconds.
    pub expires_in: u32,
}

/// Why no token could be issued.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # fn main() -> Outcome {
/// # let (issuer, grant, now) = (issuer()?, grant(), jiff::Timestamp::UNIX_EPOCH);
/// use portcullis::{scope::Scopes, token::Grant, token::NotIssued};
///
/// let names: Vec<_> = (0..1_000).map(|number| format!("item:{number}")).collect();
/// let scopes = Scopes::parse(&names.join(" "))?;
/// let refused = issuer.issue(&Grant { scopes: &scopes, ..grant }, now);
/// assert!(matches!(refused, Err(NotIssued::TooLong)));
/// # Ok(()) }
/// ```
#[derive(Debug, thiserror::Error)]
pub enum NotIssued {
    /// No identifier could be made.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// The token would be longer than [`TokenVerifier::MAX_BYTES`](super::TokenVerifier::MAX_BYTES).
    #[error("the scopes are too many for one token")]
    TooLong,
    /// No signature could be made.
    #[error(transparent)]
    Key(#[from] KeyFailed),
}

impl TokenIssuer {
    /// An issuer that signs with `key`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # fn main() -> Outcome {
    /// # let (grant, now) = (grant(), jiff::Timestamp::UNIX_EPOCH);
    /// use portcullis::token::{SigningKey, TokenIssuer};
    ///
    /// let key = SigningKey::generate()?;
    /// let five_minutes = 300;
    /// let issuer = TokenIssuer::new(key.into(), "https://login".into(), "https://api".into(), five_minutes);
    /// assert_eq!(issuer.issue(&grant, now)?.expires_in, 300);
    /// # Ok(()) }
    /// ```
    pub fn new(
        key: Arc<SigningKey>,
        issuer: Arc<str>,
        audience: Arc<str>,
        lifetime_seconds: u32,
    ) -> Self {
        Self::of_ring(
            Arc::new(KeyRing::of(key)),
            issuer,
            audience,
            lifetime_seconds,
        )
    }

    /// An issuer that signs with whatever key of `keys` signs at the time.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # fn main() -> Outcome {
    /// # let (grant, now) = (grant(), jiff::Timestamp::UNIX_EPOCH);
    /// use std::sync::Arc;
    ///
    /// use portcullis::token::{KeyRing, SigningKey, TokenIssuer, TokenVerifier};
    ///
    /// let keys = Arc::new(KeyRing::of(SigningKey::generate()?));
    /// let issuer = TokenIssuer::of_ring(keys.clone(), "https://a".into(), "https://a".into(), 900);
    /// let verifier = TokenVerifier::of_ring(keys, "https://a".into(), "https://a".into());
    /// assert!(verifier.verify(&issuer.issue(&grant, now)?.token, 0).is_ok());
    /// # Ok(()) }
    /// ```
    pub fn of_ring(
        keys: Arc<KeyRing>,
        issuer: Arc<str>,
        audience: Arc<str>,
        lifetime_seconds: u32,
    ) -> Self {
        Self {
            keys,
            issuer,
            audience,
            lifetime_seconds,
        }
    }

    /// The same, but for another lifetime.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # fn main() -> Outcome {
    /// # let (issuer, grant, now) = (issuer()?, grant(), jiff::Timestamp::UNIX_EPOCH);
    /// assert_eq!(issuer.lasting(60).issue(&grant, now)?.expires_in, 60);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn lasting(&self, lifetime_seconds: u32) -> Self {
        Self {
            lifetime_seconds,
            ..self.clone()
        }
    }

    /// Issues a token at `now`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # fn main() -> Outcome {
    /// # let (issuer, now) = (issuer()?, jiff::Timestamp::UNIX_EPOCH);
    /// use portcullis::{scope::Scopes, token::Epoch, token::Grant};
    ///
    /// let (epoch, scopes) = (Epoch::new(0), Scopes::parse("items:read")?);
    /// let (client_id, session_id) = ("portcullis", "22-character-session-A");
    /// let grant = Grant { subject: "4f9x2", client_id, session_id, epoch, scopes: &scopes };
    /// let (one, other) = (issuer.issue(&grant, now)?, issuer.issue(&grant, now)?);
    /// assert_ne!(one.token, other.token); // each has a `jti` and a session of its own
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`NotIssued`].
    pub fn issue(&self, grant: &Grant<'_>, now: Timestamp) -> Result<Issued, NotIssued> {
        let key = self.keys.signing(now).ok_or(KeyFailed::Missing)?;
        let (alg, kid) = (key.public().algorithm().name(), key.public().kid());
        let header = json!({ "typ": TYPE, "alg": alg, "kid": kid });
        let issued_at = now.as_second();
        let mut claims = json!({
            "iss": &*self.issuer,
            "sub": grant.subject,
            "aud": &*self.audience,
            "exp": issued_at + i64::from(self.lifetime_seconds),
            "iat": issued_at,
            "jti": random_id()?,
            "client_id": grant.client_id,
            "sid": grant.session_id,
            "epoch": grant.epoch,
        });
        if let (false, Some(members)) = (grant.scopes.is_empty(), claims.as_object_mut()) {
            members.insert("scope".into(), grant.scopes.to_string().into());
        }
        let mut token = URL_SAFE_NO_PAD.encode(header.to_string());
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims.to_string(), &mut token);
        let signature = key.sign(token.as_bytes())?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        // What nobody would accept must not be given out.
        if token.len() > TokenVerifier::MAX_BYTES {
            return Err(NotIssued::TooLong);
        }
        Ok(Issued {
            token,
            expires_in: self.lifetime_seconds,
        })
    }
}
