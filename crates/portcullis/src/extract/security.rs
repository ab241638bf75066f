//! `Security`: a guard, and the scopes that a handler asks of it.

use std::marker::PhantomData;
use std::ops::Deref;

use super::guard::guard_is_extractor;

/// The scopes that a handler needs, as a type.
pub trait SecurityScopes: Send + Sync + 'static {
    /// Every one of these must be in the token.
    const SCOPES: &'static [&'static str];
}

/// A guard with scopes: FastAPI's `Security(dependency, scopes=[…])`.
///
/// ```
/// use portcullis::{ActiveUser, Security, SecurityScopes};
///
/// struct ReadItems;
/// impl SecurityScopes for ReadItems {
///     const SCOPES: &'static [&'static str] = &["items:read"];
/// }
///
/// async fn items(user: Security<ActiveUser, ReadItems>) -> String {
///     format!("the items of {}", user.username)
/// }
/// ```
///
/// A token without them is refused with `403` and a challenge that names them (RFC 6750 §3.1).
///
/// To need more scopes, name more in [`SecurityScopes::SCOPES`]. One `Security` in another is no
/// extractor: the challenge could not name the scopes of both.
///
/// ```compile_fail
/// # use portcullis::{ActiveUser, Auth, Security, SecurityScopes};
/// # struct ReadItems;
/// # impl SecurityScopes for ReadItems { const SCOPES: &'static [&'static str] = &[]; }
/// # fn is_extractor<E: axum::extract::FromRequestParts<Auth>>() {}
/// is_extractor::<Security<Security<ActiveUser, ReadItems>, ReadItems>>();
/// ```
#[derive(Debug)]
pub struct Security<G, N>(G, PhantomData<fn() -> N>);

impl<G, N> Security<G, N> {
    fn around(guard: G) -> Self {
        Self(guard, PhantomData)
    }

    /// The guard.
    pub fn into_inner(self) -> G {
        self.0
    }
}

impl<G: Clone, N> Clone for Security<G, N> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}

impl<G, N> Deref for Security<G, N> {
    type Target = G;

    fn deref(&self) -> &G {
        &self.0
    }
}

guard_is_extractor!([G, N: SecurityScopes] Security<G, N>, by G, needing N::SCOPES, as Self::around);
