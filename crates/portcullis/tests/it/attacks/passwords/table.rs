//! `docs/conformance/attacks-passwords.md`: every row has its test, and every test here its row.

use crate::conformance::{Checklist, repository};

/// Floods (P02 to P05) are the server's own tests; a keyed step (P21) is still to be built.
fn rows() -> impl Iterator<Item = String> {
    std::iter::once(1)
        .chain(6..=20)
        .map(|number| format!("P{number:02}"))
}

fn checklist() -> Checklist {
    Checklist {
        table: "docs/conformance/attacks-passwords.md",
        rows: rows().collect(),
        not_yet: &[],
        pending: &[],
        trees: &[
            ("it", "crates/portcullis/tests/it/main.rs"),
            ("lib", "crates/portcullis/src/lib.rs"),
        ],
        home: "it::attacks::passwords",
        asserting: &[
            "it::people::choosing::People::is_refused_everywhere",
            "it::people::choosing::People::is_taken_everywhere",
        ],
    }
}

#[test]
fn every_row_has_its_test_and_every_test_its_row() {
    let findings = checklist().findings(&repository());
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[test]
fn tests_are_named_by_their_rows() {
    for row in checklist().read(&repository()) {
        let begin = format!("{}_", row.id.to_lowercase());
        for test in row
            .tests()
            .into_iter()
            .filter(|test| !test.starts_with("lib::"))
        {
            assert!(
                test.rsplit("::").next().unwrap().starts_with(&begin),
                "{}: {test}",
                row.id
            );
        }
    }
}
