//! Public keys as JSON (RFC 7517).

use serde::Serialize;

/// One public key (RFC 7517 §4, RFC 7518 §6.2 and §6.3, RFC 8037 §2).
///
/// ```
/// use portcullis::token::SigningKey;
///
/// let jwk = SigningKey::generate()?.public().to_jwk();
/// assert_eq!((jwk.alg, jwk.usage), ("ES256", "sig"));
/// # Ok::<(), portcullis::token::KeyFailed>(())
/// ```
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
// Said again, or the example above would stand in the OpenAPI document.
#[schemars(description = "One public key (RFC 7517 §4, RFC 7518 §6.2 and §6.3, RFC 8037 §2).")]
pub struct Jwk {
    /// Key type: `EC`, `OKP` for an Ed25519 key, or `RSA`.
    pub kty: &'static str,
    /// Curve: `P-256` or `Ed25519`; an RSA key has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crv: Option<&'static str>,
    /// First coordinate, or the whole of an Ed25519 key: 32 bytes in base64url. An RSA key has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x: Option<String>,
    /// Second coordinate, 32 bytes in base64url; only a P-256 key has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
    /// Modulus of an RSA key, in base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<String>,
    /// Public exponent of an RSA key, in base64url: `AQAB`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub e: Option<String>,
    /// The key's identifier, as in the header of a token.
    pub kid: String,
    /// Algorithm: `ES256`, `EdDSA` or `RS256`.
    pub alg: &'static str,
    /// Use: `sig`.
    #[serde(rename = "use")]
    pub usage: &'static str,
}

/// A JWK set (RFC 7517 §5).
///
/// ```
/// use portcullis::token::{JwkSet, SigningKey, VerifyingKey};
///
/// let (old, new) = (SigningKey::generate()?, SigningKey::generate()?);
/// let keys = [old.public(), new.public()].map(VerifyingKey::to_jwk).to_vec();
/// let json = serde_json::to_value(JwkSet { keys })?;
/// assert_eq!(json["keys"][1]["kid"], new.public().kid());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
#[schemars(description = "A JWK set (RFC 7517 §5).")]
pub struct JwkSet {
    /// The keys.
    pub keys: Vec<Jwk>,
}
