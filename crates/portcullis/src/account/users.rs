//! How an operator manages accounts.

use super::accounts::{
    check_full_name, check_scopes, checked_address, first_password, fits, proved_address,
    stored_address,
};
use super::register::chosen;
use crate::account::{HashingPool, NotDone, PasswordRules};
use crate::clock::{Clock, SystemClock};
use crate::password::{PasswordContext, PasswordHash};
use crate::scope::Scopes;
use crate::secret::Password;
use crate::store::{Errand, InsertedUser, Mail, NewUser, PasswordChange, UserChange, Users};
use crate::user::{User, UserId, Username};

/// An account to be made, as an operator describes it.
///
/// ```
/// use portcullis::{account::UserDraft, scope::Scopes};
///
/// let draft = UserDraft {
///     username: "alice".into(),
///     scopes: Scopes::parse("items:read")?,
///     ..UserDraft::default()
/// };
/// assert!(!draft.disabled);
/// # Ok::<(), portcullis::scope::MalformedScope>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct UserDraft {
    /// The name to sign in with.
    pub username: String,
    /// E-mail address, as typed.
    pub email: Option<String>,
    /// Name for people.
    pub full_name: Option<String>,
    /// Whether it starts inactive.
    pub disabled: bool,
    /// What it may be granted.
    pub scopes: Scopes,
}

impl UserDraft {
    /// An account of this name, active, with nothing else.
    ///
    /// ```
    /// use portcullis::account::UserDraft;
    /// use portcullis::scope::Scopes;
    ///
    /// let draft = UserDraft {
    ///     scopes: Scopes::parse("items:read")?,
    ///     ..UserDraft::new("johndoe")
    /// };
    /// assert!(!draft.disabled && draft.email.is_none());
    /// # Ok::<(), portcullis::scope::MalformedScope>(())
    /// ```
    pub fn new(username: impl Into<String>) -> Self {
        Self {
            username: username.into(),
            ..Self::default()
        }
    }
}

/// What an operator does to accounts.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { store, auth, .. } = House::new().await?;
/// use portcullis::{account::{Administration, PasswordRules}, clock::SystemClock};
///
/// let administration = Administration {
///     users: &*store,
///     pool: auth.pool(),
///     policy: PasswordRules::default(),
///     clock: &SystemClock,
/// };
/// administration.set_disabled("johndoe", true).await?;
/// assert!(administration.find("JohnDoe").await?.disabled);
/// # Ok(()) }
/// ```
pub struct Administration<'a> {
    /// The accounts.
    pub users: &'a dyn Users,
    /// Where passwords are hashed.
    pub pool: &'a HashingPool,
    /// What may be a password.
    pub policy: PasswordRules,
    /// The time.
    pub clock: &'a dyn Clock,
}

impl<'a> Administration<'a> {
    /// Over the accounts of `users`, with the default policy (15 characters or more) and the
    /// machine's clock.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use portcullis::account::{Administration, UserDraft};
    /// use portcullis::{Auth, secret::Password, store::MemoryStore};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let store = Arc::new(MemoryStore::new());
    /// let auth = Auth::builder(store.clone()).issuer("http://127.0.0.1:8000").build()?;
    /// let password = Password::new("correct horse battery staple");
    /// let accounts = Administration::new(&*store, auth.pool());
    /// let john = accounts.add(UserDraft::new("johndoe"), &password).await?;
    /// assert_eq!(john.username, "johndoe");
    /// # Ok(())
    /// # }
    /// ```
    pub fn new(users: &'a dyn Users, pool: &'a HashingPool) -> Self {
        Self {
            users,
            pool,
            policy: PasswordRules::default(),
            clock: &SystemClock,
        }
    }

