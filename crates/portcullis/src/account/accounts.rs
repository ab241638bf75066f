//! `Accounts`: what people do with their own accounts, and operators with everybody's. One file for
//! each thing that is done, beside this one.

use jiff::Timestamp;

use super::{AccountSettings, Fault, HashingPool, NotDone, authenticate};
use crate::clock::Clock;
use crate::password::{PasswordContext, PasswordHash};
use crate::scope::Scopes;
use crate::secret::{NoRandomness, Password};
use crate::store::KeptToken;
use crate::store::{AccountStore, Errand, Mail, Sessions, StoreError, Users};
use crate::token::OneTimeToken;
use crate::user::{EmailAddress, User, UserId, Username};

/// The longest name for people, in code points.
const LONGEST_FULL_NAME: usize = 256;

/// What people do with their own accounts, and operators with everybody's.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { auth, johndoe, .. } = House::with_accounts().await?;
/// use portcullis::secret::Password;
///
/// let accounts = auth.accounts().ok_or("no accounts")?;
/// let (old, new) = ("correct horse battery staple", "twelve yellow umbrellas");
/// accounts.change_password(&johndoe, &Password::new(old), &Password::new(new)).await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Copy)]
pub struct Accounts<'a> {
    pub(crate) store: &'a dyn AccountStore,
    pub(crate) sessions: Option<&'a dyn Sessions>,
    pub(crate) pool: &'a HashingPool,
    pub(crate) settings: &'a AccountSettings,
    pub(crate) clock: &'a dyn Clock,
    /// Wakes the worker that sends the mails.
    pub(crate) mail_came: &'a tokio::sync::Notify,
}

impl<'a> Accounts<'a> {
    /// What was set about them.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { auth, .. } = House::with_accounts().await?;
    /// use portcullis::account::Registration;
    ///
    /// let accounts = auth.accounts().ok_or("no accounts")?;
    /// assert_eq!(accounts.settings().registration, Registration::Open);
    /// # Ok(()) }
    /// ```
    pub const fn settings(&self) -> &'a AccountSettings {
        self.settings
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.second()
    }

    pub(super) async fn find(&self, id: &UserId) -> Result<User, NotDone> {
        let found = self.store.find_by_subject(id.as_str()).await?;
        found.ok_or(NotDone::NoSuchUser)
    }

    pub(super) fn mail(&self, errand: Errand) -> Result<Mail, NoRandomness> {
        Mail::new(errand, self.now())
    }

    /// Stores a mail of which somebody typed the name or the address. The worker finds it when it looks
    /// next, not at once: what it does then, which differs, would be heard by whoever asks right away.
    pub(super) async fn write_asked(&self, errand: Errand) -> Result<(), NotDone> {
        self.store.insert_mail(self.mail(errand)?).await?;
        Ok(())
    }

    /// Stores a mail.
    pub(super) async fn write(&self, errand: Errand) -> Result<(), NotDone> {
        self.store.insert_mail(self.mail(errand)?).await?;
        self.mail_came.notify_one();
        Ok(())
    }

    /// A mail to the user's own address, where there is one that was proved.
    pub(super) fn notice(
        &self,
        user: &User,
        errand: impl FnOnce(UserId, EmailAddress) -> Errand,
    ) -> Result<Option<Mail>, NoRandomness> {
        let address = proved_address(user);
        let errand = address.map(|address| errand(user.id.clone(), address));
        errand.map(|errand| self.mail(errand)).transpose()
    }

    /// That `password` is the user's.
    pub(super) async fn confirm(&self, user: &User, password: &Password) -> Result<(), NotDone> {
        if password.expose().len() > Password::MAX_BYTES {
            return Err(NotDone::IncorrectPassword);
        }
        let found = authenticate(self.store, self.pool, &user.username, password).await?;
        match found {
            Some(found) if found.id == user.id => Ok(()),
            _ => Err(NotDone::IncorrectPassword),
        }
    }

    /// The hash of a password that may be chosen for this user.
    pub(super) async fn hash_chosen(
        &self,
        password: &Password,
        user: &User,
    ) -> Result<PasswordHash, NotDone> {
        let context = PasswordContext::from(user);
        self.settings.rules.admit(password, &context).await?;
        Ok(self.pool.hash(password).await?)
    }

    /// The token that was presented, and whose it is, if it is still good.
    pub(super) async fn find_token(
        &self,
        presented: &str,
    ) -> Result<(KeptToken, Option<User>), NotDone> {
        let digest = OneTimeToken::digest_of(presented).ok_or(NotDone::InvalidToken)?;
        let found = self.store.find_one_time_token(&digest).await?;
        let token = found.ok_or(NotDone::InvalidToken)?;
        let user = match &token.user {
            Some(id) => self.store.find_by_subject(id.as_str()).await?,
            None => None,
        };
        if token.is_good_for(user.as_ref(), self.clock.now()) {
            return Ok((token, user));
        }
        Err(NotDone::InvalidToken)
    }
}

/// The address that was proved to be the user's.
pub(super) fn proved_address(user: &User) -> Option<EmailAddress> {
    let address = user.email.as_deref().filter(|_| user.email_verified)?;
    EmailAddress::parse(address).ok()
}

/// The user's address as it is stored, proved or not.
pub(super) fn stored_address(user: &User) -> Option<EmailAddress> {
    let stored = user.email.as_deref()?;
    EmailAddress::parse(stored).ok()
}

pub(super) async fn has_password(store: &dyn Users, user: &User) -> Result<bool, StoreError> {
    // By a name that cannot be one nobody signs in, whatever there is: no link may make that possible.
    let Ok(name) = Username::parse(&user.username) else {
        return Ok(true);
    };
    let found = store.find_by_username(&name).await?;
    Ok(found.is_none_or(|found| found.hashed_password.is_some()))
}

/// What is mailed so that `user` can set a first password, where there is none and an address is.
pub(super) async fn first_password(
    store: &dyn Users,
    user: &User,
    address: Option<EmailAddress>,
) -> Result<Option<Errand>, StoreError> {
    let Some(address) = address else {
        return Ok(None);
    };
    if has_password(store, user).await? {
        return Ok(None);
    }
    let user = user.id.clone();
    Ok(Some(Errand::SetPassword { user, address }))
}

pub(super) fn check_full_name(full_name: Option<&str>, faults: &mut Vec<Fault>) {
    let fits = |name: &str| {
        name.chars().take(LONGEST_FULL_NAME + 1).count() <= LONGEST_FULL_NAME
            && !name.chars().any(char::is_control)
    };
    if !full_name.is_none_or(fits) {
        faults.push(Fault::new(
            "full_name",
            "full_name_invalid",
            "a name for people has at most 256 characters, and no control characters",
        ));
    }
}

pub(super) fn check_scopes(scopes: &Scopes, faults: &mut Vec<Fault>) {
    if scopes.to_string().len() > Scopes::MAX_BYTES {
        faults.push(Fault::new(
            "scopes",
            "scopes_too_many",
            "these are too many scopes for one user: at most 4,096 characters in all",
        ));
    }
}

pub(super) fn checked_address(
    typed: Option<&str>,
    faults: &mut Vec<Fault>,
) -> Option<EmailAddress> {
    match typed.map(EmailAddress::parse)? {
        Ok(address) => Some(address),
        Err(invalid) => {
            faults.push(Fault::new("email", "email_invalid", invalid.to_string()));
            None
        }
    }
}

/// Nothing, or all that is wrong.
pub(super) fn fits(faults: Vec<Fault>) -> Result<(), NotDone> {
    if faults.is_empty() {
        return Ok(());
    }
    Err(NotDone::Faults(faults))
}
