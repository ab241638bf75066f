//! `ActiveToken`: a token that holds now, whoever it is of.

use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRef;
use http::request::Parts;

use super::guard::{active_token, bearer_guard, refusing_inactive, refusing_without_store};
use crate::auth::Auth;
use crate::openapi::Described;
use crate::scheme::guard::guard_is_extractor;
use crate::scheme::{
    Documented, Found, Guard, OAuth2PasswordBearer, Rejection, SecurityScopes, TokenEndpoint,
};
use crate::token::Claims;
use crate::user::{Account, User};

/// A token that holds now, of an active user or of a client itself (`client_credentials`): its session
/// is not ended, and its user or client is there. What to ask for where machines are let in, by scopes.
///
/// ```
/// use portcullis::{ActiveToken, Security, scopes};
///
/// scopes!(ReadItems = "items:read");
///
/// async fn items(token: Security<ActiveToken, ReadItems>) -> String {
///     if token.is_of_client() {
///         format!("for the machine {}", token.client_id)
///     } else {
///         format!("for the user {}", token.subject)
///     }
/// }
/// ```
#[derive(Debug)]
pub struct ActiveToken<U = User>(Arc<Claims>, PhantomData<fn() -> U>);

impl<U> Clone for ActiveToken<U> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0), PhantomData)
    }
}

impl<U> Deref for ActiveToken<U> {
    type Target = Claims;

    fn deref(&self) -> &Claims {
        &self.0
    }
}

impl<S, U> Guard<S> for ActiveToken<U>
where
    S: Send + Sync,
    U: Account,
    Auth<U>: FromRef<S>,
{
    async fn check(
        parts: &Parts,
        state: &S,
        needed: SecurityScopes<'_>,
    ) -> Result<Found<Self>, Rejection> {
        let auth = Auth::from_ref(state);
        let claims = active_token(parts, &auth, needed).await?;
        Ok(claims.map(|claims| Self(claims, PhantomData)).into())
    }
}

impl<U> Documented for ActiveToken<U> {
    const ENFORCES_SCOPES: bool = true;

    fn described(needed: SecurityScopes<'_>) -> Described {
        refusing_without_store(refusing_inactive(bearer_guard(needed)))
    }

    fn absent() -> Rejection {
        OAuth2PasswordBearer::<TokenEndpoint>::absent()
    }
}

guard_is_extractor!([U] ActiveToken<U>);