    /// Makes an account.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, auth, .. } = House::new().await?;
    /// # let administration = administration(&store, &auth);
    /// use portcullis::{account::UserDraft, secret::Password};
    ///
    /// let draft = UserDraft { username: "alice".into(), ..UserDraft::default() };
    /// let password = Password::new("twelve yellow umbrellas");
    /// let alice = administration.add(draft.clone(), &password).await?;
    /// assert_eq!(administration.find("alice").await?, alice);
    /// assert!(administration.add(draft, &password).await.is_err()); // the name is taken
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`NotDone`].
    pub async fn add(&self, draft: UserDraft, password: &Password) -> Result<User, NotDone> {
        let mut faults = Vec::new();
        let username = chosen(Username::choose(&draft.username), &mut faults);
        let email = checked_address(draft.email.as_deref(), &mut faults);
        check_full_name(draft.full_name.as_deref(), &mut faults);
        check_scopes(&draft.scopes, &mut faults);
        fits(faults)?;
        let username = username.ok_or(NotDone::NoSuchUser)?;
        if let Some(address) = &email
            && self.users.find_by_email(address).await?.is_some()
        {
            return Err(NotDone::EmailTaken);
        }
        // Asked before hashing, and decided by the insertion: the name may be taken in between.
        if self.users.find_by_username(&username).await?.is_some() {
            return Err(NotDone::UsernameTaken);
        }
        let context = PasswordContext {
            username: Some(&draft.username),
            email: draft.email.as_deref(),
            full_name: draft.full_name.as_deref(),
        };
        let hashed_password = self.hash(password, &context).await?;
        let new = NewUser {
            id: UserId::random()?,
            username,
            email,
            email_verified: false,
            full_name: draft.full_name,
            hashed_password: Some(hashed_password),
            disabled: draft.disabled,
            scopes: draft.scopes,
            created_at: self.clock.second(),
            mail: None,
        };
        let user = new.to_user();
        match self.users.insert_user(new).await? {
            InsertedUser::Inserted => Ok(user),
            InsertedUser::UsernameTaken => Err(NotDone::UsernameTaken),
            InsertedUser::EmailTaken => Err(NotDone::EmailTaken),
        }
    }

    /// The account of this name.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, auth, .. } = House::new().await?;
    /// # let administration = administration(&store, &auth);
    /// assert_eq!(administration.find("JOHNDOE").await?.username, "johndoe");
    /// assert!(administration.find("nobody").await.is_err());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`NotDone`]; [`NotDone::NoSuchUser`] where there is none.
    pub async fn find(&self, username: &str) -> Result<User, NotDone> {
        let username = Username::parse(username)?;
        let found = self.users.find_by_username(&username).await?;
        found.map(|found| found.user).ok_or(NotDone::NoSuchUser)
    }

    /// Sets a new password; every earlier token of the user is dead. The user gets a mail, where an
    /// address was proved.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, auth, .. } = House::new().await?;
    /// # let administration = administration(&store, &auth);
    /// use portcullis::secret::Password;
    ///
    /// let before = administration.find("johndoe").await?;
    /// let new = Password::new("twelve yellow umbrellas");
    /// administration.set_password("johndoe", &new).await?;
    /// assert_ne!(administration.find("johndoe").await?.epoch, before.epoch);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`NotDone`].
    pub async fn set_password(&self, username: &str, password: &Password) -> Result<(), NotDone> {
        let user = self.find(username).await?;
        let hash = self.hash(password, &PasswordContext::from(&user)).await?;
        let mail = proved_address(&user).map(|address| {
            let user = user.id.clone();
            Mail::new(
                Errand::PasswordChanged { user, address },
                self.clock.second(),
            )
        });
        let change = PasswordChange {
            mail: mail.transpose()?,
            ..PasswordChange::to(hash)
        };
        found(self.users.update_password(&user.id, change).await?)
    }

    /// Disables or enables an account. When that changes anything, every earlier token of the user is
    /// dead; and who is enabled and has no password gets the link for the first one.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, auth, .. } = House::new().await?;
    /// # let administration = administration(&store, &auth);
    /// administration.set_disabled("johndoe", true).await?;
    /// assert!(administration.find("johndoe").await?.disabled);
    /// administration.set_disabled("johndoe", false).await?;
    /// assert!(!administration.find("johndoe").await?.disabled);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`NotDone`].
    pub async fn set_disabled(&self, username: &str, disabled: bool) -> Result<(), NotDone> {
        let user = self.find(username).await?;
        let mut change = UserChange::disabled_to(disabled);
        if user.disabled && !disabled {
            let errand = first_password(self.users, &user, stored_address(&user)).await?;
            let mail = errand.map(|errand| Mail::new(errand, self.clock.second()));
            change.mails.extend(mail.transpose()?);
        }
        let changed = self.users.update_user(&user.id, change).await?;
        found(changed.is_some())
    }

    /// Gives and takes away scopes, and answers what the user has then.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, auth, .. } = House::new().await?;
    /// # let administration = administration(&store, &auth);
    /// use portcullis::scope::Scopes;
    ///
    /// let (add, remove) = (Scopes::parse("items:write users:read")?, Scopes::parse("items:read")?);
    /// let now = administration.change_scopes("johndoe", &add, &remove).await?;
    /// assert_eq!(now.to_string(), "items:write users:read");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`NotDone`].
    pub async fn change_scopes(
        &self,
        username: &str,
        add: &Scopes,
        remove: &Scopes,
    ) -> Result<Scopes, NotDone> {
        let user = self.find(username).await?;
        let mut faults = Vec::new();
        check_scopes(&user.scopes.union(add).difference(remove), &mut faults);
        fits(faults)?;
        let changed = self.users.update_scopes(&user.id, add, remove).await?;
        changed.ok_or(NotDone::NoSuchUser)
    }

    /// Deletes an account.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, auth, .. } = House::new().await?;
    /// # let administration = administration(&store, &auth);
    /// administration.delete("johndoe").await?;
    /// assert!(administration.find("johndoe").await.is_err());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`NotDone`].
    pub async fn delete(&self, username: &str) -> Result<(), NotDone> {
        let user = self.find(username).await?;
        found(self.users.delete_user(&user.id, None).await?)
    }

    async fn hash(
        &self,
        password: &Password,
        context: &PasswordContext<'_>,
    ) -> Result<PasswordHash, NotDone> {
        self.policy.admit(password, context).await?;
        Ok(self.pool.hash(password).await?)
    }
}

fn found(was_there: bool) -> Result<(), NotDone> {
    was_there.then_some(()).ok_or(NotDone::NoSuchUser)
}
