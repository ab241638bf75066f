//! The bodies of refusals: what every client may rely on when something is refused.

use serde::Serialize;

/// The body of every refusal.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
#[schemars(rename = "Error")]
pub struct ErrorBody {
    /// What happened, for a person.
    pub detail: &'static str,
    /// What happened, for a program.
    pub error: &'static str,
}

/// The body of a refusal at an OAuth endpoint (RFC 6749 §5.2), with `detail` for FastAPI's clients.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
#[schemars(rename = "OAuthError")]
pub struct OAuthErrorBody {
    /// What happened, for a person.
    pub detail: &'static str,
    /// What happened, for a program.
    pub error: &'static str,
    /// The same as `detail`.
    pub error_description: &'static str,
}
