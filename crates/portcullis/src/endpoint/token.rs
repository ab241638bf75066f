//! `POST /token` (RFC 6749 §3.2).

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::{Operation, ReferenceOr};
use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::{FromRef, FromRequest, Request, State};
use http::header::USER_AGENT;
use serde::Serialize;

use super::Private;
use super::client_authentication::client_credentials;
use super::refusal::TokenRefusal;
use super::token_body::token_body;
use crate::auth::Auth;
use crate::client::GrantType;
use crate::grant::{self, Granted, TokenRequest};
use crate::openapi::{Refusal, notes};
use crate::scheme::{FORM_REFUSALS, Form, token_endpoint_scheme};
use crate::secret::Password;
use crate::user::Account;

pub(super) async fn issue<S, U>(
    State(state): State<S>,
    TokenForm(request): TokenForm,
) -> Result<Private<Json<TokenResponse>>, TokenRefusal>
where
    S: Clone + Send + Sync + 'static,
    U: Account,
    Auth<U>: FromRef<S>,
{
    let granted = grant::issue(&Auth::<U>::from_ref(&state), request).await?;
    Ok(Private(Json(granted.into())))
}

/// A token, issued (RFC 6749 §5.1).
#[derive(Serialize, schemars::JsonSchema)]
pub(super) struct TokenResponse {
    /// The token to send as `Authorization: Bearer …`.
    access_token: String,
    /// `bearer`.
    token_type: &'static str,
    /// For how many seconds it is valid.
    expires_in: u32,
    /// The token that renews it, at most once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    refresh_token: Option<String>,
    /// What it allows: scopes, separated by spaces. Left out when it allows nothing in particular.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    scope: Option<String>,
}

impl From<Granted> for TokenResponse {
    fn from(granted: Granted) -> Self {
        Self {
            access_token: granted.access_token,
            token_type: "bearer",
            expires_in: granted.expires_in,
            refresh_token: granted.refresh_token.map(|token| token.to_string()),
            scope: (!granted.scopes.is_empty()).then(|| granted.scopes.to_string()),
        }
    }
}

/// A request for a token: the form, and the client's credentials from form or header.
pub(super) struct TokenForm(TokenRequest);

impl<S: Send + Sync> FromRequest<S> for TokenForm {
    type Rejection = TokenRefusal;

    async fn from_request(request: Request, _state: &S) -> Result<Self, TokenRefusal> {
        let headers = request.headers().clone();
        let user_agent = headers
            .get(USER_AGENT)
            .and_then(|agent| agent.to_str().ok());
        let user_agent = user_agent.map(str::to_owned);
        let mut form = Form::read(request).await?;
        let client = client_credentials(&headers, &mut form)?;
        Ok(Self(TokenRequest {
            grant_type: form.take_plain("grant_type"),
            username: form.take_plain("username"),
            password: form
                .take("password")
                .map(|text| Password::new(text.as_str())),
            refresh_token: form.take("refresh_token"),
            scope: form.take_plain("scope"),
            client,
            user_agent,
        }))
    }
}

impl OperationInput for TokenForm {
    fn operation_input(_: &mut GenContext, operation: &mut Operation) {
        notes::refusals(operation, FORM_REFUSALS);
        notes::refusals(
            operation,
            &[
                Refusal::oauth(401, "The client is not known."),
                Refusal::oauth(
                    503,
                    "Too many logins at once, or the database is away; try again.",
                ),
            ],
        );
    }
}

pub(super) fn describe<'a, U: Account>(
    mut operation: TransformOperation<'a>,
    auth: &Auth<U>,
) -> TransformOperation<'a> {
    let written = operation.inner_mut();
    written.request_body = Some(ReferenceOr::Item(token_body(auth)));
    let scopes = auth.settings().scopes.iter();
    notes::issues(
        written,
        token_endpoint_scheme(),
        scopes.map(|(scope, about)| (scope.to_string(), about.clone())),
    );
    operation
        .summary(&summary(auth))
        .tag("oauth")
        .response::<200, Json<TokenResponse>>()
}

/// What is offered here, in a line.
fn summary<U: Account>(auth: &Auth<U>) -> String {
    let offered = GrantType::ALL.into_iter();
    let offered = offered.filter(|grant| auth.offers(*grant));
    let ways = offered.map(|grant| match grant {
        GrantType::Password => "sign in with a password",
        GrantType::RefreshToken => "stay signed in with a refresh token",
        GrantType::ClientCredentials => "let a client in with its own credentials",
    });
    let ways: Vec<_> = ways.collect();
    match ways.split_last() {
        Some((last, [])) => format!("Get an access token: {last}"),
        Some((last, before)) => {
            format!("Get an access token: {}, or {last}", before.join(", "))
        }
        None => "Get an access token".into(),
    }
}
