//! Applications on Portcullis: what they document is what they do.

use axum::Router;
use portcullis::extract::{Context, Dependency};
use portcullis::openapi::{ApiRouter, Document, Refusal, routing};
use portcullis::scheme::{
    Alternative, ApiKey, AuthorizationCodeFlow, Flow, OAuth2Flows, OpenIdProvider, PasswordFlow,
    Rejection, SecurityScheme,
};
use portcullis::testing::DifferenceKind::{CallFailed, NeverAccepted};
use portcullis::testing::{self, DocumentCheck, Report, Users};
use portcullis::{
    AccessToken, ActiveUser, AnyOf, ApiKeyCookie, ApiKeyHeader, ApiKeyQuery, Auth, CurrentUser,
    Depends, HttpBasic, HttpBearer, HttpDigest, OAuth2, OAuth2AuthorizationCodeBearer,
    OAuth2PasswordBearer, OpenIdConnect, Security, User, scopes,
};

use super::{kinds, passes};
use crate::fixture::{ISSUER, cheap};

scopes!(ReadItems = "items:read");
scopes!(WriteItems = "items:write");
scopes!(Both = "items:read", "items:write");

const SCOPES: &str = "items:read items:write";

struct Key;
impl SecurityScheme for Key {}
impl ApiKey for Key {
    const PARAMETER: &'static str = "x-key";
}

fn auth() -> (Auth, User) {
    let john = testing::user("johndoe", SCOPES).unwrap();
    let auth = Auth::builder(Users::new([john.clone()]))
        .issuer(ISSUER)
        .scope("items:read", "Read items.")
        .scope("items:write", "Write items.")
        .hashing(cheap());
    (auth.build().unwrap(), john)
}

fn app(auth: &Auth, api: ApiRouter<Auth>) -> Router {
    let api = api.merge(portcullis::router(auth));
    let document = Document::new("Test", "1.0").serve(api).unwrap();
    document.with_state(auth.clone())
}

/// Knows the right credentials of every scheme here.
fn check(auth: &Auth, john: &User) -> DocumentCheck {
    let (auth, john) = (auth.clone(), john.clone());
    DocumentCheck::new()
        .bearer("OAuth2PasswordBearer", move |scopes| {
            testing::access_token(&auth, &john, &scopes.join(" ")).unwrap()
        })
        .api_key("APIKeyHeader", "secret")
        .api_key("APIKeyQuery", "secret")
        .api_key("APIKeyCookie", "secret")
        .basic("HTTPBasic", "johndoe", "secret")
        .bearer("HTTPBearer", |_| "secret")
        .digest("HTTPDigest", r#"username="johndoe", response="0f""#)
}

async fn holds(api: ApiRouter<Auth>) -> Report {
    let (auth, john) = auth();
    passes(&check(&auth, &john), app(&auth, api)).await
}

/// How an operation's security is written in a report.
fn security<'a>(report: &'a Report, operation: &str) -> &'a str {
    let mut all = report.operations.iter();
    let found = all.find(|one| one.operation == operation);
    &found.unwrap().security
}

/// A key that is checked.
type Checked = Result<&'static str, Rejection>;

async fn header(key: ApiKeyHeader<Key>) -> Checked {
    if key.matches("secret") {
        Ok("in")
    } else {
        Err(key.refused())
    }
}

async fn query(key: ApiKeyQuery<Key>) -> Checked {
    if key.matches("secret") {
        Ok("in")
    } else {
        Err(key.refused())
    }
}

async fn cookie(key: ApiKeyCookie<Key>) -> Checked {
    if key.matches("secret") {
        Ok("in")
    } else {
        Err(key.refused())
    }
}

async fn optional_header(key: Option<ApiKeyHeader<Key>>) -> Checked {
    match key {
        None => Ok("none"),
        Some(key) => header(key).await,
    }
}

async fn basic(login: HttpBasic) -> Checked {
    if login.matches("johndoe", "secret") {
        Ok("in")
    } else {
        Err(login.refused())
    }
}

async fn bearer(token: HttpBearer) -> Checked {
    if token.matches("secret") {
        Ok("in")
    } else {
        Err(token.refused())
    }
}

async fn digest(login: HttpDigest) -> Checked {
    if login.parameter("response") == Some("0f") {
        Ok("in")
    } else {
        Err(login.refused())
    }
}

#[tokio::test]
async fn the_library_alone() {
    let report = holds(ApiRouter::new()).await;
    assert_eq!(security(&report, "GET /users/me"), "`OAuth2PasswordBearer`");
    assert_eq!(security(&report, "POST /token"), "");
    assert_eq!(report.operations.len(), 5);
}

