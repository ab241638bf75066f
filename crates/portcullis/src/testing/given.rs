//! The right credentials, as the developer gives them.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::place::altered;
use crate::openapi::Place;

/// A bearer token, being made.
pub(super) type Making = Pin<Box<dyn Future<Output = String>>>;

/// Makes a bearer token with exactly the scopes it is told.
type MakeToken = dyn Fn(&[String]) -> Making + Send + Sync;

/// The right credentials, by the name of their scheme.
pub(super) type GivenByScheme = BTreeMap<String, Given>;

/// Right credentials of one scheme. Nothing prints them.
#[derive(Clone)]
pub(super) enum Given {
    Token(Arc<MakeToken>),
    Key(String),
    Basic {
        username: String,
        password: String,
    },
    /// The whole value of `Authorization`.
    Authorization(String),
    /// The scheme takes whatever is well formed.
    Anything,
}

impl Given {
    /// What is sent at `place`; `None` when these are credentials of another kind.
    pub(super) fn value(&self, place: &Place, token: impl FnOnce() -> String) -> Option<String> {
        match (self, place) {
            (_, Place::Unknown(_)) => None,
            (Self::Anything, place) => Some(place.invented()),
            (Self::Token(_), place) if place.is_bearer() => Some(format!("Bearer {}", token())),
            (Self::Basic { username, password }, place) if place.is_basic() => {
                Some(basic(username, password))
            }
            (Self::Authorization(value), Place::Authorization(_)) => Some(value.clone()),
            (Self::Key(key), Place::Header(_) | Place::Query(_) | Place::Cookie(_)) => {
                Some(key.clone())
            }
            _ => None,
        }
    }

    /// Credentials that look like the `right` ones: what they are, and the value.
    pub(super) fn near_misses(&self, right: Option<&str>) -> Vec<(String, String)> {
        if let Self::Basic { username, password } = self {
            let other = format!("{username}-wrong");
            let wrong = format!("{password}-wrong");
            return vec![
                ("a wrong password".into(), basic(username, &wrong)),
                ("a wrong username".into(), basic(&other, password)),
            ];
        }
        let near = |right| {
            let what = "the right credentials with one letter changed";
            (what.to_owned(), altered(right))
        };
        right.map(near).into_iter().collect()
    }

    /// Whether they can be made with other scopes.
    pub(super) fn has_scopes(&self) -> bool {
        matches!(self, Self::Token(_))
    }

    pub(super) fn is_anything(&self) -> bool {
        matches!(self, Self::Anything)
    }

    /// The line of a test that gives right credentials for a scheme at `place`.
    pub(super) fn remedy(scheme: &str, place: &Place) -> String {
        match place {
            Place::Unknown(kind) => format!(
                "a scheme of type `{kind}` cannot be tried: leave its operations out with `.skip(operation, reason)`"
            ),
            place if place.is_bearer() => {
                format!("give them with `.bearer({scheme:?}, |scopes| token)`")
            }
            place if place.is_basic() => {
                format!("give them with `.basic({scheme:?}, username, password)`")
            }
            place if place.is_digest() => {
                format!(
                    "give them with `.digest({scheme:?}, parameters)`, or say `.unverified({scheme:?})` if the handler checks none"
                )
            }
            Place::Authorization(_) => {
                format!("give them with `.authorization({scheme:?}, value)`")
            }
            _ => format!("give them with `.api_key({scheme:?}, key)`"),
        }
    }
}

fn basic(username: &str, password: &str) -> String {
    format!(
        "Basic {}",
        STANDARD.encode(format!("{username}:{password}"))
    )
}
