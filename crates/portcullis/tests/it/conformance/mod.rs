//! Lists of what is asked of us, row by row, held to the tests that show it.
//!
//! A list is a Markdown table that people read. Here its rows are compared with those that are
//! expected, and the tests it names with the source of the tests: each must be there, run, and assert
//! something; and no test of the list's own module may be missing from it.

mod judge;
mod markdown;
mod samples;
mod source;

use std::fs;
use std::path::{Path, PathBuf};

pub(crate) use markdown::Row;

/// A list, and what is expected of it. Paths are from the root of the repository.
pub(crate) struct Checklist {
    /// The table.
    pub(crate) table: &'static str,
    /// Every row that must be there, and no other may.
    pub(crate) rows: Vec<String>,
    /// Rows of what is not built yet: instead of a test they say `not yet`.
    pub(crate) not_yet: &'static [&'static str],
    /// Rows whose tests are being written: instead of a test they say `pending`.
    pub(crate) pending: &'static [&'static str],
    /// Where tests are, by a name for each: the root file of a test binary or a crate. Tests in the
    /// table are named by it and their modules, or below `home` by the rest alone.
    pub(crate) trees: &'static [(&'static str, &'static str)],
    /// The module all of whose tests must be in the table, but for those in its `table`: they hold the
    /// table itself.
    pub(crate) home: &'static str,
    /// Functions that assert on behalf of the test that calls them.
    pub(crate) asserting: &'static [&'static str],
}

impl Checklist {
    /// The rows of the table, as they are written.
    pub(crate) fn read(&self, root: &Path) -> Vec<Row> {
        markdown::rows(&fs::read_to_string(root.join(self.table)).unwrap())
    }

    /// What is wrong, a sentence each.
    pub(crate) fn findings(&self, root: &Path) -> Vec<String> {
        let mut functions = Vec::new();
        for (name, file) in self.trees {
            functions.extend(source::functions(name, &root.join(file)));
        }
        judge::findings(self, &self.read(root), &functions)
    }
}

/// `T1` to `T17`: `numbered("T", 17)`.
pub(crate) fn numbered(letter: &str, last: u32) -> impl Iterator<Item = String> {
    (1..=last).map(move |number| format!("{letter}{number}"))
}

pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}
