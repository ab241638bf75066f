//! What keeps an `Auth` from being built.

use std::collections::BTreeMap;

use crate::password::HashingFailed;
use crate::scope::{MalformedScope, Scope};
use crate::token::KeyFailed;

/// Why an [`Auth`](super::Auth) could not be built.
///
/// ```
/// use portcullis::{Auth, auth::NotBuilt, store::MemoryStore};
///
/// let auth = Auth::builder(MemoryStore::new());
/// assert!(matches!(auth.build(), Err(NotBuilt::NoIssuer)));
/// ```
#[derive(Debug, thiserror::Error)]
pub enum NotBuilt {
    /// [`AuthBuilder::issuer`](super::AuthBuilder::issuer) was not called.
    #[error("no issuer is set: say `.issuer(\"https://…\")`, the address of this server")]
    NoIssuer,
    /// A declared scope cannot be one.
    #[error("`{name}` cannot be a scope: {reason}")]
    Scope {
        /// What was declared.
        name: String,
        /// Why not.
        reason: MalformedScope,
    },
    /// The hashing threads did not start.
    #[error(transparent)]
    Hashing(#[from] HashingFailed),
    /// No signing key.
    #[error(transparent)]
    Key(#[from] KeyFailed),
}

/// The scopes that are declared, each of which must be able to be one.
pub(super) fn declared(scopes: Vec<(String, String)>) -> Result<BTreeMap<Scope, String>, NotBuilt> {
    scopes
        .into_iter()
        .map(|(name, description)| match Scope::parse(&name) {
            Ok(scope) => Ok((scope, description)),
            Err(reason) => Err(NotBuilt::Scope { name, reason }),
        })
        .collect()
}
