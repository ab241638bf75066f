//! `docs/conformance/attacks.md`: every row has its test, and every test of an attack on accounts its
//! row.

use crate::conformance::{Checklist, repository};

/// As the catalogue has them: `E01` to `E20`, two digits. The rows on the time of a login and on the
/// hosted page are on other pages.
fn rows() -> Vec<String> {
    let groups = [("E", 20), ("U", 22), ("M", 22)];
    let all = groups.iter().flat_map(|(letter, last)| {
        (1..=*last).map(move |number: u32| format!("{letter}{number:02}"))
    });
    all.filter(|row| !["E02", "E03", "E20"].contains(&&**row))
        .collect()
}

fn checklist() -> Checklist {
    Checklist {
        table: "docs/conformance/attacks.md",
        rows: rows(),
        // They come with throttling, and with second factors.
        not_yet: &["E13", "E14", "U20", "M13", "M18"],
        pending: &[],
        trees: &[
            ("it", "crates/portcullis/tests/it/main.rs"),
            ("lib", "crates/portcullis/src/lib.rs"),
            ("server", "crates/portcullis-server/tests/it/main.rs"),
            ("sql", "crates/portcullis-sql/tests/it/main.rs"),
            ("sql_lib", "crates/portcullis-sql/src/lib.rs"),
        ],
        home: "it::attacks::accounts",
        asserting: &["it::attacks::accounts::names::are_no_names"],
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
            let is_elsewhere = ["it::", "lib::", "server::", "sql::", "sql_lib::"]
                .iter()
                .any(|tree| test.starts_with(tree));
            let name = test.rsplit("::").next().unwrap();
            let prefix = format!("{}_", row.id.to_lowercase());
            assert!(
                is_elsewhere || name.starts_with(&prefix),
                "{}: {test}",
                row.id
            );
        }
    }
}
