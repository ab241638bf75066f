//! What differs between a document and the run time.

use std::fmt;

/// What kind of difference it is.
///
/// ```
/// use portcullis::testing::DifferenceKind;
///
/// assert_eq!(format!("{:?}", DifferenceKind::NotEnforced), "NotEnforced");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DifferenceKind {
    /// A refusal was answered with a status that the operation does not document.
    UndocumentedStatus,
    /// Security is documented, and a call without credentials was let in.
    NotEnforced,
    /// `{}` is documented, and a call without credentials was refused.
    AnonymousRefused,
    /// Wrong or malformed credentials were let in.
    WrongAccepted,
    /// Several schemes are documented as needed at once, and fewer were enough.
    OneSuffices,
    /// Several schemes are documented as alternatives, and all of them were needed.
    AllNeeded,
    /// An alternative is documented, and its right credentials were refused.
    NeverAccepted,
    /// A scope is documented, and a token without it was let in.
    ScopeNotEnforced,
    /// A token with exactly the documented scopes was refused with `403`.
    ScopeUndocumented,
    /// Scopes are documented for a scheme, whose given credentials have no choice of them.
    ScopeNotTried,
    /// Security was asked for, and none is documented.
    SecurityUndocumented,
    /// Credentials of a scheme that the operation does not name were let in.
    AlternativeUndocumented,
    /// `security` names a scheme that `components.securitySchemes` does not declare.
    SchemeUndeclared,
    /// No right credentials were given for a scheme.
    NoCredentials,
    /// Two schemes are documented as needed at once that have one place in a request.
    CannotStandTogether,
    /// A `401` came without `WWW-Authenticate`.
    NoChallenge,
    /// A `401` did not name each scheme that would have been accepted.
    ChallengeIncomplete,
    /// A documented operation is not there.
    NotRouted,
    /// A `5xx` was answered.
    ServerError,
    /// A call that should succeed failed for a reason other than its credentials.
    CallFailed,
    /// A call could not be made of what was given.
    NotSent,
    /// An input, or what is to be skipped, names nothing in the document.
    InputUnused,
}

/// One difference between a document and the run time.
///
/// ```
/// use axum::{Json, Router, routing::get};
/// use portcullis::testing::{CheckFailed, DifferenceKind, DocumentCheck};
/// use serde_json::json;
///
/// # #[tokio::main] async fn main() {
/// let document = json!({
///     "paths": { "/": { "get": { "responses": {}, "security": [{ "Key": [] }] } } },
///     "components": { "securitySchemes": {
///         "Key": { "type": "apiKey", "in": "header", "name": "x-key" },
///     } },
/// });
/// let app = Router::new()
///     .route("/openapi.json", get(async || Json(document)))
///     .route("/", get(async || "whoever you are"));
/// let failed = DocumentCheck::new().api_key("Key", "secret").run(app).await.unwrap_err();
/// let CheckFailed::Differs(differences) = failed else { panic!("{failed}") };
/// let first = differences.iter().next().unwrap();
/// assert_eq!((&*first.operation, first.kind), ("GET /", DifferenceKind::NotEnforced));
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// The operation (`GET /items/{id}`), or the part of the document.
    pub operation: String,
    /// What kind it is.
    pub kind: DifferenceKind,
    /// What the document says.
    pub documented: String,
    /// What was observed.
    pub observed: String,
    /// What to do.
    pub remedy: String,
}

impl Difference {
    /// What is documented and what was observed, of an operation, and what to do.
    pub(super) fn new(
        operation: impl Into<String>,
        kind: DifferenceKind,
        (documented, observed): (impl Into<String>, impl Into<String>),
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            operation: operation.into(),
            kind,
            documented: documented.into(),
            observed: observed.into(),
            remedy: remedy.into(),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} ({:?})", self.operation, self.kind)?;
        writeln!(f, "  document: {}", self.documented)?;
        writeln!(f, "  observed: {}", self.observed)?;
        write!(f, "  to do:    {}", self.remedy)
    }
}

/// Every difference that was found, in the order of the calls. Prints as a list.
///
/// ```
/// # use axum::{Json, Router, routing::get};
/// # use portcullis::testing::{CheckFailed, DocumentCheck};
/// # #[tokio::main] async fn main() {
/// # let app = Router::new().route("/openapi.json", get(async || Json(serde_json::json!({
/// #     "paths": { "/items": { "get": { "responses": {} } } },
/// # }))));
/// // An application whose document names an operation that is not there.
/// let failed = DocumentCheck::new().run(app).await.unwrap_err();
/// let CheckFailed::Differs(differences) = failed else { panic!("{failed}") };
/// assert_eq!(differences.len(), 1);
/// assert!(differences.to_string().contains("GET /items (NotRouted)"));
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Differences(pub(super) Vec<Difference>);

impl Differences {
    /// Each of them.
    ///
    /// ```
    /// fn kinds(all: &portcullis::testing::Differences) -> Vec<portcullis::testing::DifferenceKind> {
    ///     all.iter().map(|one| one.kind).collect()
    /// }
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = &Difference> {
        self.0.iter()
    }

    /// How many there are: never none.
    ///
    /// ```
    /// fn report(all: &portcullis::testing::Differences) -> String {
    ///     format!("{} to mend", all.len())
    /// }
    /// ```
    #[expect(
        clippy::len_without_is_empty,
        reason = "where there is none, there is a report instead"
    )]
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl fmt::Display for Differences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.len();
        let noun = if count == 1 {
            "difference"
        } else {
            "differences"
        };
        write!(f, "{count} {noun} between the document and the run time")?;
        for difference in &self.0 {
            write!(f, "\n\n{difference}")?;
        }
        Ok(())
    }
}

/// As it prints: this is what a test shows that unwraps.
impl fmt::Debug for Differences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a [`DocumentCheck`](super::DocumentCheck) did not pass.
///
/// ```
/// use portcullis::testing::{CheckFailed, DocumentCheck};
///
/// # #[tokio::main] async fn main() {
/// let failed = DocumentCheck::new().run(axum::Router::new()).await.unwrap_err();
/// assert!(matches!(failed, CheckFailed::NoDocument { .. }));
/// let said = "no OpenAPI document: GET /openapi.json answered 404 Not Found";
/// assert!(failed.to_string().starts_with(said));
/// # }
/// ```
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum CheckFailed {
    /// There is no document at the path.
    #[error(
        "no OpenAPI document: GET {path} answered {observed} (is it mounted? `.mounted_at(…)`; \
         is the document elsewhere? `.document_at(…)`)"
    )]
    NoDocument {
        /// Where it was looked for.
        path: String,
        /// What was there.
        observed: String,
    },
    /// The document has no operation, so nothing could be checked.
    #[error("the OpenAPI document at {path} has no operation: nothing could be checked")]
    NoOperation {
        /// Where the document is.
        path: String,
    },
    /// The application did not answer.
    #[error("{operation}: no answer")]
    NoAnswer {
        /// What was called.
        operation: String,
        /// Why not.
        source: axum::BoxError,
    },
    /// Document and run time differ.
    #[error("{0}")]
    Differs(Differences),
}

/// As it prints, with the cause: this is what a test shows that unwraps.
impl fmt::Debug for CheckFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)?;
        match self {
            Self::NoAnswer { source, .. } => write!(f, ": {source}"),
            _ => Ok(()),
        }
    }
}
