//! NIST SP 800-63B-4, §3.1.1.2 and §4.2, row by row: `docs/conformance/nist-800-63b.md`.

mod chosen;
mod kept;
mod recovered;
mod table;
