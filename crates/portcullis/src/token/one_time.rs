//! One-time tokens: what a mail's link carries. 256 bits at random, kept as a digest alone, good once,
//! for one purpose, until they expire (NIST SP 800-63B-4 §4.2.1.2; ASVS 6.5).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use zeroize::Zeroizing;

use super::{Epoch, TokenDigest};
use crate::scope::Scopes;
use crate::secret::{NoRandomness, random_bytes};
use crate::user::{EmailAddress, User, UserId};

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

/// What a store keeps of a one-time token.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # fn main() -> Outcome {
/// use portcullis::token::{OneTimeToken, Purpose};
///
/// # let johndoe = new_user("johndoe")?.id;
/// let token = OneTimeToken::random()?;
/// let kept = one_time(&token, Purpose::VerifyEmail, &johndoe)?;
/// assert_eq!(kept.digest, token.digest());
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptToken {
    /// The token's digest, by which it is found.
    pub digest: TokenDigest,
    /// What it is for.
    pub purpose: Purpose,
    /// Whose it is. Nobody's, when it is an invitation.
    pub user: Option<UserId>,
    /// The address that it was sent to.
    pub address: EmailAddress,
    /// The user's epoch when it was made.
    pub epoch: Epoch,
    /// What an invitation grants.
    pub scopes: Scopes,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is good for nothing.
    pub expires_at: Timestamp,
}

impl KeptToken {
    /// Whether it is good at `now` for what is to be done with it, and `user`, as the store has it now,
    /// is still the one it was made for.
    ///
    /// A token that lets a password be set or an address be changed is dead once anything killed the
    /// user's tokens since: a new password, a disabling. One that was sent to the user's own address is
    /// dead once the user has another one.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { johndoe: mut user, .. } = House::new().await?;
    /// use jiff::Timestamp;
    /// use portcullis::token::{OneTimeToken, Purpose};
    ///
    /// let token = OneTimeToken::random()?;
    /// let kept = one_time(&token, Purpose::VerifyEmail, &user.id)?;
    /// user.email = Some(kept.address.as_str().to_owned());
    /// assert!(kept.is_good_for(Some(&user), Timestamp::UNIX_EPOCH));
    /// assert!(!kept.is_good_for(Some(&user), kept.expires_at)); // too late
    /// user.email = None;
    /// assert!(!kept.is_good_for(Some(&user), Timestamp::UNIX_EPOCH)); // another address
    /// # Ok(()) }
    /// ```
    pub fn is_good_for(&self, user: Option<&User>, now: Timestamp) -> bool {
        if now >= self.expires_at {
            return false;
        }
        let Some(user) = user else {
            return self.purpose == Purpose::Invitation && self.user.is_none();
        };
        let is_whose = self.user.as_ref() == Some(&user.id) && !user.disabled;
        let has_address = user.email.as_deref() == Some(self.address.as_str());
        let is_of_now = user.epoch == self.epoch;
        is_whose
            && match self.purpose {
                Purpose::Invitation => false,
                Purpose::VerifyEmail => has_address,
                Purpose::ResetPassword => has_address && is_of_now && user.email_verified,
                Purpose::SetPassword => has_address && is_of_now,
                Purpose::ConfirmEmail => is_of_now,
            }
    }
}
