//! Every scheme, with the names and URLs of `tests/fastapi/app.py`.

use portcullis::scheme::{
    ApiKey, AuthorizationCodeFlow, BearerFormat, Flow, OAuth2Flows, OpenIdProvider, PasswordFlow,
    Realm, SecurityScheme,
};

const AUTHORIZE: &str = "https://id.example.com/authorize";
const TOKEN: &str = "https://id.example.com/token";
const REFRESH: &str = "https://id.example.com/refresh";
const SCOPES: &[(&str, &str)] = &[("items", "Read items."), ("me", "Read yourself.")];

/// A key named `key`, in the query or a cookie.
pub(super) struct Key;
impl SecurityScheme for Key {}
impl ApiKey for Key {
    const PARAMETER: &'static str = "key";
}

pub(super) struct HeaderKey;
impl SecurityScheme for HeaderKey {}
impl ApiKey for HeaderKey {
    const PARAMETER: &'static str = "X-Key";
}

pub(super) struct OtherKey;
impl SecurityScheme for OtherKey {
    const NAME: Option<&'static str> = Some("OtherKey");
    const DESCRIPTION: Option<&'static str> = Some("Another key.");
}
impl ApiKey for OtherKey {
    const PARAMETER: &'static str = "X-Other";
}

pub(super) struct Staff;
impl SecurityScheme for Staff {
    const NAME: Option<&'static str> = Some("StaffBasic");
}
impl Realm for Staff {
    const REALM: &'static str = "staff only";
}

pub(super) struct Signed;
impl SecurityScheme for Signed {
    const NAME: Option<&'static str> = Some("Signed");
    const DESCRIPTION: Option<&'static str> = Some("A signed token, from the console.");
}
impl BearerFormat for Signed {
    const BEARER_FORMAT: Option<&'static str> = Some("JWT");
}

pub(super) struct EveryFlow;
impl SecurityScheme for EveryFlow {}
impl OAuth2Flows for EveryFlow {
    const FLOWS: &'static [Flow] = &[
        Flow::Implicit {
            authorization_url: AUTHORIZE,
            refresh_url: None,
            scopes: &[],
        },
        Flow::Password {
            token_url: "token",
            refresh_url: None,
            scopes: SCOPES,
        },
        Flow::ClientCredentials {
            token_url: "token",
            refresh_url: None,
            scopes: &[("items", "Read items.")],
        },
        Flow::AuthorizationCode {
            authorization_url: AUTHORIZE,
            token_url: TOKEN,
            refresh_url: Some(REFRESH),
            scopes: SCOPES,
        },
    ];
}

pub(super) struct OwnTokens;
impl SecurityScheme for OwnTokens {}
impl PasswordFlow for OwnTokens {
    const TOKEN_URL: &'static str = "token";
    const SCOPES: &'static [(&'static str, &'static str)] = SCOPES;
}

pub(super) struct Elsewhere;
impl SecurityScheme for Elsewhere {
    const NAME: Option<&'static str> = Some("Elsewhere");
    const DESCRIPTION: Option<&'static str> = Some("Tokens from elsewhere.");
}
impl PasswordFlow for Elsewhere {
    const TOKEN_URL: &'static str = TOKEN;
    const REFRESH_URL: Option<&'static str> = Some(REFRESH);
}

pub(super) struct Code;
impl SecurityScheme for Code {}
impl AuthorizationCodeFlow for Code {
    const AUTHORIZATION_URL: &'static str = AUTHORIZE;
    const TOKEN_URL: &'static str = TOKEN;
}

pub(super) struct SignIn;
impl SecurityScheme for SignIn {
    const NAME: Option<&'static str> = Some("SignIn");
}
impl AuthorizationCodeFlow for SignIn {
    const AUTHORIZATION_URL: &'static str = AUTHORIZE;
    const TOKEN_URL: &'static str = TOKEN;
    const REFRESH_URL: Option<&'static str> = Some(REFRESH);
    const SCOPES: &'static [(&'static str, &'static str)] = SCOPES;
}

pub(super) struct Provider;
impl SecurityScheme for Provider {}
impl OpenIdProvider for Provider {
    const OPEN_ID_CONNECT_URL: &'static str =
        "https://id.example.com/.well-known/openid-configuration";
}

/// Two schemes that both keep the name of their class.
pub(super) struct A;
impl SecurityScheme for A {}
impl ApiKey for A {
    const PARAMETER: &'static str = "X-A";
}

pub(super) struct B;
impl SecurityScheme for B {}
impl ApiKey for B {
    const PARAMETER: &'static str = "X-B";
}
