//! A user chooses another password, knowing the present one.

use super::{Accounts, NotDone};
use crate::password::PasswordRefused;
use crate::secret::Password;
use crate::store::{Errand, PasswordChange};
use crate::user::User;

impl Accounts<'_> {
    /// Sets a new password for `user`, who shows the current one. Every token of the user is dead then,
    /// and the user gets a mail. The same password again is a new one, too.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { auth, johndoe, .. } = House::with_accounts().await?;
    /// use portcullis::{account::NotDone, secret::Password};
    ///
    /// let accounts = auth.accounts().ok_or("no accounts")?;
    /// let (wrong, new) = (Password::new("wrong"), Password::new("twelve yellow umbrellas"));
    /// let refused = accounts.change_password(&johndoe, &wrong, &new).await;
    /// assert!(matches!(refused, Err(NotDone::IncorrectPassword)));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`NotDone`].
    pub async fn change_password(
        &self,
        user: &User,
        current: &Password,
        new: &Password,
    ) -> Result<(), NotDone> {
        // Nobody buys a hash with what cannot be a password.
        if new.expose().len() > Password::MAX_BYTES {
            return Err(NotDone::Password(PasswordRefused::TooLong));
        }
        self.confirm(user, current).await?;
        let change = PasswordChange {
            hash: self.hash_chosen(new, user).await?,
            // Of two who both showed the current one, one comes first.
            epoch: Some(user.epoch),
            mail: self.notice(user, |user, address| Errand::PasswordChanged {
                user,
                address,
            })?,
        };
        if !self.store.update_password(&user.id, change).await? {
            return Err(NotDone::SignedOut);
        }
        self.mail_came.notify_one();
        Ok(())
    }
}
