//! Forms at OAuth endpoints (RFC 6749 §3.2, appendix B): read strictly.

use std::collections::HashSet;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, EXPECT};
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;
use percent_encoding::percent_decode;
use zeroize::Zeroizing;

use super::oauth_refusal;
use crate::openapi::Refusal;

/// Why a form was refused.
///
/// ```
/// use axum::response::IntoResponse;
/// use portcullis::scheme::InvalidForm;
///
/// let response = InvalidForm::Missing("username is missing").into_response();
/// assert_eq!(response.status(), 400);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidForm {
    /// Another media type, such as JSON.
    MediaType,
    /// More than the form may have.
    TooLarge,
    /// It did not arrive, or not in time.
    Incomplete,
    /// It is not UTF-8.
    NotUtf8,
    /// A parameter is there twice.
    Repeated,
    /// Credentials in the address, where they would end up in logs.
    InAddress,
    /// A parameter is missing. Holds the text to tell.
    Missing(&'static str),
    /// `scope` is malformed.
    Scope,
    /// `grant_type` is not `password`.
    GrantType,
}

impl std::error::Error for InvalidForm {}

impl std::fmt::Display for InvalidForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.text())
    }
}

impl IntoResponse for InvalidForm {
    fn into_response(self) -> Response {
        let (status, error) = match self {
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
            Self::Scope => (StatusCode::BAD_REQUEST, "invalid_scope"),
            Self::GrantType => (StatusCode::BAD_REQUEST, "unsupported_grant_type"),
            _ => (StatusCode::BAD_REQUEST, "invalid_request"),
        };
        oauth_refusal(status, error, self.text())
    }
}

impl InvalidForm {
    const fn text(self) -> &'static str {
        match self {
            Self::MediaType => "The body must be application/x-www-form-urlencoded",
            Self::TooLarge => "The body is larger than 64 KiB",
            Self::Incomplete => "The body did not arrive",
            Self::NotUtf8 => "The body is not UTF-8",
            Self::Repeated => "A parameter is repeated",
            Self::InAddress => "Parameters belong in the body, not in the address",
            Self::Missing(text) => text,
            Self::Scope => "scope is malformed: scopes are separated by single spaces",
            Self::GrantType => "grant_type must be password",
        }
    }
}

/// What every form may be answered.
pub(crate) const FORM_REFUSALS: &[Refusal] = &[
    Refusal::oauth(
        400,
        "The form, the scope or the credentials are not acceptable (RFC 6749 §5.2).",
    ),
    Refusal::oauth(413, "The body is larger than 64 KiB."),
];

/// The parameters of a form. An empty one counts as absent (RFC 6749 §3.2).
pub(crate) struct Form(Vec<(String, Zeroizing<String>)>);

impl Form {
    /// Largest body, in bytes. A password has at most 1,024, and at most three times that encoded.
    const MAX_BYTES: usize = 64 * 1024;
    /// How much of a body that is too large is read and thrown away, in bytes.
    const MOST_DISCARDED: usize = 32 * 1024 * 1024;
    /// How long the body may take to arrive.
    const PATIENCE: Duration = Duration::from_secs(10);
    /// Parameters that must not stand in the address (RFC 6749 §2.3.1).
    const NOT_IN_ADDRESS: [&str; 8] = [
        "refresh_token",
        "token",
        "username",
        "password",
        "client_id",
        "client_secret",
        "grant_type",
        "scope",
    ];

    /// Reads the form of a request.
    pub(crate) async fn read(request: Request) -> Result<Self, InvalidForm> {
        let (parts, body) = request.into_parts();
        if let Some(query) = parts.uri.query() {
            let in_address = parse(query.as_bytes()).map_err(|_| InvalidForm::InAddress)?;
            let forbidden = |name: &String| Self::NOT_IN_ADDRESS.contains(&name.as_str());
            if in_address.iter().any(|(name, _)| forbidden(name)) {
                return Err(InvalidForm::InAddress);
            }
        }
        if !is_form(&parts.headers) {
            return Err(InvalidForm::MediaType);
        }
        let bytes = collect_body(&parts.headers, body).await?;
        let parameters = parse(&bytes)?;
        // A set, not a comparison of each with each: 64 KiB hold twenty thousand names.
        let mut seen = HashSet::with_capacity(parameters.len());
        if parameters.iter().all(|(name, _)| seen.insert(name)) {
            return Ok(Self(parameters));
        }
        Err(InvalidForm::Repeated)
    }

    /// Takes a parameter out.
    pub(crate) fn take(&mut self, name: &str) -> Option<Zeroizing<String>> {
        let position = self.0.iter().position(|(other, _)| other == name)?;
        let (_, value) = self.0.swap_remove(position);
        (!value.is_empty()).then_some(value)
    }

