//! `ActiveUser`: the user of the token, if active.

use std::ops::Deref;

use axum::extract::FromRef;
use http::request::Parts;

use super::guard::{self, bearer_guard, refusing_inactive, refusing_without_store};
use crate::auth::Auth;
use crate::openapi::Described;
use crate::scheme::guard::guard_is_extractor;
use crate::scheme::{
    Documented, Found, Guard, OAuth2PasswordBearer, Rejection, SecurityScopes, TokenEndpoint,
};
use crate::user::{Account, User};

/// The active user whose valid token the request carries: what most handlers ask for.
///
/// ```
/// use axum::Json;
/// use portcullis::{ActiveUser, User};
///
/// async fn me(ActiveUser(user): ActiveUser) -> Json<User> {
///     Json(user)
/// }
/// ```
///
/// For a user type of your own, say `ActiveUser<MyUser>`.
#[derive(Debug, Clone)]
pub struct ActiveUser<U = User>(pub U);

impl<U> Deref for ActiveUser<U> {
    type Target = U;

    fn deref(&self) -> &U {
        &self.0
    }
}

impl<S, U> Guard<S> for ActiveUser<U>
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
        let user = guard::user(parts, state, needed, guard::active).await?;
        Ok(user.map(Self).into())
    }
}

impl<U> Documented for ActiveUser<U> {
    const ENFORCES_SCOPES: bool = true;

    fn described(needed: SecurityScopes<'_>) -> Described {
        refusing_without_store(refusing_inactive(bearer_guard(needed)))
    }

    fn absent() -> Rejection {
        OAuth2PasswordBearer::<TokenEndpoint>::absent()
    }
}

guard_is_extractor!([U] ActiveUser<U>);
