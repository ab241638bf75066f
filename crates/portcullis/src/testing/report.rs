//! What a check did.

use std::fmt;

/// What a [`DocumentCheck`](super::DocumentCheck) that passed has done.
///
/// ```
/// use axum::{Json, Router, routing::get};
/// use portcullis::testing::DocumentCheck;
/// use serde_json::json;
///
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let document = json!({ "paths": { "/": { "get": { "responses": {} } } } });
/// let app = Router::new()
///     .route("/openapi.json", get(async || Json(document)))
///     .route("/", get(async || "hello"));
/// let report = DocumentCheck::new().run(app).await?;
/// assert_eq!((report.operations.len(), report.requests), (1, 2));
/// println!("{report}");
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// Each operation that was called.
    pub operations: Vec<CheckedOperation>,
    /// How many requests were made, with the one for the document.
    pub requests: usize,
    /// Each operation that was left out, with the reason.
    pub skipped: Vec<(String, String)>,
}

/// An operation that was called.
///
/// ```
/// fn is_open(operation: &portcullis::testing::CheckedOperation) -> bool {
///     operation.security.is_empty()
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckedOperation {
    /// `GET /items/{id}`.
    pub operation: String,
    /// Its alternatives, in words; empty where nothing is asked for.
    pub security: String,
    /// What the calls with right credentials were answered, one for each alternative; the call
    /// without any where nothing is asked for.
    pub answers: Vec<u16>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (operations, requests) = (self.operations.len(), self.requests);
        write!(
            f,
            "{operations} operations checked with {requests} requests"
        )?;
        for checked in &self.operations {
            let security = match &*checked.security {
                "" => "open to all",
                security => security,
            };
            let answers: Vec<_> = checked.answers.iter().map(u16::to_string).collect();
            let answers = answers.join(", ");
            write!(
                f,
                "\n  {}: {security}; answered {answers}",
                checked.operation
            )?;
        }
        for (operation, reason) in &self.skipped {
            write!(f, "\n  {operation}: skipped: {reason}")?;
        }
        Ok(())
    }
}
