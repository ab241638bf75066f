//! `docs/conformance/nist-800-63b.md`: every row has its test, and every test here its row.

use crate::conformance::{Checklist, numbered, repository};

/// Of what comes later: a mark of compromise (N9), throttling (N18, N26 to N30), TLS (N22), a keyed step
/// (N25); and of sessions in a browser's cookies (N34 to N38), of which there are none.
const NOT_HERE: [&str; 14] = [
    "N9", "N18", "N22", "N25", "N26", "N27", "N28", "N29", "N30", "N34", "N35", "N36", "N37", "N38",
];

fn checklist() -> Checklist {
    Checklist {
        table: "docs/conformance/nist-800-63b.md",
        rows: numbered("N", 38)
            .filter(|row| !NOT_HERE.contains(&row.as_str()))
            .collect(),
        not_yet: &[],
        pending: &[],
        trees: &[
            ("it", "crates/portcullis/tests/it/main.rs"),
            // The pages as the server gives them out.
            ("server_it", "crates/portcullis-server/tests/it/main.rs"),
        ],
        home: "it::nist",
        asserting: &[
            "it::nist::chosen::nowhere",
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
        let begin = format!("n{:0>2}_", &row.id[1..]);
        for test in row
            .tests()
            .into_iter()
            .filter(|test| !test.starts_with("it::"))
        {
            assert!(
                test.rsplit("::").next().unwrap().starts_with(&begin),
                "{}: {test}",
                row.id
            );
        }
    }
}
