//! How the endpoints of accounts come to the rules.

use axum::extract::FromRef;

use super::account_refusal::AccountRefusal;
use crate::account::Accounts;
use crate::auth::Auth;
use crate::user::User;

/// The state, in which there are accounts: these endpoints are there only then.
pub(super) fn auth_of<S>(state: &S) -> Auth
where
    Auth<User>: FromRef<S>,
{
    Auth::<User>::from_ref(state)
}

pub(super) fn accounts(auth: &Auth) -> Result<Accounts<'_>, AccountRefusal> {
    auth.accounts().ok_or(AccountRefusal::NoSuchThing)
}
