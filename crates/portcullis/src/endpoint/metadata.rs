//! `GET /.well-known/oauth-authorization-server`: what is offered here (RFC 8414).

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::{FromRef, State};
use http::HeaderValue;
use http::header::CACHE_CONTROL;
use serde::Serialize;

use crate::auth::Auth;
use crate::client::GrantType;
use crate::scope::Scope;
use crate::user::Account;

/// A client may keep it this long without asking.
const CACHE: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// RFC 8414 §2. Every URL is made of the issuer, never of the request.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct Metadata {
    /// The `iss` of the tokens.
    issuer: String,
    /// Where tokens are issued.
    token_endpoint: String,
    /// Where the public keys are.
    jwks_uri: String,
    /// Where sessions are ended, if they are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    revocation_endpoint: Option<String>,
    /// The scopes that can be asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    scopes_supported: Vec<String>,
    /// None: there is no authorization endpoint. The member is required (RFC 8414 §2).
    response_types_supported: Vec<String>,
    /// What `grant_type` may be. Left out, it would mean grants that are not offered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    grant_types_supported: Vec<&'static str>,
    /// How a client says who it is.
    token_endpoint_auth_methods_supported: Vec<&'static str>,
    /// The same, where sessions are ended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    revocation_endpoint_auth_methods_supported: Vec<&'static str>,
    /// Where those who may can ask what a token is worth, if clients can be registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    introspection_endpoint: Option<String>,
    /// How they say who they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    introspection_endpoint_auth_methods_supported: Vec<&'static str>,
}

/// How a client with a secret says who it is (RFC 6749 §2.3.1).
const CONFIDENTIAL: [&str; 2] = ["client_secret_basic", "client_secret_post"];

impl Metadata {
    fn of<U: Account>(auth: &Auth<U>) -> Self {
        let settings = auth.settings();
        let base = settings.issuer.trim_end_matches('/');
        let (keeps_sessions, has_clients) = (auth.sessions().is_some(), auth.clients().is_some());
        let grants = GrantType::ALL.into_iter();
        let grants = grants.filter(|grant| auth.offers(*grant));
        // The built-in client is public; those who are registered may be confidential.
        let mut methods = vec!["none"];
        if has_clients {
            methods.extend(CONFIDENTIAL);
        }
        Self {
            issuer: settings.issuer.clone(),
            token_endpoint: format!("{base}/token"),
            jwks_uri: format!("{base}/.well-known/jwks.json"),
            revocation_endpoint: keeps_sessions.then(|| format!("{base}/revoke")),
            scopes_supported: settings.scopes.keys().map(Scope::to_string).collect(),
            response_types_supported: Vec::new(),
            grant_types_supported: grants.map(GrantType::name).collect(),
            revocation_endpoint_auth_methods_supported: if keeps_sessions {
                methods.clone()
            } else {
                Vec::new()
            },
            token_endpoint_auth_methods_supported: methods,
            introspection_endpoint: has_clients.then(|| format!("{base}/introspect")),
            introspection_endpoint_auth_methods_supported: if has_clients {
                CONFIDENTIAL.to_vec()
            } else {
                Vec::new()
            },
        }
    }
}

/// Where the metadata of an issuer is: the well-known part stands between its host and its path
/// (RFC 8414 §3.1).
pub(super) fn path(issuer: &str) -> String {
    let after_scheme = issuer.split_once("://").map_or(issuer, |(_, rest)| rest);
    let path = after_scheme.split_once('/').map_or("", |(_, path)| path);
    let path = path.trim_end_matches('/');
    let separator = if path.is_empty() { "" } else { "/" };
    format!("/.well-known/oauth-authorization-server{separator}{path}")
}

pub(super) async fn read<S, U>(
    State(state): State<S>,
) -> ([(http::HeaderName, HeaderValue); 1], Json<Metadata>)
where
    S: Clone + Send + Sync + 'static,
    U: Account,
    Auth<U>: FromRef<S>,
{
    let metadata = Metadata::of(&Auth::<U>::from_ref(&state));
    ([(CACHE_CONTROL, CACHE)], Json(metadata))
}

pub(super) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .summary("What is offered here, for OAuth clients")
        .tag("oauth")
        .response::<200, Json<Metadata>>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_8414_s3_1_between_host_and_path() {
        let plain = "/.well-known/oauth-authorization-server";
        for issuer in ["https://h", "https://h/", "http://127.0.0.1:8000"] {
            assert_eq!(path(issuer), plain, "{issuer}");
        }
        for issuer in ["https://h/x/y", "https://h/x/y/"] {
            assert_eq!(path(issuer), format!("{plain}/x/y"), "{issuer}");
        }
    }
}
