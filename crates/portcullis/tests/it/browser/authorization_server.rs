//! A small authorization server: the code flow with PKCE, the implicit flow, client credentials,
//! and a discovery document. It keeps what it issued, for the routes to ask.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::{Query, Request, State};
use axum::middleware::{Next, from_fn};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use portcullis::secret::random_id;
use serde::Deserialize;
use serde_json::json;

/// The one public client: the documentation page.
const CLIENT: &str = "docs";

/// Tokens by the grant that issued them, and codes that wait to be exchanged.
#[derive(Clone, Default)]
pub(super) struct Issued(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    codes: HashMap<String, Question>,
    tokens: HashMap<String, String>,
}

impl Issued {
    pub(super) fn is_from(&self, token: &str, grant: &str) -> bool {
        let kept = self.0.lock().unwrap();
        kept.tokens.get(token).is_some_and(|by| by == grant)
    }

    fn token(&self, grant: &str) -> String {
        let token = random_id().unwrap();
        let mut kept = self.0.lock().unwrap();
        kept.tokens.insert(token.clone(), grant.to_owned());
        token
    }

    fn code(&self, question: Question) -> String {
        let code = random_id().unwrap();
        let mut kept = self.0.lock().unwrap();
        kept.codes.insert(code.clone(), question);
        code
    }

    /// A code is good once.
    fn take(&self, code: &str) -> Option<Question> {
        self.0.lock().unwrap().codes.remove(code)
    }
}

/// `address` is where this router is reached; other origins may call it.
pub(super) fn router<S: Clone + Send + Sync + 'static>(
    address: &'static str,
    issued: Issued,
) -> Router<S> {
    let discovery = json!({
        "issuer": address,
        "authorization_endpoint": format!("{address}/authorize"),
        "token_endpoint": format!("{address}/oauth2/token"),
        "scopes_supported": ["openid", "profile"],
        // The last two are none that a page can do.
        "grant_types_supported": [
            "authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code",
        ],
    });
    Router::new()
        .route(
            "/.well-known/openid-configuration",
            get(async move || Json(discovery.clone())),
        )
        .route("/authorize", get(authorize))
        .route("/oauth2/token", post(token))
        .layer(from_fn(for_other_origins))
        .with_state(issued)
}

async fn for_other_origins(request: Request, next: Next) -> Response {
    let mut response = if request.method() == Method::OPTIONS {
        StatusCode::NO_CONTENT.into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "authorization, x-requested-with",
        ),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

#[derive(Deserialize)]
struct Question {
    response_type: String,
    client_id: String,
    redirect_uri: String,
    state: String,
    #[serde(default)]
    code_challenge: String,
    #[serde(default)]
    code_challenge_method: String,
}

/// The page where a user allows or denies. `#forge` answers a question that nobody asked.
async fn authorize(State(issued): State<Issued>, Query(question): Query<Question>) -> Response {
    let is_known = question.client_id == CLIENT
        && question.redirect_uri.starts_with("http://127.0.0.1:")
        && question
            .redirect_uri
            .ends_with("/docs/oauth2-redirect.html");
    if !is_known {
        return (StatusCode::BAD_REQUEST, "unknown client or redirect_uri").into_response();
    }
    let back = question.redirect_uri.clone();
    let state = percent(&question.state);
    let (mark, allowed) = match &*question.response_type {
        "token" => {
            let token = issued.token("implicit");
            ('#', format!("access_token={token}&token_type=Bearer"))
        }
        "code" if question.code_challenge_method == "S256" => {
            ('?', format!("code={}", issued.code(question)))
        }
        _ => return (StatusCode::BAD_REQUEST, "no PKCE").into_response(),
    };
    let link = |id: &str, answer: &str, state: &str| {
        format!("<p><a id='{id}' href='{back}{mark}{answer}&amp;state={state}'>{id}</a>")
    };
    let page = [
        link("allow", &allowed.replace('&', "&amp;"), &state),
        link(
            "deny",
            "error=access_denied&amp;error_description=No%20thanks",
            &state,
        ),
        link("forge", &allowed.replace('&', "&amp;"), "another"),
    ];
    Html(format!(
        "<!doctype html><title>Allow?</title><link rel=icon href='data:,'>{}",
        page.concat()
    ))
    .into_response()
}

#[derive(Deserialize)]
struct TokenRequest {
    grant_type: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    client_id: String,
    #[serde(default)]
    redirect_uri: String,
    #[serde(default)]
    code_verifier: String,
}

async fn token(State(issued): State<Issued>, headers: HeaderMap, form: String) -> Response {
    let asked = format!("/?{form}").parse().unwrap();
    let Ok(Query(asked)) = Query::<TokenRequest>::try_from_uri(&asked) else {
        return refused("invalid_request");
    };
    let is_granted = match &*asked.grant_type {
        "authorization_code" => issued.take(&asked.code).is_some_and(|question| {
            let challenge = digest(&SHA256, asked.code_verifier.as_bytes());
            asked.client_id == question.client_id
                && asked.redirect_uri == question.redirect_uri
                && BASE64_URL_SAFE_NO_PAD.encode(challenge) == question.code_challenge
        }),
        "client_credentials" => {
            let expected = BASE64_STANDARD.encode("machine:secret");
            headers
                .get(header::AUTHORIZATION)
                .is_some_and(|given| given.as_bytes() == format!("Basic {expected}").as_bytes())
        }
        _ => return refused("unsupported_grant_type"),
    };
    if !is_granted && headers.contains_key(header::AUTHORIZATION) {
        // RFC 6749, section 5.2.
        let challenge = [(header::WWW_AUTHENTICATE, "Basic realm=\"clients\"")];
        let body = Json(json!({ "error": "invalid_client" }));
        return (StatusCode::UNAUTHORIZED, challenge, body).into_response();
    }
    if !is_granted {
        return refused("invalid_grant");
    }
    let token = issued.token(&asked.grant_type);
    Json(json!({ "access_token": token, "token_type": "Bearer", "expires_in": 60 })).into_response()
}

fn refused(error: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response()
}

fn percent(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}
