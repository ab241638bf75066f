//! `GET /verify`: a reverse proxy asks whether a request may pass, and who sends it.

mod document;

pub(super) use document::describe;

use std::borrow::Cow;
use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRef, FromRequestParts};
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, RETRY_AFTER};
use http::request::Parts;
use http::{HeaderName, HeaderValue, StatusCode};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::Private;
use crate::auth::{Auth, Settings};
use crate::error::ErrorBody;
use crate::extract::{ActiveUser, active, caller};
use crate::scheme::{
    Documented, Reason, Rejection, SecurityScopes, decode_parameter, log_store_error, pairs,
};
use crate::scope::{Scope, Scopes};
use crate::store::StoreError;
use crate::token::Claims;
use crate::user::User;

const USER: HeaderName = HeaderName::from_static("x-portcullis-user");
const SUBJECT: HeaderName = HeaderName::from_static("x-portcullis-subject");
const SCOPE: HeaderName = HeaderName::from_static("x-portcullis-scope");

/// What a header's value cannot hold, or would not keep on its way: all but the visible ASCII
/// characters, and the sign of the encoding itself.
const NOT_IN_A_HEADER: &AsciiSet = &CONTROLS.add(b' ').add(b'%');

pub(super) async fn answer(passing: Passing) -> Result<Private<Response>, Refused> {
    let Passing { user, claims } = passing;
    let headers = [
        (USER, encoded(&user.username)?),
        (SUBJECT, encoded(user.id.as_str())?),
        (SCOPE, scope(&claims.scopes, &user.scopes)?),
    ];
    Ok(Private((StatusCode::NO_CONTENT, headers).into_response()))
}

fn encoded(text: &str) -> Result<HeaderValue, Refused> {
    value(&Cow::from(utf8_percent_encode(text, NOT_IN_A_HEADER)))
}

/// What the token allows and the user still has. Empty when that is nothing: a header that is always
/// there replaces whatever a client sent under its name.
fn scope(of_token: &Scopes, of_user: &Scopes) -> Result<HeaderValue, Refused> {
    if of_token.is_subset(of_user) {
        value(&of_token.to_string())
    } else {
        value(&of_token.intersection(of_user).to_string())
    }
}

/// Never fails, after the encoding; if it does, the request does not pass.
fn value(text: &str) -> Result<HeaderValue, Refused> {
    HeaderValue::from_str(text).map_err(|_| Refused(Rejection::invalid_token()))
}

/// An active user with a valid token that has the scopes which the address asks for.
pub(super) struct Passing {
    user: User,
    claims: Arc<Claims>,
}

impl<S> FromRequestParts<S> for Passing
where
    S: Send + Sync,
    Auth<User>: FromRef<S>,
{
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let auth = Auth::<User>::from_ref(state);
        let found = caller(parts, &auth, SecurityScopes::none(), active).await?;
        let Some((user, claims)) = found else {
            return Err(Refused(<ActiveUser>::absent()));
        };
        if let Some(query) = parts.uri.query() {
            // Only now, so that nobody without a token can fill the log.
            let needed = needed(query, auth.settings()).map_err(misconfigured)?;
            let has = |scope: &Scope| {
                claims.scopes.contains(scope.as_str()) && user.scopes.contains(scope.as_str())
            };
            if !needed.iter().all(has) {
                let needed = needed.iter().map(|scope| scope.to_string().into());
                return Err(Refused(Rejection::lacking(needed.collect())));
            }
        }
        Ok(Self { user, claims })
    }
}

/// The scopes that the address asks for, or what is wrong with it.
fn needed(query: &str, settings: &Settings) -> Result<Scopes, &'static str> {
    let mut asked = None;
    for (name, value) in pairs(query.as_bytes()) {
        if decode_parameter(name).as_deref() != Ok("scope") {
            return Err("it has a parameter other than `scope`");
        }
        if asked.replace(value).is_some() {
            return Err("`scope` is there twice");
        }
    }
    let Some(value) = asked else {
        return Ok(Scopes::none());
    };
    let value = decode_parameter(value).map_err(|_| "`scope` is not UTF-8")?;
    let scopes = Scopes::parse(&value).map_err(|_| "`scope` is malformed")?;
    if scopes.is_empty() {
        return Err("`scope` is empty");
    }
    let is_declared = |scope: &Scope| settings.scopes.contains_key(scope);
    if scopes.iter().all(is_declared) {
        Ok(scopes)
    } else {
        Err("`scope` names a scope that is not declared")
    }
}

/// The proxy asks for something that nobody can have, so nobody passes.
fn misconfigured(wrong: &'static str) -> Refused {
    tracing::warn!(
        "the address of GET /verify cannot be right, so the request is refused: {wrong}"
    );
    Refused(Rejection::lacking(Vec::new()))
}

/// A refusal in the only words that a proxy understands: `401`, `403`, `503`.
pub(super) struct Refused(Rejection);

impl From<Rejection> for Refused {
    fn from(rejection: Rejection) -> Self {
        Self(match rejection.reason() {
            Reason::NotAuthenticated
            | Reason::InsufficientScope(_)
            | Reason::Store(StoreError::Unavailable(_)) => rejection,
            Reason::Store(error) => {
                let mut response = unavailable();
                response.extensions_mut().insert(log_store_error(error));
                Rejection::answer(response)
            }
            // An inactive user, two `Authorization` headers, and whatever else is not good.
            _ => Rejection::invalid_token(),
        })
    }
}

fn unavailable() -> Response {
    let body = ErrorBody {
        detail: "Temporarily unavailable",
        error: "temporarily_unavailable",
    };
    let headers = [(CACHE_CONTROL, "no-store"), (RETRY_AFTER, "1")];
    (StatusCode::SERVICE_UNAVAILABLE, headers, Json(body)).into_response()
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> String {
        let Ok(value) = encoded(text) else {
            panic!("{text:?} has no header value");
        };
        value.to_str().unwrap().to_owned()
    }

    #[test]
    fn every_character_has_a_safe_value_that_can_be_read_back() {
        for letter in (0..=0x2_FFFF).filter_map(char::from_u32) {
            let text = format!("a{letter}b");
            let value = value(&text);
            assert!(value.bytes().all(|byte| byte.is_ascii_graphic()), "{value}");
            let decoded = percent_encoding::percent_decode_str(&value).decode_utf8();
            assert_eq!(decoded.unwrap(), text);
        }
    }

    #[test]
    fn a_plain_name_is_as_it_is() {
        let plain = "!\"#$&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~";
        assert_eq!(value(plain), plain);
        assert_eq!(value("100%"), "100%25");
        assert_eq!(value("josé"), "jos%C3%A9");
        assert_eq!(value("a\r\nX: y\u{7f}"), "a%0D%0AX:%20y%7F");
    }
}
