//! `GET /openapi.json`, and `GET /docs`: Swagger UI, with every asset from this program.
//!
//! A page may call its own origin only. Where the document sends Swagger UI to another one for a
//! token (an absolute `tokenUrl` or `openIdConnectUrl`), that origin, and nothing else of the URL,
//! is added to the page's `connect-src` when the document is made.

use std::collections::BTreeSet;

use axum::Router;
use axum::body::Bytes;
use axum::response::Response;
use axum::routing::get;
use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderName, HeaderValue};
use serde_json::Value;

use super::page;

/// Nothing from elsewhere, nothing inline: a document's text cannot become a script.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

const PAGE: &[u8] = include_bytes!("ui/docs.html");

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript";

const DOCUMENT_HEADERS: [(HeaderName, &str); 2] = [
    (CONTENT_TYPE, "application/json"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

/// Path below `/docs/`, media type, bytes.
const ASSETS: &[(&str, &str, &[u8])] = &[
    ("docs.js", SCRIPT, include_bytes!("ui/docs.js")),
    ("addresses.js", SCRIPT, include_bytes!("ui/addresses.js")),
    ("calls.js", SCRIPT, include_bytes!("ui/calls.js")),
    ("cookies.js", SCRIPT, include_bytes!("ui/cookies.js")),
    ("dialogue.js", SCRIPT, include_bytes!("ui/dialogue.js")),
    ("digest.js", SCRIPT, include_bytes!("ui/digest.js")),
    ("sign_in.js", SCRIPT, include_bytes!("ui/sign_in.js")),
    (
        "oauth2-redirect.html",
        HTML,
        include_bytes!("ui/oauth2-redirect.html"),
    ),
    (
        "oauth2-redirect.js",
        SCRIPT,
        include_bytes!("ui/oauth2-redirect.js"),
    ),
    (
        "swagger-ui.css",
        "text/css",
        include_bytes!("ui/swagger-ui.css"),
    ),
    (
        "swagger-ui-bundle.js",
        SCRIPT,
        include_bytes!("ui/swagger-ui-bundle.js"),
    ),
    ("favicon.png", "image/png", include_bytes!("ui/favicon.png")),
];

pub(super) fn routes<S: Clone + Send + Sync + 'static>(
    document: &Value,
) -> Result<Router<S>, serde_json::Error> {
    let policy = policy(document);
    let document = Bytes::from(serde_json::to_vec(document)?);
    let mut routes = Router::new()
        .route("/docs", get(async move || docs(policy.clone())))
        .route(
            "/openapi.json",
            get(async move || (DOCUMENT_HEADERS, document.clone())),
        );
    for &(name, media_type, bytes) in ASSETS {
        let path = format!("/docs/{name}");
        routes = routes.route(&path, get(async move || page(media_type, POLICY, bytes)));
    }
    Ok(routes)
}

fn docs(policy: HeaderValue) -> Response {
    let mut response = page(HTML, POLICY, PAGE);
    response
        .headers_mut()
        .insert(CONTENT_SECURITY_POLICY, policy);
    response
}

/// [`POLICY`], and the origins where the document's schemes are authorized.
fn policy(document: &Value) -> HeaderValue {
    let sources: Vec<_> = std::iter::once("'self'".to_owned())
        .chain(token_origins(document))
        .collect();
    let connect = format!("connect-src {};", sources.join(" "));
    HeaderValue::try_from(POLICY.replace("connect-src 'self';", &connect))
        .unwrap_or_else(|_| HeaderValue::from_static(POLICY))
}

/// The origins that Swagger UI itself asks for a token, or for a discovery document.
/// A `refreshUrl` it does not use, and an `authorizationUrl` is opened in a window.
fn token_origins(document: &Value) -> BTreeSet<String> {
    let schemes = document
        .pointer("/components/securitySchemes")
        .and_then(Value::as_object);
    let mut origins = BTreeSet::new();
    for scheme in schemes.into_iter().flat_map(|schemes| schemes.values()) {
        let flows = scheme.get("flows").and_then(Value::as_object);
        let tokens = flows
            .into_iter()
            .flat_map(|flows| flows.values())
            .filter_map(|flow| flow.get("tokenUrl"));
        let urls = tokens.chain(scheme.get("openIdConnectUrl"));
        origins.extend(urls.filter_map(Value::as_str).filter_map(origin));
    }
    origins
}

/// The origin of an absolute URL that a page may be sent to: https, or http on this machine. An
/// address that is no plain host and port has none: what is not understood is not let into a header.
/// Nor has an IPv6 address, which a policy cannot name.
fn origin(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    let host = host.to_ascii_lowercase();
    let is_name = |name: &str| {
        let mut labels = name.split('.');
        labels.all(|label| {
            !label.is_empty()
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
    };
    let scheme = scheme.to_ascii_lowercase();
    let is_allowed = match &*scheme {
        "https" => true,
        "http" => is_loopback(&host),
        _ => false,
    };
    if !is_allowed || !is_name(&host) {
        return None;
    }
    match port {
        None => Some(format!("{scheme}://{host}")),
        // A `+` would be parsed too.
        Some(port) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
            let port: u16 = port.parse().ok()?;
            Some(format!("{scheme}://{host}:{port}"))
        }
        Some(_) => None,
    }
}

fn is_loopback(host: &str) -> bool {
    let address: Option<std::net::Ipv4Addr> = host.parse().ok();
    host == "localhost"
        || host.ends_with(".localhost")
        || address.is_some_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn connect_src(schemes: &Value) -> String {
        let policy = policy(&json!({ "components": { "securitySchemes": schemes } }));
        let policy = policy.to_str().unwrap().to_owned();
        let mut directives: Vec<_> = policy.split("; ").collect();
        let at = directives
            .iter()
            .position(|directive| directive.starts_with("connect-src"))
            .unwrap();
        let connect = directives.remove(at).to_owned();
        let mut others: Vec<_> = POLICY.split("; ").collect();
        others.retain(|directive| !directive.starts_with("connect-src"));
        assert_eq!(directives, others, "the rest is as it was");
        connect
    }

    fn of_url(url: &str) -> String {
        connect_src(&json!({ "oidc": { "type": "openIdConnect", "openIdConnectUrl": url } }))
    }

    #[test]
    fn a_document_of_relative_addresses_connects_to_itself_alone() {
        assert_eq!(policy(&json!({})), POLICY);
        assert_eq!(
            of_url(".well-known/openid-configuration"),
            "connect-src 'self'"
        );
        assert_eq!(of_url("/token"), "connect-src 'self'");
    }

    #[test]
    fn origins_of_tokens_and_discovery_are_added_once() {
        let flows = json!({
            "password": { "tokenUrl": "token" },
            "clientCredentials": { "tokenUrl": "https://ID.example.com/token?secret=1" },
            "authorizationCode": {
                "tokenUrl": "https://id.example.com:8443/token",
                "refreshUrl": "https://refresh.example.com/",
                "authorizationUrl": "https://window.example.com/authorize",
            },
        });
        let schemes = json!({
            "oauth2": { "type": "oauth2", "flows": flows },
            "oidc": { "openIdConnectUrl": "https://id.example.com/.well-known/x" },
            "local": { "openIdConnectUrl": "http://127.0.0.1:9000/x" },
        });
        assert_eq!(
            connect_src(&schemes),
            "connect-src 'self' http://127.0.0.1:9000 https://id.example.com https://id.example.com:8443"
        );
    }

    #[test]
    fn a_hostile_address_adds_nothing() {
        for url in [
            "http://example.com/",
            "http://127.0.0.1.example.com/",
            "http://notlocalhost/",
            "javascript://example.com/",
            "data:text/html,x",
            "ws://example.com",
            "//example.com",
            "https://*",
            "https://*.example.com",
            "https://",
            "https:///token",
            "https://user:secret@example.com/",
            "https://example.com:/",
            "https://example.com:+443/",
            "https://example.com:99999/",
            "https://example.com:443:443/",
            "https://example.com; script-src *",
            "https://example.com 'unsafe-inline'",
            "https://example.com, default-src *",
            "https://example.com\r\nset-cookie: a=b",
            "https://exämple.com/",
            "https://a..b/",
            "https://[::1]/",
            "https://example.com\\@evil.example/",
            "",
        ] {
            assert_eq!(of_url(url), "connect-src 'self'", "{url}");
        }
    }

    #[test]
    fn nothing_but_the_origin_is_taken() {
        for (url, expected) in [
            ("https://example.com/; script-src *", "https://example.com"),
            ("https://example.com?x; script-src *", "https://example.com"),
            (
                "HTTPS://Example.COM:0443#'unsafe-inline'",
                "https://example.com:443",
            ),
            ("http://id.localhost/token", "http://id.localhost"),
        ] {
            assert_eq!(
                of_url(url),
                format!("connect-src 'self' {expected}"),
                "{url}"
            );
        }
    }
}
