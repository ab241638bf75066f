//! Ending a session by one of its tokens (RFC 7009 §2.1).

use super::{NotGranted, client};
use crate::auth::Auth;
use crate::client::ClientCredentials;
use crate::store::Sessions;
use crate::token::RefreshToken;
use crate::user::Account;

/// Ends the session of a token, of whatever kind. A token that is unknown, malformed, expired, or of
/// another client changes nothing, and nobody is told (RFC 7009 §2.2).
pub(crate) async fn end_session<U: Account>(
    auth: &Auth<U>,
    credentials: &ClientCredentials,
    token: &str,
) -> Result<(), NotGranted> {
    let client = client::find(credentials)?;
    let Some(sessions) = auth.sessions() else {
        return Ok(());
    };
    let Some(session_id) = session_of(auth, sessions, token).await? else {
        return Ok(());
    };
    let session = sessions.find_session(&session_id).await?;
    let is_own = session.is_some_and(|session| session.client == client);
    if is_own && sessions.delete_session(&session_id).await? {
        auth.counters().revocation();
    }
    Ok(())
}

/// The session that a token is truly of. To know a session's id is not to have a token of it.
async fn session_of<U: Account>(
    auth: &Auth<U>,
    sessions: &dyn Sessions,
    token: &str,
) -> Result<Option<String>, NotGranted> {
    if let Some(refresh) = RefreshToken::parse(token) {
        let family = refresh.family_digest();
        let is_of_it = sessions.has_family(refresh.session(), family).await?;
        return Ok(is_of_it.then(|| refresh.session().to_owned()));
    }
    let verified = auth.verifier().verify(token, auth.now().as_second());
    Ok(verified.ok().map(|claims| claims.session_id.clone()))
}
