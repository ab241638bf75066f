//! Every refusal of a protected operation, with status, body and challenge, in one place.

use std::borrow::Cow;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, PRAGMA, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};

use super::challenge::Challenge;
use super::security_scopes::SecurityScopes;
use crate::error::{ErrorBody, OAuthErrorBody};
use crate::openapi::Refusal;
use crate::store::StoreError;

/// Why a protected operation refuses.
///
/// ```
/// use portcullis::scheme::{Reason, Rejection};
///
/// let rejection = Rejection::from(Reason::InactiveUser);
/// assert!(matches!(rejection.reason(), Reason::InactiveUser));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// No credentials of this scheme, or malformed ones.
    #[error("not authenticated")]
    NotAuthenticated,
    /// The token is bad, expired or outdated, or its user is gone; the key or the password is wrong.
    #[error("the credentials could not be validated")]
    InvalidCredentials,
    /// The token does not allow this. Holds what is needed.
    #[error("the token lacks a scope")]
    InsufficientScope(Vec<Cow<'static, str>>),
    /// The user is inactive.
    #[error("the user is inactive")]
    InactiveUser,
    /// The credential is there twice, so nobody can say which is meant. Holds the text to tell.
    #[error("the credentials are repeated")]
    Repeated(&'static str),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An answer of the application's own.
    #[error("refused by the application")]
    Answered(Box<Response>),
}

impl Reason {
    /// Status, `error`, `detail`.
    const fn told(&self, by_bearer: bool) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::NotAuthenticated => (
                StatusCode::UNAUTHORIZED,
                "not_authenticated",
                "Not authenticated",
            ),
            Self::InvalidCredentials => (
                StatusCode::UNAUTHORIZED,
                if by_bearer {
                    "invalid_token"
                } else {
                    "invalid_credentials"
                },
                "Could not validate credentials",
            ),
            Self::InsufficientScope(_) => (
                StatusCode::FORBIDDEN,
                "insufficient_scope",
                "Not enough permissions",
            ),
            Self::InactiveUser => (StatusCode::BAD_REQUEST, "inactive_user", "Inactive user"),
            Self::Repeated(detail) => (StatusCode::BAD_REQUEST, "invalid_request", detail),
            Self::Store(StoreError::Unavailable(_)) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "temporarily_unavailable",
                "Temporarily unavailable",
            ),
            Self::Store(StoreError::Unexpected(_)) | Self::Answered(_) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "server_error",
                "Internal server error",
            ),
        }
    }
}

/// The refusal of a protected operation: a reason, and the challenges of the schemes it concerns.
///
/// For a status of your own, such as `StatusCode::CONFLICT`, say [`Rejection::answer`]; for a wrong
/// credential, `refused()` of what handed it out, such as [`HttpBasic`](super::HttpBasic::refused).
///
/// ```
/// use axum::response::IntoResponse;
/// use portcullis::HttpBasic;
/// use portcullis::scheme::{Documented, Plain};
///
/// let response = HttpBasic::<Plain>::absent().into_response();
/// assert_eq!(response.status(), 401);
/// assert_eq!(
///     response.headers()["www-authenticate"],
///     r#"Basic realm="api", charset="UTF-8""#
/// );
/// ```
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub struct Rejection {
    #[source]
    reason: Reason,
    challenges: Vec<Challenge>,
    /// What a scheme's developer made of it.
    replaced: Option<fn(Rejection) -> Response>,
    /// Something was presented, but not all that belongs together.
    is_incomplete: bool,
}

/// Marks an answer whose body is [`ErrorBody`].
#[derive(Clone)]
struct OurBody;

impl Rejection {
    pub(super) fn new(
        reason: Reason,
        challenge: Challenge,
        replaced: fn(Rejection) -> Response,
    ) -> Self {
        Self {
            replaced: Some(replaced),
            challenges: vec![challenge],
            ..Self::from(reason)
        }
    }

    /// A refusal with an answer of your own.
    ///
    /// ```
    /// use axum::response::IntoResponse;
    /// use http::StatusCode;
    /// use portcullis::scheme::Rejection;
    ///
    /// let rejection = Rejection::answer((StatusCode::FORBIDDEN, "editors only"));
    /// assert_eq!(rejection.into_response().status(), 403);
    /// ```
    pub fn answer(response: impl IntoResponse) -> Self {
        Reason::Answered(Box::new(response.into_response())).into()
    }

    /// The token of a bearer scheme lacks a scope: `403`, and a challenge that names what is needed
    /// (RFC 6750 §3.1).
    ///
    /// ```
    /// use axum::response::IntoResponse;
    /// use portcullis::SecurityScopes;
    /// use portcullis::scheme::Rejection;
    ///
    /// let needed = SecurityScopes::none();
    /// let needed = needed.and(&["items:read"]);
    /// let response = Rejection::insufficient_scope(needed).into_response();
    /// assert_eq!(response.status(), 403);
    /// ```
    pub fn insufficient_scope(needed: SecurityScopes<'_>) -> Self {
        let needed = needed.to_vec().into_iter().map(Cow::Borrowed);
        Self::lacking(needed.collect())
    }

