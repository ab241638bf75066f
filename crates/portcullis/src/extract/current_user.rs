//! `CurrentUser`: the user of the token, active or not.

use std::ops::Deref;

use axum::extract::FromRef;
use http::request::Parts;

use super::guard::{self, bearer_guard, refusing_without_store};
use crate::auth::Auth;
use crate::openapi::Described;
use crate::scheme::guard::guard_is_extractor;
use crate::scheme::{
    Documented, Found, Guard, OAuth2PasswordBearer, Rejection, SecurityScopes, TokenEndpoint,
};
use crate::user::{Account, User};

/// The user whose valid token the request carries. It may be inactive: most handlers want
/// [`ActiveUser`](super::ActiveUser).
///
/// ```
/// use portcullis::CurrentUser;
///
/// async fn status(CurrentUser(user): CurrentUser) -> &'static str {
///     if user.disabled { "inactive" } else { "active" }
/// }
/// ```
#[derive(Debug, Clone)]
pub struct CurrentUser<U = User>(pub U);

impl<U> Deref for CurrentUser<U> {
    type Target = U;

    fn deref(&self) -> &U {
        &self.0
    }
}

impl<S, U> Guard<S> for CurrentUser<U>
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
        let user = guard::user(parts, state, needed, |_| Ok(())).await?;
        Ok(user.map(Self).into())
    }
}

impl<U> Documented for CurrentUser<U> {
    const ENFORCES_SCOPES: bool = true;

    fn described(needed: SecurityScopes<'_>) -> Described {
        refusing_without_store(bearer_guard(needed))
    }

    fn absent() -> Rejection {
        OAuth2PasswordBearer::<TokenEndpoint>::absent()
    }
}

guard_is_extractor!([U] CurrentUser<U>);
