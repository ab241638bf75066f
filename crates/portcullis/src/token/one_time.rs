//! One-time tokens: what a mail's link carries. 256 bits at random, kept as a digest alone, good once,
//! for one purpose, until they expire (NIST SP 800-63B-4 §4.2.1.2; ASVS 6.5).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use zeroize::Zeroizing;

use super::TokenDigest;
use crate::secret::{NoRandomness, random_bytes};

/// A token that is good once. It goes into a mail, and nowhere else.
///
/// ```
/// use portcullis::token::OneTimeToken;
///
/// let token = OneTimeToken::random()?;
/// assert_eq!(token.text().len(), 43);
/// assert_eq!(OneTimeToken::digest_of(&token.text()), Some(token.digest()));
/// # Ok::<(), portcullis::secret::NoRandomness>(())
/// ```
#[derive(Clone)]
pub struct OneTimeToken(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for OneTimeToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OneTimeToken(…)")
    }
}

impl OneTimeToken {
    /// A new one.
    ///
    /// ```
    /// use portcullis::token::OneTimeToken;
    ///
    /// assert_ne!(OneTimeToken::random()?.digest(), OneTimeToken::random()?.digest());
    /// # Ok::<(), portcullis::secret::NoRandomness>(())
    /// ```
    ///
    /// # Errors
    /// [`NoRandomness`] when the operating system's source fails.
    pub fn random() -> Result<Self, NoRandomness> {
        Ok(Self(Zeroizing::new(random_bytes()?)))
    }

    /// The token as it is sent: 43 characters of base64url.
    ///
    /// ```
    /// let token = portcullis::token::OneTimeToken::random()?;
    /// assert!(token.text().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
    /// # Ok::<(), portcullis::secret::NoRandomness>(())
    /// ```
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(URL_SAFE_NO_PAD.encode(self.0.as_slice()))
    }

    /// What a store keeps of it.
    ///
    /// ```
    /// let token = portcullis::token::OneTimeToken::random()?;
    /// assert_eq!(token.digest().as_bytes().len(), 32);
    /// # Ok::<(), portcullis::secret::NoRandomness>(())
    /// ```
    pub fn digest(&self) -> TokenDigest {
        TokenDigest::of(self.0.as_slice())
    }

    /// The digest of a token that was presented; `None` when it cannot be one.
    ///
    /// ```
    /// assert_eq!(portcullis::token::OneTimeToken::digest_of("0"), None);
    /// ```
    pub fn digest_of(presented: &str) -> Option<TokenDigest> {
        let mut bytes = Zeroizing::new([0; 32]);
        if presented.len() != 43 {
            return None;
        }
        let length = URL_SAFE_NO_PAD
            .decode_slice(presented, bytes.as_mut_slice())
            .ok()?;
        (length == bytes.len()).then(|| TokenDigest::of(bytes.as_slice()))
    }
}

/// What a one-time token is for.
///
/// ```
/// use portcullis::token::Purpose;
///
/// assert_eq!(Purpose::parse("reset_password"), Some(Purpose::ResetPassword));
/// assert_eq!(Purpose::Invitation.as_str(), "invitation");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// To prove that an account's address is its owner's.
    VerifyEmail,
    /// To set a new password in the place of one that was forgotten.
    ResetPassword,
    /// To set the first password of an account that an operator made.
    SetPassword,
    /// To change to a new address.
    ConfirmEmail,
    /// To make an account.
    Invitation,
}

impl Purpose {
    /// All of them.
    ///
    /// ```
    /// use portcullis::token::Purpose;
    ///
    /// for purpose in Purpose::ALL {
    ///     assert_eq!(Purpose::parse(purpose.as_str()), Some(purpose));
    /// }
    /// ```
    pub const ALL: [Self; 5] = [
        Self::VerifyEmail,
        Self::ResetPassword,
        Self::SetPassword,
        Self::ConfirmEmail,
        Self::Invitation,
    ];

    /// Those that do something to the account whose they are.
    ///
    /// ```
    /// use portcullis::token::Purpose;
    ///
    /// assert!(!Purpose::OF_ACCOUNT.contains(&Purpose::Invitation));
    /// ```
    pub const OF_ACCOUNT: [Self; 4] = [
        Self::VerifyEmail,
        Self::ResetPassword,
        Self::SetPassword,
        Self::ConfirmEmail,
    ];

    /// As stores and exports name it.
    ///
    /// ```
    /// assert_eq!(portcullis::token::Purpose::VerifyEmail.as_str(), "verify_email");
    /// ```
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::ResetPassword => "reset_password",
            Self::SetPassword => "set_password",
            Self::ConfirmEmail => "confirm_email",
            Self::Invitation => "invitation",
        }
    }

    /// The purpose of this name.
    ///
    /// ```
    /// assert_eq!(portcullis::token::Purpose::parse("access"), None);
    /// ```
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|purpose| purpose.as_str() == name)
    }

    /// How long such a token is good: half an hour for what opens an account, a day for what proves
    /// an address, a week for what somebody did not ask for and may read late.
    ///
    /// ```
    /// use portcullis::token::Purpose;
    ///
    /// assert_eq!(Purpose::ResetPassword.lifetime().as_mins(), 30);
    /// ```
    pub const fn lifetime(self) -> SignedDuration {
        match self {
            Self::ResetPassword => SignedDuration::from_mins(30),
            Self::VerifyEmail | Self::ConfirmEmail => SignedDuration::from_hours(24),
            Self::SetPassword | Self::Invitation => SignedDuration::from_hours(7 * 24),
        }
    }
}
