//! What a store keeps of a one-time token, and when the token is good.

use jiff::Timestamp;

use crate::scope::Scopes;
use crate::token::{Epoch, Purpose, TokenDigest};
use crate::user::{EmailAddress, User, UserId};

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
    /// Whose it is. Of an invitation: the operator who invites, if one does.
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
    /// dead once the user has another one. An invitation is good as long as the operator who sent it is
    /// one, and nothing killed the operator's tokens since.
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
                Purpose::Invitation => is_of_now && user.scopes.contains(Scopes::USERS_WRITE),
                Purpose::VerifyEmail => has_address,
                Purpose::ResetPassword => has_address && is_of_now && user.email_verified,
                Purpose::SetPassword => has_address && is_of_now,
                Purpose::ConfirmEmail => is_of_now,
            }
    }
}
