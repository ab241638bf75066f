//! The guide tells every difference that is meant, and no other.

use std::collections::BTreeMap;

use super::compare::Source;
use super::differences;

/// The rows of the guide's tables, by the name that each begins with.
fn rows(page: &str) -> BTreeMap<&str, &str> {
    let rows = page.lines().filter_map(|line| {
        let (name, _) = line.strip_prefix("//! | `")?.split_once("` |")?;
        Some((name, line))
    });
    rows.collect()
}

#[test]
fn the_guide_tells_every_difference_and_no_other() {
    let page = include_str!("../../../src/manual/from_fastapi/differences.rs");
    let told = rows(page);
    let listed = differences::all();
    for difference in &listed {
        let Some(row) = told.get(difference.name) else {
            panic!("the guide does not tell `{}`", difference.name);
        };
        if let Source::Rfc(section) = &difference.source {
            assert!(row.contains(section), "{section} is not in: {row}");
        }
    }
    for name in told.keys() {
        let is_listed = listed.iter().any(|difference| difference.name == *name);
        assert!(is_listed, "the guide tells `{name}`, which is not listed");
    }
}
