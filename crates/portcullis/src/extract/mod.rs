//! Who is calling: extractors that check, refuse and document by being asked for.
//!
//! | in the handler's arguments | means |
//! |---|---|
//! | [`AccessToken`] | a verified token; the database is not asked |
//! | [`ActiveToken`] | a token that holds now, of an active user or of a client itself |
//! | [`CurrentUser`] | and its user exists, and the token is not outdated |
//! | [`ActiveUser`] | and the user is active |
//! | [`Security<ActiveUser, S>`](Security) | and the token has the scopes of `S` |
//! | [`Depends<D>`](Depends) | something of your own that is built on these |
//! | not an argument, but [`require`] | one guard for every route of a router |
//! | `Option<…>` of each | nothing was presented: `None`; something bad: refused |
//!
//! **Not** `Result<…, Rejection>`, which refuses nobody ([why](crate::manual::own_schemes#composing)).

mod access_token;
mod active_token;
mod active_user;
mod current_user;
mod depends;
mod guard;
mod require;
mod security;

pub use access_token::AccessToken;
pub use active_token::ActiveToken;
pub use active_user::ActiveUser;
pub use current_user::CurrentUser;
pub use depends::{Context, Dependency, Depends, NoState};
pub(crate) use guard::{active, caller};
pub use require::require;
pub use security::Security;
