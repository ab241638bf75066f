//! Refusals at the endpoints of accounts, in one `match`.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};

use super::fallback::no_such_thing;
use super::invalid_request::{InvalidRequest, Place};
use super::json_body::InvalidBody;
use crate::account::{Fault, NotDone, NotHashed};
use crate::error::ErrorBody;
use crate::scheme::{Reason, Rejection};

/// Why an endpoint of accounts refused.
pub(super) enum AccountRefusal {
    Body(InvalidBody),
    Invalid(InvalidRequest),
    NotDone(NotDone),
    /// Who asks is not signed in any more.
    SignedOut(Rejection),
    NoSuchThing,
}

impl From<InvalidBody> for AccountRefusal {
    fn from(refused: InvalidBody) -> Self {
        Self::Body(refused)
    }
}

impl From<InvalidRequest> for AccountRefusal {
    fn from(refused: InvalidRequest) -> Self {
        Self::Invalid(refused)
    }
}

impl From<NotDone> for AccountRefusal {
    fn from(refused: NotDone) -> Self {
        Self::NotDone(refused)
    }
}

impl AccountRefusal {
    /// Of something that is done to the caller's own account: where it is gone by now, so is who asks.
    pub(super) fn own(refused: NotDone) -> Self {
        match refused {
            NotDone::NoSuchUser | NotDone::SignedOut => Self::SignedOut(signed_out()),
            other => Self::NotDone(other),
        }
    }
}

/// Documented by what the arguments and the descriptions note on the operation.
impl aide::OperationOutput for AccountRefusal {
    type Inner = ErrorBody;
}

impl IntoResponse for AccountRefusal {
    fn into_response(self) -> Response {
        match self {
            Self::Body(refused) => refused.into_response(),
            Self::Invalid(refused) => refused.into_response(),
            Self::NotDone(refused) => refuse(refused),
            Self::SignedOut(rejection) => rejection.into_response(),
            Self::NoSuchThing => no_such_thing(),
        }
    }
}

fn signed_out() -> Rejection {
    Rejection::from(Reason::InvalidCredentials)
}

fn refuse(refused: NotDone) -> Response {
    let told = |status, error, detail| (status, Json(ErrorBody { detail, error })).into_response();
    let invalid = |member, reason: &'static str, text: String| {
        let faults = vec![Fault::new(member, reason, text)];
        InvalidRequest::new(Place::Body, faults).into_response()
    };
    match refused {
        NotDone::Faults(faults) => InvalidRequest::new(place_of(&faults), faults).into_response(),
        NotDone::InvalidUsername(wrong) => invalid("username", wrong.reason(), wrong.to_string()),
        NotDone::Password(wrong) => invalid("new_password", wrong.reason(), wrong.to_string()),
        NotDone::UsernameTaken => told(
            StatusCode::CONFLICT,
            "username_taken",
            "This username is taken",
        ),
        NotDone::EmailTaken => told(
            StatusCode::CONFLICT,
            "email_taken",
            "Another account has this e-mail address",
        ),
        NotDone::RegistrationClosed => told(
            StatusCode::FORBIDDEN,
            "registration_closed",
            "Registration is closed here, or by invitation alone",
        ),
        NotDone::IncorrectPassword => told(
            StatusCode::BAD_REQUEST,
            "incorrect_password",
            "Incorrect password",
        ),
        NotDone::InvalidToken => told(
            StatusCode::BAD_REQUEST,
            "invalid_token",
            "The link is not valid, or no longer",
        ),
        NotDone::NoSuchUser => no_such_thing(),
        NotDone::SignedOut => signed_out().into_response(),
        NotDone::Hashing(NotHashed::Overloaded(overloaded)) => {
            unavailable(overloaded.retry_after_seconds)
        }
        NotDone::Store(error) => Rejection::from(error).into_response(),
        NotDone::Hashing(_) | NotDone::NoRandomness(_) => {
            tracing::error!("{refused}");
            server_error()
        }
    }
}

/// An identifier stands in the path.
fn place_of(faults: &[Fault]) -> Place {
    if faults.iter().all(|fault| fault.member == "id") {
        Place::Path
    } else {
        Place::Body
    }
}

fn unavailable(retry_after_seconds: u32) -> Response {
    let body = ErrorBody {
        detail: "Temporarily unavailable",
        error: "temporarily_unavailable",
    };
    let mut response = (StatusCode::SERVICE_UNAVAILABLE, Json(body)).into_response();
    let seconds = HeaderValue::from(retry_after_seconds);
    response.headers_mut().insert(RETRY_AFTER, seconds);
    response
}

fn server_error() -> Response {
    let body = ErrorBody {
        detail: "Internal server error",
        error: "server_error",
    };
    (StatusCode::INTERNAL_SERVER_ERROR, Json(body)).into_response()
}
