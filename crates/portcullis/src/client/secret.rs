//! The secrets of confidential clients: shown once, and kept as digests (RFC 6749 §2.3.1).

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::secret::{NoRandomness, random_bytes};

/// A client's secret: 256 unpredictable bits in base64url, 43 characters. As it cannot be guessed, a
/// plain digest of it is enough, where a password needs a slow one.
///
/// ```
/// use portcullis::client::ClientSecret;
///
/// let secret = ClientSecret::random()?;
/// assert_eq!(secret.expose().len(), 43);
/// assert_eq!(format!("{secret:?}"), "…");
/// # Ok::<(), portcullis::secret::NoRandomness>(())
/// ```
pub struct ClientSecret(Zeroizing<String>);

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl ClientSecret {
    /// A new one.
    ///
    /// ```
    /// use portcullis::client::ClientSecret;
    ///
    /// let (one, other) = (ClientSecret::random()?, ClientSecret::random()?);
    /// assert_ne!(one.expose(), other.expose());
    /// # Ok::<(), portcullis::secret::NoRandomness>(())
    /// ```
    ///
    /// # Errors
    /// [`NoRandomness`] when the operating system's source fails.
    pub fn random() -> Result<Self, NoRandomness> {
        let bytes = Zeroizing::new(random_bytes::<32>()?);
        Ok(Self(Zeroizing::new(URL_SAFE_NO_PAD.encode(*bytes))))
    }

    /// The secret in the clear, to be shown once.
    ///
    /// ```
    /// let secret = portcullis::client::ClientSecret::random()?;
    /// println!("client_secret: {}", secret.expose());
    /// # Ok::<(), portcullis::secret::NoRandomness>(())
    /// ```
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    ///
    /// ```
    /// use portcullis::client::{ClientSecret, SecretDigest};
    ///
    /// let secret = ClientSecret::random()?;
    /// assert_eq!(secret.digest(), SecretDigest::of(secret.expose()));
    /// # Ok::<(), portcullis::secret::NoRandomness>(())
    /// ```
    pub fn digest(&self) -> SecretDigest {
        SecretDigest::of(&self.0)
    }
}

/// SHA-256 of a client's secret.
///
/// ```
/// use portcullis::client::SecretDigest;
///
/// let kept = SecretDigest::of("a secret that cannot be guessed");
/// assert_eq!(kept, SecretDigest::from_bytes(*kept.as_bytes()));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecretDigest([u8; 32]);

impl SecretDigest {
    /// The digest of a secret.
    ///
    /// ```
    /// use portcullis::client::SecretDigest;
    ///
    /// assert_ne!(SecretDigest::of("one"), SecretDigest::of("other"));
    /// ```
    pub fn of(secret: &str) -> Self {
        let mut kept = [0; 32];
        kept.copy_from_slice(digest(&SHA256, secret.as_bytes()).as_ref());
        Self(kept)
    }

    /// A digest that a store kept.
    ///
    /// ```
    /// let digest = portcullis::client::SecretDigest::from_bytes([7; 32]);
    /// assert_eq!(digest.as_bytes(), &[7; 32]);
    /// ```
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    ///
    /// ```
    /// let digest = portcullis::client::SecretDigest::from_bytes([7; 32]);
    /// assert_eq!(digest.as_bytes().len(), 32);
    /// ```
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// What is kept of a confidential client's secrets: the present one, and for a while the one before,
/// so that a secret can be replaced while the client runs.
///
/// ```
/// use portcullis::client::{ClientSecrets, SecretDigest};
/// use jiff::Timestamp;
///
/// let secrets = ClientSecrets::first(SecretDigest::of("old"));
/// let noon = Timestamp::constant(43_200, 0);
/// let rotated = secrets.rotated(SecretDigest::of("new"), noon);
/// assert!(rotated.accept("new", noon) && !rotated.accept("old", noon));
/// assert!(rotated.accept("old", Timestamp::UNIX_EPOCH)); // before noon, both
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientSecrets {
    /// The digest of the present secret.
    pub present: SecretDigest,
    /// The secret before it, while it is still taken.
    pub previous: Option<PreviousSecret>,
}

/// A secret that was replaced.
///
/// ```
/// use portcullis::client::{ClientSecrets, SecretDigest};
///
/// let (old, until) = (SecretDigest::of("old"), jiff::Timestamp::constant(60, 0));
/// let rotated = ClientSecrets::first(old).rotated(SecretDigest::of("new"), until);
/// assert_eq!(rotated.previous.map(|previous| previous.digest), Some(old));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PreviousSecret {
    /// Its digest.
    pub digest: SecretDigest,
    /// From when on it is refused.
    pub until: Timestamp,
}

impl ClientSecrets {
    /// The secrets of a client that is new.
    ///
    /// ```
    /// use portcullis::client::{ClientSecrets, SecretDigest};
    ///
    /// assert!(ClientSecrets::first(SecretDigest::of("new")).previous.is_none());
    /// ```
    pub const fn first(present: SecretDigest) -> Self {
        Self {
            present,
            previous: None,
        }
    }

    /// With another present secret; the one so far is taken `until` then.
    ///
    /// ```
    /// use portcullis::client::{ClientSecrets, SecretDigest};
    ///
    /// let (old, new) = (SecretDigest::of("old"), SecretDigest::of("new"));
    /// let rotated = ClientSecrets::first(old).rotated(new, jiff::Timestamp::UNIX_EPOCH);
    /// assert_eq!(rotated.present, new);
    /// ```
    #[must_use]
    pub const fn rotated(self, present: SecretDigest, until: Timestamp) -> Self {
        Self {
            present,
            previous: Some(PreviousSecret {
                digest: self.present,
                until,
            }),
        }
    }

    /// Whether this secret is taken now. What is compared are digests, in constant time.
    ///
    /// ```
    /// use portcullis::client::{ClientSecrets, SecretDigest};
    ///
    /// let secrets = ClientSecrets::first(SecretDigest::of("secret"));
    /// assert!(!secrets.accept("Secret", jiff::Timestamp::UNIX_EPOCH));
    /// ```
    pub fn accept(&self, presented: &str, now: Timestamp) -> bool {
        let presented = SecretDigest::of(presented);
        let is = |kept: SecretDigest| verify_slices_are_equal(&kept.0, &presented.0).is_ok();
        let previous = self.previous.filter(|previous| now < previous.until);
        is(self.present) | previous.is_some_and(|previous| is(previous.digest))
    }
}