    /// The same, of scopes that the request names.
    pub(crate) fn lacking(needed: Vec<Cow<'static, str>>) -> Self {
        Self {
            challenges: vec![Challenge::Bearer],
            ..Self::from(Reason::InsufficientScope(needed))
        }
    }

    /// A bearer token that is not valid: `401 invalid_token` (RFC 6750 §3.1).
    pub(crate) fn invalid_token() -> Self {
        Self {
            challenges: vec![Challenge::Bearer],
            ..Self::from(Reason::InvalidCredentials)
        }
    }

    /// Why.
    ///
    /// ```
    /// use portcullis::scheme::{Reason, Rejection};
    ///
    /// assert!(matches!(Rejection::answer("no").reason(), Reason::Answered(_)));
    /// ```
    pub fn reason(&self) -> &Reason {
        &self.reason
    }

    /// Whether only a part was presented of what belongs together.
    pub(super) fn is_incomplete(&self) -> bool {
        self.is_incomplete
    }

    /// The same, said of a part.
    pub(super) fn incomplete(mut self) -> Self {
        self.is_incomplete = true;
        self
    }

    /// The absence of every credential that would do. Its answer is ours, with every challenge.
    pub(super) fn none_of(rejections: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self::from(Reason::NotAuthenticated);
        for rejection in rejections {
            for challenge in rejection.challenges {
                if !all.challenges.contains(&challenge) {
                    all.challenges.push(challenge);
                }
            }
        }
        all
    }

    /// How the document tells of this refusal: what it would answer, and `description`.
    pub(crate) fn documented(self, description: &'static str) -> Refusal {
        let response = self.into_response();
        let refusal = Refusal::new(response.status().as_u16(), description)
            .with_challenge(response.headers().contains_key(WWW_AUTHENTICATE));
        if response.extensions().get::<OurBody>().is_some() {
            return refusal;
        }
        let media_type = response.headers().get(CONTENT_TYPE);
        let media_type = media_type.and_then(|value| value.to_str().ok());
        let essence = media_type.and_then(|text| text.split(';').next());
        refusal.with_media_type(essence.map(str::to_owned))
    }
}

impl From<Reason> for Rejection {
    fn from(reason: Reason) -> Self {
        Self {
            reason,
            challenges: Vec::new(),
            replaced: None,
            is_incomplete: false,
        }
    }
}

impl From<StoreError> for Rejection {
    fn from(error: StoreError) -> Self {
        Reason::Store(error).into()
    }
}

impl IntoResponse for Rejection {
    fn into_response(mut self) -> Response {
        if let Some(replaced) = self.replaced.take() {
            return replaced(self);
        }
        let failed = match self.reason {
            Reason::Answered(response) => return *response,
            Reason::Store(ref error) => Some(log_store_error(error)),
            _ => None,
        };
        let by_bearer = self.challenges.contains(&Challenge::Bearer);
        let (status, error, detail) = self.reason.told(by_bearer);
        let mut response = (status, Json(ErrorBody { detail, error })).into_response();
        response.extensions_mut().insert(OurBody);
        if let Some(failed) = failed {
            response.extensions_mut().insert(failed);
        }
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        for challenge in self.challenges {
            if let Some(value) = challenge.for_reason(&self.reason) {
                headers.append(WWW_AUTHENTICATE, value);
            }
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

/// Documented by what the arguments note on the operation, so a handler may answer with it.
impl aide::OperationOutput for Rejection {
    type Inner = ErrorBody;
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

/// Marks an answer that a failure of the store caused: it is in the extensions of the response, for
/// a monitor.
///
/// ```
/// use axum::response::IntoResponse;
/// use portcullis::scheme::{Rejection, StoreFailed};
/// use portcullis::store::StoreError;
///
/// let response = Rejection::from(StoreError::unavailable("connection refused")).into_response();
/// let marked = response.extensions().get::<StoreFailed>();
/// assert_eq!(marked, Some(&StoreFailed::Unavailable));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StoreFailed {
    /// It is away, or too busy.
    Unavailable,
    /// It holds what cannot be.
    Unexpected,
}

impl From<&StoreError> for StoreFailed {
    fn from(error: &StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => Self::Unavailable,
            StoreError::Unexpected(_) => Self::Unexpected,
        }
    }
}

/// The one place where a store's failure during a request is written down.
#[must_use = "the answer carries it"]
pub(crate) fn log_store_error(error: &StoreError) -> StoreFailed {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    tracing::error!(cause = cause.as_deref(), "{error}");
    error.into()
}
