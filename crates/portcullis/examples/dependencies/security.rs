//! Everything about security, in its own module: the rest of the program asks for these types.

use std::{error::Error, sync::Arc};

use portcullis::account::{Administration, UserDraft};
use portcullis::extract::{Context, Dependency};
use portcullis::{ActiveUser, Auth, Security, scope::Scopes, scopes};
use portcullis::{scheme::Rejection, secret::Password, store::MemoryStore};

scopes!(pub(crate) Staff = "staff");

pub(crate) type StaffMember = Security<ActiveUser, Staff>;

/// Somebody who is signed in, or nobody. A bad token is refused, and not taken for nobody.
pub(crate) struct Visitor {
    pub(crate) name: Option<String>,
}

impl Dependency for Visitor {
    type On = Option<ActiveUser>;
    type State = Auth;
    async fn resolve(user: Self::On, _: Context<'_, Auth>) -> Result<Self, Rejection> {
        let name = user.map(|ActiveUser(user)| user.username);
        Ok(Self { name })
    }
}

pub(crate) async fn auth() -> Result<Auth, Box<dyn Error>> {
    let store = Arc::new(MemoryStore::new());
    let auth = Auth::builder(store.clone())
        .issuer("http://127.0.0.1:8000")
        .scope("staff", "Look into the ledger.")
        .build()?;
    let mut john = UserDraft::new("johndoe");
    john.scopes = Scopes::parse("staff")?;
    let password = Password::new("correct horse battery staple");
    let accounts = Administration::new(&*store, auth.pool());
    accounts.add(john, &password).await?;
    Ok(auth)
}
