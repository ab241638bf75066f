//! One route per scheme, each named as its path, each checking what came in.

use axum::Router;
use axum::extract::{FromRef, State};
use axum::response::{IntoResponse, Response};
use http::header::WWW_AUTHENTICATE;
use portcullis::openapi::{ApiRouter, Document, routing::get};
use portcullis::scheme::{
    ApiKey, AuthorizationCodeFlow, BearerFormat, Flow, OAuth2Flows, OpenIdProvider, Realm,
    Rejection, SecurityScheme,
};
use portcullis::{
    ActiveUser, ApiKeyCookie, ApiKeyHeader, ApiKeyQuery, Auth, HttpBasic, HttpBearer, HttpDigest,
    OAuth2, OAuth2AuthorizationCodeBearer, OpenIdConnect,
};

use super::authorization_server::{self, Issued};
use super::digest;
use crate::fixture::House;

/// Where the provider is for the browser, which finds it at the port that it was given.
pub(super) const PROVIDER: &str = "http://id.localhost";

#[derive(Clone)]
struct Doors {
    auth: Auth,
    issued: Issued,
}

impl FromRef<Doors> for Auth {
    fn from_ref(doors: &Doors) -> Self {
        doors.auth.clone()
    }
}

impl FromRef<Doors> for Issued {
    fn from_ref(doors: &Doors) -> Self {
        doors.issued.clone()
    }
}

type Answer = Result<&'static str, Rejection>;

fn answer(is_right: bool, words: &'static str, refused: Rejection) -> Answer {
    if is_right { Ok(words) } else { Err(refused) }
}

/// A scheme that says its name and how it comes in.
macro_rules! scheme {
    ($scheme:ident, $name:literal $(, $refuse:item)?) => {
        struct $scheme;

        impl SecurityScheme for $scheme {
            const NAME: Option<&'static str> = Some($name);
            const DESCRIPTION: Option<&'static str> = Some(concat!("How **", $name, "** comes in."));
            $($refuse)?
        }
    };
}

scheme!(HeaderKey, "header_key");
impl ApiKey for HeaderKey {
    const PARAMETER: &'static str = "x-key";
}

async fn header_key(key: ApiKeyHeader<HeaderKey>) -> Answer {
    let is_right = key.matches("header secret");
    answer(is_right, "let in by header_key", key.refused())
}

scheme!(QueryKey, "query_key");
impl ApiKey for QueryKey {
    const PARAMETER: &'static str = "key";
}

async fn query_key(key: ApiKeyQuery<QueryKey>) -> Answer {
    let is_right = key.matches("query secret&more");
    answer(is_right, "let in by query_key", key.refused())
}

scheme!(CookieKey, "cookie_key");
impl ApiKey for CookieKey {
    const PARAMETER: &'static str = "key";
}

async fn cookie_key(key: ApiKeyCookie<CookieKey>) -> Answer {
    let is_right = key.matches("cookie+secret%26");
    answer(is_right, "let in by cookie_key", key.refused())
}

scheme!(Basic, "basic");
impl Realm for Basic {}

async fn basic(user: HttpBasic<Basic>) -> Answer {
    let is_right = user.matches("jürgen", "пароль ✓");
    answer(is_right, "let in by basic", user.refused())
}

scheme!(Bearer, "bearer");
impl BearerFormat for Bearer {}

async fn bearer(token: HttpBearer<Bearer>) -> Answer {
    let is_right = token.matches("bearer-secret");
    answer(is_right, "let in by bearer", token.refused())
}

scheme!(
    Digest,
    "digest",
    fn refuse(rejection: Rejection) -> Response {
        let mut response = rejection.into_response();
        let headers = response.headers_mut();
        headers.remove(WWW_AUTHENTICATE);
        for challenge in digest::challenges() {
            headers.append(WWW_AUTHENTICATE, challenge.parse().unwrap());
        }
        response
    }
);

async fn http_digest(digest: HttpDigest<Digest>) -> Answer {
    let is_right = digest::is_right("/digest", |name| digest.parameter(name));
    answer(is_right, "let in by digest", digest.refused())
}

async fn password(_user: ActiveUser) -> &'static str {
    "let in by password"
}

scheme!(Code, "code");
impl AuthorizationCodeFlow for Code {
    const AUTHORIZATION_URL: &'static str = "authorize";
    const TOKEN_URL: &'static str = "oauth2/token";
    const SCOPES: &'static [(&'static str, &'static str)] = &[("read", "Read.")];
}

async fn code(State(issued): State<Issued>, token: OAuth2AuthorizationCodeBearer<Code>) -> Answer {
    let is_right = issued.is_from(&token, "authorization_code");
    answer(is_right, "let in by code", token.refused())
}

scheme!(Machines, "client_credentials");
impl OAuth2Flows for Machines {
    const FLOWS: &'static [Flow] = &[Flow::ClientCredentials {
        token_url: "oauth2/token",
        refresh_url: None,
        scopes: &[("read", "Read.")],
    }];
}

async fn client_credentials(State(issued): State<Issued>, token: OAuth2<Machines>) -> Answer {
    let is_right = issued.is_from(&token, "client_credentials");
    answer(is_right, "let in by client_credentials", token.refused())
}

scheme!(Implicit, "implicit");
impl OAuth2Flows for Implicit {
    const FLOWS: &'static [Flow] = &[Flow::Implicit {
        authorization_url: "authorize",
        refresh_url: None,
        scopes: &[("read", "Read.")],
    }];
}

async fn implicit(State(issued): State<Issued>, token: OAuth2<Implicit>) -> Answer {
    let is_right = issued.is_from(&token, "implicit");
    answer(is_right, "let in by implicit", token.refused())
}

scheme!(Provider, "openid");
impl OpenIdProvider for Provider {
    const OPEN_ID_CONNECT_URL: &'static str =
        "http://id.localhost/.well-known/openid-configuration";
}

async fn openid(State(issued): State<Issued>, token: OpenIdConnect<Provider>) -> Answer {
    let is_right = issued.is_from(&token, "authorization_code");
    answer(is_right, "let in by openid", token.refused())
}

scheme!(SameProvider, "openid_here");
impl OpenIdProvider for SameProvider {
    const OPEN_ID_CONNECT_URL: &'static str = ".well-known/openid-configuration";
}

/// To be seen in the dialogue: its discovery document is found beside the app.
async fn openid_here(token: OpenIdConnect<SameProvider>) -> Answer {
    answer(false, "", token.refused())
}

/// The app, with `/docs`; `johndoe` has the password `secret`.
pub(super) async fn app(issued: Issued) -> Router {
    let House { auth, .. } = House::new().await;
    let api = ApiRouter::new()
        .api_route("/header_key", get(header_key))
        .api_route("/query_key", get(query_key))
        .api_route("/cookie_key", get(cookie_key))
        .api_route("/basic", get(basic))
        .api_route("/bearer", get(bearer))
        .api_route("/digest", get(http_digest))
        .api_route("/password", get(password))
        .api_route("/code", get(code))
        .api_route("/client_credentials", get(client_credentials))
        .api_route("/implicit", get(implicit))
        .api_route("/openid", get(openid))
        .api_route("/openid_here", get(openid_here))
        // The document must find the token endpoint below the app's own paths, too.
        .nest("/auth", portcullis::token_router(&auth));
    let document = Document::new("Every scheme", "1.0");
    let app = document.serve(api).unwrap();
    let app = app.merge(authorization_server::router(PROVIDER, issued.clone()));
    app.with_state(Doors { auth, issued })
}
