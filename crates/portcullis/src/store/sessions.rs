//! What is asked of a database about sessions: one for each login, and the family of its refresh
//! tokens.

use jiff::Timestamp;

use super::{Answer, Family};
use crate::client::ClientId;
use crate::scope::Scopes;
use crate::token::{Epoch, Salt, TokenDigest};
use crate::user::UserId;

/// A login that begins.
///
/// ```
/// use portcullis::client::ClientId;
/// use portcullis::store::{FirstRefresh, NewSession};
/// use portcullis::{scope::Scopes, secret::random_id, token::Epoch, token::RefreshToken, user::UserId};
///
/// let token = RefreshToken::first(&random_id()?)?;
/// let session = NewSession {
///     id: token.session().to_owned(),
///     user: Some(UserId::new("4f9x2")),
///     client: ClientId::first_party(),
///     scopes: Scopes::parse("items:read")?,
///     epoch: Epoch::new(3), // of the user who signs in
///     refresh: Some(FirstRefresh { family: token.family_digest(), token: token.digest() }),
///     user_agent: Some("curl/8.5.0".into()),
///     created_at: jiff::Timestamp::UNIX_EPOCH,
///     idle_until: jiff::Timestamp::constant(7 * 86_400, 0),
///     ends_at: jiff::Timestamp::constant(30 * 86_400, 0),
/// };
/// assert_eq!(session.to_session().epoch, Epoch::new(3));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct NewSession {
    /// 128 bits in base64url, 22 characters; the `sid` of its access tokens.
    pub id: String,
    /// Whose it is; `None` for the client's own, of its own credentials.
    pub user: Option<UserId>,
    /// By which client.
    pub client: ClientId,
    /// What was granted; refresh tokens carry it on (RFC 6749 §6).
    pub scopes: Scopes,
    /// The user's epoch at the login.
    pub epoch: Epoch,
    /// Its first refresh token, if it has any.
    pub refresh: Option<FirstRefresh>,
    /// What the client called itself, at most 256 characters.
    pub user_agent: Option<String>,
    /// When it begins.
    pub created_at: Timestamp,
    /// Until when it must be used, or it ends.
    pub idle_until: Timestamp,
    /// When it ends in any case.
    pub ends_at: Timestamp,
}

impl NewSession {
    /// The session that it becomes.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # fn main() -> Outcome {
    /// # let (new, _) = new_session(&portcullis::user::UserId::new("4f9x2"))?;
    /// let session = new.to_session();
    /// assert_eq!((session.id, session.last_used_at), (new.id, new.created_at));
    /// # Ok(()) }
    /// ```
    pub fn to_session(&self) -> Session {
        Session {
            id: self.id.clone(),
            user: self.user.clone(),
            client: self.client.clone(),
            scopes: self.scopes.clone(),
            epoch: self.epoch,
            user_agent: self.user_agent.clone(),
            created_at: self.created_at,
            last_used_at: self.created_at,
            idle_until: self.idle_until,
            ends_at: self.ends_at,
        }
    }
}

/// What is kept of a session's first refresh token.
///
/// ```
/// use portcullis::{store::FirstRefresh, token::RefreshToken};
///
/// let token = RefreshToken::first("22-character-session-A")?;
/// let kept = FirstRefresh { family: token.family_digest(), token: token.digest() };
/// assert_ne!(kept.family, kept.token);
/// # Ok::<(), portcullis::secret::NoRandomness>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct FirstRefresh {
    /// The digest of what all its tokens share.
    pub family: TokenDigest,
    /// The digest of the token.
    pub token: TokenDigest,
}

/// A session, as it is stored.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { store, johndoe, .. } = House::new().await?;
/// # let (session, token) = new_session(&johndoe.id)?;
/// use portcullis::store::Sessions;
///
/// # let id = session.id.clone();
/// store.insert_session(session).await?;
/// let session = store.find_session(&id).await?.ok_or("it is there")?;
/// assert_eq!(session.user, Some(johndoe.id));
/// assert_eq!(session.last_used_at, session.created_at); // not used since
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The `sid` of its access tokens.
    pub id: String,
    /// Whose it is; `None` for the client's own, of its own credentials.
    pub user: Option<UserId>,
    /// By which client.
    pub client: ClientId,
    /// What was granted.
    pub scopes: Scopes,
    /// The user's epoch at the login.
    pub epoch: Epoch,
    /// What the client called itself.
    pub user_agent: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When a token was last issued for it.
    pub last_used_at: Timestamp,
    /// Until when it must be used, or it ends.
    pub idle_until: Timestamp,
    /// When it ends in any case.
    pub ends_at: Timestamp,
}

