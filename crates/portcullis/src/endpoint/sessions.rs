//! `/users/me/sessions`: where a user is signed in, and signing out there.

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRef, Path, State};
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Private;
use super::fallback::no_such_thing;
use crate::auth::Auth;
use crate::extract::{AccessToken, ActiveUser};
use crate::scheme::Rejection;
use crate::store::Session;
use crate::user::User;

/// A login that can still be used.
#[derive(Serialize, schemars::JsonSchema)]
pub(super) struct SessionBody {
    /// What to end it by.
    id: String,
    /// The client that signed in.
    client_id: String,
    /// When it began.
    #[schemars(with = "String", extend("format" = "date-time"))]
    created_at: Timestamp,
    /// When a token was last issued for it.
    #[schemars(with = "String", extend("format" = "date-time"))]
    last_used_at: Timestamp,
    /// What the client's program called itself.
    user_agent: Option<String>,
    /// Whether it is the one that asks.
    current: bool,
}

impl SessionBody {
    fn of(session: Session, current: &str) -> Self {
        Self {
            current: session.id == current,
            id: session.id,
            client_id: session.client.as_str().to_owned(),
            created_at: session.created_at,
            last_used_at: session.last_used_at,
            user_agent: session.user_agent,
        }
    }
}

/// Names a session.
#[derive(Deserialize, schemars::JsonSchema)]
pub(super) struct SessionPath {
    /// Its id.
    id: String,
}

pub(super) async fn list<S>(
    State(state): State<S>,
    ActiveUser(user): ActiveUser,
    token: AccessToken,
) -> Result<Private<Json<Vec<SessionBody>>>, Rejection>
where
    S: Clone + Send + Sync + 'static,
    Auth<User>: FromRef<S>,
{
    let auth = Auth::<User>::from_ref(&state);
    let Some(sessions) = auth.sessions() else {
        return Ok(Private(Json(Vec::new())));
    };
    let now = auth.now();
    let all = sessions.list_sessions(&user.id).await?.into_iter();
    let live = all.filter(|session| session.epoch == user.epoch && !session.is_over(now));
    let bodies = live.map(|session| SessionBody::of(session, &token.session_id));
    Ok(Private(Json(bodies.collect())))
}

pub(super) async fn end_one<S>(
    State(state): State<S>,
    ActiveUser(user): ActiveUser,
    named: Result<Path<SessionPath>, PathRejection>,
) -> Result<Private<StatusCode>, Rejection>
where
    S: Clone + Send + Sync + 'static,
    Auth<User>: FromRef<S>,
{
    let auth = Auth::<User>::from_ref(&state);
    let Some(sessions) = auth.sessions() else {
        return Err(not_found());
    };
    // What is no text names no session; axum's own refusal would be no JSON.
    let Ok(Path(SessionPath { id })) = named else {
        return Err(not_found());
    };
    // Somebody else's session is answered like one that is not there.
    let own = sessions.find_session(&id).await?;
    if own.is_none_or(|session| session.user.as_ref() != Some(&user.id)) {
        return Err(not_found());
    }
    sessions.delete_session(&id).await?;
    Ok(Private(StatusCode::NO_CONTENT))
}

pub(super) async fn end_all<S>(
    State(state): State<S>,
    ActiveUser(user): ActiveUser,
) -> Result<Private<StatusCode>, Rejection>
where
    S: Clone + Send + Sync + 'static,
    Auth<User>: FromRef<S>,
{
    let auth = Auth::<User>::from_ref(&state);
    if let Some(sessions) = auth.sessions() {
        sessions.delete_sessions(&user.id).await?;
    }
    Ok(Private(StatusCode::NO_CONTENT))
}

fn not_found() -> Rejection {
    Rejection::answer(no_such_thing())
}

pub(super) fn describe_list(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .summary("See where you are signed in")
        .tag("users")
}

pub(super) fn describe_one(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .summary("Sign out of one session")
        .tag("users")
        .response_with::<204, (), _>(|response| response.description("Ended."))
        .response_with::<404, Json<crate::error::ErrorBody>, _>(|response| {
            response.description("You have no such session.")
        })
}

pub(super) fn describe_all(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .summary("Sign out everywhere, here too")
        .tag("users")
        .response_with::<204, (), _>(|response| response.description("Ended."))
}
