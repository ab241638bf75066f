//! JSON in the body of a request, read strictly: nothing is ignored, and all that is wrong is told.

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::Operation;
use axum::Json;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use schemars::JsonSchema;
use serde_json::Value;

use super::invalid_request::{InvalidRequest, Place};
use super::members::Members;
use crate::account::Fault;
use crate::error::ErrorBody;
use crate::openapi::{Refusal, notes};
use crate::scheme::{InvalidForm, collect_body};
use crate::strict_json::{NotRead, read};

/// A body that is read from the members of one JSON object.
pub(super) trait FromMembers: Sized + JsonSchema {
    /// Takes what it knows. What is missing or does not fit is noted in `members`, all of it: so each
    /// member is taken before any is missed.
    fn read(members: &mut Members) -> Option<Self>;
}

/// The body of a request.
pub(super) struct JsonBody<T>(pub(super) T);

/// Why a body was not taken.
pub(super) enum InvalidBody {
    MediaType,
    TooLarge,
    Incomplete,
    Malformed,
    Unfit(InvalidRequest),
}

impl<T: FromMembers, S: Send + Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = InvalidBody;

    async fn from_request(request: Request, _state: &S) -> Result<Self, InvalidBody> {
        let (parts, body) = request.into_parts();
        if !is_json(&parts.headers) {
            return Err(InvalidBody::MediaType);
        }
        let bytes = collect_body(&parts.headers, body).await;
        let bytes = bytes.map_err(|error| match error {
            InvalidForm::TooLarge => InvalidBody::TooLarge,
            _ => InvalidBody::Incomplete,
        })?;
        let whole = |reason, told: &'static str| {
            let fault = Fault::new("", reason, told);
            InvalidBody::Unfit(InvalidRequest::new(Place::Body, vec![fault]))
        };
        let mut members = match read(&bytes) {
            Ok(Value::Object(members)) => Members::of(members),
            Ok(_) => return Err(whole("object_type", "the body must be a JSON object")),
            Err(NotRead::Repeated) => return Err(whole("repeated", "a member is repeated")),
            Err(NotRead::NotUnicode) => {
                return Err(whole("string_unicode", "a text is not Unicode"));
            }
            Err(NotRead::Malformed) => return Err(InvalidBody::Malformed),
        };
        let read = T::read(&mut members);
        let faults = members.finish();
        match read.filter(|_| faults.is_empty()) {
            Some(read) => Ok(Self(read)),
            None => Err(InvalidBody::Unfit(InvalidRequest::new(Place::Body, faults))),
        }
    }
}

/// One media type, and UTF-8 where a character set is named (RFC 8259 §8.1).
fn is_json(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let Some(value) = values.next().and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let mut parts = value.split(';').map(str::trim);
    let is_json = parts
        .next()
        .is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
    let is_utf_8 = parts.all(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        !name.trim().eq_ignore_ascii_case("charset")
            || value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
    });
    values.next().is_none() && is_json && is_utf_8
}

impl IntoResponse for InvalidBody {
    fn into_response(self) -> Response {
        let (status, error, detail) = match self {
            Self::Unfit(invalid) => return invalid.into_response(),
            Self::MediaType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "The body must be application/json",
            ),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "too_large",
                "The body is larger than 64 KiB",
            ),
            Self::Incomplete => (
                StatusCode::BAD_REQUEST,
                "invalid_request",
                "The body did not arrive",
            ),
            Self::Malformed => (
                StatusCode::BAD_REQUEST,
                "invalid_request",
                "The body is not well-formed JSON",
            ),
        };
        (status, Json(ErrorBody { detail, error })).into_response()
    }
}

impl<T: FromMembers> OperationInput for JsonBody<T> {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        Json::<T>::operation_input(context, operation);
        notes::refusals(
            operation,
            &[
                Refusal::new(400, "The body is not well-formed JSON."),
                Refusal::new(413, "The body is larger than 64 KiB."),
                Refusal::new(415, "The body is not application/json."),
                Refusal::invalid("Something in the body does not fit."),
                Refusal::new(
                    503,
                    "The server is busy, or the database is away; try again.",
                ),
            ],
        );
    }
}
