//! Every refusal of a protected operation, with status, body and challenge, in one place.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, PRAGMA, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};

use crate::error::{ErrorBody, OAuthErrorBody};
use crate::store::StoreError;

/// Why a protected operation refuses.
#[derive(Debug, thiserror::Error)]
pub enum Rejection {
    /// No credentials of this scheme.
    #[error("not authenticated")]
    NotAuthenticated,
    /// The token is bad, expired or outdated, or its user is gone.
    #[error("the credentials could not be validated")]
    InvalidToken,
    /// The token does not allow this. Holds what is needed.
    #[error("the token lacks a scope")]
    InsufficientScope(&'static [&'static str]),
    /// The user is inactive.
    #[error("the user is inactive")]
    InactiveUser,
    /// Two `Authorization` headers.
    #[error("there are two Authorization headers")]
    RepeatedCredentials,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Rejection {
    /// Status, `error`, `detail`.
    const fn told(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::NotAuthenticated => (
                StatusCode::UNAUTHORIZED,
                "not_authenticated",
                "Not authenticated",
            ),
            Self::InvalidToken => (
                StatusCode::UNAUTHORIZED,
                "invalid_token",
                "Could not validate credentials",
            ),
            Self::InsufficientScope(_) => (
                StatusCode::FORBIDDEN,
                "insufficient_scope",
                "Not enough permissions",
            ),
            Self::InactiveUser => (StatusCode::BAD_REQUEST, "inactive_user", "Inactive user"),
            Self::RepeatedCredentials => (
                StatusCode::BAD_REQUEST,
                "invalid_request",
                "More than one Authorization header",
            ),
            Self::Store(StoreError::Unavailable(_)) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "temporarily_unavailable",
                "Temporarily unavailable",
            ),
            Self::Store(StoreError::Unexpected(_)) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "server_error",
                "Internal server error",
            ),
        }
    }

    /// The challenge (RFC 6750 §3).
    fn challenge(&self) -> Option<HeaderValue> {
        match self {
            Self::NotAuthenticated => Some(HeaderValue::from_static("Bearer")),
            Self::InvalidToken => Some(HeaderValue::from_static(r#"Bearer error="invalid_token""#)),
            Self::InsufficientScope(needed) => HeaderValue::try_from(format!(
                r#"Bearer error="insufficient_scope", scope="{}""#,
                needed.join(" ")
            ))
            .ok(),
            _ => None,
        }
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        let (status, error, detail) = self.told();
        if let Self::Store(error) = &self {
            log_store_error(error);
        }
        let mut response = (status, Json(ErrorBody { detail, error })).into_response();
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(challenge) = self.challenge() {
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

/// A refusal at an OAuth endpoint. `detail` has no double quote, no backslash and nothing beyond
/// ASCII (RFC 6749 §5.2), and never echoes what was sent.
pub(crate) fn oauth_refusal(
    status: StatusCode,
    error: &'static str,
    detail: &'static str,
) -> Response {
    let body = OAuthErrorBody {
        detail,
        error,
        error_description: detail,
    };
    let mut response = (status, Json(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

/// The one place where a store's failure during a request is written down.
pub(crate) fn log_store_error(error: &StoreError) {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    tracing::error!(cause = cause.as_deref(), "{error}");
}
