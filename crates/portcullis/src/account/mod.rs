//! The rules of accounts: who signs in, and how accounts and clients are managed.
//!
//! ```
//! # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
//! # #[tokio::main] async fn main() -> Outcome {
//! # let House { store, auth, .. } = House::new().await?;
//! # let administration = administration(&store, &auth);
//! use portcullis::account::{UserDraft, authenticate};
//! use portcullis::secret::Password;
//!
//! let password = Password::new("twelve yellow umbrellas");
//! let draft = UserDraft { username: "alice".into(), ..UserDraft::default() };
//! let alice = administration.add(draft, &password).await?;
//!
//! let found = authenticate(auth.users(), auth.pool(), "Alice", &password).await?;
//! assert_eq!(found, Some(alice));
//! # Ok(()) }
//! ```

mod accounts;
mod authenticate;
mod change_password;
mod clients;
mod errand;
mod floor;
mod hashing_pool;
mod leave;
mod not_done;
mod operate;
mod outbox;
mod password_rules;
mod recover;
mod register;
mod settings;
mod users;
mod verify_email;

pub use accounts::Accounts;
pub(crate) use authenticate::Login;
pub use authenticate::{LoginName, NotChecked, authenticate};
pub use clients::{ClientAdministration, ClientDraft, ClientNotDone, RegisteredClient};
pub use floor::refresh_floor;
pub use hashing_pool::{HashingLoad, HashingPool, NotHashed, Overloaded};
pub use leave::{Export, ExportedMail, ExportedSession, ExportedToken};
pub use not_done::{Fault, NotDone};
pub use outbox::{Delivery, Postman};
pub use password_rules::{BreachedPasswords, PasswordRules, RangeAnswer, RangeUnavailable};
pub use recover::Forgotten;
pub use register::Application;
pub use settings::{AccountSettings, Registration};
pub use users::{Administration, UserDraft};
