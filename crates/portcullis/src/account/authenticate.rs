//! The one place where a password is checked.

use crate::account::{HashingPool, NotHashed};
use crate::password::{HashingFailed, PasswordHash, Verdict};
use crate::secret::Password;
use crate::store::{StoreError, UserSource};
use crate::user::{Account, Username};

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

/// The user whose name and password these are, active or not; `None` when there is none.
///
/// An unknown name, a name that cannot be one, a user without a password and a stored hash that nobody
/// understands are hashed for nothing, so that they cost what a wrong password costs a user whose hash
/// is of the present parameters. A hash that was made elsewhere, with other parameters, takes its own
/// time until it is replaced at that user's first login.
///
/// A right password whose hash is outdated is hashed anew. Should that fail, the login succeeds all
/// the same, and the next one tries again.
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
    username: &str,
    password: &Password,
) -> Result<Option<U>, NotChecked> {
    let found = match Username::parse(username) {
        Ok(username) => users.find_by_username(&username).await?,
        Err(_) => None,
    };
    let (user, stored) = match found {
        Some(found) => (Some(found.user), found.hashed_password),
        None => (None, None),
    };
    let verdict = verify(pool, password, stored.clone()).await?;
    let (Some(user), Some(stored)) = (user, stored) else {
        return Ok(None);
    };
    match verdict {
        Verdict::Right { outdated } => {
            if outdated {
                let subject = user.subject();
                let replaced = match pool.hash(password).await {
                    Ok(new) => users
                        .replace_hash(&subject, &stored, &new)
                        .await
                        .map_err(NotChecked::from),
                    Err(error) => Err(error.into()),
                };
                if let Err(error) = replaced {
                    tracing::warn!(%subject, %error, "an outdated password hash was not replaced");
                }
            }
            Ok(Some(user))
        }
        Verdict::Wrong => Ok(None),
        Verdict::Unusable => {
            tracing::warn!(subject = %user.subject(), "a stored password hash cannot be used");
            Ok(None)
        }
    }
}

/// Compares, on the pool; what cannot be compared is hashed for nothing.
async fn verify(
    pool: &HashingPool,
    password: &Password,
    stored: Option<PasswordHash>,
) -> Result<Verdict, NotChecked> {
    let password = password.clone();
    let verdict = pool.run(move |hasher| {
        let verdict = stored.map_or(Verdict::Unusable, |stored| {
            hasher.verify(&password, &stored)
        });
        if verdict == Verdict::Unusable {
            hasher.verify_nothing(&password)?;
        }
        Ok::<_, HashingFailed>(verdict)
    });
    Ok(verdict
        .await
        .map_err(NotHashed::from)?
        .map_err(NotHashed::from)?)
}

#[cfg(test)]
#[path = "authenticate_tests.rs"]
mod tests;
