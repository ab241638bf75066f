//! The rules of accounts: who signs in, and how accounts are managed.

mod administer;
mod authenticate;
mod hashing_pool;

pub use administer::{Administration, NotDone, UserDraft};
pub use authenticate::{NotChecked, authenticate};
pub use hashing_pool::{HashingPool, NotHashed, Overloaded};
