//! OWASP ASVS 5.0, V6 (authentication), row by row: `docs/conformance/asvs.md`.

mod accounts;
mod documented;
mod notices;
mod one_time;
mod passwords;
mod recovery;
mod table;
