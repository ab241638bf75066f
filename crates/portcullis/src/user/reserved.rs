//! Names that nobody gives to themselves.

use std::collections::BTreeSet;

use super::choice::skeleton;
use super::{InvalidUsername, Username};

/// Names that nobody gives to themselves at registration: those that speak for the service (`admin`,
/// `support`), that programs take for something else (`null`, `me`), and those of RFC 2142
/// (`postmaster`, `abuse`).
///
/// What looks like a reserved name is reserved too: `admın`, `adrnin`. An operator may give any of
/// them. [`ReservedNames::LIST`] is the list, and more can be added.
///
/// ```
/// use portcullis::user::{InvalidUsername, ReservedNames, Username};
///
/// let reserved = ReservedNames::default().and(["Acme"]);
/// assert!(reserved.check(&Username::choose("alice")?).is_ok());
/// for taken in ["Admin", "nu11", "acme"] {
///     let refused = reserved.check(&Username::choose(taken)?);
///     assert_eq!(refused, Err(InvalidUsername::Reserved), "{taken}");
/// }
/// # Ok::<(), InvalidUsername>(())
/// ```
#[derive(Debug, Clone)]
pub struct ReservedNames {
    /// What they look like, in small letters.
    skeletons: BTreeSet<String>,
}

impl ReservedNames {
    /// The names that are reserved unless said otherwise.
    ///
    /// ```
    /// use portcullis::user::ReservedNames;
    ///
    /// assert!(ReservedNames::LIST.contains(&"postmaster"));
    /// ```
    #[rustfmt::skip]
    pub const LIST: &[&str] = &[
        // Who speaks for the service.
        "admin", "administrator", "administration", "admins", "hostmaster", "moderator", "official",
        "operator", "owner", "portcullis", "root", "service", "staff", "superuser", "sysadmin", "system",
        "team", "webmaster",
        // Whom people write to (RFC 2142, and habit).
        "abuse", "billing", "contact", "help", "helpdesk", "info", "mailer-daemon", "marketing", "no-reply",
        "noc", "noreply", "postmaster", "privacy", "sales", "security", "support",
        // What programs take for something else.
        "anonymous", "any", "anyone", "everybody", "everyone", "false", "guest", "localhost", "me",
        "myself", "nan", "nil", "nobody", "none", "null", "self", "somebody", "true", "undefined", "unknown",
        // What stands in the addresses of an API.
        "account", "accounts", "api", "audit", "auth", "authorize", "docs", "export", "healthz",
        "introspect", "invitation", "invitations", "jwks", "login", "logout", "metrics", "oauth", "oauth2",
        "openapi", "password", "readyz", "register", "registration", "revoke", "session", "sessions",
        "settings", "signin", "signout", "signup", "token", "tokens", "user", "users", "verify",
        "well-known", "www",
    ];

    /// Nothing is reserved.
    ///
    /// ```
    /// use portcullis::user::{ReservedNames, Username};
    ///
    /// assert!(ReservedNames::none().check(&Username::choose("admin")?).is_ok());
    /// # Ok::<(), portcullis::user::InvalidUsername>(())
    /// ```
    pub fn none() -> Self {
        Self {
            skeletons: BTreeSet::new(),
        }
    }

    /// These too. A name that cannot be one is reserved by not being one, so it may be given all the
    /// same.
    ///
    /// ```
    /// use portcullis::user::{ReservedNames, Username};
    ///
    /// let reserved = ReservedNames::default().and(["acme", "Acme-Support"]);
    /// assert!(reserved.check(&Username::choose("acme-support")?).is_err());
    /// # Ok::<(), portcullis::user::InvalidUsername>(())
    /// ```
    #[must_use]
    pub fn and<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Self {
        let canonical = names
            .into_iter()
            .filter_map(|name| Username::parse(name).ok());
        self.skeletons
            .extend(canonical.map(|name| skeleton(name.canonical())));
        self
    }

    /// Whether somebody may choose `name`.
    ///
    /// ```
    /// use portcullis::user::{InvalidUsername, ReservedNames, Username};
    ///
    /// let refused = ReservedNames::default().check(&Username::choose("support")?);
    /// assert_eq!(refused, Err(InvalidUsername::Reserved));
    /// assert_eq!(InvalidUsername::Reserved.reason(), "username_reserved");
    /// # Ok::<(), InvalidUsername>(())
    /// ```
    ///
    /// # Errors
    /// [`InvalidUsername::Reserved`].
    pub fn check(&self, name: &Username) -> Result<(), InvalidUsername> {
        if self.skeletons.contains(&skeleton(name.canonical())) {
            Err(InvalidUsername::Reserved)
        } else {
            Ok(())
        }
    }
}

impl Default for ReservedNames {
    fn default() -> Self {
        Self::none().and(Self::LIST.iter().copied())
    }
}
