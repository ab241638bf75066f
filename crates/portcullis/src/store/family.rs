//! What becomes of a refresh token that is presented: the one decision that every store makes alike.

use jiff::Timestamp;

use super::{FirstRefresh, Rotated, Rotation};
use crate::token::{Salt, TokenDigest};

/// What is kept of a session's refresh tokens: no token, and nothing to make one of.
///
/// A store reads it, lets it [`rotate`](Self::rotate), and writes it back, all in one transaction.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # fn main() -> Outcome {
/// # let (session, token) = new_session(&portcullis::user::UserId::new("4f9x2"))?;
/// use portcullis::store::Family;
///
/// let family = session.refresh.map(Family::first).ok_or("no refresh token")?;
/// assert_eq!(family.present, token.digest());
/// assert!(family.spent.is_none());
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Family {
    /// The digest of what all its tokens share.
    pub shared: TokenDigest,
    /// The digest of the token that is to be presented next.
    pub present: TokenDigest,
    /// The last rotation, until its salt is erased.
    pub spent: Option<Spent>,
}

/// The last rotation of a family: what a retry needs.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # fn main() -> Outcome {
/// # let (session, token) = new_session(&portcullis::user::UserId::new("4f9x2"))?;
/// # let mut family = session.refresh.map(portcullis::store::Family::first).ok_or("none")?;
/// family.rotate(&rotation(&token, 900)?);
/// let spent = family.spent.ok_or("nothing was spent")?;
/// assert_eq!(spent.token, token.digest());
/// assert_eq!(token.successor(&spent.salt).digest(), family.present);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    /// The digest of the token that was spent.
    pub token: TokenDigest,
    /// What made the present one of it.
    pub salt: Salt,
    /// When.
    pub at: Timestamp,
}

impl Spent {
    /// A retry, which is not late. A rotation farther ahead than the time to retry was made by another
    /// clock: whether it was late nobody knows, so it is neither a retry nor a replay.
    fn retried(&self, rotation: &Rotation) -> Rotated {
        let time_to_retry = rotation.now.duration_since(rotation.retry_since);
        let ahead = self.at.duration_since(rotation.now);
        if ahead > time_to_retry {
            Rotated::Unknown
        } else {
            Rotated::Retried(self.salt)
        }
    }
}

impl Family {
    /// The family of a session that begins.
    ///
    /// ```
    /// use portcullis::store::{Family, FirstRefresh};
    /// use portcullis::token::RefreshToken;
    ///
    /// let token = RefreshToken::first("22-character-session-A")?;
    /// let first = FirstRefresh { family: token.family_digest(), token: token.digest() };
    /// assert_eq!(Family::first(first).shared, token.family_digest());
    /// # Ok::<(), portcullis::secret::NoRandomness>(())
    /// ```
    pub const fn first(first: FirstRefresh) -> Self {
        Self {
            shared: first.family,
            present: first.token,
            spent: None,
        }
    }

    /// What becomes of the presented token. It is changed by [`Rotated::Rotated`] alone; after
    /// [`Rotated::Replayed`] the session is to be deleted. Whether the session is over is to be
    /// asked before.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # fn main() -> Outcome {
    /// # let (session, token) = new_session(&portcullis::user::UserId::new("4f9x2"))?;
    /// # let mut family = session.refresh.map(portcullis::store::Family::first).ok_or("none")?;
    /// use portcullis::store::Rotated;
    ///
    /// let once = rotation(&token, 900)?;
    /// assert_eq!(family.rotate(&once), Rotated::Rotated);
    /// // The answer was lost, and the same token comes again: it gets the same successor.
    /// assert_eq!(family.rotate(&rotation(&token, 920)?), Rotated::Retried(once.salt));
    /// // An hour later, it was stolen.
    /// assert_eq!(family.rotate(&rotation(&token, 4_500)?), Rotated::Replayed);
    /// # Ok(()) }
    /// ```
    pub fn rotate(&mut self, rotation: &Rotation) -> Rotated {
        if rotation.family != self.shared {
            return Rotated::Unknown;
        }
        if rotation.presented == self.present {
            self.present = rotation.successor;
            self.spent = Some(Spent {
                token: rotation.presented,
                salt: rotation.salt,
                at: rotation.now,
            });
            return Rotated::Rotated;
        }
        match self.spent {
            Some(spent)
                if spent.token == rotation.presented && spent.at >= rotation.retry_since =>
            {
                spent.retried(rotation)
            }
            _ => Rotated::Replayed,
        }
    }
}
