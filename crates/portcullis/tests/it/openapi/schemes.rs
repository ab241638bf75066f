//! Each scheme in `components.securitySchemes`, with its name and description.

use portcullis::openapi::{ApiRouter, Document, routing};
use portcullis::scheme::{
    ApiKey, AuthorizationCodeFlow, BearerFormat, Flow, OAuth2Flows, OpenIdProvider, PasswordFlow,
    Realm, SecurityScheme,
};
use portcullis::{
    ApiKeyCookie, ApiKeyHeader, ApiKeyQuery, HttpBasic, HttpBearer, HttpDigest, OAuth2,
    OAuth2AuthorizationCodeBearer, OAuth2PasswordBearer, OpenIdConnect,
};
use serde_json::{Value, json};

/// Everything that a scheme can say, in one type.
struct All;
impl SecurityScheme for All {
    const NAME: Option<&'static str> = Some("mine");
    const DESCRIPTION: Option<&'static str> = Some("What it is *for*.");
}
impl Realm for All {
    const REALM: &'static str = "here";
}
impl BearerFormat for All {
    const BEARER_FORMAT: Option<&'static str> = Some("JWT");
}
impl ApiKey for All {
    const PARAMETER: &'static str = "key";
}
impl PasswordFlow for All {
    const TOKEN_URL: &'static str = "sign-in";
    const REFRESH_URL: Option<&'static str> = Some("renew");
    const SCOPES: &'static [(&'static str, &'static str)] = &[("a", "A.")];
}
impl AuthorizationCodeFlow for All {
    const AUTHORIZATION_URL: &'static str = "https://sso.example.com/authorize";
    const TOKEN_URL: &'static str = "https://sso.example.com/token";
    const REFRESH_URL: Option<&'static str> = Some("https://sso.example.com/renew");
    const SCOPES: &'static [(&'static str, &'static str)] = &[("a", "A.")];
}
impl OpenIdProvider for All {
    const OPEN_ID_CONNECT_URL: &'static str = "https://sso.example.com/discovery";
}
impl OAuth2Flows for All {
    const FLOWS: &'static [Flow] = &[
        Flow::Password {
            token_url: "token",
            refresh_url: None,
            scopes: &[],
        },
        Flow::ClientCredentials {
            token_url: "token",
            refresh_url: Some("renew"),
            scopes: &[("a", "A."), ("b", "B.")],
        },
        Flow::AuthorizationCode {
            authorization_url: "authorize",
            token_url: "token",
            refresh_url: None,
            scopes: &[],
        },
        Flow::Implicit {
            authorization_url: "authorize",
            refresh_url: None,
            scopes: &[],
        },
    ];
}

/// The least that a scheme must say.
struct Least;
impl SecurityScheme for Least {}
impl ApiKey for Least {
    const PARAMETER: &'static str = "key";
}
impl PasswordFlow for Least {
    const TOKEN_URL: &'static str = "sign-in";
}
impl AuthorizationCodeFlow for Least {
    const AUTHORIZATION_URL: &'static str = "authorize";
    const TOKEN_URL: &'static str = "token";
}
impl OpenIdProvider for Least {
    const OPEN_ID_CONNECT_URL: &'static str = "discovery";
}
impl OAuth2Flows for Least {
    const FLOWS: &'static [Flow] = &[];
}

/// The schemes of an API with one route that asks for this.
macro_rules! schemes {
    ($guard:ty) => {{
        let api: ApiRouter = ApiRouter::new().api_route("/", routing::get(async |_: $guard| "in"));
        let (_, document) = Document::new("Test", "1.0").finish(api).unwrap();
        document["components"]["securitySchemes"].clone()
    }};
}

fn check(schemes: &Value, name: &str, expected: &Value) {
    assert_eq!(*schemes, json!({ name: expected }));
}

/// With the description of [`All`].
fn described(mut expected: Value) -> Value {
    expected["description"] = json!("What it is *for*.");
    expected
}