impl Session {
    /// Whether it is over by now.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # fn main() -> Outcome {
    /// # let (session, token) = new_session(&portcullis::user::UserId::new("4f9x2"))?;
    /// let session = session.to_session();
    /// assert!(!session.is_over(session.created_at));
    /// assert!(session.is_over(session.idle_until)); // nobody used it
    /// assert!(session.is_over(session.ends_at));
    /// # Ok(()) }
    /// ```
    pub fn is_over(&self, now: Timestamp) -> bool {
        now >= self.idle_until || now >= self.ends_at
    }
}

/// One use of a refresh token.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # fn main() -> Outcome {
/// # let (session, token) = new_session(&portcullis::user::UserId::new("4f9x2"))?;
/// use portcullis::{store::Rotation, token::Salt};
///
/// let (salt, now) = (Salt::random()?, jiff::Timestamp::constant(900, 0));
/// let rotation = Rotation {
///     session: token.session().to_owned(),
///     family: token.family_digest(),
///     presented: token.digest(),
///     successor: token.successor(&salt).digest(),
///     salt,
///     now,
///     idle_until: now + jiff::SignedDuration::from_hours(168),
///     retry_since: now - jiff::SignedDuration::from_secs(30),
/// };
/// # assert_eq!(rotation.session, session.id);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct Rotation {
    /// The session that the token names.
    pub session: String,
    /// The digest of the family's secret in the presented token.
    pub family: TokenDigest,
    /// The digest of the presented token.
    pub presented: TokenDigest,
    /// The digest of its successor under `salt`.
    pub successor: TokenDigest,
    /// What makes the successor, should the presented token be the present one.
    pub salt: Salt,
    /// Now.
    pub now: Timestamp,
    /// Until when the session must be used again.
    pub idle_until: Timestamp,
    /// Since when a rotation may be retried: now, less the time to retry.
    pub retry_since: Timestamp,
}

/// What became of a use of a refresh token.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { store, johndoe, .. } = House::new().await?;
/// # let (session, token) = new_session(&johndoe.id)?;
/// use portcullis::store::{Rotated, Sessions};
///
/// # store.insert_session(session).await?;
/// let once = rotation(&token, 900)?;
/// assert_eq!(store.rotate_session(once.clone()).await?, Rotated::Rotated);
/// let again = store.rotate_session(rotation(&token, 910)?).await?;
/// assert_eq!(again, Rotated::Retried(once.salt)); // which makes the same successor again
/// let next = rotation(&token.successor(&once.salt), 920)?;
/// assert_eq!(store.rotate_session(next).await?, Rotated::Rotated);
/// // The first token again, although its successor is used: one of both was stolen.
/// assert_eq!(store.rotate_session(rotation(&token, 930)?).await?, Rotated::Replayed);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotated {
    /// It was the present one, and is spent: the successor took its place.
    Rotated,
    /// It was spent a moment ago, and its successor is unused: here is the salt that made it.
    Retried(Salt),
    /// It was spent before: the session is ended.
    Replayed,
    /// No such session, or it is over, or no token of it, or its last rotation is farther ahead than the
    /// time to retry (clocks differ): nothing is changed.
    Unknown,
}

