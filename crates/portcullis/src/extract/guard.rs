//! What the extractors of this folder have in common.

use std::future::Future;

use axum::extract::FromRef;
use http::request::Parts;

use crate::auth::Auth;
use crate::openapi::{Described, Refusal};
use crate::scheme::{BEARER_REFUSALS, Rejection, TokenEndpoint, bearer_token, scheme};
use crate::scope::Scopes;
use crate::token::Claims;
use crate::user::Account;

/// An extractor that says who is calling, and can be asked for more scopes by [`Security`]. Only the
/// extractors of this module are guards.
///
/// [`Security`]: super::Security
pub trait Guard<S>: DescribedGuard + Sized + Send {
    /// Checks a request. `None` when it presents nothing of the scheme.
    ///
    /// # Errors
    /// The [`Rejection`] to answer.
    fn check(
        parts: &Parts,
        state: &S,
        needed: &'static [&'static str],
    ) -> impl Future<Output = Result<Option<Self>, Rejection>> + Send;
}

mod sealed {
    pub trait Sealed {}
    impl<U> Sealed for crate::extract::AccessToken<U> {}
    impl<U> Sealed for crate::extract::CurrentUser<U> {}
    impl<U> Sealed for crate::extract::ActiveUser<U> {}
}

/// How a guard appears in the document, whatever the state.
pub trait DescribedGuard: sealed::Sealed {
    /// The scheme, the scopes and the refusals of the guard when `needed` is asked for.
    fn described(needed: &'static [&'static str]) -> Described;
}

/// The token of the request, verified without a database. `None` when there is none.
pub(super) fn verified<U: Account>(
    auth: &Auth<U>,
    parts: &Parts,
) -> Result<Option<std::sync::Arc<Claims>>, Rejection> {
    let Some(token) = bearer_token(parts)? else {
        return Ok(None);
    };
    auth.verifier()
        .verify(token, auth.now().as_second())
        .map(Some)
        .map_err(|_| Rejection::InvalidToken)
}

/// The user of the request, who must also pass `standing`, with the scopes that are needed. `None`
/// when the request presents no token.
pub(super) async fn user<S, U>(
    parts: &Parts,
    state: &S,
    needed: &'static [&'static str],
    standing: fn(&U) -> Result<(), Rejection>,
) -> Result<Option<U>, Rejection>
where
    U: Account,
    Auth<U>: FromRef<S>,
{
    let auth = Auth::from_ref(state);
    let Some(claims) = verified(&auth, parts)? else {
        return Ok(None);
    };
    let user = user_of(&auth, &claims).await?;
    // Asked before the scopes: an inactive user's token has none, and must be told why.
    standing(&user)?;
    check_scopes(needed, &claims, Some(&user.scopes()))?;
    Ok(Some(user))
}

/// The user of a verified token, if it exists and the token is of its present epoch.
async fn user_of<U: Account>(auth: &Auth<U>, claims: &Claims) -> Result<U, Rejection> {
    let user = auth.users().find_by_subject(&claims.subject).await?;
    user.filter(|user| user.epoch() == claims.epoch)
        .ok_or(Rejection::InvalidToken)
}

/// Whether what is needed is in the token, and still the user's where a user is known.
pub(super) fn check_scopes(
    needed: &'static [&'static str],
    claims: &Claims,
    of_user: Option<&Scopes>,
) -> Result<(), Rejection> {
    let has = |scope: &&str| {
        claims.scopes.contains(scope) && of_user.is_none_or(|scopes| scopes.contains(scope))
    };
    if needed.iter().all(has) {
        Ok(())
    } else {
        Err(Rejection::InsufficientScope(needed))
    }
}

/// What a bearer guard may answer, `more` included.
pub(super) fn bearer_guard(needed: &'static [&'static str], more: &[Refusal]) -> Described {
    let mut refusals = BEARER_REFUSALS.to_vec();
    refusals.extend_from_slice(more);
    if !needed.is_empty() {
        refusals.push(Refusal {
            status: 403,
            description: "The token lacks a scope.",
        });
    }
    Described {
        scheme: scheme::<TokenEndpoint>(),
        scopes: needed,
        refusals,
    }
}

pub(super) const STORE_REFUSAL: Refusal = Refusal {
    status: 503,
    description: "The database is not available; try again.",
};

/// Writes the three impls that turn a guard into an extractor: required, optional, documented.
macro_rules! guard_is_extractor {
    ([$($generics:tt)*] $extractor:ty, by $guard:ty, needing $needed:expr, as $wrap:expr) => {
        impl<S, $($generics)*> axum::extract::FromRequestParts<S> for $extractor
        where
            S: Send + Sync,
            $guard: crate::extract::Guard<S>,
        {
            type Rejection = crate::scheme::Rejection;

            async fn from_request_parts(
                parts: &mut http::request::Parts,
                state: &S,
            ) -> Result<Self, Self::Rejection> {
                <$guard as crate::extract::Guard<S>>::check(parts, state, $needed)
                    .await?
                    .map($wrap)
                    .ok_or(crate::scheme::Rejection::NotAuthenticated)
            }
        }

        impl<S, $($generics)*> axum::extract::OptionalFromRequestParts<S> for $extractor
        where
            S: Send + Sync,
            $guard: crate::extract::Guard<S>,
        {
            type Rejection = crate::scheme::Rejection;

            async fn from_request_parts(
                parts: &mut http::request::Parts,
                state: &S,
            ) -> Result<Option<Self>, Self::Rejection> {
                let guard = <$guard as crate::extract::Guard<S>>::check(parts, state, $needed);
                Ok(guard.await?.map($wrap))
            }
        }

        impl<$($generics)*> aide::OperationInput for $extractor
        where
            $guard: crate::extract::DescribedGuard,
        {
            fn operation_input(
                _: &mut aide::generate::GenContext,
                operation: &mut aide::openapi::Operation,
            ) {
                let described = <$guard as crate::extract::DescribedGuard>::described($needed);
                crate::openapi::describe::argument(operation, &described);
            }

            fn inferred_early_responses(
                _: &mut aide::generate::GenContext,
                operation: &mut aide::openapi::Operation,
            ) -> Vec<(Option<aide::openapi::StatusCode>, aide::openapi::Response)> {
                let described = <$guard as crate::extract::DescribedGuard>::described($needed);
                crate::openapi::describe::required(operation, &described);
                Vec::new()
            }
        }
    };
}

pub(super) use guard_is_extractor;
