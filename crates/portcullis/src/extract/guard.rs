//! What the extractors of this folder have in common: a verified token, and its user.

use std::sync::Arc;

use axum::extract::FromRef;
use http::request::Parts;

use crate::auth::Auth;
use crate::client::ClientId;
use crate::openapi::{Described, Refusal};
use crate::scheme::{
    Documented, OAuth2PasswordBearer, Reason, Rejection, SecurityScopes, bearer_token, credential,
};
use crate::scope::Scopes;
use crate::store::Session;
use crate::token::Claims;
use crate::user::{Account, UserId};

/// The token of the request, verified without a database. `None` when there is none.
pub(super) fn verified<U: Account>(
    auth: &Auth<U>,
    parts: &Parts,
) -> Result<Option<Arc<Claims>>, Rejection> {
    let presented = bearer_token(&parts.headers);
    let Some(token) = presented.map_err(credential::rejection::<OAuth2PasswordBearer>)? else {
        return Ok(None);
    };
    auth.verifier()
        .verify(token, auth.now().as_second())
        .map(Some)
        .map_err(|_| {
            tracing::debug!(
                "token refused: expired, of another issuer or audience, or no token of ours"
            );
            Rejection::invalid_token()
        })
}

/// The user of the request, who must also pass `standing`, with the scopes that are needed. `None`
/// when the request presents no token.
pub(super) async fn user<S, U>(
    parts: &Parts,
    state: &S,
    needed: SecurityScopes<'_>,
    standing: fn(&U) -> Result<(), Rejection>,
) -> Result<Option<U>, Rejection>
where
    U: Account,
    Auth<U>: FromRef<S>,
{
    let caller = caller(parts, &Auth::from_ref(state), needed, standing).await?;
    Ok(caller.map(|(user, _)| user))
}

/// The same, with what its token says.
pub(crate) async fn caller<U: Account>(
    parts: &Parts,
    auth: &Auth<U>,
    needed: SecurityScopes<'_>,
    standing: fn(&U) -> Result<(), Rejection>,
) -> Result<Option<(U, Arc<Claims>)>, Rejection> {
    let Some(claims) = verified(auth, parts)? else {
        return Ok(None);
    };
    let user = holder(auth, &claims, needed, standing).await?;
    Ok(Some((user, claims)))
}

/// The user of a verified token, who must also pass `standing`, with the scopes that are needed.
async fn holder<U: Account>(
    auth: &Auth<U>,
    claims: &Claims,
    needed: SecurityScopes<'_>,
    standing: fn(&U) -> Result<(), Rejection>,
) -> Result<U, Rejection> {
    if claims.is_of_client() {
        tracing::debug!(
            subject = claims.subject,
            "token refused: it is a client's own, of no user"
        );
        return Err(Rejection::invalid_token());
    }
    let user = user_of(auth, claims).await?;
    in_session(auth, claims).await?;
    // Asked before the scopes: an inactive user's token has none, and must be told why.
    standing(&user)?;
    check_scopes(needed, claims, Some(&user.scopes()))?;
    Ok(user)
}

/// The claims of a token that holds, whoever it is of: an active user, or a client. `None` when the
/// request presents no token.
pub(super) async fn active_token<U: Account>(
    parts: &Parts,
    auth: &Auth<U>,
    needed: SecurityScopes<'_>,
) -> Result<Option<Arc<Claims>>, Rejection> {
    let Some(claims) = verified(auth, parts)? else {
        return Ok(None);
    };
    if !claims.is_of_client() {
        holder(auth, &claims, needed, active).await?;
        return Ok(Some(claims));
    }
    let client = ClientId::new(&*claims.client_id);
    let Some(client) = auth.find_client(&client).await? else {
        tracing::debug!(
            subject = claims.subject,
            "token refused: there is no such client"
        );
        return Err(Rejection::invalid_token());
    };
    in_session(auth, &claims).await?;
    check_scopes(needed, &claims, Some(&client.scopes))?;
    Ok(Some(claims))
}

/// The standing of a user who may act.
pub(crate) fn active<U: Account>(user: &U) -> Result<(), Rejection> {
    if user.is_active() {
        return Ok(());
    }
    Err(Reason::InactiveUser.into())
}

/// The user of a verified token, if it exists and the token is of its present epoch.
async fn user_of<U: Account>(auth: &Auth<U>, claims: &Claims) -> Result<U, Rejection> {
    let user = auth.users().find_by_subject(&claims.subject).await?;
    let Some(user) = user else {
        tracing::debug!(
            subject = claims.subject,
            "token refused: there is no such user"
        );
        return Err(Rejection::invalid_token());
    };
    if user.epoch() != claims.epoch {
        tracing::debug!(
            subject = claims.subject,
            "token refused: it is from before a change that ended every earlier token"
        );
        return Err(Rejection::invalid_token());
    }
    Ok(user)
}

/// The session of a verified token, where sessions are kept, must not have been ended.
async fn in_session<U: Account>(auth: &Auth<U>, claims: &Claims) -> Result<(), Rejection> {
    let Some(sessions) = auth.sessions() else {
        return Ok(());
    };
    let session = sessions.find_session(&claims.session_id).await?;
    let owner = (!claims.is_of_client()).then_some(&*claims.subject);
    let lives = |session: Session| {
        let user = session.user.as_ref().map(UserId::as_str);
        user == owner && auth.now() < session.ends_at
    };
    if session.is_some_and(lives) {
        return Ok(());
    }
    tracing::debug!(
        subject = claims.subject,
        "token refused: its session is ended"
    );
    Err(Rejection::invalid_token())
}

/// Whether what is needed is in the token, and still its holder's where the holder is known.
pub(super) fn check_scopes(
    needed: SecurityScopes<'_>,
    claims: &Claims,
    of_holder: Option<&Scopes>,
) -> Result<(), Rejection> {
    let has = |scope: &str| {
        claims.scopes.contains(scope) && of_holder.is_none_or(|scopes| scopes.contains(scope))
    };
    if needed.all(has) {
        Ok(())
    } else {
        Err(Rejection::insufficient_scope(needed))
    }
}

/// What a guard over our own tokens says of itself.
pub(super) fn bearer_guard(needed: SecurityScopes<'_>) -> Described {
    let described = OAuth2PasswordBearer::<crate::scheme::TokenEndpoint>::described(needed);
    refusing_scopes(described, needed)
}

/// With the refusal of a token that lacks a scope, when scopes are needed.
pub(super) fn refusing_scopes(described: Described, needed: SecurityScopes<'_>) -> Described {
    if needed.is_empty() {
        return described;
    }
    let lack = Rejection::insufficient_scope(needed);
    described.refusing(lack.documented("The token lacks a scope."))
}

/// With the refusal of an inactive user.
pub(super) fn refusing_inactive(described: Described) -> Described {
    let inactive = Rejection::from(Reason::InactiveUser);
    described.refusing(inactive.documented("The user is inactive."))
}

/// With the refusal when the store cannot be asked.
pub(super) fn refusing_without_store(described: Described) -> Described {
    described.refusing(Refusal::new(
        503,
        "The database is not available; try again.",
    ))
}
