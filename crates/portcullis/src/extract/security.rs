//! `Security`: a guard, and the scopes that a handler asks of it.

use std::marker::PhantomData;
use std::ops::Deref;

use http::request::Parts;

use crate::openapi::Described;
use crate::scheme::guard::guard_is_extractor;
use crate::scheme::{Documented, Found, Guard, Rejection, RequiredScopes, SecurityScopes};

/// A guard with scopes: FastAPI's `Security(dependency, scopes=[…])`.
///
/// ```
/// use portcullis::{ActiveUser, Security, scopes};
///
/// scopes!(ReadItems = "items:read");
///
/// async fn items(user: Security<ActiveUser, ReadItems>) -> String {
///     format!("the items of {}", user.username)
/// }
/// ```
///
/// A token without them is refused with `403` and a challenge that names them (RFC 6750 §3.1).
///
/// One in another adds up: what the outer asks for comes first. The guard must enforce scopes; a
/// scheme alone, which verifies nothing, is refused by `cargo build` and `cargo test`. (`cargo check`
/// and editors do not see it. The error's place is in this crate; it names the type.)
///
/// ```compile_fail
/// use portcullis::openapi::{ApiRouter, routing::get};
/// use portcullis::{HttpBearer, Security, scopes};
///
/// scopes!(ReadItems = "items:read");
/// let api: ApiRouter = ApiRouter::new()
///     .api_route("/items", get(async |_: Security<HttpBearer, ReadItems>| "in"));
/// ```
#[derive(Debug)]
pub struct Security<G: Documented, N: RequiredScopes>(G, PhantomData<fn() -> N>);

impl<G: Documented, N: RequiredScopes> Security<G, N> {
    /// The guard.
    ///
    /// ```
    /// use portcullis::{ActiveUser, Security, User, scopes};
    ///
    /// scopes!(ReadItems = "items:read");
    /// fn user(found: Security<ActiveUser, ReadItems>) -> User {
    ///     found.into_inner().0
    /// }
    /// ```
    pub fn into_inner(self) -> G {
        self.0
    }
}

impl<G: Documented + Clone, N: RequiredScopes> Clone for Security<G, N> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}

impl<G: Documented, N: RequiredScopes> Deref for Security<G, N> {
    type Target = G;

    fn deref(&self) -> &G {
        &self.0
    }
}

impl<G: Documented, N: RequiredScopes> Documented for Security<G, N> {
    const ENFORCES_SCOPES: bool = {
        assert!(
            G::ENFORCES_SCOPES,
            "`Security<G, …>` needs a guard that enforces scopes: `AccessToken`, `ActiveToken`, `CurrentUser`, \
             `ActiveUser`, or a `Depends<…>` over one of them or with `ENFORCES_SCOPES = true`. A \
             scheme such as `HttpBearer` verifies nothing, and would let every scope pass."
        );
        true
    };

    fn described(scopes: SecurityScopes<'_>) -> Described {
        const { assert!(Self::ENFORCES_SCOPES) }
        G::described(scopes.and(N::SCOPES))
    }

    fn absent() -> Rejection {
        G::absent()
    }
}

impl<S, G, N> Guard<S> for Security<G, N>
where
    S: Send + Sync,
    G: Guard<S>,
    N: RequiredScopes,
{
    async fn check(
        parts: &Parts,
        state: &S,
        scopes: SecurityScopes<'_>,
    ) -> Result<Found<Self>, Rejection> {
        const { assert!(Self::ENFORCES_SCOPES) }
        let found = G::check(parts, state, scopes.and(N::SCOPES)).await?;
        Ok(found.map(|guard| Self(guard, PhantomData)))
    }
}

guard_is_extractor!([G: Documented, N: RequiredScopes] Security<G, N>);
