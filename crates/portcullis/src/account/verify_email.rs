//! A user proves that an address is its own, the one it has or another.

use super::accounts::proved_address;
use super::{Accounts, NotDone};
use crate::secret::Password;
use crate::store::{Errand, Spend, Spending, TokenSpent};
use crate::token::Purpose;
use crate::user::{EmailAddress, User};

impl Accounts<'_> {
    /// Sends the link again that proves this address, to those accounts that have it and have not proved
    /// it: five at a time, who waited longest first. Nothing is looked up before the mail's turn, so
    /// nothing tells.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { auth, .. } = House::with_accounts().await?;
    /// use portcullis::user::EmailAddress;
    ///
    /// let accounts = auth.accounts().ok_or("no accounts")?;
    /// accounts.ask_verification(EmailAddress::parse("nobody@example.com")?).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`NotDone`] when the database is away.
    pub async fn ask_verification(&self, address: EmailAddress) -> Result<(), NotDone> {
        self.write_asked(Errand::VerifyByEmail { address }).await
    }

    /// Uses the token of a link that proves an address.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { auth, .. } = House::with_accounts().await?;
    /// # let accounts = auth.accounts().ok_or("no accounts")?;
    /// assert!(accounts.verify_email("0").await.is_err());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`NotDone`].
    pub async fn verify_email(&self, presented: &str) -> Result<(), NotDone> {
        let (token, _) = self.find_token(presented).await?;
        let spending = Spending {
            digest: token.digest,
            spend: Spend::VerifyEmail,
            mail: None,
            now: self.clock.now(),
        };
        self.spend(spending).await
    }

    /// Sends a link to the address that `user`, who shows the password, wants to have; and tells the
    /// present one. Where it is that one, proved and written alike, there is nothing to do.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { auth, johndoe, .. } = House::with_accounts().await?;
    /// use portcullis::{secret::Password, user::EmailAddress};
    ///
    /// let accounts = auth.accounts().ok_or("no accounts")?;
    /// let (password, new) = ("correct horse battery staple", "john@example.org");
    /// let new = EmailAddress::parse(new)?;
    /// accounts.ask_email_change(&johndoe, &Password::new(password), new).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`NotDone`].
    pub async fn ask_email_change(
        &self,
        user: &User,
        password: &Password,
        new_address: EmailAddress,
    ) -> Result<(), NotDone> {
        self.confirm(user, password).await?;
        if user.email_verified && user.email.as_deref() == Some(new_address.as_str()) {
            return Ok(());
        }
        // First, so that the link is never sent without it.
        if let Some(address) = proved_address(user) {
            self.write_asked(Errand::EmailChangeAsked {
                user: user.id.clone(),
                address,
                new_address: new_address.clone(),
            })
            .await?;
        }
        self.write_asked(Errand::ConfirmEmail {
            user: user.id.clone(),
            address: new_address,
            epoch: user.epoch,
        })
        .await
    }

    /// Uses the token of a link that confirms a new address; the one before is told.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { auth, .. } = House::with_accounts().await?;
    /// # let accounts = auth.accounts().ok_or("no accounts")?;
    /// assert!(accounts.confirm_email("0").await.is_err());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`NotDone`].
    pub async fn confirm_email(&self, presented: &str) -> Result<(), NotDone> {
        let (token, user) = self.find_token(presented).await?;
        if token.purpose != Purpose::ConfirmEmail {
            return Err(NotDone::InvalidToken);
        }
        let user = user.ok_or(NotDone::InvalidToken)?;
        let new_address = token.address;
        let is_new = user.email.as_deref() != Some(new_address.as_str());
        let mail = match proved_address(&user).filter(|_| is_new) {
            None => None,
            Some(address) => Some(self.mail(Errand::EmailChanged {
                user: user.id,
                address,
                new_address,
            })?),
        };
        let spending = Spending {
            digest: token.digest,
            spend: Spend::ConfirmEmail,
            mail,
            now: self.clock.now(),
        };
        self.spend(spending).await
    }

    async fn spend(&self, spending: Spending) -> Result<(), NotDone> {
        match self.store.spend_one_time_token(spending).await? {
            TokenSpent::Done(_) => {
                self.mail_came.notify_one();
                Ok(())
            }
            _ => Err(NotDone::InvalidToken),
        }
    }
}
