//! `OpenIdConnect`: a bearer token of a provider that describes itself (`OpenID` Connect Discovery 1.0).

use std::marker::PhantomData;

use serde_json::json;

use super::SecurityScheme;
use super::bearer::holds_a_bearer_token;

/// An `OpenID` provider, as the OpenAPI document shows it.
///
/// ```
/// use portcullis::scheme::{OpenIdProvider, SecurityScheme};
///
/// struct Company;
/// impl SecurityScheme for Company {}
/// impl OpenIdProvider for Company {
///     const OPEN_ID_CONNECT_URL: &'static str =
///         "https://sso.example.com/.well-known/openid-configuration";
/// }
/// # assert!(Company::OPEN_ID_CONNECT_URL.starts_with("https://"));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not describe an OpenID provider",
    label = "where does it describe itself?",
    note = "write `impl SecurityScheme for {Self} {{}}` and `impl OpenIdProvider for {Self} {{ const OPEN_ID_CONNECT_URL: &'static str = \"…\"; }}`"
)]
pub trait OpenIdProvider: SecurityScheme {
    /// Where the provider describes itself.
    const OPEN_ID_CONNECT_URL: &'static str;
}

/// A bearer token of an `OpenID` provider, present and well formed, but *not verified*: FastAPI's
/// `OpenIdConnect`, which however hands out the whole header, whatever its scheme.
///
/// ```
/// use portcullis::OpenIdConnect;
/// use portcullis::scheme::{OpenIdProvider, SecurityScheme};
///
/// struct Company;
/// impl SecurityScheme for Company {}
/// impl OpenIdProvider for Company {
///     const OPEN_ID_CONNECT_URL: &'static str =
///         "https://sso.example.com/.well-known/openid-configuration";
/// }
///
/// async fn items(token: OpenIdConnect<Company>) -> String {
///     format!("{} bytes", token.len())
/// }
/// ```
pub struct OpenIdConnect<P: OpenIdProvider>(String, PhantomData<fn() -> P>);

holds_a_bearer_token!([P: OpenIdProvider] OpenIdConnect, class "OpenIdConnect", defined by {
    json!({ "type": "openIdConnect", "openIdConnectUrl": P::OPEN_ID_CONNECT_URL })
});
