//! The one place where a password is checked.

use crate::account::{HashingPool, Overloaded};
use crate::password::{HashingFailed, PasswordHash, Verdict};
use crate::secret::Password;
use crate::store::{StoreError, UserSource};
use crate::user::{Account, Username};

/// Why a password could not be checked. It says nothing about whether it is right.
#[derive(Debug, thiserror::Error)]
pub enum NotChecked {
    /// Too many passwords are waiting.
    #[error(transparent)]
    Overloaded(#[from] Overloaded),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The hasher.
    #[error(transparent)]
    Hashing(#[from] HashingFailed),
}

/// The user whose name and password these are, active or not; `None` when there is none.
///
/// It costs one hash whatever the outcome: an unknown name, a name that cannot be one, a user
/// without a password and a stored hash that nobody understands are hashed for nothing, so that the
/// time does not tell them from a wrong password.
///
/// A right password whose hash is outdated is hashed anew. Should that fail, the login succeeds all
/// the same, and the next one tries again.
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
                let replaced = match rehash(pool, password).await {
                    Ok(new) => users
                        .replace_hash(&subject, &stored, &new)
                        .await
                        .map_err(NotChecked::from),
                    Err(error) => Err(error),
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
    Ok(verdict.await??)
}

/// Hashes a right password anew.
async fn rehash(pool: &HashingPool, password: &Password) -> Result<PasswordHash, NotChecked> {
    let password = password.clone();
    Ok(pool.run(move |hasher| hasher.hash(&password)).await??)
}

#[cfg(test)]
#[path = "authenticate_tests.rs"]
mod tests;
