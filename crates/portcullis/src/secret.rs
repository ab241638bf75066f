//! The one door through which randomness comes in, and the type that keeps a password quiet.

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

/// The operating system gave no random bytes. Nothing secret can be made until it does.
///
/// ```
/// use portcullis::secret::{NoRandomness, random_id};
///
/// fn link_to_share() -> Result<String, NoRandomness> {
///     Ok(format!("https://example.com/shared/{}", random_id()?))
/// }
/// assert_ne!(link_to_share()?, link_to_share()?);
/// # Ok::<(), NoRandomness>(())
/// ```
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the operating system's random number generator failed")]
pub struct NoRandomness;

/// `N` unpredictable bytes from the cryptographic generator.
///
/// ```
/// use portcullis::secret::random_bytes;
///
/// let key: [u8; 32] = random_bytes()?;
/// assert_ne!(key, random_bytes()?);
/// # Ok::<(), portcullis::secret::NoRandomness>(())
/// ```
///
/// # Errors
/// [`NoRandomness`] when the operating system's source fails.
pub fn random_bytes<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

/// An unpredictable identifier: 128 bits in base64url, 22 characters.
///
/// ```
/// use portcullis::secret::random_id;
///
/// let id = random_id()?;
/// assert_eq!(id.len(), 22);
/// assert!(id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
/// # Ok::<(), portcullis::secret::NoRandomness>(())
/// ```
///
/// # Errors
/// [`NoRandomness`] when the operating system's source fails.
pub fn random_id() -> Result<String, NoRandomness> {
    Ok(URL_SAFE_NO_PAD.encode(random_bytes::<16>()?))
}

/// Whether two secrets are the same, in a time that tells nothing of where they differ, nor of how
/// long the expected one is.
///
/// ```
/// use portcullis::secret::same;
///
/// assert!(same("swordfish", "swordfish"));
/// assert!(!same("swordfish", "sword"));
/// ```
pub fn same(presented: &str, expected: &str) -> bool {
    use aws_lc_rs::digest::{SHA256, digest};
    let digest_of = |text: &str| digest(&SHA256, text.as_bytes());
    let (presented, expected) = (digest_of(presented), digest_of(expected));
    verify_slices_are_equal(presented.as_ref(), expected.as_ref()).is_ok()
}

/// A password as it was typed. It prints as `…`, cannot be compared, and is wiped when dropped.
///
/// ```
/// let password = portcullis::secret::Password::new("correct horse battery staple");
/// assert_eq!(format!("{password:?}"), "…");
/// ```
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// Longest password that is looked at, in bytes of UTF-8. Longer ones are refused before any
    /// hashing, so that nobody can buy work with bytes.
    pub const MAX_BYTES: usize = 1024;

    /// Keeps `text` as it is: nothing is trimmed, folded or cut.
    ///
    /// ```
    /// use portcullis::secret::Password;
    ///
    /// let password = Password::new("  two spaces before ");
    /// assert_eq!(password.expose(), "  two spaces before ");
    /// ```
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The password in the clear.
    ///
    /// ```
    /// use portcullis::secret::Password;
    ///
    /// let password = Password::new("secret");
    /// let line = format!("{}\n", password.expose()); // for a program that asks for it
    /// assert_eq!(line, "secret\n");
    /// ```
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}
