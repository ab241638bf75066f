//! The one place where a password is checked.

use std::time::Instant;

use crate::account::{HashingPool, NotHashed};
use crate::password::{self, HashingFailed, PasswordHash, Verdict};
use crate::secret::Password;
use crate::store::{Credential, StoreError, UserSource};
use crate::user::{Account, EmailAddress, Username};

/// Why a password could not be checked. It says nothing about whether it is right.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { store, auth, .. } = House::new().await?;
/// use portcullis::account::{NotChecked, NotHashed, authenticate};
/// use portcullis::secret::Password;
///
/// let password = Password::new("correct horse battery staple");
/// match authenticate(&*store, auth.pool(), "johndoe", &password).await {
///     Ok(user) => assert!(user.is_some()),
///     Err(NotChecked::Hashing(NotHashed::Overloaded(busy))) => {
///         println!("try again in {} s", busy.retry_after_seconds);
///     }
///     Err(error) => return Err(error.into()),
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, thiserror::Error)]
pub enum NotChecked {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The hashing.
    #[error(transparent)]
    Hashing(#[from] NotHashed),
}

/// What somebody signs in with. Text alone is a username.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { auth, .. } = House::new().await?;
/// use portcullis::{account::LoginName, account::authenticate, secret::Password};
///
/// let password = Password::new("correct horse battery staple");
/// let typed = LoginName::UsernameOrEmail("johndoe");
/// assert!(authenticate(auth.users(), auth.pool(), typed, &password).await?.is_some());
/// // Nobody has verified this address.
/// let typed = LoginName::UsernameOrEmail("johndoe@example.com");
/// assert!(authenticate(auth.users(), auth.pool(), typed, &password).await?.is_none());
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginName<'a> {
    /// A username, and nothing else.
    Username(&'a str),
    /// A verified e-mail address where there is an `@`, which no username has; else a username.
    UsernameOrEmail(&'a str),
}

impl<'a> From<&'a str> for LoginName<'a> {
    fn from(username: &'a str) -> Self {
        Self::Username(username)
    }
}

impl<'a> From<&'a String> for LoginName<'a> {
    fn from(username: &'a String) -> Self {
        Self::Username(username)
    }
}

/// The user whose name and password these are, active or not; `None` when there is none.
///
/// An unknown name, a name that cannot be one, a user without a password and a stored hash that nobody
/// understands are hashed for nothing, so that they cost what a wrong password costs a user whose hash
/// is of the present parameters. While there are hashes that cost something else, all refusals wait until
/// the slowest of them would have ended ([`refresh_floor`](super::refresh_floor)).
///
/// A right password of an active user whose hash is outdated is hashed anew. Should that fail, the login
/// succeeds all the same, and the next one tries again. An inactive user takes the time of a refusal,
/// because it may become one.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { auth, .. } = House::new().await?;
/// use portcullis::{account::authenticate, secret::Password};
///
/// let (users, pool) = (auth.users(), auth.pool());
/// let right = Password::new("correct horse battery staple");
/// assert!(authenticate(users, pool, "johndoe", &right).await?.is_some());
/// let wrong = Password::new("correct horse battery stable");
/// assert!(authenticate(users, pool, "johndoe", &wrong).await?.is_none());
/// # Ok(()) }
/// ```
///
/// # Errors
/// [`NotChecked`] when the password could not be checked.
pub async fn authenticate<U: Account>(
    users: &dyn UserSource<User = U>,
    pool: &HashingPool,
    name: impl Into<LoginName<'_>>,
    password: &Password,
) -> Result<Option<U>, NotChecked> {
    let login = Login {
        name: name.into(),
        password,
        may_succeed: |_: &U| true,
    };
    login.check(users, pool).await
}

/// A login, and who may succeed with it.
pub(crate) struct Login<'a, F> {
    pub(crate) name: LoginName<'a>,
    pub(crate) password: &'a Password,
    /// Whether an active user with the right password is let in. Who is not, is a refusal by what it
    /// takes and by what it writes.
    pub(crate) may_succeed: F,
}

