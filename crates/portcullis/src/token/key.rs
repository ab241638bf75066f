//! Signing keys.

use std::fmt;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
    RsaKeyPair,
};
use zeroize::Zeroizing;

use super::{SigningAlgorithm, VerifyingKey};

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
    /// A stored key is for none of our algorithms.
    #[error(
        "the signing key is not in PKCS#8, or neither a P-256, an Ed25519 nor an RSA key of 2048 to \
         4096 bits with the exponent 65537"
    )]
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
    /// There is no key to sign with.
    #[error("there is no signing key")]
    Missing,
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
/// assert_eq!(auth.verifier().keys(auth.now())[0].kid(), kid);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SigningKey {
    pair: Pair,
    public: VerifyingKey,
}

enum Pair {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
    Rs256(RsaKeyPair),
}

/// As strong as P-256 and Ed25519: 128 bits (NIST SP 800-57 part 1, table 2), where 2048 are 112.
const RSA_SIZE: KeySize = KeySize::Rsa3072;

impl SigningKey {
    /// Makes a new key for ES256.
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
        Self::generate_for(SigningAlgorithm::Es256)
    }

    /// Makes a new key for `algorithm`. An RSA key has 3072 bits and takes up to a second: in async
    /// code, make it on a thread that may block.
    ///
    /// ```
    /// use portcullis::token::{SigningAlgorithm, SigningKey};
    ///
    /// let key = SigningKey::generate_for(SigningAlgorithm::EdDsa)?;
    /// assert_eq!(key.public().to_jwk().crv, Some("Ed25519"));
    /// # Ok::<(), portcullis::token::KeyFailed>(())
    /// ```
    ///
    /// # Errors
    /// [`KeyFailed::Generation`].
    pub fn generate_for(algorithm: SigningAlgorithm) -> Result<Self, KeyFailed> {
        let pair = match algorithm {
            SigningAlgorithm::Es256 => {
                EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map(Pair::Es256)
            }
            SigningAlgorithm::EdDsa => Ed25519KeyPair::generate().map(Pair::EdDsa),
            SigningAlgorithm::Rs256 => RsaKeyPair::generate(RSA_SIZE).map(Pair::Rs256),
        };
        Self::from_pair(pair.map_err(|_| KeyFailed::Generation)?)
    }

    /// Reads a key in PKCS#8 (DER), which says itself what it is for: on P-256, of Ed25519, or of RSA,
    /// with 2048 to 4096 bits and the exponent 65537.
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
            .map(Pair::Es256)
            .or_else(|_| Ed25519KeyPair::from_pkcs8(der).map(Pair::EdDsa))
            .or_else(|_| RsaKeyPair::from_pkcs8(der).map(Pair::Rs256));
        Self::from_pair(pair.map_err(|_| KeyFailed::Malformed)?)
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
    pub fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, KeyFailed> {
        let der = match &self.pair {
            Pair::Es256(pair) => pair.to_pkcs8v1().map(|der| der.as_ref().to_vec()),
            Pair::EdDsa(pair) => pair.to_pkcs8v1().map(|der| der.as_ref().to_vec()),
            Pair::Rs256(pair) => pair.as_der().map(|der| der.as_ref().to_vec()),
        };
        der.map(Zeroizing::new).map_err(|_| KeyFailed::Malformed)
    }

    fn from_pair(pair: Pair) -> Result<Self, KeyFailed> {
        let (algorithm, bytes) = match &pair {
            Pair::Es256(pair) => (SigningAlgorithm::Es256, pair.public_key().as_ref()),
            Pair::EdDsa(pair) => (SigningAlgorithm::EdDsa, pair.public_key().as_ref()),
            Pair::Rs256(pair) => (SigningAlgorithm::Rs256, pair.public_key().as_ref()),
        };
        let public = VerifyingKey::read(algorithm, bytes).ok_or(KeyFailed::Malformed)?;
        Ok(Self { pair, public })
    }

    /// The public half.
    ///
    /// ```
    /// use portcullis::token::{SigningKey, TokenVerifier};
    ///
    /// let (key, now) = (SigningKey::generate()?, jiff::Timestamp::UNIX_EPOCH);
    /// let keys = vec![key.public().clone()];
    /// let verifier = TokenVerifier::new(keys, "https://a".into(), "https://a".into());
    /// assert_eq!(verifier.keys(now)[0].kid(), key.public().kid());
    /// # Ok::<(), portcullis::token::KeyFailed>(())
    /// ```
    pub fn public(&self) -> &VerifyingKey {
        &self.public
    }

    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyFailed> {
        let random = SystemRandom::new();
        let signed = match &self.pair {
            Pair::Es256(pair) => pair
                .sign(&random, message)
                .map(|signature| signature.as_ref().to_vec()),
            Pair::EdDsa(pair) => pair
                .try_sign(message)
                .map(|signature| signature.as_ref().to_vec()),
            Pair::Rs256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .map(|()| signature)
            }
        };
        signed.map_err(|_| KeyFailed::Signing)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public.kid())
    }
}
