//! Refusals at the token endpoint, in one `match` (RFC 6749 §5.2).

use axum::response::{IntoResponse, Response};
use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};

use crate::account::{NotChecked, NotHashed};
use crate::error::OAuthErrorBody;
use crate::grant::NotGranted;
use crate::scheme::{InvalidForm, StoreFailed, log_store_error, oauth_refusal};
use crate::token::{KeyFailed, NotIssued};

/// After how long it is worth while to ask a node again that had no key to sign with.
const KEYS_READ_AGAIN_SECONDS: u32 = 10;

/// Why the token endpoint refused.
#[derive(Debug, thiserror::Error)]
pub(super) enum TokenRefusal {
    #[error(transparent)]
    Form(#[from] InvalidForm),
    #[error(transparent)]
    Grant(#[from] NotGranted),
}

/// Documented by what the form notes on the operation.
impl aide::OperationOutput for TokenRefusal {
    type Inner = OAuthErrorBody;
}

impl IntoResponse for TokenRefusal {
    fn into_response(self) -> Response {
        match self {
            Self::Form(form) => form.into_response(),
            Self::Grant(grant) => refuse(&grant),
        }
    }
}

fn refuse(refused: &NotGranted) -> Response {
    let bad = |error, detail| oauth_refusal(StatusCode::BAD_REQUEST, error, detail);
    match refused {
        NotGranted::InvalidRequest(detail) => bad("invalid_request", detail),
        NotGranted::InvalidGrant => bad("invalid_grant", "Incorrect username or password"),
        NotGranted::InvalidRefreshToken => bad("invalid_grant", "The refresh token is not valid"),
        NotGranted::InvalidScope(detail) => bad("invalid_scope", detail),
        NotGranted::UnauthorizedClient => bad(
            "unauthorized_client",
            "The client may not use this grant type",
        ),
        NotGranted::UnsupportedGrantType => bad(
            "unsupported_grant_type",
            "This grant type is not offered here",
        ),
        NotGranted::InvalidClient { from_header } => invalid_client(*from_header),
        NotGranted::NotChecked(NotChecked::Hashing(NotHashed::Overloaded(overloaded))) => {
            unavailable(overloaded.retry_after_seconds)
        }
        NotGranted::NotChecked(NotChecked::Store(error)) => {
            let failed = log_store_error(error);
            let mut response = match failed {
                StoreFailed::Unavailable => unavailable(1),
                StoreFailed::Unexpected => server_error(),
            };
            response.extensions_mut().insert(failed);
            response
        }
        NotGranted::NotIssued(NotIssued::TooLong) => bad(
            "invalid_scope",
            "The scopes are too many for one token; ask for fewer",
        ),
        // As after `key rotate --discard-unreadable` elsewhere, until this node has the new key.
        NotGranted::NotIssued(NotIssued::Key(KeyFailed::Missing)) => {
            tracing::error!("{refused}");
            unavailable(KEYS_READ_AGAIN_SECONDS)
        }
        NotGranted::NotChecked(NotChecked::Hashing(_)) | NotGranted::NotIssued(_) => {
            tracing::error!("{refused}");
            server_error()
        }
    }
}

fn invalid_client(from_header: bool) -> Response {
    let mut response = oauth_refusal(
        StatusCode::UNAUTHORIZED,
        "invalid_client",
        "The client is not known",
    );
    if from_header {
        response.headers_mut().insert(
            WWW_AUTHENTICATE,
            HeaderValue::from_static(r#"Basic realm="portcullis", charset="UTF-8""#),
        );
    }
    response
}

fn unavailable(retry_after_seconds: u32) -> Response {
    let mut response = oauth_refusal(
        StatusCode::SERVICE_UNAVAILABLE,
        "temporarily_unavailable",
        "Temporarily unavailable",
    );
    response
        .headers_mut()
        .insert(RETRY_AFTER, HeaderValue::from(retry_after_seconds));
    response
}

fn server_error() -> Response {
    oauth_refusal(
        StatusCode::INTERNAL_SERVER_ERROR,
        "server_error",
        "Internal server error",
    )
}
