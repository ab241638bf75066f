//! For those who come from FastAPI: their line, our line.
//!
//! Names are the same where Rust lets them be. What is a call there is mostly a type here, so that the
//! compiler and the document see it. Every difference that is meant is listed in [`differences`]. When the
//! compiler refuses what you ported: [`when_it_does_not_compile`](super::when_it_does_not_compile).
//!
//! # Schemes
//!
//! | FastAPI | Portcullis |
//! |---|---|
//! | `APIKeyHeader(name="x-key")` | `impl ApiKey for Key { const PARAMETER: &'static str = "x-key"; }`, then [`ApiKeyHeader<Key>`](crate::ApiKeyHeader) |
//! | `APIKeyQuery(name=…)`, `APIKeyCookie(name=…)` | [`ApiKeyQuery<Key>`](crate::ApiKeyQuery), [`ApiKeyCookie<Key>`](crate::ApiKeyCookie) |
//! | `HTTPBasic()`, `HTTPBasic(realm="staff")` | [`HttpBasic`](crate::HttpBasic), `HttpBasic<Staff>` with [`Realm`](crate::scheme::Realm)`::REALM` |
//! | `HTTPBearer()`, `HTTPBearer(bearerFormat="JWT")` | [`HttpBearer`](crate::HttpBearer), `HttpBearer<Jwt>` with [`BearerFormat`](crate::scheme::BearerFormat) |
//! | `HTTPDigest()` | [`HttpDigest`](crate::HttpDigest) |
//! | `HTTPBase(scheme=…)` | none: it never checked its scheme |
//! | `OAuth2(flows=…)` | [`OAuth2<F>`](crate::OAuth2) with [`OAuth2Flows`](crate::scheme::OAuth2Flows)`::FLOWS` |
//! | `OAuth2PasswordBearer(tokenUrl="token")` | [`OAuth2PasswordBearer`](crate::OAuth2PasswordBearer); another URL by [`PasswordFlow`](crate::scheme::PasswordFlow) |
//! | `OAuth2AuthorizationCodeBearer(authorizationUrl=…, tokenUrl=…)` | [`OAuth2AuthorizationCodeBearer<F>`](crate::OAuth2AuthorizationCodeBearer) with [`AuthorizationCodeFlow`](crate::scheme::AuthorizationCodeFlow) |
//! | `OpenIdConnect(openIdConnectUrl=…)` | [`OpenIdConnect<P>`](crate::OpenIdConnect) with [`OpenIdProvider`](crate::scheme::OpenIdProvider) |
//! | `refreshUrl=…`, `scopes={…}` | `REFRESH_URL`, `SCOPES` of the flow |
//! | `scheme_name="partners"` | [`SecurityScheme::NAME`](crate::scheme::SecurityScheme::NAME) |
//! | `description="…"` | [`SecurityScheme::DESCRIPTION`](crate::scheme::SecurityScheme::DESCRIPTION) |
//! | `auto_error=False` | `Option<…>` of any of them. **Not `Result<…, Rejection>`: it refuses nobody, and the document says that it does** ([why](super::own_schemes#composing)) |
//! | `make_not_authenticated_error(self)` | [`SecurityScheme::refuse`](crate::scheme::SecurityScheme::refuse) |
//! | `403` for absent credentials, as before 0.122 | [`refuse`](crate::scheme::SecurityScheme::refuse): [how](super::own_schemes#refusals-of-your-own) |
//! | `credentials: HTTPAuthorizationCredentials`, `.credentials` | the scheme itself: `&*token`, [`into_token`](crate::HttpBearer::into_token) |
//! | `credentials: HTTPBasicCredentials`, `.username`, `.password` | `who.username`, `who.password` of [`HttpBasic`](crate::HttpBasic) |
//! | `secrets.compare_digest(a.encode(), b.encode())` | `key.matches("…")`, `who.matches(name, password)` |
//! | `raise HTTPException(401, headers={"WWW-Authenticate": "Basic"})` | `Err(who.refused())` |
//!
//! # Dependencies
//!
//! | FastAPI | Portcullis |
//! |---|---|
//! | `def get_user(token: Annotated[str, Depends(oauth2_scheme)])` | `impl Dependency for MyUser { type On = OAuth2PasswordBearer; … }` |
//! | `user: Annotated[MyUser, Depends(get_user)]` | `Depends(user): Depends<MyUser>` |
//! | a dependency on two others | `type On = (A, B);` |
//! | `Depends(HasRole("editor"))`, a dependency with parameters | a type parameter, `Depends<HasRole<Editor>>`: [how](super::own_schemes#a-dependency-with-parameters) |
//! | `app.state` with a session, a setting and more | a struct that contains `Auth`: [how](super::tutorial::dependencies#a-state-of-your-own) |
//! | a session, a setting, out of `request.app.state` | `type State = …;`, and [`Context::state`](crate::extract::Context::state) |
//! | `request.headers` | [`Context::parts`](crate::extract::Context::parts) |
//! | `Security(get_user, scopes=["items:read"])` | `scopes!(ReadItems = "items:read");`, then [`Security<Depends<MyUser>, ReadItems>`](crate::Security) |
//! | `security_scopes: SecurityScopes`, `.scopes`, `.scope_str` | [`Context::scopes`](crate::extract::Context::scopes): `.iter()`, `.to_string()` |
//! | `raise HTTPException(401, "Not enough permissions")` | `Err(Rejection::insufficient_scope(context.scopes))`, which is a `403` |
//! | `raise HTTPException(409, "…")` in a dependency | `Err(Rejection::answer((StatusCode::CONFLICT, "…")))`, and `REFUSALS` for the document |
//! | `APIRouter(dependencies=[Depends(get_user)])`, `FastAPI(dependencies=[…])` | [`require::<G, _>(router, state)`](crate::extract::require) |
//! | `@app.get("/", dependencies=[Depends(get_user)])` | an argument that is not used: `_: Depends<MyUser>` |
//! | two schemes, either of which will do, by `auto_error=False` and an `if` | [`AnyOf<(A, B)>`](crate::AnyOf) |
//! | `use_cache=False` | nothing: a dependency runs for each argument that asks for it |
//!
//! axum's `route_layer(from_extractor_with_state::<ActiveUser, _>(auth))` refuses the same requests as
//! `require` does, but a layer leaves no mark in the document.
//!
//! # Signing in
//!
//! | FastAPI | Portcullis |
//! |---|---|
//! | `form: Annotated[OAuth2PasswordRequestForm, Depends()]` | `form: `[`OAuth2PasswordRequestForm`](crate::OAuth2PasswordRequestForm), the last argument |
//! | `OAuth2PasswordRequestFormStrict` | [`OAuth2PasswordRequestFormStrict`](crate::OAuth2PasswordRequestFormStrict), or [`strict`](crate::auth::AuthBuilder::strict) of our endpoint |
//! | `@app.post("/token")` and its body | [`token_router(&auth)`](crate::token_router) |
//! | `@app.get("/users/me")` and its body | [`router(&auth)`](crate::router), which has both, and `/healthz` and `/readyz` |
//! | a `/users/me` of one's own | beside `token_router`; beside `router` the program panics at its start (`Overlapping method route`) |
//! | create the first user if it is missing | [`Administration::add`](crate::account::Administration::add), where `Err(NotDone::UsernameTaken)` is fine: [how](#the-first-user) |
//! | `jwt.encode(…)`, `jwt.decode(…)`, `SECRET_KEY` | [`Auth`](crate::Auth) |
//! | `get_current_user`, `get_current_active_user` | [`CurrentUser`](crate::CurrentUser), [`ActiveUser`](crate::ActiveUser) |
//! | `PasswordHash.recommended()`, `.hash(…)`, `.verify(…)` of pwdlib | [`password::Hasher`](crate::password::Hasher); in a running server [`account::HashingPool`](crate::account::HashingPool) |
//! | `authenticate_user(db, name, password)` | [`account::authenticate`](crate::account::authenticate) |
//! | `fake_users_db` | [`MemoryStore`](crate::store::MemoryStore) |
//! | a table and an ORM | `portcullis-sql`, or [your table](crate::manual::own_user_model) |
//!
//! # Handlers
//!
//! | FastAPI | Portcullis |
//! |---|---|
//! | a Pydantic model as body | `Json<T>`, the last argument; `T: Deserialize + JsonSchema` |
//! | `response_model=Item` | the answer, `Json<Item>`; `Item: Serialize + JsonSchema`, and `#[serde(skip)]` for what nobody may see |
//! | `page: int = 0` in the query | `Query<T>`, with `#[serde(default)]` |
//! | `raise HTTPException(404, "…")` | `Result<Json<Item>, (StatusCode, Json<Problem>)>`, or an error type with `IntoResponse` and [`OperationOutput`](crate::openapi::OperationOutput) |
//! | `responses={404: {"model": Problem}}` | [`get_with`](crate::openapi::routing::get_with)`(one, \|operation\| operation.response::<404, Json<Problem>>())` |
//! | `422` for a malformed body | axum's own `400`, `415` or `422`, in plain text; they are documented |
//!
//! The error, and the document that knows of it:
//!
//! ```
//! use axum::{Json, http::StatusCode};
//! use portcullis::openapi::{ApiRouter, Document, routing::get_with};
//! use schemars::JsonSchema;
//! use serde::Serialize;
//!
//! #[derive(Serialize, JsonSchema)]
//! struct Item {
//!     name: String,
//! }
//!
//! #[derive(Serialize, JsonSchema)]
//! struct Problem {
//!     detail: String,
//! }
//!
//! async fn one() -> Result<Json<Item>, (StatusCode, Json<Problem>)> {
//!     let detail = "Item not found".into();
//!     Err((StatusCode::NOT_FOUND, Json(Problem { detail })))
//! }
//!
//! let one = get_with(one, |operation| operation.response::<404, Json<Problem>>());
//! let api: ApiRouter = ApiRouter::new().api_route("/items/one", one);
//! let (_, document) = Document::new("Items", "1.0").finish(api)?;
//! let responses = &document["paths"]["/items/one"]["get"]["responses"];
//! assert!(responses["200"].is_object() && responses["404"].is_object());
//! # Ok::<(), portcullis::openapi::DocumentError>(())
//! ```
//!
//! # The document
//!
//! | FastAPI | Portcullis |
//! |---|---|
//! | `FastAPI(title=…, version=…, description=…)` | [`Document::new(title, version)`](crate::openapi::Document::new)`.description(…)` |
//! | `openapi_url`, `docs_url` | `/openapi.json` and `/docs` where the router of [`serve`](crate::openapi::Document::serve) is mounted; [`finish`](crate::openapi::Document::finish) gives the JSON alone, for another place or for none |
//! | `redoc_url` | none |
//! | `root_path="/api"` | nothing: every URL in the document is relative to it |
//! | `swagger_ui_init_oauth={…}` | nothing to set: PKCE is on, and the dialogue asks for the client and the scopes |
//! | `swagger_ui_parameters={"persistAuthorization": True}` | none: a token does not outlive the page |
//! | `responses={401: …}` on each route | nothing: refusals are documented by what is asked for |
//! | `include_in_schema=False` | `.route(…)` in place of `.api_route(…)` |
//!
//! # Tests
//!
//! | FastAPI | Portcullis |
//! |---|---|
//! | `app.dependency_overrides[get_current_user] = …` | [`testing::Users`](crate::testing::Users) and [`testing::bearer`](crate::testing::bearer): [how](crate::manual::testing) |
//! | `TestClient(app).get("/items")` | `app.oneshot(request)` of `tower::ServiceExt` |
//! | nothing | [`DocumentCheck`](crate::testing::DocumentCheck) |
//!
//! # The first user
//!
//! ```
//! use portcullis::account::{Administration, NotDone, UserDraft};
//! use portcullis::secret::Password;
//! # use portcullis::{Auth, store::MemoryStore};
//! # use std::sync::Arc;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let store = Arc::new(MemoryStore::new());
//! # let auth = Auth::builder(store.clone()).issuer("http://127.0.0.1:8000").build()?;
//! # for _ in 0..2 {
//! let accounts = Administration::new(&*store, auth.pool());
//! let password = Password::new("correct horse battery staple");
//! match accounts.add(UserDraft::new("johndoe"), &password).await {
//!     Ok(_) | Err(NotDone::UsernameTaken) => {}
//!     Err(error) => return Err(error.into()),
//! }
//! # }
//! # Ok(())
//! # }
//! ```
//!
//! # The same program twice
//!
//! ```python
//! oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token", scopes={"items:read": "Read items."})
//!
//! @app.get("/items")
//! async def items(user: Annotated[User, Security(get_current_active_user, scopes=["items:read"])]):
//!     return f"the items of {user.username}"
//! ```
//!
//! ```
//! use portcullis::openapi::{ApiRouter, Document, routing::get};
//! use portcullis::{ActiveUser, Auth, Security, scopes, store::MemoryStore};
//!
//! scopes!(ReadItems = "items:read");
//!
//! async fn items(user: Security<ActiveUser, ReadItems>) -> String {
//!     format!("the items of {}", user.username)
//! }
//!
//! # let builder = Auth::builder(MemoryStore::new()).issuer("http://127.0.0.1:8000");
//! let auth = builder.scope("items:read", "Read items.").build()?;
//! let api = ApiRouter::new().api_route("/items", get(items));
//! # let api = api.merge(portcullis::router(&auth));
//! # let app: axum::Router = Document::new("Items", "1.0").serve(api)?.with_state(auth);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! There, `get_current_active_user`, `get_current_user` and the comparison of the scopes are still to
//! be written.

pub mod differences;
