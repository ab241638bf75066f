//! How much a developer writes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Lines that are neither blank nor a comment.
fn code(text: &str) -> Vec<&str> {
    assert!(!text.contains("/*"), "only line comments are understood");
    let lines = text.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
        .collect()
}

/// Lines of code of each example of both crates, by name; of a folder, those of all its files.
fn examples() -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for krate in ["../portcullis", "../portcullis-sql"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(krate);
        for entry in fs::read_dir(folder.join("examples")).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let files = if path.is_dir() {
                let files = fs::read_dir(path).unwrap();
                files.map(|file| file.unwrap().path()).collect()
            } else {
                vec![path]
            };
            let lines = files.iter().map(|file| {
                let text = fs::read_to_string(file).unwrap();
                code(&text).len()
            });
            found.insert(name, lines.sum());
        }
    }
    found
}

#[test]
fn every_example_has_at_most_sixty_lines_of_code() {
    // A table of one's own and two traits, in a module; and a program that uses them.
    const LONGER: (&str, usize) = ("own_user_model", 90);
    let examples = examples();
    for (name, lines) in &examples {
        let most = if name == LONGER.0 { LONGER.1 } else { 60 };
        assert!(*lines <= most, "{name} has {lines}");
    }
    assert!(examples.len() >= 11, "{examples:?}");
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
