//! `Depends`: an extractor of one's own, built on others.

use std::fmt;
use std::future::Future;
use std::ops::Deref;

use axum::extract::FromRef;
use http::request::Parts;

use super::guard::refusing_scopes;
use crate::openapi::{Described, Refusal};
use crate::scheme::guard::guard_is_extractor;
use crate::scheme::{Documented, Found, Guard, Rejection, SecurityScopes};

/// Something of your own that a handler needs, built on what we check: FastAPI's sub-dependency.
/// Handlers ask for [`Depends<Self>`](Depends); for two of them by two arguments.
///
/// What it is built [on](Dependency::On) keeps its check and its documentation; scopes that
/// [`Security`](super::Security) asks of it are asked of what it is built on.
///
/// ```
/// use http::StatusCode;
/// use portcullis::extract::{Context, Dependency};
/// use portcullis::openapi::Refusal;
/// use portcullis::scheme::Rejection;
/// use portcullis::{ActiveUser, Auth, Depends, Security, scopes};
///
/// scopes!(WriteItems = "items:write");
///
/// struct Editor {
///     name: String,
/// }
///
/// impl Dependency for Editor {
///     type On = Security<ActiveUser, WriteItems>;
///     type State = Auth;
///     const REFUSALS: &'static [Refusal] = &[Refusal::of_your_own(409, "No e-mail address.")];
///
///     async fn resolve(user: Self::On, _: Context<'_, Auth>) -> Result<Self, Rejection> {
///         if user.email.is_none() {
///             return Err(Rejection::answer((StatusCode::CONFLICT, "add your e-mail address")));
///         }
///         Ok(Self { name: user.username.to_string() })
///     }
/// }
///
/// async fn edit(Depends(editor): Depends<Editor>) -> String {
///     format!("{} may edit", editor.name)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say what it depends on",
    label = "not a dependency",
    note = "`impl Dependency for {Self}` says what it is built on, and makes one of it",
    note = "several dependencies at once are two arguments of the handler, or `type On = (Depends<A>, Depends<B>);` of a third"
)]
pub trait Dependency: Sized + Send {
    /// What it is built on: a guard, or a tuple of up to four, an `Option`, an
    /// [`AnyOf`](crate::AnyOf) of them.
    type On: Documented + Send;

    /// What it needs of the router's state: that itself, a part of it (`FromRef`), or [`NoState`].
    type State;

    /// Whether the scopes in [`Context::scopes`] are enforced: by what it is built on, unless you say
    /// that you do it yourself.
    const ENFORCES_SCOPES: bool = <Self::On as Documented>::ENFORCES_SCOPES;

    /// What it may refuse beyond what it is built on.
    const REFUSALS: &'static [Refusal] = &[];

    /// Makes it of what was found. It is not called when nothing was presented.
    ///
    /// ```
    /// use portcullis::HttpBasic;
    /// use portcullis::extract::{Context, Dependency, NoState};
    /// use portcullis::scheme::Rejection;
    ///
    /// struct Caller(String);
    /// impl Dependency for Caller {
    ///     type On = HttpBasic;
    ///     type State = NoState;
    ///     async fn resolve(who: HttpBasic, _: Context<'_, NoState>) -> Result<Self, Rejection> {
    ///         if who.username.is_empty() { Err(who.refused()) } else { Ok(Self(who.username)) }
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    /// The [`Rejection`] to answer.
    fn resolve(
        on: Self::On,
        context: Context<'_, Self::State>,
    ) -> impl Future<Output = Result<Self, Rejection>> + Send;
}

/// What a [`Dependency`] may look at.
///
/// ```
/// use portcullis::extract::Context;
/// use portcullis::scheme::Rejection;
///
/// /// For a dependency that verifies tokens itself.
/// fn check<T>(context: &Context<'_, T>, granted: &[&str]) -> Result<(), Rejection> {
///     if context.scopes.all(|scope| granted.contains(&scope)) {
///         Ok(())
///     } else {
///         Err(Rejection::insufficient_scope(context.scopes))
///     }
/// }
/// ```
#[derive(Clone, Copy)]
pub struct Context<'a, T> {
    /// The request, without its body.
    pub parts: &'a Parts,
    /// The state.
    pub state: T,
    /// The scopes that are needed, from the outermost [`Security`](super::Security) inwards.
    pub scopes: SecurityScopes<'a>,
}

/// Without the headers and the query, where the credentials are, and without the state.
impl<T> fmt::Debug for Context<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("method", &self.parts.method)
            .field("path", &self.parts.uri.path())
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

/// The [`State`](Dependency::State) of a dependency that needs none: it works in every router.
///
/// ```
/// use portcullis::HttpBasic;
/// use portcullis::extract::{Context, Dependency, NoState};
/// use portcullis::scheme::Rejection;
///
/// struct Admin;
/// impl Dependency for Admin {
///     type On = HttpBasic;
///     type State = NoState;
///     async fn resolve(who: HttpBasic, _: Context<'_, NoState>) -> Result<Self, Rejection> {
///         if who.matches("admin", "correct horse battery staple") {
///             Ok(Self)
///         } else {
///             Err(who.refused())
///         }
///     }
/// }
/// ```
#[derive(Debug)]
pub struct NoState;

impl<S> FromRef<S> for NoState {
    fn from_ref(_: &S) -> Self {
        Self
    }
}

/// A [`Dependency`], as an argument of a handler: FastAPI's `Depends`.
///
/// ```
/// use portcullis::extract::{Context, Dependency};
/// use portcullis::scheme::Rejection;
/// use portcullis::{ActiveUser, Auth, Depends};
///
/// struct Greeting(String);
/// impl Dependency for Greeting {
///     type On = Option<ActiveUser>;
///     type State = Auth;
///     async fn resolve(user: Self::On, _: Context<'_, Auth>) -> Result<Self, Rejection> {
///         let name = user.map_or("stranger".to_owned(), |user| user.username.to_string());
///         Ok(Self(format!("Hello, {name}")))
///     }
/// }
///
/// async fn hello(Depends(Greeting(text)): Depends<Greeting>) -> String {
///     text
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Depends<D: Dependency>(pub D);

impl<D: Dependency> Deref for Depends<D> {
    type Target = D;

    fn deref(&self) -> &D {
        &self.0
    }
}

impl<D: Dependency> Documented for Depends<D> {
    const ENFORCES_SCOPES: bool = D::ENFORCES_SCOPES;

    fn described(scopes: SecurityScopes<'_>) -> Described {
        let described = D::On::described(scopes);
        let described = if D::ENFORCES_SCOPES {
            refusing_scopes(described, scopes)
        } else {
            described
        };
        described.refusing_all(D::REFUSALS)
    }

    fn absent() -> Rejection {
        D::On::absent()
    }
}

impl<S, D> Guard<S> for Depends<D>
where
    S: Send + Sync,
    D: Dependency,
    D::On: Guard<S>,
    D::State: FromRef<S> + Send,
{
    async fn check(
        parts: &Parts,
        state: &S,
        scopes: SecurityScopes<'_>,
    ) -> Result<Found<Self>, Rejection> {
        let found = D::On::check(parts, state, scopes).await?;
        let is_presented = found.is_presented();
        let Some(on) = found.value() else {
            return Ok(Found::Absent(None));
        };
        let context = Context {
            parts,
            state: D::State::from_ref(state),
            scopes,
        };
        let made = Self(D::resolve(on, context).await?);
        Ok(if is_presented {
            Found::Presented(made)
        } else {
            Found::Absent(Some(made))
        })
    }
}

guard_is_extractor!([D: Dependency] Depends<D>);
