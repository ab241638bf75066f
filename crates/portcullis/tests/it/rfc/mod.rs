//! The standards, row by row: `docs/conformance.md` says which test shows what.

mod table;
