//! The standards, row by row: `docs/conformance.md` says what is asked, what is done, and which test
//! shows it.

mod dialogue;
mod forge;
mod listening;
mod table;

#[path = "6749.rs"]
mod rfc_6749;
#[path = "6750.rs"]
mod rfc_6750;
#[path = "7009.rs"]
mod rfc_7009;
#[path = "7662.rs"]
mod rfc_7662;
#[path = "8414.rs"]
mod rfc_8414;
#[path = "8725.rs"]
mod rfc_8725;
#[path = "9068.rs"]
mod rfc_9068;
