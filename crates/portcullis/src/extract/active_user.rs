//! `ActiveUser`: the user of the token, if active.

use std::ops::Deref;

use axum::extract::FromRef;
use http::request::Parts;

use super::guard::{
    DescribedGuard, Guard, STORE_REFUSAL, bearer_guard, check_scopes, guard_is_extractor, user_of,
    verified,
};
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
        let auth = Auth::from_ref(state);
        let Some(claims) = verified(&auth, parts)? else {
            return Ok(None);
        };
        let user = user_of(&auth, &claims).await?;
        // Asked before the scopes: an inactive user's token has none, and must be told why.
        if !user.is_active() {
            return Err(Rejection::InactiveUser);
        }
        check_scopes(needed, &claims, Some(&user.scopes()))?;
        Ok(Some(Self(user)))
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
