//! The check itself, over small lists and sources: each kind of lie is noticed, and the truth is not.

use std::fs;

use super::{Checklist, numbered};

const HEAD: &str = "| row | section | asked | here | shown by |\n|---|---|---|---|---|\n";
const RIGHT: &str = "
    mod home {
        #[test]
        fn s1_works() { assert!(works()); }
    }";

/// What is found of a table with rows A1 and A2, the second not built yet.
fn findings(rows: &str, source: &str) -> Vec<String> {
    findings_of(rows, &[("main.rs", source)], &[])
}

fn findings_of(
    rows: &str,
    files: &[(&str, &str)],
    asserting: &'static [&'static str],
) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("table.md"),
        format!("# Rows\n\n{HEAD}{rows}"),
    )
    .unwrap();
    for (name, source) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, source).unwrap();
    }
    let list = Checklist {
        table: "table.md",
        rows: numbered("A", 2).collect(),
        not_yet: &["A2"],
        pending: &[],
        trees: &[("it", "main.rs")],
        home: "it::home",
        asserting,
    };
    list.findings(folder.path())
}

const ROWS: &str =
    "| A1 | 1 | it works | it does | `s1_works` |\n| A2 | 2 | more | no | not yet |\n";

/// The only finding, which tells `what`.
#[track_caller]
fn is_found(findings: &[String], what: &str) {
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(findings[0].contains(what), "{findings:?}");
}

#[test]
fn the_truth_has_no_findings() {
    assert_eq!(findings(ROWS, RIGHT), Vec::<String>::new());
    let with_its_tree = ROWS.replace("`s1_works`", "`it::home::s1_works`");
    assert_eq!(findings(&with_its_tree, RIGHT), Vec::<String>::new());
    // Tables with another head are for people alone.
    let other = format!("{ROWS}\n| a | b |\n|---|---|\n| 1 | 2 |\n");
    assert_eq!(findings(&other, RIGHT), Vec::<String>::new());
}

#[test]
fn rows_are_those_that_are_expected() {
    let (first, second) = ROWS.split_once('\n').unwrap();
    is_found(&findings(&format!("{first}\n"), RIGHT), "row A2 is missing");
    let twice = findings(&format!("{ROWS}{second}"), RIGHT);
    is_found(&twice, "row A2 is there twice");
    let more = "| A3 | 3 | this | that | `it::other` |\n";
    let source = format!("{RIGHT}\n#[test] fn other() {{ assert!(works()); }}");
    is_found(
        &findings(&format!("{ROWS}{more}"), &source),
        "row A3 is not expected",
    );
    let cells = findings(&format!("{ROWS}| A2 | not yet |\n"), RIGHT);
    assert!(
        cells.iter().any(|finding| finding.contains("not expected")),
        "{cells:?}"
    );
}

#[test]
fn every_row_has_a_test_that_is_there() {
    let none = ROWS.replace("`s1_works`", "");
    let found = findings(&none, RIGHT);
    assert!(
        found.contains(&"row A1 has no test".to_owned()),
        "{found:?}"
    );
    let other = ROWS.replace("`s1_works`", "`s1_works`, `s1_nowhere`");
    is_found(&findings(&other, RIGHT), "there is no test `s1_nowhere`");
    let source = RIGHT.replace("#[test]", "");
    is_found(&findings(ROWS, &source), "there is no test `s1_works`");
}

#[test]
fn what_is_not_built_is_said_as_expected() {
    let early = ROWS.replace("`s1_works`", "not yet");
    let found = findings(&early, RIGHT);
    assert!(
        found.contains(&"row A1 may not say `not yet`".to_owned()),
        "{found:?}"
    );
    let pending = ROWS.replace("not yet", "pending");
    let found = findings(&pending, RIGHT);
    assert!(
        found.contains(&"row A2 is listed as `not yet`".to_owned()),
        "{found:?}"
    );
    let empty = ROWS.replace("| it does |", "| |");
    is_found(&findings(&empty, RIGHT), "`here` is empty");
}

#[test]
fn a_test_that_no_row_names_is_found() {
    let source = RIGHT.replace(
        "mod home {",
        "mod home { #[tokio::test] async fn s9() { assert!(f()); }",
    );
    is_found(&findings(ROWS, &source), "`it::home::s9` is in no row");
    let elsewhere = format!("{RIGHT}\n#[test] fn elsewhere() {{}}");
    assert_eq!(findings(ROWS, &elsewhere), Vec::<String>::new());
    let check = RIGHT.replace(
        "mod home {",
        "mod home { mod table { #[test] fn check() {} }",
    );
    assert_eq!(findings(ROWS, &check), Vec::<String>::new());
    let twice = ROWS.replace("`s1_works`", "`s1_works` `s1_works`");
    is_found(&findings(&twice, RIGHT), "already shows A1");
}

