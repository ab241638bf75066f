//! Attacks on accounts, one test for each row of `docs/conformance/attacks.md`, and named after it.

mod addresses;
mod counting;
mod enumeration;
mod links;
mod names;
mod recovery;
mod table;
