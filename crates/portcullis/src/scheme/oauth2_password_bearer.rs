//! `OAuth2PasswordBearer`: a bearer token that `POST /token` gave for a username and a password.

use std::marker::PhantomData;
use std::ops::Deref;

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::Operation;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use http::request::Parts;
use serde_json::{Map, json};

use super::{Presented, Rejection, presented_bearer};
use crate::openapi::{Described, Refusal, Scheme, describe};

/// A password flow, as the OpenAPI document shows it. Implement it for a type of your own to give
/// the scheme another name, token URL or scopes.
pub trait PasswordFlow: Send + Sync + 'static {
    /// The scheme's name in the document.
    const NAME: &'static str;
    /// Where the token comes from, relative to the document.
    const TOKEN_URL: &'static str;
    /// What the scheme is for.
    const DESCRIPTION: Option<&'static str> = None;
    /// The scopes that may be asked for, with their descriptions. Those that
    /// [`AuthBuilder::scope`](crate::auth::AuthBuilder::scope) declares are added to the flow
    /// [`TokenEndpoint`] by [`router`](crate::router).
    const SCOPES: &'static [(&'static str, &'static str)] = &[];
}

/// The flow of `POST /token` beside the document: what [`ActiveUser`](crate::ActiveUser) uses.
#[derive(Debug, Clone, Copy)]
pub struct TokenEndpoint;

impl PasswordFlow for TokenEndpoint {
    const NAME: &'static str = "OAuth2PasswordBearer";
    const TOKEN_URL: &'static str = "token";
}

/// A bearer token, present and well formed, but *not verified*: FastAPI's `OAuth2PasswordBearer`.
///
/// For tokens that you verify yourself. Where ours are meant, ask for
/// [`ActiveUser`](crate::ActiveUser) or [`AccessToken`](crate::AccessToken).
///
/// ```
/// use portcullis::OAuth2PasswordBearer;
///
/// async fn read_items(token: OAuth2PasswordBearer) -> String {
///     format!("{} bytes", token.len())
/// }
/// ```
///
/// As an `Option`, an absent token is `None`; one that is there but empty or malformed is refused.
pub struct OAuth2PasswordBearer<F = TokenEndpoint>(String, PhantomData<F>);

impl<F> OAuth2PasswordBearer<F> {
    /// The token.
    pub fn into_token(self) -> String {
        self.0
    }
}

/// Without the token.
impl<F> std::fmt::Debug for OAuth2PasswordBearer<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OAuth2PasswordBearer(…)")
    }
}

impl<F> Deref for OAuth2PasswordBearer<F> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// The token that is presented: `None` when nothing of this scheme is.
pub(crate) fn bearer_token(parts: &Parts) -> Result<Option<&str>, Rejection> {
    match presented_bearer(&parts.headers) {
        Presented::Nothing => Ok(None),
        Presented::Token(token) => Ok(Some(token)),
        Presented::Empty => Err(Rejection::NotAuthenticated),
        Presented::Malformed => Err(Rejection::InvalidToken),
        Presented::Repeated => Err(Rejection::RepeatedCredentials),
    }
}

impl<S: Send + Sync, F: PasswordFlow> FromRequestParts<S> for OAuth2PasswordBearer<F> {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Rejection> {
        let token = bearer_token(parts)?.ok_or(Rejection::NotAuthenticated)?;
        Ok(Self(token.to_owned(), PhantomData))
    }
}

impl<S: Send + Sync, F: PasswordFlow> OptionalFromRequestParts<S> for OAuth2PasswordBearer<F> {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Option<Self>, Rejection> {
        let token = bearer_token(parts)?;
        Ok(token.map(|token| Self(token.to_owned(), PhantomData)))
    }
}

/// The scheme of a flow, for the document.
pub(crate) fn scheme<F: PasswordFlow>() -> Scheme {
    let scopes: Map<_, _> = F::SCOPES
        .iter()
        .map(|(name, description)| ((*name).to_owned(), json!(description)))
        .collect();
    let mut definition = json!({
        "type": "oauth2",
        "flows": { "password": { "tokenUrl": F::TOKEN_URL, "scopes": scopes } },
    });
    if let (Some(text), Some(members)) = (F::DESCRIPTION, definition.as_object_mut()) {
        members.insert("description".into(), text.into());
    }
    Scheme {
        name: F::NAME,
        definition,
    }
}

/// What every bearer scheme may answer.
pub(crate) const BEARER_REFUSALS: &[Refusal] = &[
    Refusal {
        status: 400,
        description: "More than one `Authorization` header.",
    },
    Refusal {
        status: 401,
        description: "No token, or one that is not valid.",
    },
];

impl<F: PasswordFlow> OperationInput for OAuth2PasswordBearer<F> {
    fn operation_input(_: &mut GenContext, operation: &mut Operation) {
        describe::argument(operation, &described::<F>());
    }

    fn inferred_early_responses(
        _: &mut GenContext,
        operation: &mut Operation,
    ) -> Vec<(Option<aide::openapi::StatusCode>, aide::openapi::Response)> {
        describe::required(operation, &described::<F>());
        Vec::new()
    }
}

fn described<F: PasswordFlow>() -> Described {
    Described {
        scheme: scheme::<F>(),
        scopes: &[],
        refusals: BEARER_REFUSALS.to_vec(),
    }
}
