//! Group P of the catalogue of attacks: passwords as input, and as what is stored.
//! `docs/conformance/attacks-passwords.md`.

mod input;
mod log;
mod size;
mod spelling;
mod stored;
mod table;