#[tokio::test]
async fn our_own_guards_required_optional_and_with_scopes() {
    let report = holds(crate::extract::routes()).await;
    let needs = security(&report, "GET /optional/needs-active");
    assert_eq!(
        needs,
        "`OAuth2PasswordBearer` with `items:read`, or nothing"
    );
    assert!(report.operations.len() >= 14, "{report}");
    assert!(report.requests > 100, "{report}");
}

#[tokio::test]
async fn every_scheme_that_is_checked() {
    holds(
        ApiRouter::new()
            .api_route("/header", routing::get(header))
            .api_route("/optional/header", routing::get(optional_header))
            .api_route("/query", routing::get(query).delete(query))
            .api_route("/cookie", routing::get(cookie))
            .api_route("/basic", routing::get(basic))
            .api_route("/bearer", routing::get(bearer))
            .api_route("/digest", routing::get(digest)),
    )
    .await;
}

struct Flows;
impl SecurityScheme for Flows {}
impl OAuth2Flows for Flows {
    const FLOWS: &'static [Flow] = &[Flow::ClientCredentials {
        token_url: "https://id.example.com/token",
        refresh_url: None,
        scopes: &[],
    }];
}

struct Partners;
impl SecurityScheme for Partners {
    const NAME: Option<&'static str> = Some("partners");
}
impl PasswordFlow for Partners {
    const TOKEN_URL: &'static str = "https://id.example.com/token";
}

struct Code;
impl SecurityScheme for Code {}
impl AuthorizationCodeFlow for Code {
    const AUTHORIZATION_URL: &'static str = "https://id.example.com/authorize";
    const TOKEN_URL: &'static str = "https://id.example.com/token";
}

struct Provider;
impl SecurityScheme for Provider {}
impl OpenIdProvider for Provider {
    const OPEN_ID_CONNECT_URL: &'static str = "https://id.example.com/.well-known";
}

#[tokio::test]
async fn every_scheme_that_only_extracts() {
    macro_rules! both {
        ($api:expr, $path:literal, $scheme:ty) => {
            $api.api_route($path, routing::get(async |_: $scheme| "in"))
                .api_route(
                    concat!("/optional", $path),
                    routing::get(async |_: Option<$scheme>| "in"),
                )
        };
    }
    let api: ApiRouter<Auth> = ApiRouter::new();
    let api = both!(api, "/header", ApiKeyHeader<Key>);
    let api = both!(api, "/query", ApiKeyQuery<Key>);
    let api = both!(api, "/cookie", ApiKeyCookie<Key>);
    let api = both!(api, "/basic", HttpBasic);
    let api = both!(api, "/bearer", HttpBearer);
    let api = both!(api, "/digest", HttpDigest);
    let api = both!(api, "/oauth2", OAuth2<Flows>);
    let api = both!(api, "/password", OAuth2PasswordBearer<Partners>);
    let api = both!(api, "/code", OAuth2AuthorizationCodeBearer<Code>);
    let api = both!(api, "/openid", OpenIdConnect<Provider>);
    let document = Document::new("Test", "1.0").serve(api).unwrap();
    let (auth, john) = auth();
    let app = document.with_state(auth.clone());
    let names = [
        "APIKeyHeader",
        "APIKeyQuery",
        "APIKeyCookie",
        "HTTPBasic",
        "HTTPBearer",
        "HTTPDigest",
        "OAuth2",
        "partners",
        "OAuth2AuthorizationCodeBearer",
        "OpenIdConnect",
    ];
    let extracting = names
        .iter()
        .fold(DocumentCheck::new(), |check, name| check.unverified(*name));
    let report = passes(&extracting, app.clone()).await;
    assert_eq!(report.operations.len(), 20);
    // Whoever says nothing of that is told.
    let found = kinds(&check(&auth, &john), app).await;
    assert!(found.contains(&testing::DifferenceKind::WrongAccepted));
}

/// Whether the key that was found, if any, is the right one.
fn right(key: Option<&ApiKeyHeader<Key>>) -> Checked {
    match key {
        Some(key) if !key.matches("secret") => Err(key.refused()),
        _ => Ok("in"),
    }
}