/// Sessions, and the families of refresh tokens. Each verb is atomic: of two uses of one token at the
/// same instant, one rotates, and the other is a retry. A session needs its user and its client in the
/// same store, and is gone with either.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { store, johndoe, .. } = House::new().await?;
/// # let (session, token) = new_session(&johndoe.id)?;
/// use portcullis::{store::Sessions, store::StoreError, user::UserId};
///
/// /// Ends all sessions of a user but one.
/// async fn end_others(store: &dyn Sessions, user: &UserId, but: &str) -> Result<(), StoreError> {
///     for session in store.list_sessions(user).await? {
///         if session.id != but {
///             store.delete_session(&session.id).await?;
///         }
///     }
///     Ok(())
/// }
/// # let here = session.id.clone();
/// # store.insert_session(session).await?;
/// # store.insert_session(new_session(&johndoe.id)?.0).await?;
/// end_others(&*store, &johndoe.id, &here).await?;
/// assert_eq!(store.list_sessions(&johndoe.id).await?.len(), 1);
/// # Ok(()) }
/// ```
pub trait Sessions: Send + Sync + 'static {
    /// Begins a session; beyond [`SESSIONS_PER_USER`](super::SESSIONS_PER_USER), the one used longest ago
    /// ends. When its user or its client (but for the built-in one) is not there, or its id is taken,
    /// that is an error, and nothing changes.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, johndoe, .. } = House::new().await?;
    /// # let (session, token) = new_session(&johndoe.id)?;
    /// # use portcullis::{store::Sessions, user::UserId};
    /// store.insert_session(session.clone()).await?;
    /// assert!(store.insert_session(session.clone()).await.is_err()); // this id is taken
    /// let nobodys = new_session(&UserId::new("nobody"))?.0;
    /// assert!(store.insert_session(nobodys).await.is_err());
    /// # Ok(()) }
    /// ```
    fn insert_session(&self, session: NewSession) -> Answer<'_, ()>;

    /// The session with this id, over or not.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, johndoe, .. } = House::new().await?;
    /// # let (session, token) = new_session(&johndoe.id)?;
    /// # use portcullis::store::Sessions;
    /// store.insert_session(session.clone()).await?;
    /// assert_eq!(store.find_session(&session.id).await?, Some(session.to_session()));
    /// assert!(store.find_session("another").await?.is_none());
    /// # Ok(()) }
    /// ```
    fn find_session<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Session>>;

    /// The newest 200 sessions of a user ([`SESSIONS_PER_USER`](super::SESSIONS_PER_USER)), over or not.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, johndoe, .. } = House::new().await?;
    /// # let (session, token) = new_session(&johndoe.id)?;
    /// # use portcullis::store::Sessions;
    /// let mut newer = new_session(&johndoe.id)?.0;
    /// newer.created_at = jiff::Timestamp::constant(60, 0);
    /// # let expected = [newer.to_session(), session.to_session()];
    /// store.insert_session(session).await?;
    /// store.insert_session(newer).await?;
    /// assert_eq!(store.list_sessions(&johndoe.id).await?, expected);
    /// # Ok(()) }
    /// ```
    fn list_sessions<'a>(&'a self, user: &'a UserId) -> Answer<'a, Vec<Session>>;

    /// What is kept of the refresh tokens of the session with this id, over or not, if it has any.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, johndoe, .. } = House::new().await?;
    /// # let (session, token) = new_session(&johndoe.id)?;
    /// # use portcullis::store::Sessions;
    /// store.insert_session(session).await?;
    /// let kept = store.find_family(token.session()).await?.ok_or("it has a token")?;
    /// assert_eq!((kept.shared, kept.present), (token.family_digest(), token.digest()));
    /// # Ok(()) }
    /// ```
    fn find_family<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Family>>;

    /// Uses a refresh token: compares, spends and replaces at once.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, johndoe, .. } = House::new().await?;
    /// # let (session, token) = new_session(&johndoe.id)?;
    /// # use portcullis::store::{Rotated, Sessions};
    /// # store.insert_session(session).await?;
    /// let rotation = rotation(&token, 900)?;
    /// let (now, salt) = (rotation.now, rotation.salt);
    /// assert_eq!(store.rotate_session(rotation).await?, Rotated::Rotated);
    /// let next = token.successor(&salt); // to be sent
    /// let session = store.find_session(next.session()).await?.ok_or("it is there")?;
    /// assert_eq!(session.last_used_at, now);
    /// # Ok(()) }
    /// ```
    fn rotate_session(&self, rotation: Rotation) -> Answer<'_, Rotated>;

    /// Ends a session. Answers whether it was there.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, johndoe, .. } = House::new().await?;
    /// # let (session, token) = new_session(&johndoe.id)?;
    /// # use portcullis::store::Sessions;
    /// # let id = session.id.clone();
    /// store.insert_session(session).await?;
    /// assert!(store.delete_session(&id).await?);
    /// assert!(!store.delete_session(&id).await?); // gone already
    /// # Ok(()) }
    /// ```
    fn delete_session<'a>(&'a self, id: &'a str) -> Answer<'a, bool>;

    /// Ends all sessions of a user. Answers how many there were.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, johndoe, .. } = House::new().await?;
    /// # let (session, token) = new_session(&johndoe.id)?;
    /// # use portcullis::store::Sessions;
    /// store.insert_session(session).await?;
    /// store.insert_session(new_session(&johndoe.id)?.0).await?;
    /// assert_eq!(store.delete_sessions(&johndoe.id).await?, 2);
    /// # Ok(()) }
    /// ```
    fn delete_sessions<'a>(&'a self, user: &'a UserId) -> Answer<'a, u64>;

    /// Removes the sessions that are over at `now`, and erases the salts of rotations before
    /// `retry_since`. To be asked again and again: of very much, or of what somebody else changes just
    /// now, something may stay until the next time. Answers how many it removed.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, johndoe, .. } = House::new().await?;
    /// # let (session, token) = new_session(&johndoe.id)?;
    /// # use portcullis::store::Sessions;
    /// store.insert_session(session.clone()).await?;
    /// let before_it_ends = jiff::Timestamp::constant(3_599, 0);
    /// assert_eq!(store.sweep_sessions(before_it_ends, before_it_ends).await?, 0);
    /// assert!(store.find_session(&session.id).await?.is_some());
    /// assert_eq!(store.sweep_sessions(session.idle_until, before_it_ends).await?, 1);
    /// assert!(store.find_session(&session.id).await?.is_none());
    /// # Ok(()) }
    /// ```
    fn sweep_sessions(&self, now: Timestamp, retry_since: Timestamp) -> Answer<'_, u64>;
}
