//! How accounts are made: by who registers, by who was invited, and by operators.

use zeroize::Zeroizing;

use super::accounts::{check_full_name, check_scopes, checked_address, fits};
use super::{Accounts, Fault, NotDone, Registration, UserDraft};
use crate::password::{PasswordContext, PasswordHash};
use crate::scope::Scopes;
use crate::secret::Password;
use crate::store::KeptToken;
use crate::store::{Errand, InsertedUser, NewUser, Spend, Spending, TokenSpent};
use crate::token::Purpose;
use crate::user::{EmailAddress, User, UserId, Username};

/// What somebody fills in to get an account.
///
/// ```
/// use portcullis::{account::Application, secret::Password};
///
/// let application = Application::new("alice", Password::new("twelve yellow umbrellas"));
/// assert!(application.invitation.is_none());
/// ```
#[derive(Debug, Clone)]
pub struct Application {
    /// The name to sign in with.
    pub username: String,
    /// The password.
    pub password: Password,
    /// E-mail address, as typed.
    pub email: Option<String>,
    /// Name for people.
    pub full_name: Option<String>,
    /// The token of an invitation.
    pub invitation: Option<Zeroizing<String>>,
}

impl Application {
    /// For an account of this name, with nothing else.
    ///
    /// ```
    /// use portcullis::{account::Application, secret::Password};
    ///
    /// let application = Application {
    ///     email: Some("alice@example.com".into()),
    ///     ..Application::new("alice", Password::new("twelve yellow umbrellas"))
    /// };
    /// assert_eq!(application.username, "alice");
    /// ```
    pub fn new(username: impl Into<String>, password: Password) -> Self {
        Self {
            username: username.into(),
            password,
            email: None,
            full_name: None,
            invitation: None,
        }
    }
}

