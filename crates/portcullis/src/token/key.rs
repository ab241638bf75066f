//! Signing keys: ES256 (ECDSA on P-256 with SHA-256, RFC 7518 §3.4), and their public half as a JWK
//! (RFC 7517).

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair,
    UnparsedPublicKey,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use super::ALGORITHM;

/// Why a key could not be made, read or used.
///
/// ```
/// use portcullis::token::{KeyFailed, SigningKey};
///
/// assert_eq!(SigningKey::from_pkcs8(b"not a key").err(), Some(KeyFailed::Malformed));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyFailed {
    /// Key generation failed.
    #[error("no signing key could be made: the cryptographic module refused")]
    Generation,
    /// A stored key is not an ES256 key.
    #[error("the stored signing key is not a P-256 key in PKCS#8")]
    Malformed,
    /// A stored key is sealed under another sealing key.
    #[error("the signing key is sealed under another sealing key")]
    OtherSeal,
    /// Sealing failed.
    #[error("the cryptographic module refused to seal the signing key")]
    Sealing,
    /// A sealing key has the wrong size.
    #[error("a sealing key is 32 bytes in base64, such as `openssl rand -base64 32` prints")]
    SealingKey,
    /// Signing failed.
    #[error("the cryptographic module refused to sign")]
    Signing,
}

/// A private key that signs access tokens.
///
/// ```
/// use portcullis::{Auth, store::MemoryStore, token::SigningKey};
///
/// let key = SigningKey::generate()?;
/// let kid = key.public().kid().to_owned();
/// let auth = Auth::builder(MemoryStore::new())
///     .issuer("https://api.example.com")
///     .signing_key(key)
///     .build()?;
/// assert_eq!(auth.verifier().keys()[0].kid(), kid);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SigningKey {
    pair: EcdsaKeyPair,
    public: VerifyingKey,
}

impl SigningKey {
    /// Makes a new key.
    ///
    /// ```
    /// use portcullis::token::SigningKey;
    ///
    /// let (old, new) = (SigningKey::generate()?, SigningKey::generate()?);
    /// assert_ne!(old.public().kid(), new.public().kid());
    /// # Ok::<(), portcullis::token::KeyFailed>(())
    /// ```
    ///
    /// # Errors
    /// [`KeyFailed::Generation`].
    pub fn generate() -> Result<Self, KeyFailed> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)
            .map_err(|_| KeyFailed::Generation)?;
        Self::from_pair(pair)
    }

    /// Reads a key in PKCS#8 (DER).
    ///
    /// ```
    /// use portcullis::token::SigningKey;
    ///
    /// let key = SigningKey::generate()?;
    /// let der = key.to_pkcs8()?; // or from a secret store of yours
    /// assert_eq!(SigningKey::from_pkcs8(&der)?.public().kid(), key.public().kid());
    /// # Ok::<(), portcullis::token::KeyFailed>(())
    /// ```
    ///
    /// # Errors
    /// [`KeyFailed::Malformed`].
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, KeyFailed> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der)
            .map_err(|_| KeyFailed::Malformed)?;
        Self::from_pair(pair)
    }

    /// The key in PKCS#8 (DER). Whoever holds these bytes can sign in as anybody.
    ///
    /// ```
    /// use portcullis::token::SigningKey;
    ///
    /// let der = SigningKey::generate()?.to_pkcs8()?;
    /// assert!(SigningKey::from_pkcs8(&der).is_ok());
    /// # Ok::<(), portcullis::token::KeyFailed>(())
    /// ```
    ///
    /// # Errors
    /// [`KeyFailed::Malformed`].
    pub fn to_pkcs8(&self) -> Result<zeroize::Zeroizing<Vec<u8>>, KeyFailed> {
        let der = self.pair.to_pkcs8v1().map_err(|_| KeyFailed::Malformed)?;
        Ok(zeroize::Zeroizing::new(der.as_ref().to_vec()))
    }

    fn from_pair(pair: EcdsaKeyPair) -> Result<Self, KeyFailed> {
        let point = pair.public_key().as_ref();
        let public = VerifyingKey::from_point(point).ok_or(KeyFailed::Malformed)?;
        Ok(Self { pair, public })
    }

    /// The public half.
    ///
    /// ```
    /// use portcullis::token::{SigningKey, TokenVerifier};
    ///
    /// let key = SigningKey::generate()?;
    /// let keys = vec![key.public().clone()];
    /// let verifier = TokenVerifier::new(keys, "https://a".into(), "https://a".into());
    /// assert_eq!(verifier.keys()[0].kid(), key.public().kid());
    /// # Ok::<(), portcullis::token::KeyFailed>(())
    /// ```
    pub fn public(&self) -> &VerifyingKey {
        &self.public
    }

    pub(super) fn sign(&self, message: &[u8]) -> Result<impl AsRef<[u8]> + use<>, KeyFailed> {
        self.pair
            .sign(&SystemRandom::new(), message)
            .map_err(|_| KeyFailed::Signing)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public.kid)
    }
}

