//! `OAuth2AuthorizationCodeBearer`: a bearer token that a person's browser fetched (RFC 6749 §4.1).

use std::marker::PhantomData;

use super::SecurityScheme;
use super::bearer::holds_a_bearer_token;
use super::oauth2::{Flow, FlowScopes, definition};

/// An authorization code flow, as the OpenAPI document shows it.
///
/// ```
/// use portcullis::scheme::{AuthorizationCodeFlow, SecurityScheme};
///
/// struct SignOn;
/// impl SecurityScheme for SignOn {}
/// impl AuthorizationCodeFlow for SignOn {
///     const AUTHORIZATION_URL: &'static str = "https://sso.example.com/authorize";
///     const TOKEN_URL: &'static str = "https://sso.example.com/token";
/// }
/// # assert!(SignOn::TOKEN_URL.ends_with("/token"));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not describe an authorization code flow",
    label = "where does the token come from?",
    note = "write `impl SecurityScheme for {Self} {{}}` and `impl AuthorizationCodeFlow for {Self} {{ const AUTHORIZATION_URL: &'static str = \"…\"; const TOKEN_URL: &'static str = \"…\"; }}`"
)]
pub trait AuthorizationCodeFlow: SecurityScheme {
    /// Where the person agrees; absolute, or relative to the document.
    const AUTHORIZATION_URL: &'static str;
    /// Where the code becomes a token.
    const TOKEN_URL: &'static str;
    /// Where the token is renewed.
    const REFRESH_URL: Option<&'static str> = None;
    /// The scopes that may be asked for, with their descriptions.
    const SCOPES: FlowScopes = &[];
}

/// A bearer token of an authorization code flow, present and well formed, but *not verified*:
/// FastAPI's `OAuth2AuthorizationCodeBearer`.
///
/// ```
/// use portcullis::OAuth2AuthorizationCodeBearer;
/// use portcullis::scheme::{AuthorizationCodeFlow, SecurityScheme};
///
/// struct SignOn;
/// impl SecurityScheme for SignOn {}
/// impl AuthorizationCodeFlow for SignOn {
///     const AUTHORIZATION_URL: &'static str = "https://sso.example.com/authorize";
///     const TOKEN_URL: &'static str = "https://sso.example.com/token";
/// }
///
/// async fn items(token: OAuth2AuthorizationCodeBearer<SignOn>) -> String {
///     format!("{} bytes", token.len())
/// }
/// ```
pub struct OAuth2AuthorizationCodeBearer<F: AuthorizationCodeFlow>(String, PhantomData<fn() -> F>);

holds_a_bearer_token!(
    [F: AuthorizationCodeFlow] OAuth2AuthorizationCodeBearer,
    class "OAuth2AuthorizationCodeBearer",
    defined by definition(&[Flow::AuthorizationCode {
        authorization_url: F::AUTHORIZATION_URL,
        token_url: F::TOKEN_URL,
        refresh_url: F::REFRESH_URL,
        scopes: F::SCOPES,
    }])
);
