//! The client credentials grant (RFC 6749 §4.4): a token for a confidential client itself, of no user.

use super::client::Caller;
use super::session::{Beginning, Life, begin_session};
use super::{Found, NotGranted, some_of};
use crate::auth::Auth;
use crate::scope::Scopes;
use crate::token::Epoch;
use crate::user::Account;

/// Begins a session that lasts as long as its one token; there is nothing to renew (RFC 6749 §4.4.3).
pub(super) async fn begin<U: Account>(
    auth: &Auth<U>,
    caller: &Caller,
    asked: Option<Scopes>,
) -> Result<Found, NotGranted> {
    let Caller::Registered(client) = caller else {
        return Err(NotGranted::UnauthorizedClient);
    };
    let scopes = match asked {
        None => client.scopes.clone(),
        Some(asked) => some_of(asked.intersection(&client.scopes))?,
    };
    let beginning = Beginning {
        user: None,
        client: client.id.clone(),
        scopes: &scopes,
        user_agent: None,
        life: Life::OneToken(caller.access_token_seconds(auth)),
    };
    let seconds_left = beginning.life.seconds();
    let (session_id, _) = begin_session(auth, beginning).await?;
    Ok(Found {
        seconds_left,
        subject: client.id.as_str().to_owned(),
        epoch: Epoch::default(),
        session_id,
        refresh_token: None,
        scopes,
    })
}
