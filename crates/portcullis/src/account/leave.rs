//! A user reads everything that is stored about it, and leaves.

use jiff::Timestamp;
use serde::Serialize;

use super::accounts::{has_password, proved_address};
use super::{Accounts, NotDone};
use crate::scope::Scopes;
use crate::secret::Password;
use crate::user::User;

/// The most links, and the most mails, that are listed: others can ask for them.
const MOST_LISTED: u32 = 100;

/// Everything that is stored about a user, but for what is secret: no hash, no digest.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # #[tokio::main] async fn main() -> Outcome {
/// # let House { auth, johndoe, .. } = House::with_accounts().await?;
/// let accounts = auth.accounts().ok_or("no accounts")?;
/// let everything = serde_json::to_value(accounts.export(&johndoe).await?)?;
/// assert_eq!(everything["user"]["username"], "johndoe");
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
#[schemars(description = "Everything that is stored about a user, but for what is secret.")]
pub struct Export {
    /// The account.
    pub user: User,
    /// Whether it has a password.
    pub has_password: bool,
    /// Its logins.
    pub sessions: Vec<ExportedSession>,
    /// The links that were mailed to the account's proved address and not used yet, a hundred at most.
    pub one_time_tokens: Vec<ExportedToken>,
    /// The mails to the account's proved address that were not sent yet, a hundred at most.
    pub mails: Vec<ExportedMail>,
}

/// A login, as it is stored.
///
/// ```
/// fn tell(session: &portcullis::account::ExportedSession) -> String {
///     format!("since {}, with {}", session.created_at, session.client_id)
/// }
/// ```
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
#[schemars(description = "A login, as it is stored.")]
pub struct ExportedSession {
    /// Its identifier.
    pub id: String,
    /// The client that signed in.
    pub client_id: String,
    /// What it allows.
    #[schemars(with = "Vec<String>")]
    pub scopes: Scopes,
    /// What the client's program called itself.
    pub user_agent: Option<String>,
    /// When it began.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub created_at: Timestamp,
    /// When a token was last issued for it.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub last_used_at: Timestamp,
    /// When it ends at the latest.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub ends_at: Timestamp,
}

/// A link that was mailed, as it is stored.
///
/// ```
/// fn tell(token: &portcullis::account::ExportedToken) -> String {
///     format!("{} for {}", token.purpose, token.address)
/// }
/// ```
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
#[schemars(description = "A link that was mailed, as it is stored.")]
pub struct ExportedToken {
    /// What it is for.
    pub purpose: &'static str,
    /// Where it went.
    pub address: String,
    /// When it was made.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub created_at: Timestamp,
    /// Until when it is good.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub expires_at: Timestamp,
}

/// A mail that waits, as it is stored.
///
/// ```
/// fn tell(mail: &portcullis::account::ExportedMail) -> String {
///     format!("{}, written at {}", mail.about, mail.created_at)
/// }
/// ```
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
#[schemars(description = "A mail that waits, as it is stored.")]
pub struct ExportedMail {
    /// What it is about.
    pub about: &'static str,
    /// Where it goes.
    pub address: Option<String>,
    /// When it was written.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub created_at: Timestamp,
}

impl Accounts<'_> {
    /// Everything that is stored about `user`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { auth, johndoe, .. } = House::with_accounts().await?;
    /// let accounts = auth.accounts().ok_or("no accounts")?;
    /// assert!(accounts.export(&johndoe).await?.has_password);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`NotDone`].
    pub async fn export(&self, user: &User) -> Result<Export, NotDone> {
        let sessions = match self.sessions {
            Some(sessions) => sessions.list_sessions(&user.id).await?,
            None => Vec::new(),
        };
        // What concerns an address that was not proved would tell whether it is somebody else's: then
        // no link is sent there.
        let (tokens, mails) = match proved_address(user) {
            None => (Vec::new(), Vec::new()),
            Some(own) => (
                self.store
                    .list_one_time_tokens(&user.id, Some(&own), MOST_LISTED)
                    .await?,
                self.store
                    .list_mails(&user.id, Some(&own), MOST_LISTED)
                    .await?,
            ),
        };
        Ok(Export {
            user: user.clone(),
            has_password: has_password(self.store, user).await?,
            sessions: sessions
                .into_iter()
                .map(|session| ExportedSession {
                    id: session.id,
                    client_id: session.client.as_str().to_owned(),
                    scopes: session.scopes,
                    user_agent: session.user_agent,
                    created_at: session.created_at,
                    last_used_at: session.last_used_at,
                    ends_at: session.ends_at,
                })
                .collect(),
            one_time_tokens: tokens
                .into_iter()
                .map(|token| ExportedToken {
                    purpose: token.purpose.as_str(),
                    address: token.address.as_str().to_owned(),
                    created_at: token.created_at,
                    expires_at: token.expires_at,
                })
                .collect(),
            mails: mails
                .into_iter()
                .map(|mail| ExportedMail {
                    about: mail.errand.kind(),
                    address: mail
                        .errand
                        .address()
                        .map(|address| address.as_str().to_owned()),
                    created_at: mail.created_at,
                })
                .collect(),
        })
    }

    /// Deletes the account of `user`, who shows the password.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { auth, johndoe, .. } = House::with_accounts().await?;
    /// use portcullis::secret::Password;
    ///
    /// let accounts = auth.accounts().ok_or("no accounts")?;
    /// accounts.leave(&johndoe, &Password::new("correct horse battery staple")).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`NotDone`].
    pub async fn leave(&self, user: &User, password: &Password) -> Result<(), NotDone> {
        self.confirm(user, password).await?;
        // The password that was shown may be another one by now.
        let epoch = Some(user.epoch);
        let was_there = self.store.delete_user(&user.id, epoch).await?;
        was_there.then_some(()).ok_or(NotDone::SignedOut)
    }
}
