//! What is asked of a database about accounts.

use super::{Answer, InsertedUser, NewUser, PasswordChange, UserChange, UserPage, UserSource};
use crate::scope::Scopes;
use crate::token::Epoch;
use crate::user::{EmailAddress, User, UserId};

/// The verbs by which accounts are managed. Those that change a user answer whether it was there.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { store, .. } = House::new().await?;
/// use portcullis::{User, store::StoreError, store::Users};
///
/// async fn everybody(store: &dyn Users) -> Result<Vec<User>, StoreError> {
///     let mut page = store.list_users(None, 100).await?;
///     let mut everybody = page.users;
///     while let Some(after) = page.next {
///         page = store.list_users(Some(&after), 100).await?;
///         everybody.append(&mut page.users);
///     }
///     Ok(everybody)
/// }
/// assert_eq!(everybody(&*store).await?.len(), 1);
/// # Ok(()) }
/// ```
pub trait Users: UserSource<User = User> {
    /// Stores a new user, and what is to be mailed about it, unless the name is taken, or the address is
    /// said to be verified and another account has verified it.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, .. } = House::new().await?;
    /// # use portcullis::{store::InsertedUser, store::Users};
    /// # let new = new_user("JohnDoe")?;
    /// let answer = store.insert_user(new).await?;
    /// assert_eq!(answer, InsertedUser::UsernameTaken); // there is a `johndoe`
    /// # Ok(()) }
    /// ```
    fn insert_user(&self, user: NewUser) -> Answer<'_, InsertedUser>;

    /// Up to `limit` users after the canonical name `after`, in the order of canonical names (byte
    /// by byte), and where the next page begins.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, .. } = House::new().await?;
    /// # use portcullis::store::Users;
    /// # store.insert_user(new_user("alice")?).await?;
    /// let page = store.list_users(None, 1).await?;
    /// assert_eq!((page.users[0].username.as_str(), page.next.as_deref()), ("alice", Some("alice")));
    /// let page = store.list_users(Some("alice"), 1).await?;
    /// assert_eq!((page.users[0].username.as_str(), page.next), ("johndoe", None));
    /// # Ok(()) }
    /// ```
    fn list_users<'a>(&'a self, after: Option<&'a str>, limit: u32) -> Answer<'a, UserPage>;

    /// As [`list_users`](Self::list_users), of those whose canonical username or e-mail address (in
    /// its canonical form) begins with `prefix`, which is folded like them.
    ///
    /// A page may have fewer users than `limit`, even none, and yet say that another one follows: a
    /// prefix that very many addresses share is looked for among so many rows at a time.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, .. } = House::new().await?;
    /// # use portcullis::store::Users;
    /// assert_eq!(store.search_users("john", None, 10).await?.users.len(), 1);
    /// assert!(store.search_users("doe", None, 10).await?.users.is_empty()); // no prefix
    /// # Ok(()) }
    /// ```
    fn search_users<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&'a str>,
        limit: u32,
    ) -> Answer<'a, UserPage>;

    /// Up to `limit` active users who have this address and have not verified it. Those first who have
    /// waited longest for a link that proves it, of the hundred oldest: so everybody's turn comes, and
    /// whoever makes very many costs nothing.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, .. } = House::new().await?;
    /// # use portcullis::{store::Users, user::EmailAddress};
    /// let address = EmailAddress::parse("nobody@example.com")?;
    /// assert!(store.list_unverified(&address, 5).await?.is_empty());
    /// # Ok(()) }
    /// ```
    fn list_unverified<'a>(
        &'a self,
        address: &'a EmailAddress,
        limit: u32,
    ) -> Answer<'a, Vec<User>>;

    /// Changes what is said in `change` and nothing else, in one step, and answers the user then. The
    /// epoch advances when the active flag changes or a scope is taken away. A new address, even one
    /// that is only written differently, is unverified, and ends the tokens that were sent to the one
    /// before ([`Spend::ConfirmEmail`](super::Spend::ConfirmEmail) says which).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, johndoe, .. } = House::new().await?;
    /// # use portcullis::store::{UserChange, Users};
    /// let change = UserChange { full_name: Some(Some("John Doe".into())), ..UserChange::default() };
    /// let johndoe = store.update_user(&johndoe.id, change).await?.ok_or("nobody")?;
    /// assert_eq!(johndoe.full_name.as_deref(), Some("John Doe"));
    /// # Ok(()) }
    /// ```
    fn update_user<'a>(&'a self, id: &'a UserId, change: UserChange) -> Answer<'a, Option<User>>;

    /// Sets a new password's hash, advances the epoch, ends the user's one-time tokens but those that
    /// verify an address, and stores what is to be mailed about it; all in one step. Answers whether
    /// it did: not where the user is gone, nor where the epoch is another one than
    /// [`PasswordChange::epoch`] says.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, johndoe, .. } = House::new().await?;
    /// # use portcullis::{password::PasswordHash, store::PasswordChange, store::Users, user::UserId};
    /// let change = || PasswordChange {
    ///     epoch: Some(johndoe.epoch),
    ///     ..PasswordChange::to(PasswordHash::from_store("$argon2id$v=19$…"))
    /// };
    /// assert!(store.update_password(&johndoe.id, change()).await?);
    /// assert!(!store.update_password(&johndoe.id, change()).await?); // of another epoch by now
    /// assert!(!store.update_password(&UserId::new("nobody"), change()).await?);
    /// # Ok(()) }
    /// ```
    fn update_password<'a>(&'a self, id: &'a UserId, change: PasswordChange) -> Answer<'a, bool>;

    /// Gives the scopes of `add` and then takes away those of `remove`, in one step; advances the
    /// epoch when any was taken away. Answers what the user has then.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, johndoe, .. } = House::new().await?;
    /// # use portcullis::{scope::Scopes, store::Users};
    /// # let johndoe = johndoe.id;
    /// let (add, remove) = (Scopes::parse("items:write")?, Scopes::parse("items:read")?);
    /// let after = store.update_scopes(&johndoe, &add, &remove).await?;
    /// assert_eq!(after, Some(Scopes::parse("items:write")?));
    /// # Ok(()) }
    /// ```
    fn update_scopes<'a>(
        &'a self,
        id: &'a UserId,
        add: &'a Scopes,
        remove: &'a Scopes,
    ) -> Answer<'a, Option<Scopes>>;

    /// Deletes a user, with everything that is its own. Where `epoch` is said, it must be the user's: so
    /// a password that was shown is still the user's when that happens.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { store, johndoe, .. } = House::new().await?;
    /// # use portcullis::store::Users;
    /// # let johndoe = johndoe.id;
    /// assert!(store.delete_user(&johndoe, None).await?);
    /// assert!(!store.delete_user(&johndoe, None).await?); // gone already
    /// # Ok(()) }
    /// ```
    fn delete_user<'a>(&'a self, id: &'a UserId, epoch: Option<Epoch>) -> Answer<'a, bool>;
}
