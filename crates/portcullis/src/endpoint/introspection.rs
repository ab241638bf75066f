//! `POST /introspect` (RFC 7662).

use aide::openapi::ReferenceOr;
use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::{FromRef, State};
use serde::Serialize;
use serde_json::json;

use super::Private;
use super::refusal::TokenRefusal;
use super::token_question::{self, TokenQuestion};
use crate::auth::Auth;
use crate::grant::{self, Introspected};
use crate::openapi::{Described, Refusal, Scheme, notes};
use crate::user::Account;

pub(super) async fn introspect<S, U>(
    State(state): State<S>,
    question: TokenQuestion,
) -> Result<Private<Json<Introspection>>, TokenRefusal>
where
    S: Clone + Send + Sync + 'static,
    U: Account,
    Auth<U>: FromRef<S>,
{
    let auth = Auth::<U>::from_ref(&state);
    let found = grant::introspect(&auth, &question.client, &question.token).await?;
    let answer = found.map_or_else(Introspection::inactive, |found| {
        Introspection::active(found, &auth.settings().issuer)
    });
    Ok(Private(Json(answer)))
}

/// What a token is worth (RFC 7662 §2.2). Of one that is worth nothing, nothing else is told.
#[derive(Serialize, schemars::JsonSchema)]
pub(super) struct Introspection {
    /// Whether it is one of ours, and holds.
    active: bool,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    members: Option<Members>,
}

/// What an active token says.
#[derive(Serialize, schemars::JsonSchema)]
struct Members {
    /// What it allows: scopes, separated by spaces. Left out when it allows nothing in particular.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    scope: Option<String>,
    /// The client that it was issued to.
    client_id: String,
    /// The user's name. Left out when it is the client's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    username: Option<String>,
    /// `bearer` for an access token. `refresh_token` for what only `POST /token` may take: an API must
    /// refuse it.
    token_type: &'static str,
    /// The second from which on it is refused, since the Unix epoch.
    exp: i64,
    /// The second in which it was issued.
    iat: i64,
    /// The user's identifier, or the client's.
    sub: String,
    /// The API that an access token is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    aud: Option<String>,
    /// Who issued it.
    iss: String,
    /// An access token's own identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    jti: Option<String>,
}

impl Introspection {
    const fn inactive() -> Self {
        Self {
            active: false,
            members: None,
        }
    }

    fn active(found: Introspected, issuer: &str) -> Self {
        let token_type = if found.access.is_some() {
            "bearer"
        } else {
            "refresh_token"
        };
        let (aud, jti) = found
            .access
            .map(|access| (access.audience, access.token_id))
            .unzip();
        Self {
            active: true,
            members: Some(Members {
                scope: (!found.scopes.is_empty()).then(|| found.scopes.to_string()),
                client_id: found.client_id,
                username: found.username,
                token_type,
                exp: found.expires_at,
                iat: found.issued_at,
                sub: found.subject,
                aud,
                iss: issuer.to_owned(),
                jti,
            }),
        }
    }
}

pub(super) fn describe(mut operation: TransformOperation<'_>) -> TransformOperation<'_> {
    let written = operation.inner_mut();
    written.request_body = Some(ReferenceOr::Item(token_question::body()));
    let client = Scheme {
        name: "OAuth2Client".into(),
        definition: json!({
            "type": "http",
            "scheme": "basic",
            "description": "A client's `client_id` and `client_secret` (RFC 6749 §2.3.1). The form may \
                            have them instead.",
        }),
    };
    let refusal = Refusal::oauth(401, "The client is not known, or may not ask.");
    let described = Described::scheme(client, &[]).refusing(refusal);
    notes::argument(written, &described);
    notes::required(written, &described);
    operation
        .summary("What a token is worth, for clients with the right to ask")
        .tag("oauth")
        .response::<200, Json<Introspection>>()
}
