//! `Guard`: what a handler can ask for, and how it becomes an extractor and a part of the document.

use std::future::Future;

use http::request::Parts;

use super::{Rejection, SecurityScopes};
use crate::openapi::Described;

/// What a guard says of itself, whatever the router's state.
///
/// ```
/// use portcullis::scheme::{ApiKey, ApiKeyHeader, Documented, SecurityScheme};
/// use portcullis::SecurityScopes;
///
/// struct Key;
/// impl SecurityScheme for Key {}
/// impl ApiKey for Key {
///     const PARAMETER: &'static str = "x-key";
/// }
/// let described = ApiKeyHeader::<Key>::described(SecurityScopes::none());
/// assert_eq!(described.scheme_names(), ["APIKeyHeader"]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not something a request can be asked for",
    label = "not a guard",
    note = "guards are the schemes (`HttpBasic`, `ApiKeyHeader`, …), `AccessToken`, `CurrentUser`, `ActiveUser`, `Security<…>`, `AnyOf<(…)>`, and tuples and `Option`s of them",
    note = "a type of your own becomes one by `impl Dependency for {Self}`; then ask for `Depends<{Self}>`"
)]
pub trait Documented {
    /// Whether the scopes that [`Security`](crate::Security) asks of it are enforced.
    const ENFORCES_SCOPES: bool;

    /// Its schemes and refusals when `scopes` are asked of it.
    ///
    /// ```
    /// use portcullis::scheme::Documented;
    /// use portcullis::{ActiveUser, AnyOf, HttpBasic, SecurityScopes};
    ///
    /// type Who = AnyOf<(ActiveUser, HttpBasic)>;
    /// let described = Who::described(SecurityScopes::none());
    /// assert_eq!(described.scheme_names(), ["OAuth2PasswordBearer", "HTTPBasic"]);
    /// ```
    fn described(scopes: SecurityScopes<'_>) -> Described;

    /// The refusal when nothing is presented that it could check.
    ///
    /// ```
    /// use axum::response::IntoResponse;
    /// use portcullis::ActiveUser;
    /// use portcullis::scheme::Documented;
    ///
    /// let response = <ActiveUser>::absent().into_response();
    /// assert_eq!(response.headers()["www-authenticate"], "Bearer");
    /// ```
    fn absent() -> Rejection;
}

/// What a handler can ask for: it checks the request. Every scheme is one, every extractor of
/// [`extract`](crate::extract), and what is made of them.
///
/// To make one of your own out of these, implement [`Dependency`](crate::extract::Dependency).
///
/// ```
/// use portcullis::scheme::{Found, Guard, Plain};
/// use portcullis::{HttpBearer, SecurityScopes};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let (parts, ()) = http::Request::new(()).into_parts();
/// let found = HttpBearer::<Plain>::check(&parts, &(), SecurityScopes::none()).await;
/// assert!(matches!(found, Ok(Found::Absent(None))));
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be checked in a router with the state `{S}`",
    label = "cannot be checked here",
    note = "`AccessToken`, `CurrentUser` and `ActiveUser` need `Auth` in the state: `.with_state(auth)`, or `impl FromRef<{S}> for Auth`",
    note = "a `Dependency` is asked for by `Depends<{Self}>`, also here: `require::<Depends<{Self}>, _>(router, state)`"
)]
pub trait Guard<S>: Documented + Sized + Send {
    /// Checks a request.
    ///
    /// ```
    /// use portcullis::scheme::Guard;
    /// use portcullis::{HttpBasic, SecurityScopes};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let request = http::Request::get("/").header("authorization", "Basic am9objpzZWNyZXQ=");
    /// let (parts, ()) = request.body(())?.into_parts();
    /// let found = <HttpBasic>::check(&parts, &(), SecurityScopes::none()).await;
    /// assert_eq!(found.unwrap().presented().unwrap().username, "john");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The [`Rejection`] to answer: what is presented is empty, malformed or wrong, or lacks one of
    /// `scopes`.
    fn check(
        parts: &Parts,
        state: &S,
        scopes: SecurityScopes<'_>,
    ) -> impl Future<Output = Result<Found<Self>, Rejection>> + Send;
}

