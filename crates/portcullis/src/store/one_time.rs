//! What is asked of a database about one-time tokens: the digests of what was mailed.

use jiff::Timestamp;

use super::{Answer, Mail, NewUser};
use crate::password::PasswordHash;
use crate::store::KeptToken;
use crate::token::{Purpose, TokenDigest};
use crate::user::{EmailAddress, User, UserId};

/// A one-time token is used.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # fn main() -> Outcome {
/// use jiff::Timestamp;
/// use portcullis::store::{Spend, Spending};
/// use portcullis::token::OneTimeToken;
///
/// let spending = Spending {
///     digest: OneTimeToken::random()?.digest(),
///     spend: Spend::VerifyEmail,
///     mail: None,
///     now: Timestamp::UNIX_EPOCH,
/// };
/// # assert!(spending.mail.is_none());
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct Spending {
    /// The token's digest.
    pub digest: TokenDigest,
    /// What is done with it.
    pub spend: Spend,
    /// What is mailed about it, stored in the same step.
    pub mail: Option<Mail>,
    /// The time.
    pub now: Timestamp,
}

/// What is done with a one-time token.
///
/// ```
/// use portcullis::store::Spend;
/// use portcullis::token::Purpose;
///
/// assert!(Spend::VerifyEmail.fits(Purpose::VerifyEmail));
/// assert!(!Spend::VerifyEmail.fits(Purpose::ResetPassword));
/// ```
#[derive(Debug, Clone)]
pub enum Spend {
    /// The user's address is its own.
    VerifyEmail,
    /// The user has the address that the token was sent to, from now on.
    ConfirmEmail,
    /// The user has this password, and has shown that the address is its own.
    SetPassword(PasswordHash),
    /// This account is made, with the address that the invitation was sent to.
    Register(Box<NewUser>),
}

impl Spend {
    /// Whether a token of this purpose is good for it.
    ///
    /// ```
    /// use portcullis::{password::PasswordHash, store::Spend, token::Purpose};
    ///
    /// let set = Spend::SetPassword(PasswordHash::from_store("$argon2id$…"));
    /// assert!(set.fits(Purpose::ResetPassword) && set.fits(Purpose::SetPassword));
    /// ```
    pub const fn fits(&self, purpose: Purpose) -> bool {
        match self {
            Self::VerifyEmail => matches!(purpose, Purpose::VerifyEmail),
            Self::ConfirmEmail => matches!(purpose, Purpose::ConfirmEmail),
            Self::SetPassword(_) => {
                matches!(purpose, Purpose::ResetPassword | Purpose::SetPassword)
            }
            Self::Register(_) => matches!(purpose, Purpose::Invitation),
        }
    }

    /// Whether `token` is good for it at `now`, for [`KeptToken::user`] as the store has it now. An account that
    /// is made by an invitation has its address and its scopes, and no others.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { johndoe, .. } = House::new().await?;
    /// use jiff::Timestamp;
    /// use portcullis::{store::Spend, token::OneTimeToken, token::Purpose};
    ///
    /// let kept = one_time(&OneTimeToken::random()?, Purpose::ConfirmEmail, &johndoe.id)?;
    /// assert!(Spend::ConfirmEmail.is_allowed_by(&kept, Some(&johndoe), Timestamp::UNIX_EPOCH));
    /// assert!(!Spend::VerifyEmail.is_allowed_by(&kept, Some(&johndoe), Timestamp::UNIX_EPOCH));
    /// # Ok(()) }
    /// ```
    pub fn is_allowed_by(&self, token: &KeptToken, user: Option<&User>, now: Timestamp) -> bool {
        let is_as_invited = match self {
            Self::Register(new) => {
                new.email.as_ref() == Some(&token.address)
                    && new.email_verified
                    && new.scopes == token.scopes
            }
            _ => true,
        };
        self.fits(token.purpose) && is_as_invited && token.is_good_for(user, now)
    }
}

/// What came of it.
///
/// ```
/// use portcullis::store::TokenSpent;
///
/// assert_ne!(TokenSpent::Refused, TokenSpent::UsernameTaken);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenSpent {
    /// It is done, and the token is gone. This is the user now.
    Done(User),
    /// The token is unknown, used, expired, or for something else; or the address is another
    /// account's by now. Nothing was changed.
    Refused,
    /// The account was not made, for the name is taken. The token is still good.
    UsernameTaken,
}

