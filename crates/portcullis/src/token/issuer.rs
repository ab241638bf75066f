//! Issuing access tokens (RFC 9068 §2).

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::json;

use super::{ALGORITHM, Epoch, KeyFailed, SigningKey, TYPE, TokenVerifier};
use crate::scope::Scopes;
use crate::secret::{NoRandomness, random_id};

/// Makes access tokens.
#[derive(Debug, Clone)]
pub struct TokenIssuer {
    key: Arc<SigningKey>,
    issuer: Arc<str>,
    audience: Arc<str>,
    lifetime_seconds: u32,
}

/// What a token is issued for.
#[derive(Debug, Clone)]
pub struct Grant<'a> {
    /// The user's identifier.
    pub subject: &'a str,
    /// The client that asked.
    pub client_id: &'a str,
    /// The user's security epoch.
    pub epoch: Epoch,
    /// What was granted.
    pub scopes: &'a Scopes,
}

/// An access token, issued.
#[derive(Clone)]
pub struct Issued {
    /// The token.
    pub token: String,
    /// How long it is valid, in seconds.
    pub expires_in: u32,
}

/// Why no token could be issued.
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
    pub fn new(
        key: Arc<SigningKey>,
        issuer: Arc<str>,
        audience: Arc<str>,
        lifetime_seconds: u32,
    ) -> Self {
        Self {
            key,
            issuer,
            audience,
            lifetime_seconds,
        }
    }

    /// Issues a token at `now`, for a new session.
    ///
    /// # Errors
    /// [`NotIssued`].
    pub fn issue(&self, grant: &Grant<'_>, now: Timestamp) -> Result<Issued, NotIssued> {
        let header = json!({ "typ": TYPE, "alg": ALGORITHM, "kid": self.key.public().kid() });
        let issued_at = now.as_second();
        let mut claims = json!({
            "iss": &*self.issuer,
            "sub": grant.subject,
            "aud": &*self.audience,
            "exp": issued_at + i64::from(self.lifetime_seconds),
            "iat": issued_at,
            "jti": random_id()?,
            "client_id": grant.client_id,
            "sid": random_id()?,
            "epoch": grant.epoch,
        });
        if let (false, Some(members)) = (grant.scopes.is_empty(), claims.as_object_mut()) {
            members.insert("scope".into(), grant.scopes.to_string().into());
        }
        let mut token = URL_SAFE_NO_PAD.encode(header.to_string());
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims.to_string(), &mut token);
        let signature = self.key.sign(token.as_bytes())?;
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
