//! The bodies of refusals: what every client may rely on when something is refused.

use serde::Serialize;

/// The body of every refusal.
///
/// ```
/// use axum::{Json, response::IntoResponse};
/// use portcullis::error::ErrorBody;
///
/// // A refusal of your own, in the shape of all others:
/// let gone = ErrorBody { detail: "This item was sold", error: "sold" };
/// let response = (http::StatusCode::GONE, Json(gone)).into_response();
/// assert_eq!(response.status(), 410);
/// ```
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
// Said again, or the example above would stand in the OpenAPI document.
#[schemars(rename = "Error", description = "The body of every refusal.")]
pub struct ErrorBody {
    /// What happened, for a person.
    pub detail: &'static str,
    /// What happened, for a program.
    pub error: &'static str,
}

/// The body of a refusal at an OAuth endpoint (RFC 6749 §5.2), with `detail` for FastAPI's clients.
///
/// ```
/// use portcullis::error::OAuthErrorBody;
///
/// // What a client reads when `POST /token` refuses:
/// let detail = "Incorrect username or password";
/// let body = OAuthErrorBody { detail, error: "invalid_grant", error_description: detail };
/// let json = serde_json::to_value(&body)?;
/// assert_eq!(json["error"], "invalid_grant");
/// assert_eq!(json["error_description"], json["detail"]);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
#[schemars(
    rename = "OAuthError",
    description = "The body of a refusal at an OAuth endpoint (RFC 6749 §5.2), with `detail` for FastAPI's clients."
)]
pub struct OAuthErrorBody {
    /// What happened, for a person.
    pub detail: &'static str,
    /// What happened, for a program.
    pub error: &'static str,
    /// The same as `detail`.
    pub error_description: &'static str,
}

/// The body of a `422`: all that does not fit, as FastAPI's clients read it, but without what was sent.
///
/// ```
/// use portcullis::error::{InvalidDetail, InvalidRequestBody};
///
/// let detail = InvalidDetail {
///     reason: "missing",
///     loc: vec!["body", "username"],
///     msg: "this is needed".into(),
/// };
/// let body = InvalidRequestBody { detail: vec![detail], error: "invalid_request" };
/// assert_eq!(serde_json::to_value(&body)?["detail"][0]["type"], "missing");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
#[schemars(
    rename = "InvalidRequest",
    description = "The body of a `422`: all that does not fit."
)]
pub struct InvalidRequestBody {
    /// Each thing that does not fit.
    pub detail: Vec<InvalidDetail>,
    /// `invalid_request`.
    pub error: &'static str,
}

/// One thing that does not fit.
///
/// ```
/// use portcullis::error::InvalidDetail;
///
/// let detail = InvalidDetail {
///     reason: "password_too_short",
///     loc: vec!["body", "password"],
///     msg: "choose at least 15 characters".into(),
/// };
/// assert_eq!(serde_json::to_value(&detail)?["type"], "password_too_short");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
#[schemars(inline, description = "One thing that does not fit.")]
pub struct InvalidDetail {
    /// The reason, for programs.
    #[serde(rename = "type")]
    pub reason: &'static str,
    /// Where it is.
    pub loc: Vec<&'static str>,
    /// The reason, for people.
    pub msg: String,
}
