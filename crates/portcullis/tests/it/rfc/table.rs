//! `docs/conformance.md`: every row has its test, and every test here its row.

use crate::conformance::{Checklist, numbered, repository};
