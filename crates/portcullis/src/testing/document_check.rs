//! What a developer says to a check.

use std::sync::Arc;

use axum::body::Bytes;

use super::given::{Given, GivenByScheme, Making};
use super::inputs::{GivenBody, Inputs};

/// Calls every operation of an application's OpenAPI document, and finds where the document and the
/// run time differ.
///
/// Each operation is called without credentials, with malformed and with wrong ones, with a part of
/// those that are needed, with a token that lacks a scope, and with the right ones. Found are, among
/// others, documented security that is not enforced, security and refusals that are not documented,
/// and AND, OR and optional mistaken for each other: [`DifferenceKind`](super::DifferenceKind) has
/// them all.
///
/// ```
/// use portcullis::openapi::{ApiRouter, Document, routing::get};
/// use portcullis::testing::{self, DocumentCheck};
/// use portcullis::{ActiveUser, Auth};
///
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let john = testing::user("johndoe", "items:read")?;
/// let auth = Auth::builder(testing::Users::new([john.clone()]))
///     .issuer("http://127.0.0.1:8000")
///     .build()?;
/// let api = ApiRouter::new()
///     .api_route("/items", get(async |user: ActiveUser| user.username.clone()))
///     .merge(portcullis::token_router(&auth));
/// let app = Document::new("Items", "1.0").serve(api)?.with_state(auth.clone());
///
/// let report = DocumentCheck::new()
///     .bearer("OAuth2PasswordBearer", move |scopes| {
///         testing::access_token(&auth, &john, &scopes.join(" ")).unwrap()
///     })
///     .run(app)
///     .await?;
/// println!("{report}");
/// # Ok(()) }
/// ```
///
/// **The calls have effects.** With right credentials `POST` creates and `DELETE` deletes, several
/// times: run it against an application made for the test, never against one that others use.
/// Operations that only read are called first, those that delete last, `/items/{id}` before `/items`;
/// the order is always the same, and nothing is kept from one call to the next. Tokens are asked for
/// anew for each operation, and after each call that did something: one that ends the sessions of its
/// user leaves the next one with a session that holds. What deletes the user itself, or disables it,
/// is to be left out with [`skip`](Self::skip).
///
/// Each scheme needs right credentials, or it is reported. Inputs are made from the document's
/// examples, defaults and schemas; where those do not do, [`parameter`](Self::parameter) and
/// [`body`](Self::body) give others. The document's `servers` are ignored: paths are called as they
/// are written, below [`mounted_at`](Self::mounted_at).
///
/// What it cannot see: a route that the document does not name at all, and what a handler does with
/// a part of credentials that are documented as needed together or not at all.
#[derive(Clone)]
pub struct DocumentCheck {
    pub(super) document: String,
    pub(super) given: GivenByScheme,
    /// Operation and scheme.
    pub(super) unverified: Vec<(String, String)>,
    pub(super) inputs: Inputs,
    pub(super) skipped: Vec<(String, String)>,
}

impl Default for DocumentCheck {
    fn default() -> Self {
        Self::new()
    }
}

/// Without the credentials.
impl std::fmt::Debug for DocumentCheck {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let schemes: Vec<_> = self.given.keys().collect();
        f.debug_struct("DocumentCheck")
            .field("document", &self.document)
            .field("schemes", &schemes)
            .field("skipped", &self.skipped)
            .finish_non_exhaustive()
    }
}

impl DocumentCheck {
    /// A check of the document at `/openapi.json`, without any credentials yet.
    ///
    /// ```
    /// let check = portcullis::testing::DocumentCheck::new();
    /// ```
    pub fn new() -> Self {
        Self {
            document: "/openapi.json".into(),
            given: GivenByScheme::new(),
            unverified: Vec::new(),
            inputs: Inputs::default(),
            skipped: Vec::new(),
        }
    }

    /// Where the document is, below [`mounted_at`](Self::mounted_at).
    ///
    /// ```
    /// let check = portcullis::testing::DocumentCheck::new().document_at("/v1/openapi.json");
    /// ```
    #[must_use]
    pub fn document_at(mut self, path: impl Into<String>) -> Self {
        self.document = path.into();
        self
    }

    /// Where the application is mounted: put before every path, that of the document too.
    ///
    /// ```
    /// let check = portcullis::testing::DocumentCheck::new().mounted_at("/api");
    /// ```
    #[must_use]
    pub fn mounted_at(mut self, prefix: impl Into<String>) -> Self {
        let mut prefix: String = prefix.into();
        prefix.truncate(prefix.trim_end_matches('/').len());
        self.inputs.prefix = prefix;
        self
    }

    /// The right bearer tokens of a scheme: `token` makes one with exactly the scopes it is told.
    /// For `http` with `bearer`, `oauth2` and `openIdConnect`.
    ///
    /// ```
    /// use portcullis::testing::{self, DocumentCheck};
    ///
    /// let john = testing::user("johndoe", "items:read")?;
    /// let auth = portcullis::Auth::builder(testing::Users::new([john.clone()]))
    ///     .issuer("http://127.0.0.1:8000")
    ///     .build()?;
    /// let check = DocumentCheck::new().bearer("OAuth2PasswordBearer", move |scopes| {
    ///     testing::access_token(&auth, &john, &scopes.join(" ")).unwrap()
    /// });
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn bearer<T: Into<String>>(
        self,
        scheme: impl Into<String>,
        token: impl Fn(&[String]) -> T + Send + Sync + 'static,
    ) -> Self {
        let make = move |scopes: &[String]| -> Making {
            let token = token(scopes).into();
            Box::pin(std::future::ready(token))
        };
        self.give(scheme, Given::Token(Arc::new(make)))
    }

