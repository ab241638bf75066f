//! `AccessToken`: what a verified token says, without asking the database.

use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRef;
use http::request::Parts;

use super::guard::{bearer_guard, check_scopes, verified};
use crate::auth::Auth;
use crate::openapi::Described;
use crate::scheme::guard::guard_is_extractor;
use crate::scheme::{
    Documented, Found, Guard, OAuth2PasswordBearer, Rejection, SecurityScopes, TokenEndpoint,
};
use crate::token::Claims;
use crate::user::{Account, User};

/// A verified access token. The database is not asked: since it was issued, its session may have been
/// ended, and its user disabled or deleted. Where that matters, ask for [`ActiveUser`](super::ActiveUser),
/// or for [`ActiveToken`](super::ActiveToken) where a client's own token will do.
///
/// ```
/// use portcullis::extract::AccessToken;
///
/// async fn whoami(token: AccessToken) -> String {
///     token.subject.clone()
/// }
/// ```
#[derive(Debug)]
pub struct AccessToken<U = User>(Arc<Claims>, PhantomData<fn() -> U>);

impl<U> Clone for AccessToken<U> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0), PhantomData)
    }
}

impl<U> Deref for AccessToken<U> {
    type Target = Claims;

    fn deref(&self) -> &Claims {
        &self.0
    }
}

impl<S, U> Guard<S> for AccessToken<U>
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
        let Some(claims) = verified(&auth, parts)? else {
            return Ok(Found::Absent(None));
        };
        check_scopes(needed, &claims, None)?;
        Ok(Found::Presented(Self(claims, PhantomData)))
    }
}

impl<U> Documented for AccessToken<U> {
    const ENFORCES_SCOPES: bool = true;

    fn described(needed: SecurityScopes<'_>) -> Described {
        bearer_guard(needed)
    }

    fn absent() -> Rejection {
        OAuth2PasswordBearer::<TokenEndpoint>::absent()
    }
}

guard_is_extractor!([U] AccessToken<U>);
