//! What is set about logins.

use super::{AuthBuilder, InactiveLogin, UnverifiedLogin};
use crate::user::Account;

/// What is set about logins.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Logins {
    pub(super) inactive: InactiveLogin,
    pub(super) unverified: UnverifiedLogin,
    pub(super) by_email: bool,
}

impl<U: Account> AuthBuilder<U> {
    /// What a login to an inactive account gets.
    ///
    /// ```
    /// # let store = portcullis::store::MemoryStore::new();
    /// # let builder = portcullis::Auth::builder(store).issuer("https://api.example.com");
    /// use portcullis::auth::InactiveLogin;
    ///
    /// let auth = builder.inactive_login(InactiveLogin::Refuse).build()?;
    /// assert_eq!(auth.settings().inactive_login, InactiveLogin::Refuse);
    /// # Ok::<(), portcullis::auth::NotBuilt>(())
    /// ```
    #[must_use]
    pub fn inactive_login(mut self, inactive_login: InactiveLogin) -> Self {
        self.logins.inactive = inactive_login;
        self
    }

    /// What a login to an account gets whose e-mail address was not proved.
    ///
    /// ```
    /// # let store = portcullis::store::MemoryStore::new();
    /// # let builder = portcullis::Auth::builder(store).issuer("https://api.example.com");
    /// use portcullis::auth::UnverifiedLogin;
    ///
    /// let auth = builder.unverified_login(UnverifiedLogin::Refuse).build()?;
    /// assert_eq!(auth.settings().unverified_login, UnverifiedLogin::Refuse);
    /// # Ok::<(), portcullis::auth::NotBuilt>(())
    /// ```
    #[must_use]
    pub fn unverified_login(mut self, unverified_login: UnverifiedLogin) -> Self {
        self.logins.unverified = unverified_login;
        self
    }

    /// Whether who signs in may type a verified e-mail address in the place of the username. No, unless
    /// set. A username never holds an `@`, so the two cannot be mistaken for each other.
    ///
    /// ```
    /// # let store = portcullis::store::MemoryStore::new();
    /// # let builder = portcullis::Auth::builder(store).issuer("https://api.example.com");
    /// let auth = builder.login_email(true).build()?;
    /// assert!(auth.settings().login_email);
    /// # Ok::<(), portcullis::auth::NotBuilt>(())
    /// ```
    #[must_use]
    pub fn login_email(mut self, is_taken: bool) -> Self {
        self.logins.by_email = is_taken;
        self
    }
}
