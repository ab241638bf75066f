//! How a credential arrives: one file for each security scheme, with FastAPI's names.
//!
//! To ask for a scheme in a handler's arguments is to check that the credential is there and well
//! formed, and to write the scheme into the OpenAPI document. Who is calling is the business of
//! [`extract`](crate::extract).

mod bearer;
mod form;
mod oauth2_password_bearer;
mod password_request_form;
mod rejection;

use bearer::{Presented, presented_bearer};
pub use form::InvalidForm;
pub(crate) use form::{FORM_REFUSALS, Form, decode_parameter};
pub(crate) use oauth2_password_bearer::{BEARER_REFUSALS, bearer_token, scheme};
pub use oauth2_password_bearer::{OAuth2PasswordBearer, PasswordFlow, TokenEndpoint};
pub(crate) use password_request_form::form_body;
pub use password_request_form::{OAuth2PasswordRequestForm, OAuth2PasswordRequestFormStrict};
pub use rejection::Rejection;
pub(crate) use rejection::{log_store_error, oauth_refusal};