#[tokio::test]
async fn and_or_and_optional() {
    type KeyOrUser = AnyOf<(ApiKeyHeader<Key>, ActiveUser)>;
    type Pair = (ApiKeyHeader<Key>, ActiveUser);
    let either = async |AnyOf(found): KeyOrUser| match &found {
        Alternative::First(key) => right(Some(key)),
        _ => Ok("in"),
    };
    let optional_either = async |found: Option<KeyOrUser>| match found {
        Some(AnyOf(Alternative::First(key))) => right(Some(&key)),
        _ => Ok("in"),
    };
    let api = ApiRouter::new()
        .api_route("/either", routing::get(either))
        .api_route("/optional/either", routing::get(optional_either))
        .api_route(
            "/both",
            routing::get(async |key: ApiKeyHeader<Key>, _: ActiveUser| right(Some(&key))),
        )
        .api_route(
            "/one-optional",
            routing::get(async |key: Option<ApiKeyHeader<Key>>, _: ActiveUser| right(key.as_ref())),
        )
        .api_route(
            "/each-optional",
            routing::get(
                async |key: Option<ApiKeyHeader<Key>>, _: Option<ActiveUser>| right(key.as_ref()),
            ),
        )
        .api_route(
            "/pair-or-basic",
            routing::get(async |AnyOf(found): AnyOf<(Pair, HttpBasic)>| match found {
                Alternative::First((key, _)) => right(Some(&key)),
                Alternative::Second(login) => basic(login).await,
                _ => Ok("in"),
            }),
        );
    let report = holds(api).await;
    assert_eq!(
        security(&report, "GET /either"),
        "`APIKeyHeader`, or `OAuth2PasswordBearer`"
    );
    assert_eq!(
        security(&report, "GET /both"),
        "`APIKeyHeader` and `OAuth2PasswordBearer`"
    );
    assert_eq!(
        security(&report, "GET /pair-or-basic"),
        "`APIKeyHeader` and `OAuth2PasswordBearer`, or `HTTPBasic`"
    );
    let each = security(&report, "GET /each-optional");
    assert_eq!(each.split(", or ").count(), 4, "{each}");
}

/// Somebody who may write, with a key.
struct Editor;

impl Dependency for Editor {
    type On = (Security<ActiveUser, WriteItems>, ApiKeyHeader<Key>);
    type State = Auth;
    const REFUSALS: &'static [Refusal] = &[Refusal::of_your_own(409, "Not now.")];

    async fn resolve((_, key): Self::On, _: Context<'_, Auth>) -> Result<Self, Rejection> {
        right(Some(&key)).map(|_| Self)
    }
}

#[tokio::test]
async fn dependencies_and_scopes_that_add_up() {
    let api = ApiRouter::new()
        .api_route("/edit", routing::post(async |_: Depends<Editor>| "in"))
        .api_route(
            "/edit-all",
            routing::delete(async |_: Security<Depends<Editor>, ReadItems>| "in"),
        )
        .api_route(
            "/optional",
            routing::get(async |_: Option<Depends<Editor>>| "in"),
        )
        .api_route(
            "/nested",
            routing::get(async |_: Security<Security<AccessToken, WriteItems>, ReadItems>| "in"),
        )
        .api_route(
            "/beside",
            routing::get(async |_: Security<CurrentUser, Both>, _: ActiveUser| "in"),
        );
    let report = holds(api).await;
    let needs = security(&report, "DELETE /edit-all");
    assert_eq!(
        needs,
        "`APIKeyHeader` and `OAuth2PasswordBearer` with `items:read items:write`"
    );
    let nested = security(&report, "GET /nested");
    assert_eq!(
        nested,
        "`OAuth2PasswordBearer` with `items:read items:write`"
    );
}

#[tokio::test]
async fn behind_nest_and_merge() {
    let (auth, john) = auth();
    let items = ApiRouter::new().api_route(
        "/all",
        routing::get(async |_: Security<ActiveUser, ReadItems>| "in"),
    );
    let api = ApiRouter::new()
        .nest("/items", items)
        .nest("/account", portcullis::router(&auth));
    let document = Document::new("Test", "1.0").serve(api).unwrap();
    let inner = document.with_state(auth.clone());
    let outer = Router::new().nest("/api/v1", inner);
    let report = passes(&check(&auth, &john).mounted_at("/api/v1"), outer).await;
    assert_eq!(
        security(&report, "GET /items/all"),
        "`OAuth2PasswordBearer` with `items:read`"
    );
    assert!(report.to_string().contains("GET /account/users/me"));
}

#[tokio::test]
async fn an_inactive_user_cannot_show_anything() {
    let mut alice = testing::user("alice", SCOPES).unwrap();
    alice.disabled = true;
    let builder = Auth::builder(Users::new([alice.clone()])).issuer(ISSUER);
    let auth = builder.hashing(cheap()).build().unwrap();
    let found = kinds(&check(&auth, &alice), app(&auth, ApiRouter::new())).await;
    // `/users/me` says why, and `/verify`, whose caller understands no `400`, that nobody passes.
    assert_eq!(found, [CallFailed, NeverAccepted]);
}