    /// The same, for tokens that take a while: those of
    /// [`sign_in`](super::sign_in) and [`client_token`](super::client_token), where sessions are kept.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # #[tokio::main] async fn main() -> Outcome {
    /// # let House { auth, johndoe: john, .. } = House::new().await?;
    /// use portcullis::testing::{self, DocumentCheck};
    ///
    /// let check = DocumentCheck::new().bearer_async("OAuth2PasswordBearer", async move |scopes| {
    ///     testing::sign_in(&auth, &john, &scopes.join(" ")).await.unwrap()
    /// });
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn bearer_async<T: Into<String>>(
        self,
        scheme: impl Into<String>,
        token: impl AsyncFn(&[String]) -> T + Send + Sync + 'static,
    ) -> Self {
        let token = Arc::new(token);
        let make = move |scopes: &[String]| -> Making {
            let (token, scopes) = (Arc::clone(&token), scopes.to_vec());
            Box::pin(async move { token(&scopes).await.into() })
        };
        self.give(scheme, Given::Token(Arc::new(make)))
    }

    /// The right key of an `apiKey` scheme. Header, query or cookie, and its name, are in the
    /// document.
    ///
    /// ```
    /// let check = portcullis::testing::DocumentCheck::new().api_key("APIKeyHeader", "secret");
    /// ```
    #[must_use]
    pub fn api_key(self, scheme: impl Into<String>, key: impl Into<String>) -> Self {
        self.give(scheme, Given::Key(key.into()))
    }

    /// The right username and password of an `http` scheme with `basic`.
    ///
    /// ```
    /// let check = portcullis::testing::DocumentCheck::new().basic("HTTPBasic", "johndoe", "secret");
    /// ```
    #[must_use]
    pub fn basic(
        self,
        scheme: impl Into<String>,
        username: impl Into<String>,
        password: impl Into<String>,
    ) -> Self {
        let (username, password) = (username.into(), password.into());
        self.give(scheme, Given::Basic { username, password })
    }

    /// The right parameters of an `http` scheme with `digest`: what stands after `Digest`.
    ///
    /// ```
    /// let check = portcullis::testing::DocumentCheck::new()
    ///     .digest("HTTPDigest", r#"username="johndoe", response="…""#);
    /// ```
    #[must_use]
    pub fn digest(self, scheme: impl Into<String>, parameters: impl std::fmt::Display) -> Self {
        self.authorization(scheme, format!("Digest {parameters}"))
    }

    /// The right value of `Authorization` for any scheme that stands there.
    ///
    /// ```
    /// let check = portcullis::testing::DocumentCheck::new()
    ///     .authorization("Signature", "Signature keyId=\"1\",signature=\"c2ln\"");
    /// ```
    #[must_use]
    pub fn authorization(self, scheme: impl Into<String>, value: impl Into<String>) -> Self {
        self.give(scheme, Given::Authorization(value.into()))
    }

    /// Says that a scheme only extracts: its handlers take whatever is well formed, so nothing that
    /// is well formed is wrong, and no scope is looked at. Malformed credentials must still be
    /// refused. Right ones are invented.
    ///
    /// ```
    /// let check = portcullis::testing::DocumentCheck::new().unverified("HTTPBearer");
    /// ```
    #[must_use]
    pub fn unverified(self, scheme: impl Into<String>) -> Self {
        self.give(scheme, Given::Anything)
    }

    /// The same, in one operation only: elsewhere the scheme is verified.
    ///
    /// ```
    /// let check = portcullis::testing::DocumentCheck::new()
    ///     .bearer("OAuth2PasswordBearer", |scopes| format!("token for {}", scopes.join(" ")))
    ///     .unverified_in("GET /token-length", "OAuth2PasswordBearer");
    /// ```
    #[must_use]
    pub fn unverified_in(
        mut self,
        operation: impl Into<String>,
        scheme: impl Into<String>,
    ) -> Self {
        self.unverified.push((operation.into(), scheme.into()));
        self
    }

    fn give(mut self, scheme: impl Into<String>, given: Given) -> Self {
        self.given.insert(scheme.into(), given);
        self
    }

    /// The value of a parameter in path, query, header or cookie, in every operation that has one of
    /// this name.
    ///
    /// ```
    /// let check = portcullis::testing::DocumentCheck::new().parameter("id", "42");
    /// ```
    #[must_use]
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.inputs.parameters.push((name.into(), value.into()));
        self
    }

    /// The body of an operation.
    ///
    /// ```
    /// let check = portcullis::testing::DocumentCheck::new()
    ///     .body("POST /items", "application/json", r#"{ "name": "Plumbus" }"#);
    /// ```
    #[must_use]
    pub fn body(
        mut self,
        operation: impl Into<String>,
        content_type: impl Into<String>,
        bytes: impl Into<Bytes>,
    ) -> Self {
        self.inputs.bodies.push(GivenBody {
            operation: operation.into(),
            content_type: content_type.into(),
            bytes: bytes.into(),
        });
        self
    }

    /// Leaves an operation out. The report says so, and why.
    ///
    /// ```
    /// let check = portcullis::testing::DocumentCheck::new()
    ///     .skip("DELETE /users/me", "the check needs its user");
    /// ```
    #[must_use]
    pub fn skip(mut self, operation: impl Into<String>, reason: impl Into<String>) -> Self {
        self.skipped.push((operation.into(), reason.into()));
        self
    }
}
