//! The form that `POST /revoke` and `POST /introspect` share: a token, and the client that asks.

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::{Operation, RequestBody};
use axum::extract::{FromRequest, Request};
use schemars::json_schema;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::client_authentication::client_credentials;
use super::refusal::TokenRefusal;
use crate::client::ClientCredentials;
use crate::openapi::{Refusal, notes};
use crate::scheme::{FORM_REFUSALS, Form, InvalidForm, body_of};

/// A token, and who asks about it. `token_type_hint` is not needed to find it, and a wrong one must not
/// hide it (RFC 7009 §2.1, RFC 7662 §2.1), so it is not looked at.
pub(super) struct TokenQuestion {
    pub(super) token: Zeroizing<String>,
    pub(super) client: ClientCredentials,
}

impl<S: Send + Sync> FromRequest<S> for TokenQuestion {
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

impl OperationInput for TokenQuestion {
    fn operation_input(_: &mut GenContext, operation: &mut Operation) {
        notes::refusals(operation, FORM_REFUSALS);
        notes::refusals(
            operation,
            &[
                Refusal::oauth(401, "The client is not known, or may not ask."),
                Refusal::oauth(503, "The database is away; try again."),
            ],
        );
    }
}

/// The form, described.
pub(super) fn body() -> RequestBody {
    let [(id, id_schema), (secret, secret_schema)] = client_fields();
    body_of(json_schema!({
        "type": "object",
        "required": ["token"],
        "properties": {
            "token": {
                "type": "string",
                "minLength": 1,
                "description": "An access token or a refresh token.",
            },
            "token_type_hint": {
                "type": "string",
                "description": "Not looked at: a token of either kind is found without it.",
            },
            id: id_schema,
            secret: secret_schema,
        },
        // Others are ignored, but none may be there twice.
        "additionalProperties": { "type": "string" },
    }))
}

/// The fields in which a client says who it is, described.
pub(super) fn client_fields() -> [(&'static str, Value); 2] {
    let id = json!({
        "type": "string",
        "description": "The client that asks, unless `Authorization: Basic` says it.",
    });
    let secret = json!({
        "type": "string",
        "format": "password",
        "description": "The secret of a confidential client, unless `Authorization: Basic` has it.",
    });
    [("client_id", id), ("client_secret", secret)]
}