/// A public key that verifies access tokens.
///
/// ```
/// use portcullis::token::SigningKey;
///
/// let key = SigningKey::generate()?;
/// let public = key.public();
/// assert_eq!(public.to_jwk().kid, public.kid());
/// # Ok::<(), portcullis::token::KeyFailed>(())
/// ```
#[derive(Debug, Clone)]
pub struct VerifyingKey {
    kid: Box<str>,
    point: Box<[u8]>,
}

impl VerifyingKey {
    /// Reads an uncompressed point: `0x04`, then 32 bytes of x and 32 of y.
    fn from_point(point: &[u8]) -> Option<Self> {
        let (x, y) = coordinates(point)?;
        // RFC 7638 §3.2: the required members, in alphabetical order, without spaces.
        let thumbprint = digest(
            &SHA256,
            format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#).as_bytes(),
        );
        Some(Self {
            kid: URL_SAFE_NO_PAD.encode(thumbprint).into(),
            point: point.into(),
        })
    }

    /// The key's identifier: its thumbprint (RFC 7638), 43 characters.
    ///
    /// ```
    /// use portcullis::token::SigningKey;
    ///
    /// let key = SigningKey::generate()?;
    /// assert_eq!(key.public().kid().len(), 43);
    /// # Ok::<(), portcullis::token::KeyFailed>(())
    /// ```
    pub fn kid(&self) -> &str {
        &self.kid
    }

    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &self.point)
            .verify(message, signature)
            .is_ok()
    }

    /// The key as a JWK.
    ///
    /// ```
    /// use portcullis::token::SigningKey;
    ///
    /// let jwk = serde_json::to_value(SigningKey::generate()?.public().to_jwk())?;
    /// assert_eq!((&jwk["kty"], &jwk["crv"]), (&"EC".into(), &"P-256".into()));
    /// assert!(jwk.get("d").is_none()); // the private half stays here
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_jwk(&self) -> Jwk {
        let (x, y) = coordinates(&self.point).unwrap_or_default();
        Jwk {
            kty: "EC",
            crv: "P-256",
            x,
            y,
            kid: self.kid.to_string(),
            alg: ALGORITHM,
            usage: "sig",
        }
    }
}

fn coordinates(point: &[u8]) -> Option<(String, String)> {
    let (&form, rest) = point.split_first()?;
    let (x, y) = rest.split_at_checked(32)?;
    (form == 4 && y.len() == 32).then(|| (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y)))
}

/// One public key (RFC 7517 §4, RFC 7518 §6.2).
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
#[schemars(description = "One public key (RFC 7517 §4, RFC 7518 §6.2).")]
pub struct Jwk {
    /// Key type: `EC`.
    pub kty: &'static str,
    /// Curve: `P-256`.
    pub crv: &'static str,
    /// First coordinate, 32 bytes in base64url.
    pub x: String,
    /// Second coordinate, 32 bytes in base64url.
    pub y: String,
    /// The key's identifier, as in the header of a token.
    pub kid: String,
    /// Algorithm: `ES256`.
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
