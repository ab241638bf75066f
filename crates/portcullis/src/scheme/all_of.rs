//! Tuples of guards, which are all needed, and `Option`s of guards, which are not.

use http::request::Parts;

use super::credential::NO_CREDENTIALS;
use super::{Documented, Found, Guard, Rejection, SecurityScopes};
use crate::openapi::Described;

/// The scopes for one of several guards: those that enforce none are not asked, unless nobody is.
fn asked_of(enforces: bool, any_enforces: bool, scopes: SecurityScopes<'_>) -> SecurityScopes<'_> {
    if enforces || !any_enforces {
        scopes
    } else {
        SecurityScopes::none()
    }
}

macro_rules! all_of {
    ($($guard:ident $found:ident),+) => {
        /// All of them: AND.
        impl<$($guard: Documented),+> Documented for ($($guard,)+) {
            const ENFORCES_SCOPES: bool = $($guard::ENFORCES_SCOPES)||+;

            fn described(scopes: SecurityScopes<'_>) -> Described {
                let all = Described::nothing();
                $(
                    let scopes_of_one =
                        asked_of($guard::ENFORCES_SCOPES, Self::ENFORCES_SCOPES, scopes);
                    let all = all.and(&$guard::described(scopes_of_one));
                )+
                all.incomplete(Self::absent().documented(NO_CREDENTIALS))
            }

            fn absent() -> Rejection {
                Rejection::none_of([$($guard::absent()),+])
            }
        }

        impl<S, $($guard),+> Guard<S> for ($($guard,)+)
        where
            S: Send + Sync,
            $($guard: Guard<S>,)+
        {
            async fn check(
                parts: &Parts,
                state: &S,
                scopes: SecurityScopes<'_>,
            ) -> Result<Found<Self>, Rejection> {
                $(let $found = $guard::check(parts, state, scopes).await?;)+
                let is_partly_there = $($found.is_presented())||+;
                $(let $found = $found.value();)+
                let mut missing = Vec::new();
                $(if $found.is_none() {
                    missing.push($guard::absent());
                })+
                let all = match ($($found,)+) {
                    ($(Some($found),)+) => Some(($($found,)+)),
                    _ => None,
                };
                match (is_partly_there, all) {
                    (true, Some(all)) => Ok(Found::Presented(all)),
                    (true, None) => Err(Rejection::none_of(missing).incomplete()),
                    (false, all) => Ok(Found::Absent(all)),
                }
            }
        }
    };
}

all_of!(A a, B b);
all_of!(A a, B b, C c);
all_of!(A a, B b, C c, D d);

/// It may be absent; what is present must be right.
impl<G: Documented> Documented for Option<G> {
    const ENFORCES_SCOPES: bool = G::ENFORCES_SCOPES;

    fn described(scopes: SecurityScopes<'_>) -> Described {
        G::described(scopes).optional()
    }

    fn absent() -> Rejection {
        G::absent()
    }
}

impl<S: Send + Sync, G: Guard<S>> Guard<S> for Option<G> {
    async fn check(
        parts: &Parts,
        state: &S,
        scopes: SecurityScopes<'_>,
    ) -> Result<Found<Self>, Rejection> {
        let found = G::check(parts, state, scopes).await?;
        Ok(match found {
            Found::Presented(guard) => Found::Presented(Some(guard)),
            Found::Absent(guard) => Found::Absent(Some(guard)),
        })
    }
}
