//! `OAuth2`: a bearer token of any OAuth 2.0 flows (RFC 6749).

use std::marker::PhantomData;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::SecurityScheme;
use super::bearer::holds_a_bearer_token;

/// Scopes that a flow offers, each with what it means.
pub type FlowScopes = &'static [(&'static str, &'static str)];

/// An OAuth 2.0 flow, as the document shows it (OpenAPI 3.1 §4.8.29). URLs are absolute, or relative
/// to the document.
///
/// ```
/// use portcullis::scheme::Flow;
///
/// const MACHINES: Flow = Flow::ClientCredentials {
///     token_url: "token",
///     refresh_url: None,
///     scopes: &[("orders", "Order.")],
/// };
/// # assert!(matches!(MACHINES, Flow::ClientCredentials { .. }));
/// ```
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Flow {
    /// A username and a password for a token (RFC 6749 §4.3); for first parties alone (RFC 9700
    /// §2.4).
    Password {
        /// Where the token comes from.
        token_url: &'static str,
        /// Where it is renewed.
        #[serde(skip_serializing_if = "Option::is_none")]
        refresh_url: Option<&'static str>,
        /// What may be asked for.
        #[serde(serialize_with = "as_object")]
        scopes: FlowScopes,
    },
    /// A machine's own credentials for a token (RFC 6749 §4.4).
    ClientCredentials {
        /// Where the token comes from.
        token_url: &'static str,
        /// Where it is renewed.
        #[serde(skip_serializing_if = "Option::is_none")]
        refresh_url: Option<&'static str>,
        /// What may be asked for.
        #[serde(serialize_with = "as_object")]
        scopes: FlowScopes,
    },
    /// A code that a person's browser brings back (RFC 6749 §4.1).
    AuthorizationCode {
        /// Where the person agrees.
        authorization_url: &'static str,
        /// Where the code becomes a token.
        token_url: &'static str,
        /// Where it is renewed.
        #[serde(skip_serializing_if = "Option::is_none")]
        refresh_url: Option<&'static str>,
        /// What may be asked for.
        #[serde(serialize_with = "as_object")]
        scopes: FlowScopes,
    },
    /// A token in the address (RFC 6749 §4.2). RFC 9700 §2.1.2 says not to use it.
    Implicit {
        /// Where the person agrees.
        authorization_url: &'static str,
        /// Where it is renewed.
        #[serde(skip_serializing_if = "Option::is_none")]
        refresh_url: Option<&'static str>,
        /// What may be asked for.
        #[serde(serialize_with = "as_object")]
        scopes: FlowScopes,
    },
}

/// The Scopes Object.
fn as_object<S: Serializer>(scopes: &FlowScopes, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(scopes.iter().copied())
}

/// A Security Scheme Object of type `oauth2`.
pub(super) fn definition(flows: &[Flow]) -> Value {
    // Text always turns into JSON.
    let objects = flows.iter().map(|flow| json!(flow));
    let members = objects.filter_map(|object| match object {
        Value::Object(members) => Some(members),
        _ => None,
    });
    let flows: Map<_, _> = members.flatten().collect();
    json!({ "type": "oauth2", "flows": flows })
}

/// The flows of an [`OAuth2`] scheme.
///
/// ```
/// use portcullis::OAuth2;
/// use portcullis::scheme::{Flow, OAuth2Flows, SecurityScheme};
///
/// struct Machines;
/// impl SecurityScheme for Machines {}
/// impl OAuth2Flows for Machines {
///     const FLOWS: &'static [Flow] = &[Flow::ClientCredentials {
///         token_url: "token",
///         refresh_url: None,
///         scopes: &[("orders", "Order.")],
///     }];
/// }
///
/// async fn orders(token: OAuth2<Machines>) -> String {
///     format!("{} bytes", token.len())
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not describe any OAuth2 flows",
    label = "which flows?",
    note = "write `impl SecurityScheme for {Self} {{}}` and `impl OAuth2Flows for {Self} {{ const FLOWS: &'static [Flow] = &[…]; }}`"
)]
pub trait OAuth2Flows: SecurityScheme {
    /// The flows, each kind at most once.
    const FLOWS: &'static [Flow];
}

/// A bearer token of any flows, present and well formed, but *not verified*: FastAPI's `OAuth2`,
/// which however hands out the whole header, whatever its scheme.
///
/// ```
/// use portcullis::OAuth2;
/// use portcullis::scheme::{Flow, OAuth2Flows, SecurityScheme};
///
/// struct Either;
/// impl SecurityScheme for Either {}
/// impl OAuth2Flows for Either {
///     const FLOWS: &'static [Flow] = &[
///         Flow::Password { token_url: "token", refresh_url: None, scopes: &[] },
///         Flow::ClientCredentials { token_url: "token", refresh_url: None, scopes: &[] },
///     ];
/// }
///
/// async fn items(token: OAuth2<Either>) -> String {
///     format!("{} bytes", token.len())
/// }
/// ```
pub struct OAuth2<F: OAuth2Flows>(String, PhantomData<fn() -> F>);

holds_a_bearer_token!([F: OAuth2Flows] OAuth2, class "OAuth2", defined by definition(F::FLOWS));
