//! What an operator does to other people's accounts, through the API.

use super::accounts::{
    check_full_name, check_scopes, first_password, fits, proved_address, stored_address,
};
use super::{Accounts, Fault, NotDone, Registration};
use crate::scope::Scopes;
use crate::store::{Errand, Mail, UserChange, UserPage};
use crate::user::{EmailAddress, User, UserId};

impl Accounts<'_> {
    /// Up to `limit` users after the canonical name `after`, those alone whose username or address
    /// begins with `search`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { auth, .. } = House::with_accounts().await?;
    /// let accounts = auth.accounts().ok_or("no accounts")?;
    /// assert_eq!(accounts.list("john", None, 50).await?.users.len(), 1);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`NotDone`].
    pub async fn list(
        &self,
        search: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<UserPage, NotDone> {
        Ok(if search.is_empty() {
            self.store.list_users(after, limit).await?
        } else {
            self.store.search_users(search, after, limit).await?
        })
    }

    /// The account of this identifier.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { auth, johndoe, .. } = House::with_accounts().await?;
    /// let accounts = auth.accounts().ok_or("no accounts")?;
    /// assert_eq!(accounts.show(&johndoe.id).await?, johndoe);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`NotDone::NoSuchUser`] where there is none.
    pub async fn show(&self, id: &UserId) -> Result<User, NotDone> {
        self.find(id).await
    }

    /// Gives a user another name for people, or none.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { auth, johndoe, .. } = House::with_accounts().await?;
    /// let accounts = auth.accounts().ok_or("no accounts")?;
    /// let johndoe = accounts.rename(&johndoe.id, Some("John Doe".into())).await?;
    /// assert_eq!(johndoe.full_name.as_deref(), Some("John Doe"));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`NotDone`].
    pub async fn rename(&self, id: &UserId, full_name: Option<String>) -> Result<User, NotDone> {
        let mut faults = Vec::new();
        check_full_name(full_name.as_deref(), &mut faults);
        fits(faults)?;
        let change = UserChange {
            full_name: Some(full_name),
            ..UserChange::default()
        };
        let changed = self.store.update_user(id, change).await?;
        changed.ok_or(NotDone::NoSuchUser)
    }

    /// Changes what `change` says, as the operator `by`. A new address is unverified: it gets a link,
    /// and the one before is told, also when it is removed. Who is made active and has no password gets
    /// the link for the first one.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { auth, johndoe, .. } = House::with_accounts().await?;
    /// use portcullis::store::UserChange;
    ///
    /// let accounts = auth.accounts().ok_or("no accounts")?;
    /// let disable = UserChange { disabled: Some(true), ..UserChange::default() };
    /// // Nobody locks the door behind which they stand.
    /// assert!(accounts.change(&johndoe.id, disable, &johndoe).await.is_err());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`NotDone`].
    pub async fn change(
        &self,
        id: &UserId,
        mut change: UserChange,
        by: &User,
    ) -> Result<User, NotDone> {
        let mut faults = Vec::new();
        check_full_name(
            change.full_name.as_ref().and_then(Option::as_deref),
            &mut faults,
        );
        if let Some(scopes) = &change.scopes {
            check_scopes(scopes, &mut faults);
        }
        if by.id == *id {
            check_own(&change, &mut faults);
        }
        fits(faults)?;
        let before = self.find(id).await?;
        // Written as it was, there is nothing to verify anew.
        change.email = change
            .email
            .filter(|email| email.as_ref().map(EmailAddress::as_str) != before.email.as_deref());
        if let Some(email) = &change.email {
            change.mails = self.mails_of_new_address(&before, email.as_ref()).await?;
        }
        if before.disabled && change.disabled == Some(false) {
            let address = change
                .email
                .clone()
                .unwrap_or_else(|| stored_address(&before));
            let errand = first_password(self.store, &before, address).await?;
            let mail = errand.map(|errand| self.mail(errand)).transpose()?;
            change.mails.extend(mail);
        }
        let changed = self.store.update_user(id, change).await?;
        self.mail_came.notify_one();
        changed.ok_or(NotDone::NoSuchUser)
    }

    async fn mails_of_new_address(
        &self,
        before: &User,
        new: Option<&EmailAddress>,
    ) -> Result<Vec<Mail>, NotDone> {
        let proved = proved_address(before);
        let Some(new) = new else {
            let removed = proved.map(|address| Errand::EmailRemoved {
                user: before.id.clone(),
                address,
            });
            let mail = removed.map(|errand| self.mail(errand)).transpose()?;
            return Ok(mail.into_iter().collect());
        };
        let owner = self.store.find_by_email(new).await?;
        if owner.is_some_and(|owner| owner.user.id != before.id) {
            return Err(NotDone::EmailTaken);
        }
        let mut mails = vec![self.mail(Errand::VerifyEmail {
            user: before.id.clone(),
            address: new.clone(),
        })?];
        if let Some(address) = proved {
            mails.push(self.mail(Errand::EmailChanged {
                user: before.id.clone(),
                address,
                new_address: new.clone(),
            })?);
        }
        Ok(mails)
    }

    /// Deletes an account, as the operator `by`; not the operator's own, for which a password is
    /// asked ([`leave`](Self::leave)).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { auth, johndoe, .. } = House::with_accounts().await?;
    /// let accounts = auth.accounts().ok_or("no accounts")?;
    /// assert!(accounts.remove(&johndoe.id, &johndoe).await.is_err());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`NotDone`].
    pub async fn remove(&self, id: &UserId, by: &User) -> Result<(), NotDone> {
        if by.id == *id {
            let told = "delete your own account with your password, at /users/me";
            return fits(vec![Fault::new("id", "own_account", told)]);
        }
        let was_there = self.store.delete_user(id, None).await?;
        was_there.then_some(()).ok_or(NotDone::NoSuchUser)
    }

    /// Signs a user out everywhere.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { auth, johndoe, .. } = House::with_accounts().await?;
    /// let accounts = auth.accounts().ok_or("no accounts")?;
    /// accounts.sign_out(&johndoe.id).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`NotDone`].
    pub async fn sign_out(&self, id: &UserId) -> Result<(), NotDone> {
        let user = self.find(id).await?;
        if let Some(sessions) = self.sessions {
            sessions.delete_sessions(&user.id).await?;
        }
        Ok(())
    }

    /// Sends a user the link by which a new password can be set; the first one, where there is none.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { auth, johndoe, .. } = House::with_accounts().await?;
    /// let accounts = auth.accounts().ok_or("no accounts")?;
    /// // He has no address that was proved to be his.
    /// assert!(accounts.send_recovery(&johndoe.id).await.is_err());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`NotDone`]; the user must be active and have a verified address, or no password yet.
    pub async fn send_recovery(&self, id: &UserId) -> Result<(), NotDone> {
        let user = self.find(id).await?;
        if user.disabled {
            let told = "this account is not active: enable it first";
            return fits(vec![Fault::new("id", "inactive_user", told)]);
        }
        if let Some(address) = proved_address(&user) {
            let user = user.id;
            return self.write(Errand::ResetPassword { user, address }).await;
        }
        let address = stored_address(&user);
        match first_password(self.store, &user, address).await? {
            Some(errand) => self.write(errand).await,
            None => fits(vec![Fault::new(
                "id",
                "email_unverified",
                "this account has no e-mail address that was proved to be its owner's: the owner can ask \
                 for the link that proves it (POST /email-verification)",
            )]),
        }
    }

    /// Invites somebody to make an account, which is granted `scopes`; as the operator `by`, or as the
    /// program itself. The invitation is good as long as this operator could send it again: what ends
    /// the operator's tokens, such as a new password, or takes `users:write` away, ends it.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { auth, .. } = House::with_accounts().await?;
    /// use portcullis::{scope::Scopes, user::EmailAddress};
    ///
    /// let accounts = auth.accounts().ok_or("no accounts")?;
    /// let alice = EmailAddress::parse("alice@example.com")?;
    /// accounts.invite(alice, Scopes::none(), None).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`NotDone`].
    pub async fn invite(
        &self,
        address: EmailAddress,
        scopes: Scopes,
        by: Option<&User>,
    ) -> Result<(), NotDone> {
        if self.settings.registration == Registration::Closed {
            return Err(NotDone::RegistrationClosed);
        }
        let mut faults = Vec::new();
        check_scopes(&scopes, &mut faults);
        fits(faults)?;
        self.write(Errand::Invitation {
            address,
            scopes,
            by: by.map(|operator| (operator.id.clone(), operator.epoch)),
        })
        .await
    }
}

/// Nobody takes from themselves what they would need to get it back.
fn check_own(change: &UserChange, faults: &mut Vec<Fault>) {
    if change
        .scopes
        .as_ref()
        .is_some_and(|scopes| !scopes.contains(Scopes::USERS_WRITE))
    {
        let told = "you cannot take users:write from yourself; another operator can";
        faults.push(Fault::new("scopes", "own_account", told));
    }
    if change.email.is_some() {
        let told = "change your own address with your password, at /users/me/email";
        faults.push(Fault::new("email", "own_account", told));
    }
    if change.disabled == Some(true) {
        let told = "you cannot disable yourself; another operator can";
        faults.push(Fault::new("disabled", "own_account", told));
    }
}