/// The verbs about one-time tokens.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { store, johndoe, .. } = House::new().await?;
/// use portcullis::store::OneTimeTokens;
/// use portcullis::token::{OneTimeToken, Purpose};
///
/// let token = OneTimeToken::random()?;
/// let kept = one_time(&token, Purpose::ConfirmEmail, &johndoe.id)?;
/// store.insert_one_time_token(kept.clone()).await?;
/// assert_eq!(store.find_one_time_token(&token.digest()).await?, Some(kept));
/// # Ok(()) }
/// ```
pub trait OneTimeTokens: Send + Sync + 'static {
    /// Stores a token's digest. Where its user is gone by now, nothing is stored.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, .. } = House::new().await?;
    /// # use portcullis::{store::OneTimeTokens, token::OneTimeToken, token::Purpose, user::UserId};
    /// let token = OneTimeToken::random()?;
    /// let kept = one_time(&token, Purpose::ConfirmEmail, &UserId::new("nobody"))?;
    /// store.insert_one_time_token(kept).await?;
    /// assert!(store.find_one_time_token(&token.digest()).await?.is_none());
    /// # Ok(()) }
    /// ```
    fn insert_one_time_token(&self, token: KeptToken) -> Answer<'_, ()>;

    /// The token of this digest, whether it is still good or not.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, .. } = House::new().await?;
    /// # use portcullis::{store::OneTimeTokens, token::OneTimeToken};
    /// let digest = OneTimeToken::random()?.digest();
    /// assert!(store.find_one_time_token(&digest).await?.is_none());
    /// # Ok(()) }
    /// ```
    fn find_one_time_token<'a>(&'a self, digest: &'a TokenDigest) -> Answer<'a, Option<KeptToken>>;

    /// Uses a token, if [`Spend::is_allowed_by`] says so, and does all that follows in one step: what
    /// is to be done is done; the token is gone, and with it the user's others that are then of no
    /// use ([`Spend::also_ends`]); for an invitation, all that were sent to this address. Of several
    /// uses at once, one happens.
    ///
    /// An address that another account has verified cannot be verified again: refused.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, johndoe, .. } = House::new().await?;
    /// # use jiff::Timestamp;
    /// # use portcullis::store::{OneTimeTokens, Spend, Spending, TokenSpent};
    /// # use portcullis::token::{OneTimeToken, Purpose};
    /// let token = OneTimeToken::random()?;
    /// let kept = one_time(&token, Purpose::ConfirmEmail, &johndoe.id)?;
    /// store.insert_one_time_token(kept.clone()).await?;
    /// let spending = Spending {
    ///     digest: token.digest(),
    ///     spend: Spend::ConfirmEmail,
    ///     mail: None,
    ///     now: Timestamp::UNIX_EPOCH,
    /// };
    /// let TokenSpent::Done(johndoe) = store.spend_one_time_token(spending.clone()).await? else {
    ///     return Err("it was good".into());
    /// };
    /// assert_eq!(johndoe.email.as_deref(), Some(kept.address.as_str()));
    /// assert_eq!(store.spend_one_time_token(spending).await?, TokenSpent::Refused); // used
    /// # Ok(()) }
    /// ```
    fn spend_one_time_token(&self, spending: Spending) -> Answer<'_, TokenSpent>;

    /// Up to `limit` tokens of a user, the oldest first; those alone that went to `address`, if one is
    /// said.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, johndoe, .. } = House::new().await?;
    /// # use portcullis::store::OneTimeTokens;
    /// assert!(store.list_one_time_tokens(&johndoe.id, None, 100).await?.is_empty());
    /// # Ok(()) }
    /// ```
    fn list_one_time_tokens<'a>(
        &'a self,
        user: &'a UserId,
        address: Option<&'a EmailAddress>,
        limit: u32,
    ) -> Answer<'a, Vec<KeptToken>>;

    /// Removes the tokens that are good for nothing at `now`, and answers how many.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, johndoe, .. } = House::new().await?;
    /// # use portcullis::{store::OneTimeTokens, token::OneTimeToken, token::Purpose};
    /// let token = OneTimeToken::random()?;
    /// let kept = one_time(&token, Purpose::ConfirmEmail, &johndoe.id)?;
    /// let expires_at = kept.expires_at;
    /// store.insert_one_time_token(kept).await?;
    /// assert_eq!(store.sweep_one_time_tokens(expires_at).await?, 1);
    /// # Ok(()) }
    /// ```
    fn sweep_one_time_tokens(&self, now: Timestamp) -> Answer<'_, u64>;
}

impl Spend {
    /// Which other tokens of the same user end with it: a verified address makes all others of the kind
    /// useless; a new password or address ends every one of the account. What it has sent as invitations
    /// is no longer good then ([`KeptToken::is_good_for`]), or still is.
    ///
    /// ```
    /// use portcullis::{store::Spend, token::Purpose};
    ///
    /// assert_eq!(Spend::VerifyEmail.also_ends(), &[Purpose::VerifyEmail]);
    /// assert_eq!(Spend::ConfirmEmail.also_ends(), &Purpose::OF_ACCOUNT);
    /// ```
    pub const fn also_ends(&self) -> &'static [Purpose] {
        match self {
            Self::VerifyEmail => &[Purpose::VerifyEmail],
            Self::ConfirmEmail | Self::SetPassword(_) => &Purpose::OF_ACCOUNT,
            Self::Register(_) => &[],
        }
    }
}