#[test]
fn a_test_that_asserts_nothing_is_found() {
    for body in [
        "",
        "works();",
        "assert!(true);",
        "assert!(!false, \"{}\", works());",
        "assert!(1 < 2);",
        "assert_eq!(\"a\", \"a\");",
        "assert_eq!(works(), works());",
        "fn never_called() { assert!(works()); }",
        "let _ = works().unwrap();",
        "debug_assert!(works());",
    ] {
        let source = RIGHT.replace("assert!(works());", body);
        is_found(&findings(ROWS, &source), "asserts nothing");
    }
    for body in [
        "assert_eq!(works(), true);",
        "assert_ne!(2, works());",
        "for case in cases { assert!(case.is_right(), \"{case:?}\"); }",
        "works(|answer| { assert!(answer); });",
    ] {
        let source = RIGHT.replace("assert!(works());", body);
        assert_eq!(findings(ROWS, &source), Vec::<String>::new(), "{body}");
    }
}

#[test]
fn a_test_that_does_not_run_is_found() {
    for (attribute, found) in [
        ("#[ignore]", "is ignored"),
        ("#[ignore = \"slow\"]", "is ignored"),
        ("#[cfg(target_os = \"linux\")]", "is not in every build"),
        ("#[cfg(not(test))]", "is not in every build"),
        ("#[cfg_attr(unix, ignore)]", "depend on the build"),
        ("#[should_panic]", "may panic for any reason"),
    ] {
        let on_test = RIGHT.replace("#[test]", &format!("#[test] {attribute}"));
        is_found(&findings(ROWS, &on_test), found);
        if attribute.starts_with("#[cfg") {
            let on_module = RIGHT.replace("mod home", &format!("{attribute} mod home"));
            is_found(&findings(ROWS, &on_module), found);
            let on_file = format!("{}{RIGHT}", attribute.replace("#[", "#!["));
            is_found(&findings(ROWS, &on_file), found);
        }
    }
    let in_tests = RIGHT.replace("mod home", "#[cfg(test)] mod home");
    assert_eq!(findings(ROWS, &in_tests), Vec::<String>::new());
    let expected = "#[test] #[should_panic(expected = \"no\")] fn s1_works() { works(); }";
    let source = format!("mod home {{ {expected} }}");
    assert_eq!(findings(ROWS, &source), Vec::<String>::new());
}

#[test]
fn a_macro_cannot_hide_tests() {
    let hidden = "proptest! { #[test] fn s2_hidden(a in 0..9) { } } fn";
    let source = RIGHT.replace(
        "mod home {",
        &format!("mod home {{ {hidden} nothing() {{}}"),
    );
    is_found(
        &findings(ROWS, &source),
        "`it::home::proptest!` is in no row",
    );
    let harmless = RIGHT.replace("mod home {", "mod home { scopes!(Read = \"read\");");
    assert_eq!(findings(ROWS, &harmless), Vec::<String>::new());
}

#[test]
fn another_function_may_assert_when_that_is_said() {
    let calls =
        |more: &str| format!("mod home {{ #[test] fn s1_works() {{ is_right(f()); }} {more} }}");
    let asserts = calls("fn is_right(a: bool) { assert!(a); }");
    is_found(&findings(ROWS, &asserts), "asserts nothing");
    let said = |source: &str| findings_of(ROWS, &[("main.rs", source)], &["it::home::is_right"]);
    assert_eq!(said(&asserts), Vec::<String>::new());
    is_found(
        &said(&calls("fn is_right(a: bool) {}")),
        "`it::home::is_right` asserts nothing",
    );
    is_found(&said(&calls("")), "there is no function");
    let two = calls("fn is_right(a: bool) { assert!(a); } mod more { fn is_right() {} }");
    is_found(&said(&two), "shares its name");
    let method = asserts.replace("is_right(f())", "f().is_right()");
    assert_eq!(said(&method), Vec::<String>::new());
}

#[test]
fn modules_are_followed_as_the_compiler_does() {
    let one = "#[test] fn s1_works() { assert!(works()); }";
    let two = "#[test] fn s1_too() { assert!(works()); }";
    let rows = ROWS.replace("`s1_works`", "`deep::s1_works`, `s1_too`, `rfc_1::s1_too`");
    let files = [
        ("main.rs", "mod home;"),
        (
            "home/mod.rs",
            &*format!("mod deep; {two} #[path = \"1.rs\"] mod rfc_1;"),
        ),
        ("home/deep.rs", one),
        ("home/1.rs", two),
        // Nobody says `mod` of it, so it is never compiled.
        (
            "home/forgotten.rs",
            "#[test] fn s1_forgotten() { assert!(works()); }",
        ),
    ];
    assert_eq!(findings_of(&rows, &files, &[]), Vec::<String>::new());
    let forgotten = rows.replace("`s1_too`,", "`s1_too`, `forgotten::s1_forgotten`,");
    is_found(&findings_of(&forgotten, &files, &[]), "there is no test");
    let below = [
        ("main.rs", "mod home;"),
        (
            "home.rs",
            &*format!("mod deep; {two} mod rfc_1 {{ mod more; }}"),
        ),
        ("home/deep.rs", one),
        ("home/rfc_1/more.rs", two),
    ];
    let rows = rows.replace("rfc_1::", "rfc_1::more::");
    assert_eq!(findings_of(&rows, &below, &[]), Vec::<String>::new());
}
