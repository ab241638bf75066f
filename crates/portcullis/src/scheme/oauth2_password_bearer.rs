//! `OAuth2PasswordBearer`: a bearer token that `POST /token` gave for a username and a password.

use std::marker::PhantomData;

use super::bearer::holds_a_bearer_token;
use super::oauth2::{Flow, FlowScopes, definition};
use super::{SecurityScheme, credential};
use crate::openapi::Scheme;

/// A password flow, as the OpenAPI document shows it. Implement it for a type of your own to give
/// the scheme another token URL, name or scopes.
///
/// ```
/// use portcullis::OAuth2PasswordBearer;
/// use portcullis::scheme::{PasswordFlow, SecurityScheme};
///
/// struct Partners;
/// impl SecurityScheme for Partners {
///     const NAME: Option<&'static str> = Some("partners");
/// }
/// impl PasswordFlow for Partners {
///     const TOKEN_URL: &'static str = "partners/token";
/// }
///
/// async fn orders(token: OAuth2PasswordBearer<Partners>) -> String {
///     format!("{} bytes", token.len())
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not describe a password flow",
    label = "where does the token come from?",
    note = "write `impl SecurityScheme for {Self} {{}}` and `impl PasswordFlow for {Self} {{ const TOKEN_URL: &'static str = \"token\"; }}`"
)]
pub trait PasswordFlow: SecurityScheme {
    /// Where the token comes from, relative to the document.
    const TOKEN_URL: &'static str;
    /// Where it is renewed, relative to the document.
    const REFRESH_URL: Option<&'static str> = None;
    /// The scopes that may be asked for, with their descriptions. Those that
    /// [`AuthBuilder::scope`](crate::auth::AuthBuilder::scope) declares are added to the flow
    /// [`TokenEndpoint`] by [`router`](crate::router).
    const SCOPES: FlowScopes = &[];
}

/// The flow of our own `POST /token`: what [`ActiveUser`](crate::ActiveUser) uses. The document says
/// where the endpoint is mounted.
///
/// ```
/// use portcullis::OAuth2PasswordBearer;
/// use portcullis::scheme::TokenEndpoint;
///
/// async fn items(token: OAuth2PasswordBearer<TokenEndpoint>) -> String {
///     format!("{} bytes", token.len())
/// }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct TokenEndpoint;

impl SecurityScheme for TokenEndpoint {}

impl PasswordFlow for TokenEndpoint {
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
pub struct OAuth2PasswordBearer<F: PasswordFlow = TokenEndpoint>(String, PhantomData<fn() -> F>);

holds_a_bearer_token!(
    [F: PasswordFlow] OAuth2PasswordBearer,
    class "OAuth2PasswordBearer",
    defined by definition(&[Flow::Password {
        token_url: F::TOKEN_URL,
        refresh_url: F::REFRESH_URL,
        scopes: F::SCOPES,
    }])
);

/// The scheme of our own token endpoint, for the document.
pub(crate) fn token_endpoint_scheme() -> Scheme {
    credential::scheme::<OAuth2PasswordBearer>()
}