    /// Takes a parameter out that is not secret.
    pub(crate) fn take_plain(&mut self, name: &str) -> Option<String> {
        self.take(name).map(|value| value.as_str().to_owned())
    }
}

/// The whole body, unless it is too large or does not come.
pub(crate) async fn collect_body(
    headers: &HeaderMap,
    body: Body,
) -> Result<axum::body::Bytes, InvalidForm> {
    let announced = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok())
        .and_then(|length| length.parse::<usize>().ok());
    if announced.is_some_and(|length| length > Form::MAX_BYTES) {
        if !headers.contains_key(EXPECT) {
            let _ = tokio::time::timeout(Form::PATIENCE, discard(body)).await;
        }
        return Err(InvalidForm::TooLarge);
    }
    match tokio::time::timeout(Form::PATIENCE, to_bytes(body, Form::MAX_BYTES)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) if is_length_error(&error) => Err(InvalidForm::TooLarge),
        Ok(Err(_)) | Err(_) => Err(InvalidForm::Incomplete),
    }
}

/// Reads on for a while and keeps nothing: a client that is still sending when the connection closes
/// would see a reset instead of the refusal.
async fn discard(mut body: Body) {
    let mut left = Form::MOST_DISCARDED;
    while let Some(Ok(frame)) = body.frame().await {
        let length = frame.data_ref().map_or(0, bytes::Bytes::len);
        left = left.saturating_sub(length);
        if left == 0 {
            return;
        }
    }
}

fn is_length_error(error: &axum::Error) -> bool {
    std::error::Error::source(error)
        .is_some_and(<dyn std::error::Error>::is::<http_body_util::LengthLimitError>)
}

fn is_form(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let Some(value) = values.next().and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let essence = value.split(';').next().unwrap_or_default().trim();
    values.next().is_none() && essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// Splits and decodes. Unlike lossy decoders, it refuses what is not UTF-8: two passwords must not
/// become one.
fn parse(bytes: &[u8]) -> Result<Vec<(String, Zeroizing<String>)>, InvalidForm> {
    pairs(bytes)
        .map(|(name, value)| {
            Ok((
                decode_parameter(name)?,
                Zeroizing::new(decode_parameter(value)?),
            ))
        })
        .collect()
}

/// The names and values of a form or a query, not yet decoded.
pub(crate) fn pairs(encoded: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let pairs = encoded.split(|byte| *byte == b'&');
    pairs.filter(|pair| !pair.is_empty()).map(|pair| {
        let end = pair.iter().position(|byte| *byte == b'=');
        let (name, value) = pair.split_at(end.unwrap_or(pair.len()));
        (name, value.strip_prefix(b"=").unwrap_or_default())
    })
}

pub(crate) fn decode_parameter(encoded: &[u8]) -> Result<String, InvalidForm> {
    let spaced: Zeroizing<Vec<u8>> = Zeroizing::new(
        encoded
            .iter()
            .map(|byte| if *byte == b'+' { b' ' } else { *byte })
            .collect(),
    );
    let decoded = Zeroizing::new(percent_decode(&spaced).collect::<Vec<u8>>());
    std::str::from_utf8(&decoded)
        .map(str::to_owned)
        .map_err(|_| InvalidForm::NotUtf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(body: &str) -> Result<Form, InvalidForm> {
        let request = Request::post("/token")
            .header(
                CONTENT_TYPE,
                "application/x-www-form-urlencoded; charset=UTF-8",
            )
            .body(Body::from(body.to_owned()))
            .unwrap();
        Form::read(request).await
    }

    #[tokio::test]
    async fn plus_and_percent_are_decoded_once() {
        let mut form = read("a=%2B+%2520&b=%C3%A9&c=%zz&d").await.unwrap();
        assert_eq!(form.take("a").unwrap().as_str(), "+ %20");
        assert_eq!(form.take("b").unwrap().as_str(), "é");
        assert_eq!(form.take("c").unwrap().as_str(), "%zz");
        assert!(form.take("d").is_none());
    }

    #[tokio::test]
    async fn rfc_6749_s3_2_repeated_parameters_are_refused() {
        for body in ["a=1&a=1", "username=x&username=", "%61=1&a=2"] {
            assert_eq!(
                read(body).await.err(),
                Some(InvalidForm::Repeated),
                "{body}"
            );
        }
    }

    #[tokio::test]
    async fn what_is_not_utf_8_is_refused() {
        for body in ["password=%ff%fe", "%ff=1", "a=%c3"] {
            assert_eq!(read(body).await.err(), Some(InvalidForm::NotUtf8), "{body}");
        }
    }
}
