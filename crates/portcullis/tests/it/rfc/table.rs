//! `docs/conformance.md`: every row has its test, and every test of a standard its row.

use crate::conformance::{Checklist, numbered, repository};

fn checklist() -> Checklist {
    let groups = [
        ("T", 17),
        ("S", 12),
        ("R", 11),
        ("B", 11),
        ("V", 12),
        ("I", 12),
        ("M", 12),
        ("J", 17),
        ("W", 15),
    ];
    Checklist {
        table: "docs/conformance.md",
        rows: groups
            .iter()
            .flat_map(|(letter, last)| numbered(letter, *last))
            .collect(),
        // They come with throttling and with TLS.
        not_yet: &["T2", "T9", "T14", "V11"],
        pending: &[],
        trees: &[
            ("it", "crates/portcullis/tests/it/main.rs"),
            ("lib", "crates/portcullis/src/lib.rs"),
            ("server", "crates/portcullis-server/src/main.rs"),
        ],
        home: "it::rfc",
        asserting: &[
            "it::faults::verbs::breaks",
            "it::rfc::rfc_7662::is_active",
            "it::rfc::rfc_7662::is_inactive",
            "it::token::client::each_is",
            "it::rfc::dialogue::is_revoked",
            "it::rfc::dialogue::is_spent",
            "it::rfc::forge::Forge::is_accepted",
            "it::rfc::forge::Forge::is_refused",
            "lib::token::verifier::tests::Forge::refuses",
        ],
    }
}

#[test]
fn every_row_has_its_test_and_every_test_its_row() {
    let findings = checklist().findings(&repository());
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

/// `3.2` is `s3_2_`, `RFC 9700 4.14.2` is `rfc_9700_s4_14_2_`.
fn prefix(section: &str) -> String {
    match section
        .strip_prefix("RFC ")
        .and_then(|rest| rest.split_once(' '))
    {
        Some((number, section)) => format!("rfc_{number}_s{}_", section.replace('.', "_")),
        None => format!("s{}_", section.replace('.', "_")),
    }
}

#[test]
fn tests_are_named_by_the_sections_of_their_rows() {
    assert_eq!(prefix("3.2"), "s3_2_");
    assert_eq!(prefix("RFC 9700 4.14.2"), "rfc_9700_s4_14_2_");
    for row in checklist().read(&repository()) {
        for test in row.tests() {
            let name = test.strip_prefix("rfc_").and(test.rsplit("::").next());
            let by_section = |name: &str| {
                row.section
                    .split(", ")
                    .any(|section| name.starts_with(&prefix(section)))
            };
            assert!(name.is_none_or(by_section), "{}: {test}", row.id);
        }
    }
}
