//! `docs/conformance/enumeration.md`: every row has its test, and every test of a path's cost its row.

use crate::conformance::{Checklist, repository};

fn checklist() -> Checklist {
    Checklist {
        table: "docs/conformance/enumeration.md",
        rows: vec!["E02".into(), "E03".into()],
        not_yet: &[],
        pending: &[],
        trees: &[
            ("it", "crates/portcullis/tests/it/main.rs"),
            ("lib", "crates/portcullis/src/lib.rs"),
            ("server", "crates/portcullis-server/tests/it/main.rs"),
            ("sql_lib", "crates/portcullis-sql/src/lib.rs"),
        ],
        home: "it::enumeration",
        asserting: &["it::enumeration::recovery::writes_one_mail"],
    }
}

#[test]
fn every_row_has_its_test_and_every_test_its_row() {
    let findings = checklist().findings(&repository());
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[test]
fn tests_are_named_after_their_rows() {
    for row in checklist().read(&repository()) {
        for test in row.tests() {
            let name = test.rsplit("::").next().unwrap();
            let prefix = format!("{}_", row.id.to_lowercase());
            let is_elsewhere = test.starts_with("lib::");
            assert!(
                is_elsewhere || name.starts_with(&prefix),
                "{}: {test}",
                row.id
            );
        }
    }
}
