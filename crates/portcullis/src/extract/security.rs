//! `Security`: a guard, and the scopes that a handler asks of it.

use std::marker::PhantomData;
use std::ops::Deref;

use http::request::Parts;

use super::guard::{DescribedGuard, Guard, guard_is_extractor};
use crate::openapi::Described;
use crate::scheme::Rejection;

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
pub struct Security<G, N>(G, PhantomData<fn() -> N>);

impl<G, N> Security<G, N> {
    /// The guard.
    pub fn into_inner(self) -> G {
        self.0
    }
}

impl<G, N> Deref for Security<G, N> {
    type Target = G;

    fn deref(&self) -> &G {
        &self.0
    }
}

impl<S, G, N> Guard<S> for Security<G, N>
where
    S: Send + Sync,
    G: Guard<S>,
    N: SecurityScopes,
{
    async fn check(
        parts: &Parts,
        state: &S,
        needed: &'static [&'static str],
    ) -> Result<Option<Self>, Rejection> {
        let guard = G::check(parts, state, needed).await?;
        Ok(guard.map(|guard| Self(guard, PhantomData)))
    }
}

impl<G: DescribedGuard, N> DescribedGuard for Security<G, N> {
    fn described(needed: &'static [&'static str]) -> Described {
        G::described(needed)
    }
}

guard_is_extractor!([G, N: SecurityScopes] Security<G, N>, with S, N::SCOPES);
