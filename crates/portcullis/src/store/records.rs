//! What goes into the verbs about accounts, and what comes out.

use jiff::Timestamp;

use super::Mail;
use crate::password::PasswordHash;
use crate::scope::Scopes;
use crate::token::{Epoch, Purpose};
use crate::user::{EmailAddress, User, UserId, Username};

/// A user to be made.
///
/// ```
/// use portcullis::clock::{Clock, SystemClock};
/// use portcullis::store::NewUser;
/// use portcullis::{scope::Scopes, user::UserId, user::Username};
///
/// let new = NewUser {
///     id: UserId::random()?,
///     username: Username::parse("alice")?,
///     email: None,
///     email_verified: false,
///     full_name: Some("Alice Chains".into()),
///     hashed_password: None, // she cannot sign in yet
///     disabled: false,
///     scopes: Scopes::none(),
///     created_at: SystemClock.second(),
///     mail: None,
/// };
/// assert_eq!(new.to_user().username, "alice");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Its identifier.
    pub id: UserId,
    /// Its name.
    pub username: Username,
    /// Its e-mail address.
    pub email: Option<EmailAddress>,
    /// Whether the address was proved to be the user's.
    pub email_verified: bool,
    /// Its name for people.
    pub full_name: Option<String>,
    /// The hash of its password.
    pub hashed_password: Option<PasswordHash>,
    /// Whether it is inactive.
    pub disabled: bool,
    /// What it may be granted.
    pub scopes: Scopes,
    /// When it is made.
    pub created_at: Timestamp,
    /// What is mailed about it, stored in the same step.
    pub mail: Option<Mail>,
}

impl NewUser {
    /// The user that it becomes.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # fn main() -> Outcome {
    /// # let new = new_user("Alice")?;
    /// let user = new.to_user();
    /// assert_eq!((user.id, user.username.as_str()), (new.id, "Alice"));
    /// # Ok(()) }
    /// ```
    pub fn to_user(&self) -> User {
        User {
            id: self.id.clone(),
            username: self.username.as_str().to_owned(),
            email: self.email.as_ref().map(|email| email.as_str().to_owned()),
            full_name: self.full_name.clone(),
            disabled: self.disabled,
            scopes: self.scopes.clone(),
            email_verified: self.email_verified,
            created_at: self.created_at,
            epoch: Epoch::default(),
        }
    }
}

/// What became of an insertion.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// use portcullis::store::{InsertedUser, MemoryStore, Users};
///
/// let store = MemoryStore::new();
/// # let (alice, alice_in_capitals) = (new_user("alice")?, new_user("ALICE")?);
/// assert_eq!(store.insert_user(alice).await?, InsertedUser::Inserted);
/// assert_eq!(store.insert_user(alice_in_capitals).await?, InsertedUser::UsernameTaken);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InsertedUser {
    /// The user is stored.
    Inserted,
    /// Another user has this name, in canonical form. Nothing was stored.
    UsernameTaken,
    /// Another user has verified this address, which was to be stored as verified. Nothing was stored.
    EmailTaken,
}

/// A new password.
///
/// ```
/// use portcullis::{password::PasswordHash, store::PasswordChange};
///
/// let change = PasswordChange::to(PasswordHash::from_store("$argon2id$v=19$…"));
/// assert!(change.epoch.is_none() && change.mail.is_none());
/// ```
#[derive(Debug, Clone)]
pub struct PasswordChange {
    /// The hash of the new password.
    pub hash: PasswordHash,
    /// The epoch that the user must be of, so that of two changes who both showed the old password one
    /// happens. `None`: whatever it is.
    pub epoch: Option<Epoch>,
    /// What is mailed about it, stored in the same step.
    pub mail: Option<Mail>,
}

impl PasswordChange {
    /// Which one-time tokens of the user end with it: all but those that verify an address.
    ///
    /// ```
    /// use portcullis::{store::PasswordChange, token::Purpose};
    ///
    /// assert!(PasswordChange::ENDS.contains(&Purpose::ResetPassword));
    /// assert!(!PasswordChange::ENDS.contains(&Purpose::VerifyEmail));
    /// ```
    pub const ENDS: &'static [Purpose] = &[
        Purpose::ResetPassword,
        Purpose::SetPassword,
        Purpose::ConfirmEmail,
    ];

    /// To this hash, whatever the user's epoch is, telling nobody.
    ///
    /// ```
    /// use portcullis::{password::PasswordHash, store::PasswordChange};
    ///
    /// let change = PasswordChange::to(PasswordHash::from_store("$2b$12$…"));
    /// assert_eq!(change.hash.as_str(), "$2b$12$…");
    /// ```
    pub const fn to(hash: PasswordHash) -> Self {
        Self {
            hash,
            epoch: None,
            mail: None,
        }
    }
}

/// What is changed of a user. What is `None` stays; an inner `None` clears.
///
/// ```
/// use portcullis::store::UserChange;
///
/// let nameless = UserChange { full_name: Some(None), ..UserChange::default() };
/// assert!(nameless.email.is_none()); // which stays
/// ```
#[derive(Debug, Clone, Default)]
pub struct UserChange {
    /// The name to show to people.
    pub full_name: Option<Option<String>>,
    /// The address, unverified then.
    pub email: Option<Option<EmailAddress>>,
    /// Whether the account is inactive.
    pub disabled: Option<bool>,
    /// What the user may be granted.
    pub scopes: Option<Scopes>,
    /// What is mailed about it, stored in the same step.
    pub mails: Vec<Mail>,
}

impl UserChange {
    /// The account is made inactive, or active again, and nothing else.
    ///
    /// ```
    /// use portcullis::store::UserChange;
    ///
    /// assert_eq!(UserChange::disabled_to(true).disabled, Some(true));
    /// ```
    pub fn disabled_to(disabled: bool) -> Self {
        Self {
            disabled: Some(disabled),
            ..Self::default()
        }
    }

    /// What becomes of a user: the rule of every store. The epoch advances when the active flag changes
    /// or a scope is taken away.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { johndoe, .. } = House::new().await?;
    /// use portcullis::store::UserChange;
    ///
    /// let mut after = johndoe.clone();
    /// UserChange::disabled_to(true).apply(&mut after);
    /// assert!(after.disabled && after.epoch != johndoe.epoch);
    /// # Ok(()) }
    /// ```
    pub fn apply(&self, user: &mut User) {
        let is_other = self.disabled.is_some_and(|after| after != user.disabled);
        let scopes = self.scopes.as_ref();
        let any_taken = scopes.is_some_and(|after| !user.scopes.is_subset(after));
        if is_other || any_taken {
            user.epoch = Epoch::new(user.epoch.number() + 1);
        }
        if let Some(full_name) = &self.full_name {
            user.full_name.clone_from(full_name);
        }
        if let Some(email) = &self.email {
            user.email = email.as_ref().map(|email| email.as_str().to_owned());
            user.email_verified = false;
        }
        if let Some(disabled) = self.disabled {
            user.disabled = disabled;
        }
        if let Some(scopes) = scopes {
            user.scopes.clone_from(scopes);
        }
    }
}

/// Some users, in the order of their canonical names.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { store, .. } = House::new().await?;
/// use portcullis::store::Users;
///
/// let page = store.list_users(None, 10).await?;
/// assert_eq!(page.users[0].username, "johndoe");
/// assert!(page.next.is_none()); // nobody after him
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Default)]
pub struct UserPage {
    /// The users.
    pub users: Vec<User>,
    /// The canonical name after which the next page begins, as the store keeps it. `None` when there
    /// is nobody after this page.
    pub next: Option<String>,
}
