//! A refusal, as an operation documents it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// A refusal that an operation may answer.
///
/// ```
/// use portcullis::openapi::Refusal;
///
/// const NOT_YOURS: Refusal = Refusal::new(403, "The item belongs to somebody else.");
/// assert_eq!(NOT_YOURS.status(), 403);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    status: u16,
    description: Cow<'static, str>,
    body: Body,
    challenge: bool,
    retry: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Body {
    /// JSON of this schema.
    Schema(Cow<'static, str>),
    /// Something else of this media type.
    Media(String),
    Unknown,
}

impl Refusal {
    /// A refusal with our body, `{"detail","error"}`. `401` and `403` have a challenge, `429` and
    /// `503` say when to try again.
    ///
    /// ```
    /// # use portcullis::openapi::Refusal;
    /// assert_eq!(Refusal::new(401, "No token.").status(), 401);
    /// ```
    pub const fn new(status: u16, description: &'static str) -> Self {
        Self::with_schema(status, description, "Error")
    }

    const fn with_schema(status: u16, description: &'static str, schema: &'static str) -> Self {
        Self {
            status,
            description: Cow::Borrowed(description),
            body: Body::Schema(Cow::Borrowed(schema)),
            challenge: matches!(status, 401 | 403),
            retry: matches!(status, 429 | 503),
        }
    }

    /// What was sent does not fit; all that is wrong is told.
    pub(crate) const fn invalid(description: &'static str) -> Self {
        Self::with_schema(422, description, "InvalidRequest")
    }

    /// A refusal of an OAuth endpoint (RFC 6749 §5.2).
    pub(crate) const fn oauth(status: u16, description: &'static str) -> Self {
        Self::with_schema(status, description, "OAuthError")
    }

    /// A refusal of your own, of which the document says the status and when, not the body.
    ///
    /// ```
    /// # use portcullis::openapi::Refusal;
    /// assert_eq!(Refusal::of_your_own(418, "Only coffee here.").status(), 418);
    /// ```
    pub const fn of_your_own(status: u16, description: &'static str) -> Self {
        Self {
            status,
            description: Cow::Borrowed(description),
            body: Body::Unknown,
            challenge: false,
            retry: false,
        }
    }

    /// The same, with a body of this media type.
    pub(crate) fn with_media_type(mut self, media_type: Option<String>) -> Self {
        self.body = media_type.map_or(Body::Unknown, Body::Media);
        self
    }

    /// The same, with a challenge or without.
    pub(crate) fn with_challenge(mut self, challenge: bool) -> Self {
        self.challenge = challenge;
        self
    }

    /// The status.
    ///
    /// ```
    /// # use portcullis::openapi::Refusal;
    /// assert_eq!(Refusal::new(403, "Not yours.").status(), 403);
    /// ```
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// Adds to a list. Of two with one status, the descriptions are joined.
    pub(super) fn add(list: &mut Vec<Self>, refusal: Self) {
        let Some(known) = list.iter_mut().find(|one| one.status == refusal.status) else {
            list.push(refusal);
            return;
        };
        if !known.description.contains(&*refusal.description) {
            known.description = format!("{} {}", known.description, refusal.description).into();
        }
        known.challenge |= refusal.challenge;
        known.retry |= refusal.retry;
        if known.body != refusal.body {
            known.body = Body::Unknown;
        }
    }

    /// The OpenAPI Response Object.
    pub(super) fn response(&self) -> Value {
        let mut response = Map::new();
        response.insert("description".into(), json!(self.description));
        let content = match &self.body {
            Body::Schema(name) => {
                let schema = format!("#/components/schemas/{name}");
                Some(json!({ "application/json": { "schema": { "$ref": schema } } }))
            }
            Body::Media(media_type) => Some(json!({ media_type: {} })),
            Body::Unknown => None,
        };
        response.extend(content.map(|content| ("content".to_owned(), content)));
        let mut headers = Map::new();
        if self.challenge {
            let schema = json!({ "schema": { "type": "string" } });
            headers.insert("WWW-Authenticate".into(), schema);
        }
        if self.retry {
            let schema = json!({ "schema": { "type": "integer" } });
            headers.insert("Retry-After".into(), schema);
        }
        if !headers.is_empty() {
            response.insert("headers".into(), Value::Object(headers));
        }
        Value::Object(response)
    }
}
