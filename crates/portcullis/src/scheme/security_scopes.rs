//! `SecurityScopes`: what is needed of a token, as it is known where the token is checked.

use std::fmt;

/// The scopes that a handler needs, as a type. [`scopes!`](crate::scopes) writes one in a line.
///
/// ```
/// use portcullis::{RequiredScopes, scopes};
///
/// scopes!(pub ReadItems = "items:read");
/// assert_eq!(ReadItems::SCOPES, ["items:read"]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name any scopes",
    label = "which scopes?",
    note = "write `portcullis::scopes!({Self} = \"items:read\");` in the place of `struct {Self};`"
)]
pub trait RequiredScopes: Send + Sync + 'static {
    /// Every one of these must be in the token.
    const SCOPES: &'static [&'static str];
}

/// Names scopes that handlers need, for [`Security`](crate::Security).
///
/// ```
/// use portcullis::{ActiveUser, Security, scopes};
///
/// scopes!(
///     /// Read and write items.
///     pub EditItems = "items:read", "items:write"
/// );
///
/// async fn edit(user: Security<ActiveUser, EditItems>) -> String {
///     format!("{} may edit", user.username)
/// }
/// ```
///
/// A scope that RFC 6749 §3.3 does not allow does not compile:
///
/// ```compile_fail
/// portcullis::scopes!(Wrong = "two words");
/// ```
#[macro_export]
macro_rules! scopes {
    ($(#[$about:meta])* $visible:vis $name:ident = $($scope:literal),+ $(,)?) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy)]
        $visible struct $name;

        impl $crate::scheme::RequiredScopes for $name {
            const SCOPES: &'static [&'static str] = &[$($scope),+];
        }

        $(const _: () = ::core::assert!(
            $crate::scope::Scope::is_valid($scope),
            ::core::concat!(
                "`", $scope, "` is no scope: 1 to 128 printable ASCII characters, without space, \
                 double quote and backslash (RFC 6749 section 3.3)"
            ),
        );)+
    };
}

/// The scopes that are needed of a dependency, from the outermost [`Security`](crate::Security) to
/// the innermost, each once: FastAPI's `SecurityScopes`.
///
/// ```
/// use portcullis::SecurityScopes;
///
/// let outer = SecurityScopes::none();
/// let outer = outer.and(&["items"]);
/// let needed = outer.and(&["me", "items"]);
/// assert_eq!(needed.to_string(), "items me");
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct SecurityScopes<'a> {
    own: &'static [&'static str],
    outer: Option<&'a SecurityScopes<'a>>,
}

impl<'a> SecurityScopes<'a> {
    /// None at all.
    ///
    /// ```
    /// assert!(portcullis::SecurityScopes::none().is_empty());
    /// ```
    pub const fn none() -> Self {
        Self {
            own: &[],
            outer: None,
        }
    }

    /// These, and further in, `own`.
    ///
    /// ```
    /// let outer = portcullis::SecurityScopes::none();
    /// assert_eq!(outer.and(&["items:read"]).to_string(), "items:read");
    /// ```
    #[must_use]
    pub const fn and(&'a self, own: &'static [&'static str]) -> SecurityScopes<'a> {
        Self {
            own,
            outer: Some(self),
        }
    }

    /// Whether no scope is needed.
    ///
    /// ```
    /// assert!(portcullis::SecurityScopes::none().is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.own.is_empty() && self.outer.is_none_or(Self::is_empty)
    }

    /// Whether each of them passes; in no particular order, and without an allocation.
    ///
    /// ```
    /// let outer = portcullis::SecurityScopes::none();
    /// let needed = outer.and(&["items:read"]);
    /// assert!(needed.all(|scope| scope == "items:read"));
    /// assert!(!needed.all(|scope| scope == "items:write"));
    /// ```
    pub fn all(&self, passes: impl Fn(&str) -> bool) -> bool {
        let mut level = Some(self);
        while let Some(scopes) = level {
            if !scopes.own.iter().all(|scope| passes(scope)) {
                return false;
            }
            level = scopes.outer;
        }
        true
    }

    /// The scopes, from the outermost to the innermost, each once.
    ///
    /// ```
    /// let outer = portcullis::SecurityScopes::none();
    /// assert_eq!(outer.and(&["b", "a"]).to_vec(), ["b", "a"]);
    /// ```
    pub fn to_vec(&self) -> Vec<&'static str> {
        let mut scopes = self.outer.map(Self::to_vec).unwrap_or_default();
        for scope in self.own {
            if !scopes.contains(scope) {
                scopes.push(scope);
            }
        }
        scopes
    }
}

/// Separated by spaces, as in a challenge.
impl fmt::Display for SecurityScopes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_vec().join(" "))
    }
}
