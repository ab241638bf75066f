//! `serve --demo`: the tutorial's two users in a throw-away database.

use std::sync::Arc;

use portcullis::clock::{Clock, SystemClock};
use portcullis::password::{Argon2Parameters, Hasher};
use portcullis::scope::Scopes;
use portcullis::secret::Password;
use portcullis::store::{NewUser, Store};
use portcullis::user::{EmailAddress, UserId, Username};
use portcullis_sql::Create;
use tempfile::TempDir;

/// A database that goes with this value.
pub(crate) struct Demo {
    /// The store.
    pub(crate) store: Arc<dyn Store>,
    /// The folder it lies in, removed on drop.
    _folder: TempDir,
}

/// The scopes the demo declares beside the server's own.
pub(crate) const SCOPES: [(&str, &str); 1] = [("items:read", "Read items")];

/// Username, full name, password, inactive, scopes: those of FastAPI's tutorial.
const USERS: [(&str, &str, &str, bool, &str); 2] = [
    (
        "johndoe",
        "John Doe",
        "secret",
        false,
        "users:read items:read",
    ),
    ("alice", "Alice Wonderson", "secret2", true, "users:read"),
];

/// Makes the database. The passwords are too short to be chosen, so they are stored past the policy.
pub(crate) async fn open() -> anyhow::Result<Demo> {
    let folder = tempfile::Builder::new()
        .prefix("portcullis-demo-")
        .tempdir()?;
    let url = format!("sqlite://{}", folder.path().join("demo.db").display());
    let store = portcullis_sql::open(&url, Create::IfMissing).await?;
    let mut hasher = Hasher::new(Argon2Parameters::default())?;
    for (username, full_name, password, disabled, scopes) in USERS {
        let user = NewUser {
            id: UserId::random()?,
            username: Username::parse(username)?,
            email: Some(EmailAddress::parse(&format!("{username}@example.com"))?),
            email_verified: true,
            full_name: Some(full_name.to_owned()),
            hashed_password: Some(hasher.hash(&Password::new(password))?),
            disabled,
            scopes: Scopes::parse(scopes)?,
            created_at: SystemClock.second(),
            mail: None,
        };
        store.insert_user(user).await?;
    }
    Ok(Demo {
        store,
        _folder: folder,
    })
}