impl Accounts<'_> {
    /// Makes an account for whoever fills this in, where that is allowed.
    ///
    /// An address that somebody else has verified is not told from any other: the account gets it,
    /// unverified, and its owner gets a mail. Who was invited gets the address that the invitation
    /// went to, verified.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { auth, .. } = House::with_accounts().await?;
    /// use portcullis::{account::Application, secret::Password};
    ///
    /// let accounts = auth.accounts().ok_or("no accounts")?;
    /// let application = Application::new("alice", Password::new("twelve yellow umbrellas"));
    /// assert_eq!(accounts.register(application).await?.username, "alice");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`NotDone`].
    pub async fn register(&self, application: Application) -> Result<User, NotDone> {
        let invitation = self.find_invitation(&application).await?;
        let Application {
            username,
            password,
            email,
            full_name,
            ..
        } = application;
        let mut faults = Vec::new();
        let username = self.own_name(&username, &mut faults);
        let email = checked_address(email.as_deref(), &mut faults);
        check_full_name(full_name.as_deref(), &mut faults);
        let email = self.address_of(email, invitation.as_ref(), &mut faults);
        let draft = Draft {
            username,
            email,
            email_verified: invitation.is_some(),
            full_name,
            disabled: false,
            scopes: invitation
                .as_ref()
                .map_or_else(Scopes::none, |invitation| invitation.scopes.clone()),
        };
        self.check_password(&password, &draft, &mut faults).await;
        fits(faults)?;
        let new = self.new_user(draft, Some(&password)).await?;
        match invitation {
            None => self.insert(new).await,
            Some(invitation) => self.accept(new, &invitation).await,
        }
    }

    /// Makes an account, as an operator says. Without a password, a mail asks its owner to set one;
    /// with one, to prove the address.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { auth, .. } = House::with_accounts().await?;
    /// use portcullis::account::UserDraft;
    ///
    /// let accounts = auth.accounts().ok_or("no accounts")?;
    /// let draft = UserDraft { email: Some("alice@example.com".into()), ..UserDraft::new("alice") };
    /// assert!(!accounts.add(draft, None).await?.email_verified);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`NotDone`].
    pub async fn add(
        &self,
        draft: UserDraft,
        password: Option<&Password>,
    ) -> Result<User, NotDone> {
        let mut faults = Vec::new();
        let username = chosen(Username::choose(&draft.username), &mut faults);
        let email = checked_address(draft.email.as_deref(), &mut faults);
        check_full_name(draft.full_name.as_deref(), &mut faults);
        check_scopes(&draft.scopes, &mut faults);
        if password.is_none() && draft.email.is_none() {
            let told = "a password is needed, or an e-mail address at which one can be asked for";
            faults.push(Fault::new("password", "missing", told));
        }
        let draft = Draft {
            username,
            email,
            email_verified: false,
            full_name: draft.full_name,
            disabled: draft.disabled,
            scopes: draft.scopes,
        };
        if let Some(password) = password {
            self.check_password(password, &draft, &mut faults).await;
        }
        fits(faults)?;
        if let Some(address) = &draft.email
            && self.store.find_by_email(address).await?.is_some()
        {
            return Err(NotDone::EmailTaken);
        }
        let new = self.new_user(draft, password).await?;
        self.insert(new).await
    }

    async fn find_invitation(
        &self,
        application: &Application,
    ) -> Result<Option<KeptToken>, NotDone> {
        let is_open = match (self.settings.registration, &application.invitation) {
            (Registration::Open, _) | (Registration::Invitation, Some(_)) => true,
            (Registration::Invitation, None) | (Registration::Closed, _) => false,
        };
        if !is_open {
            return Err(NotDone::RegistrationClosed);
        }
        let Some(presented) = &application.invitation else {
            return Ok(None);
        };
        let (token, _) = self.find_token(presented).await?;
        if token.purpose != Purpose::Invitation {
            return Err(NotDone::InvalidToken);
        }
        Ok(Some(token))
    }

    fn own_name(&self, typed: &str, faults: &mut Vec<Fault>) -> Option<Username> {
        let name = Username::choose(typed);
        let reserved = &self.settings.reserved_names;
        chosen(
            name.and_then(|name| reserved.check(&name).map(|()| name)),
            faults,
        )
    }

    /// The address that the account gets: an invitation's, if there is one.
    fn address_of(
        &self,
        typed: Option<EmailAddress>,
        invitation: Option<&KeptToken>,
        faults: &mut Vec<Fault>,
    ) -> Option<EmailAddress> {
        let Some(invitation) = invitation else {
            // What was typed and is none was said already.
            let is_said = faults.iter().any(|fault| fault.member == "email");
            if self.settings.needs_email && typed.is_none() && !is_said {
                faults.push(Fault::new(
                    "email",
                    "missing",
                    "an e-mail address is needed",
                ));
            }
            return typed;
        };
        let is_other = |typed: &EmailAddress| typed.canonical() != invitation.address.canonical();
        if typed.as_ref().is_some_and(is_other) {
            let told = "the invitation went to another address; leave this out, or change it later";
            faults.push(Fault::new("email", "email_not_invited", told));
        }
        Some(invitation.address.clone())
    }

    async fn check_password(&self, password: &Password, draft: &Draft, faults: &mut Vec<Fault>) {
        let context = PasswordContext {
            username: draft.username.as_ref().map(Username::as_str),
            email: draft.email.as_ref().map(EmailAddress::as_str),
            full_name: draft.full_name.as_deref(),
        };
        if let Err(refused) = self.settings.rules.admit(password, &context).await {
            faults.push(Fault::new(
                "password",
                refused.reason(),
                refused.to_string(),
            ));
        }
    }

    async fn new_user(
        &self,
        draft: Draft,
        password: Option<&Password>,
    ) -> Result<NewUser, NotDone> {
        let username = draft.username.ok_or(NotDone::NoSuchUser)?;
        // Asked before hashing, and decided by the insertion: the name may be taken in between.
        if self.store.find_by_username(&username).await?.is_some() {
            return Err(NotDone::UsernameTaken);
        }
        let hashed_password: Option<PasswordHash> = match password {
            Some(password) => Some(self.pool.hash(password).await?),
            None => None,
        };
        let id = UserId::random()?;
        let errand = match &draft.email {
            Some(address) if !draft.email_verified => Some(first_errand(
                id.clone(),
                address.clone(),
                hashed_password.is_some(),
            )),
            _ => None,
        };
        Ok(NewUser {
            id,
            username,
            email: draft.email,
            email_verified: draft.email_verified,
            full_name: draft.full_name,
            hashed_password,
            disabled: draft.disabled,
            scopes: draft.scopes,
            created_at: self.now(),
            mail: errand.map(|errand| self.mail(errand)).transpose()?,
        })
    }

    async fn insert(&self, new: NewUser) -> Result<User, NotDone> {
        let user = new.to_user();
        match self.store.insert_user(new).await? {
            // The worker finds the mail when it looks next: see `write_asked`.
            InsertedUser::Inserted => Ok(user),
            InsertedUser::UsernameTaken => Err(NotDone::UsernameTaken),
            InsertedUser::EmailTaken => Err(NotDone::EmailTaken),
        }
    }

    async fn accept(&self, new: NewUser, invitation: &KeptToken) -> Result<User, NotDone> {
        let spending = Spending {
            digest: invitation.digest,
            spend: Spend::Register(Box::new(new)),
            mail: None,
            now: self.clock.now(),
        };
        match self.store.spend_one_time_token(spending).await? {
            TokenSpent::Done(user) => Ok(user),
            TokenSpent::UsernameTaken => Err(NotDone::UsernameTaken),
            TokenSpent::Refused => Err(NotDone::InvalidToken),
        }
    }
}

/// An account to be made, as far as it is checked.
struct Draft {
    /// `None` when it cannot be one, which is said among the faults.
    username: Option<Username>,
    email: Option<EmailAddress>,
    email_verified: bool,
    full_name: Option<String>,
    disabled: bool,
    scopes: Scopes,
}

pub(super) fn chosen(
    name: Result<Username, crate::user::InvalidUsername>,
    faults: &mut Vec<Fault>,
) -> Option<Username> {
    match name {
        Ok(name) => Some(name),
        Err(invalid) => {
            faults.push(Fault::new(
                "username",
                invalid.reason(),
                invalid.to_string(),
            ));
            None
        }
    }
}

fn first_errand(user: UserId, address: EmailAddress, has_password: bool) -> Errand {
    if has_password {
        Errand::VerifyEmail { user, address }
    } else {
        Errand::SetPassword { user, address }
    }
}
