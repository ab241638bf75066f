//! `AnyOf`: alternatives, of which the first that is present decides.

use std::convert::Infallible;

use http::request::Parts;

use super::credential::NO_CREDENTIALS;
use super::guard::guard_is_extractor;
use super::{Documented, Found, Guard, Rejection, SecurityScopes};
use crate::openapi::Described;

/// Which of the alternatives of [`AnyOf`] was there.
///
/// ```
/// use portcullis::scheme::Alternative;
///
/// let found: Alternative<&str, u8> = Alternative::First("johndoe");
/// let name = match found {
///     Alternative::First(name) => name.to_owned(),
///     Alternative::Second(number) => number.to_string(),
/// };
/// assert_eq!(name, "johndoe");
/// ```
#[derive(Debug, Clone)]
pub enum Alternative<A, B, C = Infallible, D = Infallible> {
    /// The first.
    First(A),
    /// The second.
    Second(B),
    /// The third.
    Third(C),
    /// The fourth.
    Fourth(D),
}

/// Two to four guards that are alternatives. Implemented for tuples.
///
/// ```
/// use portcullis::scheme::{Alternative, Alternatives};
/// use portcullis::{HttpBasic, HttpBearer};
///
/// type Found = <(HttpBearer, HttpBasic) as Alternatives>::Found;
/// fn is_basic(found: &Found) -> bool {
///     matches!(found, Alternative::Second(_))
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`AnyOf` takes a tuple of two to four guards, such as `AnyOf<(ActiveUser, HttpBasic)>`",
    label = "not a tuple of two to four guards"
)]
pub trait Alternatives {
    /// [`Alternative`] of them.
    type Found;
}

/// One of several credentials: OR. The first that is *present* decides; when none is, the refusal
/// challenges for each of them.
///
/// ```
/// use portcullis::scheme::{Alternative, ApiKey, SecurityScheme};
/// use portcullis::{ActiveUser, AnyOf, ApiKeyHeader};
///
/// struct MachineKey;
/// impl SecurityScheme for MachineKey {}
/// impl ApiKey for MachineKey {
///     const PARAMETER: &'static str = "x-machine-key";
/// }
///
/// async fn items(AnyOf(who): AnyOf<(ActiveUser, ApiKeyHeader<MachineKey>)>) -> String {
///     match who {
///         Alternative::First(user) => format!("the items of {}", user.username),
///         Alternative::Second(key) => format!("a key of {} characters", key.len()),
///     }
/// }
/// ```
///
/// Two alternatives in one place, such as two bearer tokens, are an error at the start: the first
/// would always decide.
pub struct AnyOf<T: Alternatives>(pub T::Found);

impl<T: Alternatives> std::fmt::Debug for AnyOf<T>
where
    T::Found: std::fmt::Debug,
{
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("AnyOf").field(&self.0).finish()
    }
}

/// What one alternative decides. That only a part of it is there decides nothing yet, and is kept
/// for when no other is.
fn decided<T>(
    checked: Result<Found<T>, Rejection>,
    incomplete: &mut Option<Rejection>,
) -> Result<Found<T>, Rejection> {
    match checked {
        Err(rejection) if rejection.is_incomplete() => {
            incomplete.get_or_insert(rejection);
            Ok(Found::Absent(None))
        }
        decided => decided,
    }
}

macro_rules! alternatives {
    ($($guard:ident $variant:ident),+; or $($never:ty),*) => {
        impl<$($guard: Documented),+> Alternatives for ($($guard,)+) {
            type Found = Alternative<$($guard,)+ $($never),*>;
        }

        impl<$($guard: Documented),+> Documented for AnyOf<($($guard,)+)> {
            const ENFORCES_SCOPES: bool = $($guard::ENFORCES_SCOPES)&&+;

            fn described(scopes: SecurityScopes<'_>) -> Described {
                Described::none()
                    $(.or(&$guard::described(scopes)))+
                    .absent(Self::absent().documented(NO_CREDENTIALS))
            }

            fn absent() -> Rejection {
                Rejection::none_of([$($guard::absent()),+])
            }
        }

        impl<S, $($guard),+> Guard<S> for AnyOf<($($guard,)+)>
        where
            S: Send + Sync,
            $($guard: Guard<S>,)+
        {
            async fn check(
                parts: &Parts,
                state: &S,
                scopes: SecurityScopes<'_>,
            ) -> Result<Found<Self>, Rejection> {
                let mut incomplete = None;
                $(
                    let checked = $guard::check(parts, state, scopes).await;
                    match decided(checked, &mut incomplete)? {
                        // Of what is optional, there is a value without anything presented: it is
                        // the last alternative, for none after it could ever be reached.
                        Found::Absent(None) => {}
                        found => return Ok(found.map(|found| Self(Alternative::$variant(found)))),
                    }
                )+
                incomplete.map_or(Ok(Found::Absent(None)), Err)
            }
        }
    };
}

alternatives!(A First, B Second; or Infallible, Infallible);
alternatives!(A First, B Second, C Third; or Infallible);
alternatives!(A First, B Second, C Third, D Fourth; or);

guard_is_extractor!([T: Alternatives] AnyOf<T>);
