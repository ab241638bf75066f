//! `GET /.well-known/jwks.json`: the public keys (RFC 7517).

use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::{FromRef, State};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::auth::Auth;
use crate::token::{JwkSet, VerifyingKey};
use crate::user::Account;

/// A resource server may keep the keys this long without asking; a new key signs later than that
/// ([`KeyRotation::SHORTEST_PUBLICATION`](crate::auth::KeyRotation::SHORTEST_PUBLICATION)).
const CACHE: HeaderValue = HeaderValue::from_static("public, max-age=300");

pub(super) async fn keys<S, U>(State(state): State<S>, headers: HeaderMap) -> Response
where
    S: Clone + Send + Sync + 'static,
    U: Account,
    Auth<U>: FromRef<S>,
{
    let auth = Auth::<U>::from_ref(&state);
    let keys = auth.verifier().keys(auth.now());
    let tag = entity_tag(&keys);
    let unchanged = headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|known| known.to_str().ok())
        .any(|known| known.split(',').any(|known| is_same(known.trim(), &tag)));
    let mut response = if unchanged {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Json(JwkSet {
            keys: keys.iter().map(VerifyingKey::to_jwk).collect(),
        })
        .into_response()
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, CACHE);
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(ETAG, tag);
    }
    response
}

/// The keys' identifiers are digests of the keys, so a digest of them names the set.
fn entity_tag(keys: &[VerifyingKey]) -> String {
    let mut context = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    for key in keys {
        context.update(key.kid().as_bytes());
    }
    format!("\"{}\"", URL_SAFE_NO_PAD.encode(context.finish()))
}

/// RFC 9110 §13.1.2: compared weakly.
fn is_same(known: &str, tag: &str) -> bool {
    known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag
}

pub(super) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .summary("The public keys that verify access tokens")
        .tag("oauth")
        .response::<200, Json<JwkSet>>()
}
