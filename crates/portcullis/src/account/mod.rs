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

mod authenticate;
mod clients;
mod floor;
mod hashing_pool;
mod users;

pub use authenticate::{LoginName, NotChecked, authenticate};
pub use clients::{ClientAdministration, ClientDraft, ClientNotDone, RegisteredClient};
pub use floor::refresh_floor;
pub use hashing_pool::{HashingLoad, HashingPool, NotHashed, Overloaded};
pub use users::{Administration, NotDone, UserDraft};
