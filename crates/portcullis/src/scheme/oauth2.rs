//! `OAuth2`: a bearer token of any OAuth 2.0 flows (RFC 6749).

use std::marker::PhantomData;

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
#[derive(Debug, Clone, Copy)]
pub enum Flow {
    /// A username and a password for a token (RFC 6749 §4.3); for first parties alone (RFC 9700
    /// §2.4).
    Password {
        /// Where the token comes from.
        token_url: &'static str,
        /// Where it is renewed.
        refresh_url: Option<&'static str>,
        /// What may be asked for.
        scopes: FlowScopes,
    },
    /// A machine's own credentials for a token (RFC 6749 §4.4).
    ClientCredentials {
        /// Where the token comes from.
        token_url: &'static str,
        /// Where it is renewed.
        refresh_url: Option<&'static str>,
        /// What may be asked for.
        scopes: FlowScopes,
    },
    /// A code that a person's browser brings back (RFC 6749 §4.1).
    AuthorizationCode {
        /// Where the person agrees.
        authorization_url: &'static str,
        /// Where the code becomes a token.
        token_url: &'static str,
        /// Where it is renewed.
        refresh_url: Option<&'static str>,
        /// What may be asked for.
        scopes: FlowScopes,
    },
    /// A token in the address (RFC 6749 §4.2). RFC 9700 §2.1.2 says not to use it.
    Implicit {
        /// Where the person agrees.
        authorization_url: &'static str,
        /// Where it is renewed.
        refresh_url: Option<&'static str>,
        /// What may be asked for.
        scopes: FlowScopes,
    },
}

impl Flow {
    /// Its name in the Flows Object, and the Flow Object.
    fn object(self) -> (&'static str, Value) {
        let (name, authorization_url, token_url, refresh_url, scopes) = match self {
            Self::Password {
                token_url,
                refresh_url,
                scopes,
            } => ("password", None, Some(token_url), refresh_url, scopes),
            Self::ClientCredentials {
                token_url,
                refresh_url,
                scopes,
            } => (
                "clientCredentials",
                None,
                Some(token_url),
                refresh_url,
                scopes,
            ),
            Self::AuthorizationCode {
                authorization_url,
                token_url,
                refresh_url,
                scopes,
            } => (
                "authorizationCode",
                Some(authorization_url),
                Some(token_url),
                refresh_url,
                scopes,
            ),
            Self::Implicit {
                authorization_url,
                refresh_url,
                scopes,
            } => (
                "implicit",
                Some(authorization_url),
                None,
                refresh_url,
                scopes,
            ),
        };
        let offered = scopes.iter();
        let offered = offered.map(|(name, about)| ((*name).to_owned(), json!(about)));
        let mut object = Map::new();
        object.insert("scopes".to_owned(), Value::Object(offered.collect()));
        let urls = [
            ("authorizationUrl", authorization_url),
            ("tokenUrl", token_url),
            ("refreshUrl", refresh_url),
        ];
        for (member, url) in urls {
            if let Some(url) = url {
                object.insert(member.to_owned(), json!(url));
            }
        }
        (name, Value::Object(object))
    }
}

/// A Security Scheme Object of type `oauth2`.
pub(super) fn definition(flows: &[Flow]) -> Value {
    let flows = flows.iter().map(|flow| {
        let (name, object) = flow.object();
        (name.to_owned(), object)
    });
    json!({ "type": "oauth2", "flows": Value::Object(flows.collect()) })
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
