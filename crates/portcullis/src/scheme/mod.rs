//! How a credential arrives: one file for each security scheme, with FastAPI's names.
//!
//! To ask for a scheme in a handler's arguments is to check that the credential is there and well
//! formed, and to write the scheme into the OpenAPI document. Who is calling is the business of
//! [`extract`](crate::extract).
//!
//! | in the handler's arguments | reads |
//! |---|---|
//! | [`ApiKeyHeader`], [`ApiKeyQuery`], [`ApiKeyCookie`] | a key |
//! | [`HttpBasic`] | a username and a password |
//! | [`HttpBearer`], [`OAuth2PasswordBearer`], [`OAuth2AuthorizationCodeBearer`], [`OAuth2`], [`OpenIdConnect`] | a bearer token; they differ in what the document says of where it comes from |
//! | [`HttpDigest`] | the parameters of a digest |
//! | two arguments, or a tuple of them | all of them: AND |
//! | [`AnyOf<(A, B)>`](AnyOf) | the first that is present: OR |
//! | `Option<T>` | nothing presented: `None`; something bad: refused |
//!
//! **Do not ask for `Result<T, Rejection>`**: the handler would run in any case, while the document says
//! that it is protected ([why](crate::manual::own_schemes#composing)).
//!
//! ```
//! use portcullis::openapi::{ApiRouter, Document, routing::get};
//! use portcullis::scheme::{ApiKey, SecurityScheme};
//! use portcullis::{ApiKeyHeader, HttpBasic};
//!
//! struct AppKey;
//! impl SecurityScheme for AppKey {}
//! impl ApiKey for AppKey {
//!     const PARAMETER: &'static str = "x-app-key";
//! }
//!
//! async fn both(app: ApiKeyHeader<AppKey>, who: HttpBasic) -> String {
//!     format!("{} and {}", app.len(), who.username)
//! }
//!
//! let api: ApiRouter = ApiRouter::new().api_route("/both", get(both));
//! let (_, document) = Document::new("Both", "1.0").finish(api)?;
//! assert_eq!(
//!     document["paths"]["/both"]["get"]["security"],
//!     serde_json::json!([{ "APIKeyHeader": [], "HTTPBasic": [] }])
//! );
//! # Ok::<(), portcullis::openapi::DocumentError>(())
//! ```

mod all_of;
mod any_of;
mod api_key;
mod authorization;
mod bearer;
mod challenge;
pub(crate) mod credential;
mod form;
pub(crate) mod guard;
mod http_basic;
mod http_bearer;
mod http_digest;
mod oauth2;
mod oauth2_authorization_code_bearer;
mod oauth2_password_bearer;
mod open_id_connect;
mod password_request_form;
mod rejection;
mod security_scheme;
mod security_scopes;

pub use any_of::{Alternative, Alternatives, AnyOf};
pub use api_key::{ApiKey, ApiKeyCookie, ApiKeyHeader, ApiKeyQuery};
pub(crate) use bearer::bearer_token;
pub use form::InvalidForm;
pub(crate) use form::{FORM_REFUSALS, Form, collect_body, decode_parameter, pairs};
pub use guard::{Documented, Found, Guard};
pub use http_basic::{HttpBasic, Realm};
pub use http_bearer::{BearerFormat, HttpBearer};
pub use http_digest::HttpDigest;
pub use oauth2::{Flow, FlowScopes, OAuth2, OAuth2Flows};
pub use oauth2_authorization_code_bearer::{AuthorizationCodeFlow, OAuth2AuthorizationCodeBearer};
pub(crate) use oauth2_password_bearer::token_endpoint_scheme;
pub use oauth2_password_bearer::{OAuth2PasswordBearer, PasswordFlow, TokenEndpoint};
pub use open_id_connect::{OpenIdConnect, OpenIdProvider};
pub use password_request_form::{OAuth2PasswordRequestForm, OAuth2PasswordRequestFormStrict};
pub(crate) use password_request_form::{body_of, form_body, login_fields};
pub use rejection::{Reason, Rejection, StoreFailed};
pub(crate) use rejection::{log_store_error, oauth_refusal};
pub use security_scheme::{Plain, SecurityScheme};
pub use security_scopes::{RequiredScopes, SecurityScopes};
