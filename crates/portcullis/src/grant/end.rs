//! Ending a session by one of its tokens (RFC 7009 §2.1).

use super::{NotGranted, client, token};
use crate::auth::Auth;
use crate::client::ClientCredentials;
use crate::user::Account;

/// Ends the session of a token, of whatever kind. A token that is unknown, malformed, expired, or of
/// another client changes nothing, and nobody is told (RFC 7009 §2.2).
pub(crate) async fn end_session<U: Account>(
    auth: &Auth<U>,
    credentials: &ClientCredentials,
    text: &str,
) -> Result<(), NotGranted> {
    let caller = client::find(auth, credentials).await?;
    let Some(sessions) = auth.sessions() else {
        return Ok(());
    };
    let Some(token) = token::read(auth, text).await? else {
        return Ok(());
    };
    let session = sessions.find_session(token.session_id()).await?;
    let is_own = session.is_some_and(|session| session.client == caller.id());
    if is_own && sessions.delete_session(token.session_id()).await? {
        auth.counters().revocation();
    }
    Ok(())
}
