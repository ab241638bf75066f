//! What stops the start: defects of what the handlers' arguments ask for.

/// Why there is no document. Each is a defect of the program, found at its start.
///
/// ```
/// use portcullis::openapi::{ApiRouter, Document, DocumentError, routing::get};
/// use portcullis::{AccessToken, Auth, Security, scopes};
///
/// scopes!(ReadItems = "items:read");
/// // Nothing here says where a token with this scope could come from.
/// let api: ApiRouter<Auth> = ApiRouter::new()
///     .api_route("/items", get(async |_: Security<AccessToken, ReadItems>| "the items"));
/// let error = Document::new("Items", "1.0").finish(api).err();
/// assert!(matches!(error, Some(DocumentError::ScopeNotDeclared { .. })));
/// ```
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// Two different schemes have one name.
    #[error(
        "the security scheme `{name}` is defined twice, differently: by {first} and by {second}; give one of them another NAME"
    )]
    SchemeTwice {
        /// The name.
        name: String,
        /// The operation that had it first.
        first: String,
        /// The operation that has it too.
        second: String,
    },
    /// An operation needs a scope that its scheme does not declare, so nobody could have it.
    #[error(
        "{operation} needs the scope `{scope}`, which the security scheme `{scheme}` does not declare ({declared_by}); declare it where the token is issued, with AuthBuilder::scope, or in SCOPES of your flow"
    )]
    ScopeNotDeclared {
        /// The scope.
        scope: String,
        /// The operation that needs it.
        operation: String,
        /// The scheme.
        scheme: String,
        /// Where the scheme is from: the operation that issues its tokens, or else the first that
        /// asks for it.
        declared_by: String,
    },
    /// Of alternatives, one that could never be used.
    #[error(
        "{operation} offers `{first}` or `{second}`, but `{first}` decides whenever `{second}` is there too; give `{second}` another place in the request, or leave it out"
    )]
    NeverReached {
        /// The operation.
        operation: String,
        /// The alternative that decides.
        first: String,
        /// The one that is never asked.
        second: String,
    },
    /// Two alternatives that read one and the same credential.
    #[error(
        "{operation} offers `{scheme}` twice: the first decides whenever it is there; ask for one of them"
    )]
    OfferedTwice {
        /// The operation.
        operation: String,
        /// The scheme.
        scheme: String,
    },
    /// An alternative behind one that is always satisfied.
    #[error(
        "{operation} offers something optional, and then `{second}`, which is never asked; write `Option<AnyOf<(…)>>`, with what is optional inside"
    )]
    AlwaysSatisfied {
        /// The operation.
        operation: String,
        /// The alternative that is never asked.
        second: String,
    },
    /// A route whose handlers left no mark.
    #[error(
        "`{path}` was added with api_route, but none of its handlers is documented; take `get`, `post` … from portcullis::openapi::routing, or add it with `route` if it is to stay out of the document"
    )]
    NothingDocumented {
        /// The path.
        path: String,
    },
    /// Credentials that no request can have together.
    #[error(
        "{operation} asks for `{first}` and for `{second}`, which no request can have together, such as two in one Authorization header; ask for one of them, or for either with AnyOf"
    )]
    NeverTogether {
        /// The operation.
        operation: String,
        /// The one.
        first: String,
        /// The other.
        second: String,
    },
    /// Tokens of one scheme are issued at two places, and the document can name only one.
    #[error(
        "the tokens of the security scheme `{scheme}` are issued by {first} and by {second}, and the document can name only one; mount token_router or router once"
    )]
    TokenEndpointTwice {
        /// The scheme.
        scheme: String,
        /// The operation that issued them first.
        first: String,
        /// The operation that issues them too.
        second: String,
    },
    /// The document could not be written.
    #[error("the OpenAPI document could not be written")]
    Json(#[from] serde_json::Error),
}

/// As it reads: `main` prints an error that ends the program in this form.
impl std::fmt::Debug for DocumentError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}
