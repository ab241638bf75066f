//! `tests/fastapi/app.py` again, with Portcullis: the same routes, the same answers.

mod composition;
mod schemes;
mod scoped;
pub(super) mod tutorial;

use std::net::SocketAddr;

use axum::{Json, Router};
use portcullis::openapi::routing::{get, post};
use portcullis::openapi::{ApiRouter, Document, DocumentError};
use portcullis::scheme::{
    AnyOf, ApiKeyCookie, ApiKeyHeader, ApiKeyQuery, HttpBasic, HttpBearer, HttpDigest, OAuth2,
    OAuth2AuthorizationCodeBearer, OpenIdConnect,
};
use portcullis::secret::Password;
use portcullis::{
    OAuth2PasswordBearer, OAuth2PasswordRequestForm, OAuth2PasswordRequestFormStrict,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use schemes::{
    Code, Elsewhere, EveryFlow, HeaderKey, Key, OtherKey, OwnTokens, Provider, SignIn, Signed,
    Staff,
};

/// Ours, on a port of its own; gone when dropped.
pub(super) struct Portcullis {
    pub(super) address: SocketAddr,
    _runtime: Runtime,
}

impl Portcullis {
    pub(super) fn start(app: impl Future<Output = Router>) -> Self {
        let runtime = Runtime::new().unwrap();
        let app = runtime.block_on(app);
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async { axum::serve(listener, app).await });
        Self {
            address,
            _runtime: runtime,
        }
    }
}

/// Every scheme and composition.
pub(crate) fn compared() -> Router {
    let api = schemes_of_a_string()
        .merge(basic())
        .merge(composition::routes())
        .merge(scoped::routes())
        .merge(forms());
    Document::new("Compared", "1").serve(api).unwrap()
}

fn credential(credential: Option<&str>) -> Json<Value> {
    Json(json!({ "credential": credential }))
}

/// A scheme, required and optional.
macro_rules! both {
    ($api:ident, $($name:literal: $scheme:ty),+ $(,)?) => {
        $api$(
            .api_route(
                concat!("/", $name, "/required"),
                get(async |found: $scheme| credential(Some(&found))),
            )
            .api_route(
                concat!("/", $name, "/optional"),
                get(async |found: Option<$scheme>| credential(found.as_deref())),
            )
        )+
    };
}

fn schemes_of_a_string() -> ApiRouter {
    let api = ApiRouter::new();
    both!(
        api,
        "api_key_query": ApiKeyQuery<Key>,
        "api_key_header": ApiKeyHeader<HeaderKey>,
        "api_key_cookie": ApiKeyCookie<Key>,
        "api_key_header_named": ApiKeyHeader<OtherKey>,
        "http_bearer": HttpBearer,
        "http_bearer_named": HttpBearer<Signed>,
        "http_digest": HttpDigest,
        "oauth2": OAuth2<EveryFlow>,
        "oauth2_password": OAuth2PasswordBearer<OwnTokens>,
        "oauth2_password_named": OAuth2PasswordBearer<Elsewhere>,
        "oauth2_code": OAuth2AuthorizationCodeBearer<Code>,
        "oauth2_code_named": OAuth2AuthorizationCodeBearer<SignIn>,
        "open_id_connect": OpenIdConnect<Provider>,
    )
}

fn both_parts<R: portcullis::scheme::Realm>(found: &HttpBasic<R>) -> Json<Value> {
    let password = found.password.expose();
    Json(json!({ "username": found.username, "password": password }))
}

fn basic() -> ApiRouter {
    let maybe = |found: Option<Json<Value>>| found.unwrap_or_else(|| credential(None));
    ApiRouter::new()
        .api_route(
            "/http_basic/required",
            get(async |found: HttpBasic| both_parts(&found)),
        )
        .api_route(
            "/http_basic/optional",
            get(async move |found: Option<HttpBasic>| maybe(found.as_ref().map(both_parts))),
        )
        .api_route(
            "/http_basic_realm/required",
            get(async |found: HttpBasic<Staff>| both_parts(&found)),
        )
        .api_route(
            "/http_basic_realm/optional",
            get(async move |found: Option<HttpBasic<Staff>>| maybe(found.as_ref().map(both_parts))),
        )
}

fn form(form: &OAuth2PasswordRequestForm) -> Json<Value> {
    Json(json!({
        "grant_type": form.grant_type,
        "username": form.username,
        "password": form.password.expose(),
        "scopes": form.scopes,
        "client_id": form.client_id,
        "client_secret": form.client_secret.as_ref().map(Password::expose),
    }))
}

fn forms() -> ApiRouter {
    ApiRouter::new()
        .api_route(
            "/form/loose",
            post(async |sent: OAuth2PasswordRequestForm| form(&sent)),
        )
        .api_route(
            "/form/strict",
            post(async |sent: OAuth2PasswordRequestFormStrict| form(&sent)),
        )
}

/// The document of an API with a defect: ours does not start.
fn defect(api: ApiRouter) -> Result<Value, DocumentError> {
    let (_, document) = Document::new("Defect", "1").finish(api)?;
    Ok(document)
}

/// Two schemes of one name.
pub(super) fn name_twice() -> Result<Value, DocumentError> {
    let a = async |key: ApiKeyHeader<schemes::A>| credential(Some(&key));
    let b = async |key: ApiKeyHeader<schemes::B>| credential(Some(&key));
    let api = ApiRouter::new().api_route("/a", get(a));
    defect(api.api_route("/b", get(b)))
}

/// A scope that the scheme does not declare.
pub(super) fn undeclared() -> Result<Value, DocumentError> {
    defect(scoped::undeclared())
}

/// Two credentials for one `Authorization` header.
pub(super) fn never_together() -> Result<Value, DocumentError> {
    let a = async |_: HttpBasic, _: HttpBearer| credential(None);
    defect(ApiRouter::new().api_route("/a", get(a)))
}

/// An alternative that is never asked.
pub(super) fn never_reached() -> Result<Value, DocumentError> {
    type Either = AnyOf<(
        OAuth2PasswordBearer<OwnTokens>,
        OAuth2AuthorizationCodeBearer<Code>,
    )>;
    let a = async |_: Either| credential(None);
    defect(ApiRouter::new().api_route("/a", get(a)))
}
