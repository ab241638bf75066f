//! The grants: the ways to a token (RFC 6749 §1.3).

use std::fmt;

/// A way to a token, as `grant_type` names it.
///
/// ```
/// use portcullis::client::GrantType;
///
/// assert_eq!(GrantType::named("refresh_token"), Some(GrantType::RefreshToken));
/// assert_eq!(GrantType::named("Password"), None); // as it is written, and no other way
/// assert_eq!(GrantType::ClientCredentials.name(), "client_credentials");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GrantType {
    /// A username and a password (RFC 6749 §4.3).
    Password,
    /// A refresh token (RFC 6749 §6).
    RefreshToken,
    /// The client's own credentials, for no user (RFC 6749 §4.4).
    ClientCredentials,
}

impl GrantType {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Password, Self::RefreshToken, Self::ClientCredentials];

    /// The grant of this name.
    ///
    /// ```
    /// assert!(portcullis::client::GrantType::named("implicit").is_none());
    /// ```
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grant| grant.name() == name)
    }

    /// Its name.
    ///
    /// ```
    /// assert_eq!(portcullis::client::GrantType::Password.name(), "password");
    /// ```
    pub const fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::RefreshToken => "refresh_token",
            Self::ClientCredentials => "client_credentials",
        }
    }
}

/// There is no grant of this name here.
///
/// ```
/// let refused = portcullis::client::Grants::parse("implicit").unwrap_err();
/// let told = "there is no grant `implicit`: there are password, refresh_token, client_credentials";
/// assert_eq!(refused.to_string(), told);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no grant `{0}`: there are password, refresh_token, client_credentials")]
pub struct UnknownGrant(pub String);

/// A set of grants.
///
/// ```
/// use portcullis::client::{GrantType, Grants};
///
/// let grants = Grants::parse("refresh_token password")?;
/// assert!(grants.contains(GrantType::Password));
/// assert!(!grants.contains(GrantType::ClientCredentials));
/// assert_eq!(grants.to_string(), "password refresh_token"); // as a store keeps it
/// # Ok::<(), portcullis::client::UnknownGrant>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Grants([bool; 3]);

impl Grants {
    /// Reads names that are separated by spaces.
    ///
    /// ```
    /// use portcullis::client::Grants;
    ///
    /// assert!(Grants::parse("")?.is_empty());
    /// # Ok::<(), portcullis::client::UnknownGrant>(())
    /// ```
    ///
    /// # Errors
    /// [`UnknownGrant`].
    pub fn parse(text: &str) -> Result<Self, UnknownGrant> {
        let names = text.split(' ').filter(|name| !name.is_empty());
        names
            .map(|name| GrantType::named(name).ok_or_else(|| UnknownGrant(name.to_owned())))
            .collect()
    }

    /// Whether there are none.
    ///
    /// ```
    /// assert!(portcullis::client::Grants::default().is_empty());
    /// ```
    pub fn is_empty(self) -> bool {
        self.iter().next().is_none()
    }

    /// Whether this one is among them.
    ///
    /// ```
    /// use portcullis::client::{GrantType, Grants};
    ///
    /// assert!(Grants::from_iter([GrantType::Password]).contains(GrantType::Password));
    /// ```
    pub fn contains(self, grant: GrantType) -> bool {
        self.iter().any(|one| one == grant)
    }

    /// Each of them.
    ///
    /// ```
    /// use portcullis::client::{GrantType, Grants};
    ///
    /// let grants = Grants::from_iter([GrantType::Password]);
    /// assert!(grants.iter().eq([GrantType::Password]));
    /// ```
    pub fn iter(self) -> impl Iterator<Item = GrantType> {
        let among = GrantType::ALL.into_iter().zip(self.0);
        among.filter_map(|(grant, is_there)| is_there.then_some(grant))
    }
}

impl FromIterator<GrantType> for Grants {
    fn from_iter<I: IntoIterator<Item = GrantType>>(grants: I) -> Self {
        let given: Vec<_> = grants.into_iter().collect();
        Self(GrantType::ALL.map(|grant| given.contains(&grant)))
    }
}

impl fmt::Display for Grants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.iter().map(GrantType::name).collect();
        f.write_str(&names.join(" "))
    }
}
