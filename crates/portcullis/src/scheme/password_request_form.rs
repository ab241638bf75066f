//! `OAuth2PasswordRequestForm`: the form of a login (RFC 6749 §4.3.2).

use std::ops::Deref;

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::{MediaType, Operation, RequestBody, Response, SchemaObject, StatusCode};
use aide::operation::set_body;
use axum::extract::{FromRequest, Request};
use schemars::json_schema;
use serde_json::{Value, json};

use super::{FORM_REFUSALS, Form, InvalidForm};
use crate::openapi::notes;
use crate::scope::Scopes;
use crate::secret::Password;

/// The form that a login sends, for a token endpoint of your own; FastAPI's
/// `OAuth2PasswordRequestForm`. `grant_type` may be missing.
///
/// ```
/// use portcullis::OAuth2PasswordRequestForm;
///
/// async fn login(form: OAuth2PasswordRequestForm) -> String {
///     format!("Hello {}, you ask for {}", form.username, form.scopes)
/// }
/// ```
///
/// It makes no token: [`token_router`](crate::token_router) is the endpoint that does.
///
/// What is wrong with the form is refused as RFC 6749 §5.2 says: `400 invalid_request` for another
/// media type or a parameter that is missing, empty, repeated or not UTF-8, `invalid_scope` for a
/// malformed scope, `unsupported_grant_type` for another grant; `413` for a body that is too large.
#[derive(Debug)]
pub struct OAuth2PasswordRequestForm {
    /// `username`.
    pub username: String,
    /// `password`.
    pub password: Password,
    /// `scope`, as a set.
    pub scopes: Scopes,
    /// `grant_type`: absent, or `password`.
    pub grant_type: Option<String>,
    /// `client_id`.
    pub client_id: Option<String>,
    /// `client_secret`.
    pub client_secret: Option<Password>,
}

/// The same, with `grant_type=password` required as RFC 6749 §4.3.2 says.
///
/// ```
/// use portcullis::OAuth2PasswordRequestFormStrict;
///
/// async fn login(form: OAuth2PasswordRequestFormStrict) -> String {
///     format!("Hello {}", form.username)
/// }
/// ```
#[derive(Debug)]
pub struct OAuth2PasswordRequestFormStrict(pub OAuth2PasswordRequestForm);

impl Deref for OAuth2PasswordRequestFormStrict {
    type Target = OAuth2PasswordRequestForm;

    fn deref(&self) -> &OAuth2PasswordRequestForm {
        &self.0
    }
}

impl<S: Send + Sync> FromRequest<S> for OAuth2PasswordRequestForm {
    type Rejection = InvalidForm;

    async fn from_request(request: Request, _state: &S) -> Result<Self, InvalidForm> {
        let mut form = Form::read(request).await?;
        let grant_type = form.take_plain("grant_type");
        if grant_type
            .as_deref()
            .is_some_and(|grant| grant != "password")
        {
            return Err(InvalidForm::GrantType);
        }
        let scope = form.take_plain("scope").unwrap_or_default();
        let mut secret = |name| form.take(name).map(|text| Password::new(text.as_str()));
        let password = secret("password");
        let client_secret = secret("client_secret");
        Ok(Self {
            username: form
                .take_plain("username")
                .ok_or(InvalidForm::Missing("username is missing"))?,
            password: password.ok_or(InvalidForm::Missing("password is missing"))?,
            scopes: Scopes::parse(&scope).map_err(|_| InvalidForm::Scope)?,
            grant_type,
            client_id: form.take_plain("client_id"),
            client_secret,
        })
    }
}

impl<S: Send + Sync> FromRequest<S> for OAuth2PasswordRequestFormStrict {
    type Rejection = InvalidForm;

    async fn from_request(request: Request, state: &S) -> Result<Self, InvalidForm> {
        let form = OAuth2PasswordRequestForm::from_request(request, state).await?;
        if form.grant_type.is_none() {
            return Err(InvalidForm::Missing("grant_type is missing"));
        }
        Ok(Self(form))
    }
}

/// The form of a login, as a document describes it.
pub(crate) fn form_body(strict: bool) -> RequestBody {
    let required: &[&str] = if strict {
        &["grant_type", "username", "password"]
    } else {
        &["username", "password"]
    };
    let [username, password, scope] = login_fields();
    body_of(json_schema!({
        "title": "OAuth2PasswordRequestForm",
        "type": "object",
        "required": required,
        "properties": {
            "grant_type": {
                "type": "string",
                "pattern": "^password$",
                "description": "`password`.",
            },
            "username": username,
            "password": password,
            "scope": scope,
            "client_id": {
                "type": "string",
                "description": "The client's identifier, if it has one.",
            },
            "client_secret": {
                "type": "string",
                "format": "password",
                "description": "The client's secret, if it has one.",
            },
        },
    }))
}

/// `username`, `password` and `scope`, described.
pub(crate) fn login_fields() -> [Value; 3] {
    [
        json!({ "type": "string", "minLength": 1, "description": "The user's name." }),
        json!({
            "type": "string",
            "format": "password",
            "minLength": 1,
            "description": "The user's password.",
        }),
        json!({
            "type": "string",
            "default": "",
            "description": "The scopes that the token is to have, separated by single spaces. \
                            Empty or left out: as many as may be had.",
        }),
    ]
}

/// A form of this schema, as a document describes it.
pub(crate) fn body_of(schema: schemars::Schema) -> RequestBody {
    let media_type = MediaType {
        schema: Some(SchemaObject {
            json_schema: schema,
            external_docs: None,
            example: None,
        }),
        ..MediaType::default()
    };
    RequestBody {
        content: [("application/x-www-form-urlencoded".to_owned(), media_type)]
            .into_iter()
            .collect(),
        required: true,
        ..RequestBody::default()
    }
}

macro_rules! form_in_the_document {
    ($form:ty, strict: $strict:literal) => {
        impl OperationInput for $form {
            fn operation_input(context: &mut GenContext, operation: &mut Operation) {
                set_body(context, operation, form_body($strict));
                notes::refusals(operation, FORM_REFUSALS);
            }

            fn inferred_early_responses(
                _: &mut GenContext,
                _: &mut Operation,
            ) -> Vec<(Option<StatusCode>, Response)> {
                Vec::new()
            }
        }
    };
}

form_in_the_document!(OAuth2PasswordRequestForm, strict: false);
form_in_the_document!(OAuth2PasswordRequestFormStrict, strict: true);
