//! Users that a test gives by hand.

use std::collections::HashMap;

use crate::clock::{Clock, SystemClock};
use crate::scope::{MalformedScope, Scopes};
use crate::secret::NoRandomness;
use crate::store::{Answer, Credential, UserSource};
use crate::token::Epoch;
use crate::user::{Account, InvalidUsername, User, UserId, Username};

/// The users of a test: found by the subject of a token, never by a password.
///
/// For users of any type. `POST /token` answers as for an unknown name: sign in with
/// [`bearer`](super::bearer) instead.
///
/// ```
/// use portcullis::{Auth, testing};
///
/// let john = testing::user("johndoe", "items:read")?;
/// let auth = Auth::builder(testing::Users::new([john.clone()]))
///     .issuer("http://127.0.0.1:8000")
///     .build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Users<U = User>(HashMap<String, U>);

impl<U: Account> Users<U> {
    /// The users, each with a subject of its own. Of two with one subject, the later is found.
    ///
    /// ```
    /// use portcullis::testing::{Users, user};
    ///
    /// let mut alice = user("alice", "")?;
    /// alice.disabled = true;
    /// let users = Users::new([user("johndoe", "items:read items:write")?, alice]);
    /// # Ok::<(), portcullis::testing::InvalidUser>(())
    /// ```
    pub fn new(users: impl IntoIterator<Item = U>) -> Self {
        let by_subject = |user: U| (user.subject().into_owned(), user);
        Self(users.into_iter().map(by_subject).collect())
    }
}

impl<U: Account> UserSource for Users<U> {
    type User = U;

    fn find_by_username<'a>(&'a self, _: &'a Username) -> Answer<'a, Option<Credential<U>>> {
        Answer::ready(Ok(None))
    }

    fn find_by_subject<'a>(&'a self, subject: &'a str) -> Answer<'a, Option<U>> {
        Answer::ready(Ok(self.0.get(subject).cloned()))
    }
}

/// Why there is no such user.
///
/// ```
/// use portcullis::testing::{InvalidUser, user};
///
/// assert!(matches!(user("john doe", ""), Err(InvalidUser::Name(_))));
/// ```
#[derive(Debug, thiserror::Error)]
pub enum InvalidUser {
    /// The name cannot be one.
    #[error(transparent)]
    Name(#[from] InvalidUsername),
    /// The scopes cannot be some.
    #[error(transparent)]
    Scope(#[from] MalformedScope),
    /// No identifier could be made.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

/// An active user for [`Users`], who may be granted `scopes` (separated by single spaces). Change
/// its fields as the test needs.
///
/// Each call makes **another person**, also when the name is the same. Keep the value: give one clone
/// to [`Users`], and another to [`bearer`](super::bearer); a token for a namesake is refused.
///
/// ```
/// let mut user = portcullis::testing::user("johndoe", "items:read")?;
/// user.email = Some("johndoe@example.com".into());
/// # Ok::<(), portcullis::testing::InvalidUser>(())
/// ```
///
/// # Errors
/// [`InvalidUser`] for what no account could have.
pub fn user(name: &str, scopes: &str) -> Result<User, InvalidUser> {
    Ok(User {
        id: UserId::random()?,
        username: Username::parse(name)?.as_str().to_owned(),
        email: None,
        full_name: None,
        disabled: false,
        scopes: Scopes::parse(scopes)?,
        email_verified: false,
        created_at: SystemClock.second(),
        epoch: Epoch::default(),
    })
}
