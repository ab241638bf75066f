//! `422`: what was sent can be read, and does not fit. All that is wrong is told at once, and nothing of
//! what was sent.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;

use crate::account::Fault;
use crate::error::{InvalidDetail, InvalidRequestBody};

/// Where the faults are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Body,
    Query,
    Path,
}

/// A request that does not fit, and why.
pub(super) struct InvalidRequest {
    place: Place,
    faults: Vec<Fault>,
}

impl InvalidRequest {
    pub(super) const fn new(place: Place, faults: Vec<Fault>) -> Self {
        Self { place, faults }
    }
}

impl IntoResponse for InvalidRequest {
    fn into_response(self) -> Response {
        let place = match self.place {
            Place::Body => "body",
            Place::Query => "query",
            Place::Path => "path",
        };
        let detail = self.faults.into_iter().map(|fault| {
            // A fault of the whole has no member.
            let member = Some(fault.member).filter(|member| !member.is_empty());
            InvalidDetail {
                reason: fault.reason,
                loc: std::iter::once(place).chain(member).collect(),
                msg: fault.told.into_owned(),
            }
        });
        let body = InvalidRequestBody {
            detail: detail.collect(),
            error: "invalid_request",
        };
        (StatusCode::UNPROCESSABLE_ENTITY, Json(body)).into_response()
    }
}