impl<F> Login<'_, F> {
    /// As [`authenticate`].
    pub(crate) async fn check<U: Account>(
        &self,
        users: &dyn UserSource<User = U>,
        pool: &HashingPool,
    ) -> Result<Option<U>, NotChecked>
    where
        F: Fn(&U) -> bool,
    {
        let (user, stored) = match find(users, self.name).await? {
            Some(found) => (Some(found.user), found.hashed_password),
            None => (None, None),
        };
        let compared = compare(pool, self.password, stored.clone()).await?;
        let mut found = None;
        if let (Some(user), Some(stored)) = (user, stored) {
            match compared.verdict {
                Verdict::Right { outdated } if user.is_active() && (self.may_succeed)(&user) => {
                    if outdated {
                        replace(users, pool, (&user, &stored), self.password).await;
                    }
                    return Ok(Some(user));
                }
                // Whoever asked may refuse it like a wrong password; the time must not tell.
                Verdict::Right { .. } => found = Some(user),
                Verdict::Wrong => {}
                Verdict::Unusable => {
                    tracing::warn!(subject = %user.subject(), "a stored password hash cannot be used");
                }
            }
        }
        if let Some(floor) = pool.floor() {
            // From where the hash began, so that what waits in the queue changes nothing.
            let over = compared.began + floor * compared.tries;
            tokio::time::sleep_until(over.into()).await;
        }
        Ok(found)
    }
}

/// One question to the store; none for what cannot be anybody's.
async fn find<U: Account>(
    users: &dyn UserSource<User = U>,
    name: LoginName<'_>,
) -> Result<Option<Credential<U>>, NotChecked> {
    let username = match name {
        LoginName::UsernameOrEmail(written) if written.contains('@') => {
            return match EmailAddress::parse(written) {
                Ok(address) => Ok(users.find_by_email(&address).await?),
                Err(_) => Ok(None),
            };
        }
        LoginName::Username(written) | LoginName::UsernameOrEmail(written) => written,
    };
    match Username::parse(username) {
        Ok(username) => Ok(users.find_by_username(&username).await?),
        Err(_) => Ok(None),
    }
}

/// Puts a hash of the present parameters in the place of an outdated one.
async fn replace<U: Account>(
    users: &dyn UserSource<User = U>,
    pool: &HashingPool,
    (user, stored): (&U, &PasswordHash),
    password: &Password,
) {
    let subject = user.subject();
    let replaced = match pool.hash(password).await {
        Ok(new) => users
            .replace_hash(&subject, stored, &new)
            .await
            .map_err(NotChecked::from),
        Err(error) => Err(error.into()),
    };
    if let Err(error) = replaced {
        tracing::warn!(%subject, %error, "an outdated password hash was not replaced");
    }
}

/// What a comparison showed, and when it began on its thread.
struct Compared {
    verdict: Verdict,
    began: Instant,
    /// How often the password was hashed, unless it was right.
    tries: u32,
}

/// Compares, on the pool; what cannot be compared is hashed for nothing.
async fn compare(
    pool: &HashingPool,
    password: &Password,
    stored: Option<PasswordHash>,
) -> Result<Compared, NotChecked> {
    let cost = stored.as_ref().and_then(PasswordHash::cost);
    let tries = password::tries(password);
    let password = password.clone();
    let done = pool.run(move |hasher| {
        let began = Instant::now();
        let verdict = stored.map_or(Verdict::Unusable, |stored| {
            hasher.verify(&password, &stored)
        });
        if verdict == Verdict::Unusable {
            hasher.verify_nothing(&password)?;
        }
        Ok::<_, HashingFailed>((verdict, began, began.elapsed()))
    });
    let (verdict, began, took) = done
        .await
        .map_err(NotHashed::from)?
        .map_err(NotHashed::from)?;
    // Of a right password nobody knows which try it was.
    if let Some(cost) = cost
        && (verdict == Verdict::Wrong || verdict != Verdict::Unusable && tries == 1)
    {
        pool.known_costs()
            .measured(cost, took / tries, Instant::now());
    }
    Ok(Compared {
        verdict,
        began,
        tries,
    })
}

#[cfg(test)]
#[path = "authenticate_tests.rs"]
mod tests;
