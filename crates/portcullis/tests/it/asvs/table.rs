//! `docs/conformance/asvs.md`: every row has its test, and every test of the standard its row.

use crate::conformance::{Checklist, repository};

const ROWS: [&str; 37] = [
    "6.1.1", "6.1.2", "6.1.3", "6.2.1", "6.2.2", "6.2.3", "6.2.4", "6.2.5", "6.2.6", "6.2.7",
    "6.2.8", "6.2.9", "6.2.10", "6.2.11", "6.2.12", "6.3.1", "6.3.2", "6.3.3", "6.3.4", "6.3.5",
    "6.3.6", "6.3.7", "6.3.8", "6.4.1", "6.4.2", "6.4.3", "6.4.4", "6.4.5", "6.4.6", "6.5.1",
    "6.5.2", "6.5.3", "6.5.4", "6.5.5", "6.5.6", "6.6.2", "6.6.3",
];

fn checklist() -> Checklist {
    Checklist {
        table: "docs/conformance/asvs.md",
        rows: ROWS.map(str::to_owned).into(),
        // They come with throttling, with second factors and with the audit record.
        not_yet: &[
            "6.1.1", "6.3.1", "6.3.3", "6.3.4", "6.3.5", "6.4.4", "6.5.6", "6.6.3",
        ],
        pending: &[],
        trees: &[
            ("it", "crates/portcullis/tests/it/main.rs"),
            ("lib", "crates/portcullis/src/lib.rs"),
            // The pages as the server gives them out.
            ("server_it", "crates/portcullis-server/tests/it/main.rs"),
        ],
        home: "it::asvs",
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
        let begin = format!("v{}_", row.id.replace('.', "_"));
        let tests = row.tests();
        let mut own = tests
            .iter()
            .filter(|test| !test.starts_with("it::") && !test.starts_with("lib::"));
        let fits = |test: &&str| test.rsplit("::").next().unwrap().starts_with(&begin);
        assert!(own.all(fits), "{}: {tests:?}", row.id);
    }
}
