//! The password grant (RFC 6749 §4.3), for first parties.

use super::{NotGranted, TokenRequest};
use crate::account::authenticate;
use crate::auth::{Auth, InactiveLogin};
use crate::secret::Password;
use crate::user::Account;

/// The user whose name and password the request carries.
pub(super) async fn find_user<U: Account>(
    auth: &Auth<U>,
    request: &TokenRequest,
) -> Result<U, NotGranted> {
    let username = request
        .username
        .as_deref()
        .ok_or(NotGranted::InvalidRequest("username is missing"))?;
    let password = request
        .password
        .as_ref()
        .ok_or(NotGranted::InvalidRequest("password is missing"))?;
    if password.expose().len() > Password::MAX_BYTES {
        return Err(NotGranted::InvalidRequest(
            "password is longer than 1,024 bytes",
        ));
    }
    let user = authenticate(auth.users(), auth.pool(), username, password).await?;
    let user = user.ok_or(NotGranted::InvalidGrant)?;
    if !user.is_active() && auth.settings().inactive_login == InactiveLogin::Refuse {
        return Err(NotGranted::InvalidGrant);
    }
    Ok(user)
}
