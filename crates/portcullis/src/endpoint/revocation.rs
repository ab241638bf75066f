//! `POST /revoke` (RFC 7009).

use aide::openapi::ReferenceOr;
use aide::transform::TransformOperation;
use axum::extract::{FromRef, State};
use http::StatusCode;

use super::Private;
use super::refusal::TokenRefusal;
use super::token_question::{self, TokenQuestion};
use crate::auth::Auth;
use crate::grant;
use crate::user::Account;

pub(super) async fn revoke<S, U>(
    State(state): State<S>,
    question: TokenQuestion,
) -> Result<Private<StatusCode>, TokenRefusal>
where
    S: Clone + Send + Sync + 'static,
    U: Account,
    Auth<U>: FromRef<S>,
{
    let auth = Auth::<U>::from_ref(&state);
    grant::end_session(&auth, &question.client, &question.token).await?;
    Ok(Private(StatusCode::OK))
}

pub(super) fn describe(mut operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation.inner_mut().request_body = Some(ReferenceOr::Item(token_question::body()));
    operation
        .summary("Sign out: end the session of a token, and every token of it")
        .tag("oauth")
        .response_with::<200, (), _>(|response| {
            response.description("Done, also when there was no such token.")
        })
}
