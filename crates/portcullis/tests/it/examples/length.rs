//! How much a developer writes.

use std::fs;
use std::path::{Path, PathBuf};

/// Lines that are neither blank nor a comment.
fn code(text: &str) -> Vec<&str> {
    assert!(!text.contains("/*"), "only line comments are understood");
    let lines = text.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
        .collect()
}

/// Every source file of the examples of both crates.
fn examples() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for krate in ["../portcullis", "../portcullis-sql"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(krate);
        let mut folders = vec![folder.join("examples")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.push(path);
                }
            }
        }
    }
    found
}

#[test]
fn every_example_has_at_most_sixty_lines_of_code() {
    let files = examples();
    for path in &files {
        let lines = code(&fs::read_to_string(path).unwrap()).len();
        assert!(lines <= 60, "{} has {lines}", path.display());
    }
    assert!(files.len() >= 12, "{files:?}");
}

#[test]
fn a_route_with_a_scope_takes_three_lines_beyond_its_handler() {
    const MARK: &str = "beyond the handler";
    let text = include_str!("../../../examples/scopes.rs");
    let marked: Vec<_> = code(text)
        .into_iter()
        .filter(|line| line.contains(MARK))
        .collect();
    let begin = [
        "scopes!(ReadItems",
        ".scope(\"items:read\"",
        ".api_route(\"/items\"",
    ];
    assert_eq!(marked.len(), begin.len(), "{marked:#?}");
    for (line, begin) in marked.iter().zip(begin) {
        assert!(line.starts_with(begin), "{line}");
    }
    // And nothing else is said of it, but in the handler and where its user is given the scope.
    let elsewhere = code(text).into_iter().filter(|line| {
        let names = ["ReadItems", "items:read", "/items\"", "items("];
        !line.contains(MARK) && names.iter().any(|name| line.contains(name))
    });
    assert_eq!(
        elsewhere.collect::<Vec<_>>(),
        [
            "async fn items(user: Security<ActiveUser, ReadItems>) -> String {",
            "scopes: Scopes::parse(\"me items:read items:write\")?,",
        ]
    );
}

#[test]
fn comments_and_blank_lines_are_no_code() {
    let text = "//! Title\n\nuse a;\n    // why\n/// doc\nfn f() {} // here\n";
    assert_eq!(code(text), ["use a;", "fn f() {} // here"]);
}
