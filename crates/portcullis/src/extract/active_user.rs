//! `ActiveUser`: the user of the token, if active.

use std::ops::Deref;

use axum::extract::FromRef;
use http::request::Parts;

use super::guard::{self, DescribedGuard, Guard, STORE_REFUSAL, bearer_guard, guard_is_extractor};
use crate::auth::Auth;
use crate::openapi::{Described, Refusal};
use crate::scheme::Rejection;
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
        needed: &'static [&'static str],
    ) -> Result<Option<Self>, Rejection> {
        let is_active = |user: &U| {
            user.is_active()
                .then_some(())
                .ok_or(Rejection::InactiveUser)
        };
        let user = guard::user(parts, state, needed, is_active).await?;
        Ok(user.map(Self))
    }
}

impl<U> DescribedGuard for ActiveUser<U> {
    fn described(needed: &'static [&'static str]) -> Described {
        let inactive = Refusal {
            status: 400,
            description: "The user is inactive, or there is more than one `Authorization` header.",
        };
        bearer_guard(needed, &[inactive, STORE_REFUSAL])
    }
}

guard_is_extractor!([U] ActiveUser<U>, by Self, needing &[], as std::convert::identity);
