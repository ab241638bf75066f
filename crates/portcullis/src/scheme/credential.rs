//! `Credential`: the part of a scheme that is its own, and the macro that writes the rest.

use axum::response::Response;
use http::request::Parts;
use serde_json::Value;

use super::challenge::Challenge;
use super::{Reason, Rejection, SecurityScheme};
use crate::openapi::{Described, Scheme};

/// What the document says of the refusal of absent and malformed credentials.
pub(super) const NO_CREDENTIALS: &str = "No credentials, or malformed ones.";

/// What one scheme reads out of a request.
pub(crate) trait Credential: Sized + Send {
    /// What the developer says of it.
    type Scheme: SecurityScheme;
    /// FastAPI's name of the class.
    const CLASS: &'static str;
    /// The challenge.
    const CHALLENGE: Challenge;

    /// The Security Scheme Object, without its description.
    fn definition() -> Value;

    /// What is presented; `None` when nothing is.
    fn read(parts: &Parts) -> Result<Option<Self>, Reason>;
}

pub(crate) fn rejection<C: Credential>(reason: Reason) -> Rejection {
    let refuse: fn(Rejection) -> Response = C::Scheme::refuse;
    Rejection::new(reason, C::CHALLENGE, refuse)
}

pub(crate) fn scheme<C: Credential>() -> Scheme {
    let mut definition = C::definition();
    if let (Some(text), Some(members)) = (C::Scheme::DESCRIPTION, definition.as_object_mut()) {
        members.insert("description".into(), text.into());
    }
    Scheme {
        name: C::Scheme::NAME.unwrap_or(C::CLASS).into(),
        definition,
    }
}

/// What a scheme says of itself in the document. The refusals are asked of the very code that
/// answers them.
pub(crate) fn described<C: Credential>(scopes: &[&'static str]) -> Described {
    let refusals = [
        (
            Reason::Repeated(""),
            "The credentials are there more than once.",
        ),
        (Reason::NotAuthenticated, NO_CREDENTIALS),
        (Reason::InvalidCredentials, "The credentials are not valid."),
    ]
    .map(|(reason, about)| rejection::<C>(reason).documented(about));
    Described::scheme(scheme::<C>(), scopes).refusing_all(&refusals)
}

/// Turns a [`Credential`] into a guard and an extractor.
macro_rules! credential_is_guard {
    ([$($generics:tt)*] $credential:ty) => {
        impl<$($generics)*> crate::scheme::Documented for $credential {
            const ENFORCES_SCOPES: bool = false;

            fn described(scopes: crate::scheme::SecurityScopes<'_>) -> crate::openapi::Described {
                crate::scheme::credential::described::<Self>(&scopes.to_vec())
            }

            fn absent() -> crate::scheme::Rejection {
                crate::scheme::credential::rejection::<Self>(
                    crate::scheme::Reason::NotAuthenticated,
                )
            }
        }

        impl<S: Send + Sync, $($generics)*> crate::scheme::Guard<S> for $credential {
            async fn check(
                parts: &http::request::Parts,
                _state: &S,
                _scopes: crate::scheme::SecurityScopes<'_>,
            ) -> Result<crate::scheme::Found<Self>, crate::scheme::Rejection> {
                <Self as crate::scheme::credential::Credential>::read(parts)
                    .map(crate::scheme::Found::from)
                    .map_err(crate::scheme::credential::rejection::<Self>)
            }
        }

        impl<$($generics)*> $credential {
            /// The refusal of a credential that is well formed but not right, with the challenge
            /// and the answer of this scheme.
            ///
            /// ```
            /// use portcullis::HttpBearer;
            /// use portcullis::scheme::Rejection;
            ///
            /// // As it is for every scheme.
            /// async fn metrics(token: HttpBearer) -> Result<&'static str, Rejection> {
            ///     if token.matches("6Eim-ZXKHgE") { Ok("up 1") } else { Err(token.refused()) }
            /// }
            /// ```
            pub fn refused(&self) -> crate::scheme::Rejection {
                crate::scheme::credential::rejection::<Self>(
                    crate::scheme::Reason::InvalidCredentials,
                )
            }
        }

        crate::scheme::guard::guard_is_extractor!([$($generics)*] $credential);
    };
}

pub(crate) use credential_is_guard;

/// Turns a [`Credential`] that is one text, and a marker, into what `credential_is_guard!` makes of
/// it, and into a text that nothing prints.
macro_rules! credential_is_text {
    ([$parameter:ident: $bound:path] $name:ident) => {
        impl<$parameter: $bound> $name<$parameter> {
            /// Whether it is this one, in a time that tells nothing of where it differs.
            ///
            /// ```
            /// use portcullis::HttpBearer;
            ///
            /// // As it is for every key and every token.
            /// async fn is_ours(token: HttpBearer) -> &'static str {
            ///     if token.matches("6Eim-ZXKHgE") { "ours" } else { "somebody else's" }
            /// }
            /// ```
            pub fn matches(&self, expected: &str) -> bool {
                crate::secret::same(&self.0, expected)
            }
        }

        impl<$parameter: $bound> Clone for $name<$parameter> {
            fn clone(&self) -> Self {
                Self(self.0.clone(), std::marker::PhantomData)
            }
        }

        /// Without the secret.
        impl<$parameter: $bound> std::fmt::Debug for $name<$parameter> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }

        impl<$parameter: $bound> std::ops::Deref for $name<$parameter> {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        crate::scheme::credential::credential_is_guard!([$parameter: $bound] $name<$parameter>);
    };
}

pub(crate) use credential_is_text;
