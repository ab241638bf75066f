//! A password was forgotten (NIST SP 800-63B-4 §4.2; ASVS 6.4.3).

use super::{Accounts, NotDone};
use crate::secret::Password;
use crate::store::{Errand, Spend, Spending, TokenSpent};
use crate::token::Purpose;
use crate::user::{EmailAddress, Username};

/// By what an account is to be found.
///
/// ```
/// use portcullis::account::Forgotten;
/// use portcullis::user::Username;
///
/// let forgotten = Forgotten::PasswordOf(Username::parse("johndoe")?);
/// # drop(forgotten);
/// # Ok::<(), portcullis::user::InvalidUsername>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Forgotten {
    /// The password of the account of this name.
    PasswordOf(Username),
    /// The password of the account that has verified this address.
    PasswordAt(EmailAddress),
}

impl Accounts<'_> {
    /// Sends a link by which a new password can be set, if there is such an account, it is active and
    /// has verified an address. Nothing is looked up before the mail's turn, so nothing tells.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { auth, .. } = House::with_accounts().await?;
    /// use portcullis::account::Forgotten;
    /// use portcullis::user::Username;
    ///
    /// let accounts = auth.accounts().ok_or("no accounts")?;
    /// accounts.ask_recovery(Forgotten::PasswordOf(Username::parse("nobody")?)).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`NotDone`] when the database is away.
    pub async fn ask_recovery(&self, forgotten: Forgotten) -> Result<(), NotDone> {
        self.write_asked(match forgotten {
            Forgotten::PasswordOf(username) => Errand::RecoverByUsername { username },
            Forgotten::PasswordAt(address) => Errand::RecoverByEmail { address },
        })
        .await
    }

    /// Sets a new password for whoever has the link's token. Every token of the user is dead then,
    /// and the user gets a mail. Nobody is signed in by it.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { auth, .. } = House::with_accounts().await?;
    /// use portcullis::{account::NotDone, secret::Password};
    ///
    /// let accounts = auth.accounts().ok_or("no accounts")?;
    /// let refused = accounts.reset_password("0", &Password::new("twelve yellow umbrellas")).await;
    /// assert!(matches!(refused, Err(NotDone::InvalidToken)));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`NotDone`]; the token is still good when the password may not be chosen.
    pub async fn reset_password(&self, presented: &str, new: &Password) -> Result<(), NotDone> {
        let (token, user) = self.find_token(presented).await?;
        let user = user.ok_or(NotDone::InvalidToken)?;
        let mail = match token.purpose {
            Purpose::ResetPassword => self.notice(&user, |user, address| {
                Errand::PasswordChanged { user, address }
            })?,
            // The first password is no change.
            Purpose::SetPassword => None,
            _ => return Err(NotDone::InvalidToken),
        };
        let hash = self.hash_chosen(new, &user).await?;
        let spending = Spending {
            digest: token.digest,
            spend: Spend::SetPassword(hash),
            mail,
            now: self.clock.now(),
        };
        match self.store.spend_one_time_token(spending).await? {
            TokenSpent::Done(_) => {
                self.mail_came.notify_one();
                Ok(())
            }
            _ => Err(NotDone::InvalidToken),
        }
    }
}