/// What a [`Guard`] found in a request.
///
/// ```
/// use portcullis::scheme::Found;
///
/// assert_eq!(Found::Presented("key").presented(), Some("key"));
/// assert_eq!(Found::Absent(Some("stranger")).presented(), None);
/// assert_eq!(Found::Absent(Some("stranger")).value(), Some("stranger"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found<G> {
    /// Something was presented, and it is right.
    Presented(G),
    /// Nothing was presented. Of what is optional, there is a value all the same.
    Absent(Option<G>),
}

impl<G> Found<G> {
    /// What was presented.
    ///
    /// ```
    /// use portcullis::scheme::Found;
    ///
    /// assert_eq!(Found::Presented("key").presented(), Some("key"));
    /// ```
    pub fn presented(self) -> Option<G> {
        match self {
            Self::Presented(guard) => Some(guard),
            Self::Absent(_) => None,
        }
    }

    /// What a handler that asks for it gets.
    ///
    /// ```
    /// use portcullis::scheme::Found;
    ///
    /// assert_eq!(Found::<&str>::Absent(None).value(), None);
    /// ```
    pub fn value(self) -> Option<G> {
        match self {
            Self::Presented(guard) => Some(guard),
            Self::Absent(guard) => guard,
        }
    }

    /// Whether something was presented.
    ///
    /// ```
    /// assert!(portcullis::scheme::Found::Presented("key").is_presented());
    /// ```
    pub fn is_presented(&self) -> bool {
        matches!(self, Self::Presented(_))
    }

    /// The same, of something made of it.
    ///
    /// ```
    /// use portcullis::scheme::Found;
    ///
    /// assert_eq!(Found::Presented(2).map(|key| key + 1), Found::Presented(3));
    /// ```
    pub fn map<T>(self, made: impl FnOnce(G) -> T) -> Found<T> {
        match self {
            Self::Presented(guard) => Found::Presented(made(guard)),
            Self::Absent(guard) => Found::Absent(guard.map(made)),
        }
    }
}

/// Nothing presented is absence without a value.
impl<G> From<Option<G>> for Found<G> {
    fn from(presented: Option<G>) -> Self {
        presented.map_or(Self::Absent(None), Self::Presented)
    }
}

/// Writes the three impls that turn a guard into an extractor: required, optional, documented.
macro_rules! guard_is_extractor {
    ([$($generics:tt)*] $guard:ty) => {
        impl<S, $($generics)*> axum::extract::FromRequestParts<S> for $guard
        where
            S: Send + Sync,
            Self: crate::scheme::Guard<S>,
        {
            type Rejection = crate::scheme::Rejection;

            async fn from_request_parts(
                parts: &mut http::request::Parts,
                state: &S,
            ) -> Result<Self, Self::Rejection> {
                let scopes = crate::scheme::SecurityScopes::none();
                <Self as crate::scheme::Guard<S>>::check(parts, state, scopes)
                    .await?
                    .value()
                    .ok_or_else(<Self as crate::scheme::Documented>::absent)
            }
        }

        impl<S, $($generics)*> axum::extract::OptionalFromRequestParts<S> for $guard
        where
            S: Send + Sync,
            Self: crate::scheme::Guard<S>,
        {
            type Rejection = crate::scheme::Rejection;

            async fn from_request_parts(
                parts: &mut http::request::Parts,
                state: &S,
            ) -> Result<Option<Self>, Self::Rejection> {
                let scopes = crate::scheme::SecurityScopes::none();
                let found = <Self as crate::scheme::Guard<S>>::check(parts, state, scopes);
                Ok(found.await?.value())
            }
        }

        impl<$($generics)*> aide::OperationInput for $guard
        where
            Self: crate::scheme::Documented,
        {
            fn operation_input(
                _: &mut aide::generate::GenContext,
                operation: &mut aide::openapi::Operation,
            ) {
                let scopes = crate::scheme::SecurityScopes::none();
                let described = <Self as crate::scheme::Documented>::described(scopes);
                crate::openapi::notes::argument(operation, &described);
            }

            fn inferred_early_responses(
                _: &mut aide::generate::GenContext,
                operation: &mut aide::openapi::Operation,
            ) -> Vec<(Option<aide::openapi::StatusCode>, aide::openapi::Response)> {
                let scopes = crate::scheme::SecurityScopes::none();
                let described = <Self as crate::scheme::Documented>::described(scopes);
                crate::openapi::notes::required(operation, &described);
                Vec::new()
            }
        }
    };
}

pub(crate) use guard_is_extractor;