#[test]
fn each_with_the_name_of_its_class() {
    let key = |place: &str| json!({ "type": "apiKey", "in": place, "name": "key" });
    let http = |scheme: &str| json!({ "type": "http", "scheme": scheme });
    let flows = |flows: Value| json!({ "type": "oauth2", "flows": flows });
    let password = json!({ "password": { "tokenUrl": "sign-in", "scopes": {} } });
    let code = json!({ "authorizationCode": {
        "authorizationUrl": "authorize", "tokenUrl": "token", "scopes": {},
    } });
    let provider = json!({ "type": "openIdConnect", "openIdConnectUrl": "discovery" });
    for (found, name, expected) in [
        (schemes!(ApiKeyHeader<Least>), "APIKeyHeader", key("header")),
        (schemes!(ApiKeyQuery<Least>), "APIKeyQuery", key("query")),
        (schemes!(ApiKeyCookie<Least>), "APIKeyCookie", key("cookie")),
        (schemes!(HttpBasic), "HTTPBasic", http("basic")),
        (schemes!(HttpBearer), "HTTPBearer", http("bearer")),
        (schemes!(HttpDigest), "HTTPDigest", http("digest")),
        (schemes!(OAuth2<Least>), "OAuth2", flows(json!({}))),
        (
            schemes!(OAuth2PasswordBearer<Least>),
            "OAuth2PasswordBearer",
            flows(password),
        ),
        (
            schemes!(OAuth2AuthorizationCodeBearer<Least>),
            "OAuth2AuthorizationCodeBearer",
            flows(code),
        ),
        (schemes!(OpenIdConnect<Least>), "OpenIdConnect", provider),
    ] {
        check(&found, name, &expected);
    }
}

#[test]
fn each_with_everything_it_can_say() {
    let key = |place: &str| described(json!({ "type": "apiKey", "in": place, "name": "key" }));
    let http = |scheme: &str| described(json!({ "type": "http", "scheme": scheme }));
    let bearer = json!({ "type": "http", "scheme": "bearer", "bearerFormat": "JWT" });
    let password = json!({ "type": "oauth2", "flows": { "password": {
        "tokenUrl": "sign-in", "refreshUrl": "renew", "scopes": { "a": "A." },
    } } });
    let code = json!({ "type": "oauth2", "flows": { "authorizationCode": {
        "authorizationUrl": "https://sso.example.com/authorize",
        "tokenUrl": "https://sso.example.com/token",
        "refreshUrl": "https://sso.example.com/renew",
        "scopes": { "a": "A." },
    } } });
    let provider = json!({
        "type": "openIdConnect", "openIdConnectUrl": "https://sso.example.com/discovery",
    });
    let any = json!({ "type": "oauth2", "flows": {
        "password": { "tokenUrl": "token", "scopes": {} },
        "clientCredentials": {
            "tokenUrl": "token", "refreshUrl": "renew", "scopes": { "a": "A.", "b": "B." },
        },
        "authorizationCode": {
            "authorizationUrl": "authorize", "tokenUrl": "token", "scopes": {},
        },
        "implicit": { "authorizationUrl": "authorize", "scopes": {} },
    } });
    for (found, expected) in [
        (schemes!(ApiKeyHeader<All>), key("header")),
        (schemes!(ApiKeyQuery<All>), key("query")),
        (schemes!(ApiKeyCookie<All>), key("cookie")),
        (schemes!(HttpBasic<All>), http("basic")),
        (schemes!(HttpBearer<All>), described(bearer)),
        (schemes!(HttpDigest<All>), http("digest")),
        (schemes!(OAuth2<All>), described(any)),
        (schemes!(OAuth2PasswordBearer<All>), described(password)),
        (
            schemes!(OAuth2AuthorizationCodeBearer<All>),
            described(code),
        ),
        (schemes!(OpenIdConnect<All>), described(provider)),
    ] {
        check(&found, "mine", &expected);
    }
}
