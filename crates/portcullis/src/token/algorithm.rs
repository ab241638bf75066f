//! The signature algorithms.

use std::fmt;

/// How access tokens are signed. A key is for one algorithm, and every key that is known verifies.
///
/// ```
/// use portcullis::token::{SigningAlgorithm, SigningKey};
///
/// let key = SigningKey::generate_for(SigningAlgorithm::EdDsa)?;
/// assert_eq!(key.public().algorithm().name(), "EdDSA");
/// assert_eq!(SigningAlgorithm::default().name(), "ES256");
/// # Ok::<(), portcullis::token::KeyFailed>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SigningAlgorithm {
    /// ECDSA on P-256 with SHA-256 (RFC 7518 §3.4). Every JWT library knows it.
    #[default]
    Es256,
    /// Ed25519 (RFC 8037 §3.1). Quicker to sign, and without randomness; not every library knows it.
    EdDsa,
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 §3.3), for APIs that know nothing else (RFC 9068 §2.1).
    /// OWASP's ASVS disallows it; it signs slowly, and its tokens are longer by 426 characters.
    Rs256,
}

impl SigningAlgorithm {
    /// Every one, the default first.
    ///
    /// ```
    /// use portcullis::token::SigningAlgorithm;
    ///
    /// let names = SigningAlgorithm::ALL.map(SigningAlgorithm::name);
    /// assert_eq!(names, ["ES256", "EdDSA", "RS256"]);
    /// ```
    pub const ALL: [Self; 3] = [Self::Es256, Self::EdDsa, Self::Rs256];

    /// Its name in the `alg` of a token's header and of a JWK.
    ///
    /// ```
    /// use portcullis::token::SigningAlgorithm;
    ///
    /// assert_eq!(SigningAlgorithm::Es256.name(), "ES256");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
            Self::Rs256 => "RS256",
        }
    }
}

impl fmt::Display for SigningAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
