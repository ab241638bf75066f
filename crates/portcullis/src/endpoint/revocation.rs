//! `POST /revoke` (RFC 7009).

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::{Operation, ReferenceOr};
use aide::transform::TransformOperation;
use axum::extract::{FromRef, FromRequest, Request, State};
use http::StatusCode;
use schemars::json_schema;
use zeroize::Zeroizing;

use super::Private;
use super::client_authentication::client_credentials;
use super::refusal::TokenRefusal;
use crate::auth::Auth;
use crate::client::ClientCredentials;
use crate::grant;
use crate::openapi::{Refusal, notes};
use crate::scheme::{FORM_REFUSALS, Form, InvalidForm, body_of};
use crate::user::Account;

pub(super) async fn revoke<S, U>(
    State(state): State<S>,
    form: RevocationForm,
) -> Result<Private<StatusCode>, TokenRefusal>
where
    S: Clone + Send + Sync + 'static,
    U: Account,
    Auth<U>: FromRef<S>,
{
    grant::end_session(&Auth::<U>::from_ref(&state), &form.client, &form.token).await?;
    Ok(Private(StatusCode::OK))
}

/// A token that shall be worth nothing any more. `token_type_hint` is not needed to find it, and a
/// wrong one must not hide it (RFC 7009 §2.1), so it is not looked at.
pub(super) struct RevocationForm {
    token: Zeroizing<String>,
    client: ClientCredentials,
}

impl<S: Send + Sync> FromRequest<S> for RevocationForm {
    type Rejection = TokenRefusal;

    async fn from_request(request: Request, _state: &S) -> Result<Self, TokenRefusal> {
        let headers = request.headers().clone();
        let mut form = Form::read(request).await?;
        let client = client_credentials(&headers, &mut form)?;
        let token = form
            .take("token")
            .ok_or(InvalidForm::Missing("token is missing"))?;
        Ok(Self { token, client })
    }
}

impl OperationInput for RevocationForm {
    fn operation_input(_: &mut GenContext, operation: &mut Operation) {
        notes::refusals(operation, FORM_REFUSALS);
        notes::refusals(
            operation,
            &[
                Refusal::oauth(401, "The client is not known."),
                Refusal::oauth(503, "The database is away; try again."),
            ],
        );
    }
}

pub(super) fn describe(mut operation: TransformOperation<'_>) -> TransformOperation<'_> {
    let body = body_of(json_schema!({
        "type": "object",
        "required": ["token"],
        "properties": {
            "token": { "type": "string", "minLength": 1 },
            "token_type_hint": { "type": "string" },
            "client_id": { "type": "string" },
            "client_secret": { "type": "string", "format": "password" },
        },
        // Others are ignored, but none may be there twice.
        "additionalProperties": { "type": "string" },
    }));
    operation.inner_mut().request_body = Some(ReferenceOr::Item(body));
    operation
        .summary("Sign out: end the session of a token, and every token of it")
        .tag("oauth")
        .response_with::<200, (), _>(|response| {
            response.description("Done, also when there was no such token.")
        })
}
