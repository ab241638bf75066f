//! Every scheme, how they are composed, and refusals and dependencies of your own.
//!
//! A scheme reads a credential and writes itself into the document. It verifies nothing: whether the
//! key is right is yours to say, or [`ActiveUser`](crate::ActiveUser)'s, which is built on one.
//!
//! # Every scheme
//!
//! What a scheme needs to know is said once, by a type of yours that implements
//! [`SecurityScheme`](crate::scheme::SecurityScheme) and the trait beside it:
//!
//! | in the handler's arguments | say of your type | hands out |
//! |---|---|---|
//! | `ApiKeyHeader<K>`, `ApiKeyQuery<K>`, `ApiKeyCookie<K>` | [`ApiKey`](crate::scheme::ApiKey)`::PARAMETER` | the key |
//! | `HttpBasic`, `HttpBasic<R>` | [`Realm`](crate::scheme::Realm)`::REALM` | `username`, `password` |
//! | `HttpBearer`, `HttpBearer<B>` | [`BearerFormat`](crate::scheme::BearerFormat)`::BEARER_FORMAT` | the token |
//! | `HttpDigest`, `HttpDigest<D>` | nothing more | the parameters |
//! | `OAuth2PasswordBearer`, `OAuth2PasswordBearer<F>` | [`PasswordFlow`](crate::scheme::PasswordFlow)`::TOKEN_URL`, … | the token |
//! | `OAuth2AuthorizationCodeBearer<F>` | [`AuthorizationCodeFlow`](crate::scheme::AuthorizationCodeFlow)`::AUTHORIZATION_URL`, `TOKEN_URL`, … | the token |
//! | `OAuth2<F>` | [`OAuth2Flows`](crate::scheme::OAuth2Flows)`::FLOWS` | the token |
//! | `OpenIdConnect<P>` | [`OpenIdProvider`](crate::scheme::OpenIdProvider)`::OPEN_ID_CONNECT_URL` | the token |
//!
//! `NAME` and `DESCRIPTION` may be said of each. Two schemes of one class in one API need two names:
//!
//! ```
//! use portcullis::ApiKeyHeader;
//! use portcullis::openapi::{ApiRouter, Document, routing::get};
//! use portcullis::scheme::{ApiKey, SecurityScheme};
//!
//! struct Partner;
//! impl SecurityScheme for Partner {
//!     const NAME: Option<&'static str> = Some("partner");
//!     const DESCRIPTION: Option<&'static str> = Some("The key from your contract.");
//! }
//! impl ApiKey for Partner {
//!     const PARAMETER: &'static str = "x-partner-key";
//! }
//!
//! struct Machine;
//! impl SecurityScheme for Machine {}
//! impl ApiKey for Machine {
//!     const PARAMETER: &'static str = "x-machine-key";
//! }
//!
//! let api: ApiRouter = ApiRouter::new()
//!     .api_route("/orders", get(async |key: ApiKeyHeader<Partner>| key.len().to_string()))
//!     .api_route("/readings", get(async |key: ApiKeyHeader<Machine>| key.len().to_string()));
//! let (_, document) = Document::new("Keys", "1.0").finish(api)?;
//! let schemes = &document["components"]["securitySchemes"];
//! assert_eq!(schemes["partner"]["description"], "The key from your contract.");
//! assert_eq!(schemes["APIKeyHeader"]["name"], "x-machine-key");
//! # Ok::<(), portcullis::openapi::DocumentError>(())
//! ```
//!
//! Keys, tokens and passwords are compared with `matches`, in a time that tells nothing.
//!
//! # Composing
//!
//! | you write | a request needs | the document says |
//! |---|---|---|
//! | two arguments, or a tuple `(A, B)` | both | `[{"A":[],"B":[]}]` |
//! | [`AnyOf<(A, B)>`](crate::AnyOf) | one; the first that is present decides | `[{"A":[]},{"B":[]}]` |
//! | `Option<A>` | nothing, or a right one | `[{"A":[]},{}]` |
//! | `Result<A, Rejection>` | **nothing is asked: the handler runs in any case** | **and the document still says A** |
//!
//! Do not write the last. It compiles, because axum makes it of every extractor, and neither we nor the
//! document can tell it from `A`: the route is open. For an answer of your own there is
//! [`refuse`](#refusals-of-your-own), for "maybe" there is `Option<A>`;
//! [`DocumentCheck`](crate::testing::DocumentCheck) finds it (`NotEnforced`).
//!
//! After `aide::generate::infer_responses(false)`, a guard that is needed is documented as optional.
//! It is enforced all the same.
//!
//! ```
//! use portcullis::openapi::{ApiRouter, Document, routing::get};
//! # use portcullis::scheme::{ApiKey, SecurityScheme};
//! use portcullis::{AnyOf, ApiKeyHeader, HttpBasic, HttpBearer};
//! use serde_json::json;
//! # struct Key;
//! # impl SecurityScheme for Key {}
//! # impl ApiKey for Key { const PARAMETER: &'static str = "x-key"; }
//!
//! type Someone = AnyOf<((HttpBasic, ApiKeyHeader<Key>), HttpBearer)>;
//!
//! let api: ApiRouter = ApiRouter::new()
//!     .api_route("/", get(async |_: Option<Someone>| "for everybody, but not for mistakes"));
//! let (_, document) = Document::new("Someone", "1.0").finish(api)?;
//! assert_eq!(
//!     document["paths"]["/"]["get"]["security"],
//!     json!([{ "HTTPBasic": [], "APIKeyHeader": [] }, { "HTTPBearer": [] }, {}])
//! );
//! # Ok::<(), portcullis::openapi::DocumentError>(())
//! ```
//!
//! # A dependency of your own
//!
//! [`Dependency`](crate::extract::Dependency) turns a credential into what your handlers want. Here,
//! HTTP Basic over the same users that sign in at `/token`:
//!
//! ```
//! use portcullis::account::{NotChecked, authenticate};
//! use portcullis::extract::{Context, Dependency};
//! use portcullis::openapi::Refusal;
//! use portcullis::scheme::Rejection;
//! use portcullis::{Auth, HttpBasic, User};
//! # use http::StatusCode;
//!
//! struct BasicUser(User);
//!
//! impl Dependency for BasicUser {
//!     type On = HttpBasic;
//!     type State = Auth;
//!     const REFUSALS: &'static [Refusal] = &[Refusal::of_your_own(503, "Try again.")];
//!
//!     async fn resolve(who: HttpBasic, context: Context<'_, Auth>) -> Result<Self, Rejection> {
//!         let auth = context.state;
//!         let found = authenticate(auth.users(), auth.pool(), &who.username, &who.password).await;
//!         match found {
//!             Ok(Some(user)) if !user.disabled => Ok(Self(user)),
//!             Ok(_) => Err(who.refused()),
//!             Err(NotChecked::Store(error)) => Err(error.into()),
//!             Err(NotChecked::Hashing(_)) => Err(Rejection::answer(StatusCode::SERVICE_UNAVAILABLE)),
//!         }
//!     }
//! }
//! ```
//!
//! One that verifies tokens itself may enforce scopes too; then [`Security`](crate::Security) takes
//! it, and what is asked of it is in [`Context::scopes`](crate::extract::Context::scopes):
//!
//! ```
//! use portcullis::extract::{Context, Dependency, NoState};
//! use portcullis::scheme::{Flow, OAuth2Flows, Rejection, SecurityScheme};
//! use portcullis::{Depends, OAuth2, Security, scopes};
//!
//! struct Machines;
//! impl SecurityScheme for Machines {}
//! impl OAuth2Flows for Machines {
//!     const FLOWS: &'static [Flow] = &[Flow::ClientCredentials {
//!         token_url: "https://accounts.example.com/token",
//!         refresh_url: None,
//!         scopes: &[("orders:read", "Read orders.")],
//!     }];
//! }
//!
//! struct Machine;
//!
//! impl Dependency for Machine {
//!     type On = OAuth2<Machines>;
//!     type State = NoState;
//!     const ENFORCES_SCOPES: bool = true; // kept below
//!
//!     async fn resolve(token: Self::On, context: Context<'_, NoState>) -> Result<Self, Rejection> {
//!         # fn verify(_: &str) -> Option<Vec<String>> { Some(vec!["orders:read".into()]) }
//!         let granted = verify(&token).ok_or_else(|| token.refused())?;
//!         if context.scopes.all(|needed| granted.iter().any(|one| one == needed)) {
//!             Ok(Self)
//!         } else {
//!             Err(Rejection::insufficient_scope(context.scopes))
//!         }
//!     }
//! }
//!
//! scopes!(ReadOrders = "orders:read");
//!
//! async fn orders(_: Security<Depends<Machine>, ReadOrders>) -> &'static str {
//!     "the orders"
//! }
//! # use portcullis::openapi::{ApiRouter, Document, routing::get};
//! # let api: ApiRouter = ApiRouter::new().api_route("/orders", get(orders));
//! # let (_, document) = Document::new("Orders", "1.0").finish(api)?;
//! # let security = &document["paths"]["/orders"]["get"]["security"];
//! # assert_eq!(*security, serde_json::json!([{ "OAuth2": ["orders:read"] }]));
//! # Ok::<(), portcullis::openapi::DocumentError>(())
//! ```
//!
//! For a whole router there is [`require`](crate::extract::require).
//!
//! # A dependency with parameters
//!
//! What is an argument of a call in FastAPI (`Depends(HasRole("editor"))`) is a type here:
//!
//! ```
//! use std::marker::PhantomData;
//!
//! use axum::http::StatusCode;
//! use portcullis::extract::{Context, Dependency};
//! use portcullis::openapi::Refusal;
//! use portcullis::scheme::Rejection;
//! use portcullis::{ActiveUser, Auth, Depends, User};
//!
//! trait Role: Send + Sync + 'static {
//!     const NAME: &'static str;
//! }
//!
//! struct Editor;
//! impl Role for Editor {
//!     const NAME: &'static str = "editor";
//! }
//!
//! struct HasRole<R>(User, PhantomData<R>);
//!
//! impl<R: Role> Dependency for HasRole<R> {
//!     type On = ActiveUser;
//!     type State = Auth;
//!     const REFUSALS: &'static [Refusal] = &[Refusal::of_your_own(403, "Not of this role.")];
//!
//!     async fn resolve(user: ActiveUser, _: Context<'_, Auth>) -> Result<Self, Rejection> {
//!         # fn roles_of(_: &User) -> [&'static str; 1] { ["editor"] }
//!         if roles_of(&user).contains(&R::NAME) {
//!             Ok(Self(user.0, PhantomData))
//!         } else {
//!             Err(Rejection::answer((StatusCode::FORBIDDEN, "not of this role")))
//!         }
//!     }
//! }
//!
//! async fn edit(Depends(editor): Depends<HasRole<Editor>>) -> String {
//!     format!("{} may edit", editor.0.username)
//! }
//! # use portcullis::openapi::{ApiRouter, routing::get};
//! # let api: ApiRouter<Auth> = ApiRouter::new().api_route("/edit", get(edit));
//! ```
//!
//! # Refusals of your own
//!
//! [`SecurityScheme::refuse`](crate::scheme::SecurityScheme::refuse) turns a scheme's refusals into
//! your answers. The document asks it what it would answer, and shows that status:
//!
//! ```
//! use axum::response::{IntoResponse, Response};
//! use http::StatusCode;
//! use portcullis::ApiKeyHeader;
//! use portcullis::openapi::{ApiRouter, Document, routing::get};
//! use portcullis::scheme::{ApiKey, Reason, Rejection, SecurityScheme};
//!
//! struct Secret;
//! impl SecurityScheme for Secret {
//!     fn refuse(rejection: Rejection) -> Response {
//!         match rejection.reason() {
//!             Reason::Repeated(_) => rejection.into_response(),
//!             _ => (StatusCode::NOT_FOUND, "nothing here").into_response(),
//!         }
//!     }
//! }
//! impl ApiKey for Secret {
//!     const PARAMETER: &'static str = "x-secret";
//! }
//!
//! let api: ApiRouter = ApiRouter::new()
//!     .api_route("/hidden", get(async |_: ApiKeyHeader<Secret>| "found"));
//! let (_, document) = Document::new("Hidden", "1.0").finish(api)?;
//! let responses = &document["paths"]["/hidden"]["get"]["responses"];
//! assert!(responses["404"].is_object() && responses.get("401").is_none());
//! # Ok::<(), portcullis::openapi::DocumentError>(())
//! ```
//!
//! FastAPI before 0.122 answered `403` where a credential was absent. For clients that count on it:
//!
//! ```
//! use axum::http::{StatusCode, header::WWW_AUTHENTICATE};
//! use axum::response::{IntoResponse, Response};
//! use portcullis::HttpBearer;
//! use portcullis::openapi::{ApiRouter, Document, routing::get};
//! use portcullis::scheme::{BearerFormat, Reason, Rejection, SecurityScheme};
//!
//! struct AsBefore;
//! impl SecurityScheme for AsBefore {
//!     fn refuse(rejection: Rejection) -> Response {
//!         let is_absent = matches!(rejection.reason(), Reason::NotAuthenticated);
//!         let mut response = rejection.into_response();
//!         if is_absent {
//!             *response.status_mut() = StatusCode::FORBIDDEN;
//!             response.headers_mut().remove(WWW_AUTHENTICATE);
//!         }
//!         response
//!     }
//! }
//! impl BearerFormat for AsBefore {}
//!
//! let api: ApiRouter =
//!     ApiRouter::new().api_route("/", get(async |_: HttpBearer<AsBefore>| "in"));
//! let (app, document) = Document::new("As before", "1.0").finish(api)?;
//! let refused = &document["paths"]["/"]["get"]["responses"]["403"];
//! let schema = &refused["content"]["application/json"]["schema"];
//! assert_eq!(schema["$ref"], "#/components/schemas/Error");
//! # use tower::ServiceExt;
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! # let request = axum::http::Request::get("/").body(axum::body::Body::empty()).unwrap();
//! # let response = app.oneshot(request).await.unwrap();
//! # assert_eq!(response.status(), 403);
//! # assert!(!response.headers().contains_key(WWW_AUTHENTICATE));
//! # });
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! `refuse` speaks for its own scheme. In `AnyOf`, the absence of everything is answered by us, with
//! `401` and every challenge: no one scheme is asked.
//!
//! # What stops a program at its start
//!
//! What cannot be right is an error of [`Document::serve`](crate::openapi::Document::serve), with the
//! names of both places:
//!
//! | [`DocumentError`](crate::openapi::DocumentError) | because |
//! |---|---|
//! | `SchemeTwice` | two different schemes have one name: one of them would be missing in the document |
//! | `ScopeNotDeclared` | nobody can be granted the scope |
//! | `NeverReached` | of two alternatives, the first decides whenever the second is there |
//! | `OfferedTwice` | two alternatives are one and the same credential |
//! | `AlwaysSatisfied` | an alternative stands behind one that is optional |
//! | `NothingDocumented` | no handler of an `api_route` is documented |
//! | `NeverTogether` | no request can have both, such as two in one `Authorization` header |
//! | `TokenEndpointTwice` | the document can name only one token URL for a scheme |
//!
//! And what can be seen in the types does not compile: a scope that is no scope, a user guard in a
//! router without an `Auth`, and, at `cargo build` and not yet at `cargo check`, `Security` around
//! something that enforces no scopes, and a key whose name no request could have ([when it does
//! not compile](crate::manual::when_it_does_not_compile)).
