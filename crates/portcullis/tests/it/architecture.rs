//! The wall between the rooms of the library: who may import whom, and what must not appear where.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms, from the street to the cellar. Each imports only rooms that stand below it here, so
/// the order itself shows that there is no circle.
///
/// `auth` stands between the two rooms of rules: it holds the hashing pool of `account`, whose rules
/// take what they need as arguments; `grant` takes the whole state.
const ROOMS: &[(&str, Kind)] = &[
    ("testing", Kind::Door),
    ("endpoint", Kind::Door),
    ("extract", Kind::Door),
    ("scheme", Kind::Door),
    ("openapi", Kind::Signboard),
    ("grant", Kind::Rules),
    ("auth", Kind::State),
    ("account", Kind::Rules),
    ("store", Kind::Shelves),
    ("mail", Kind::Shelves),
    ("user", Kind::Facts),
    ("token", Kind::Facts),
    ("client", Kind::Facts),
    ("password", Kind::Facts),
    ("scope", Kind::Facts),
    ("secret", Kind::Facts),
    ("clock", Kind::Facts),
    ("strict_json", Kind::Facts),
    ("error", Kind::Facts),
];

/// Read by people, imported by nobody.
const NOT_ROOMS: [&str; 2] = ["lib", "manual"];

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Door,
    Signboard,
    Rules,
    State,
    Shelves,
    Facts,
}

impl Kind {
    /// Words that the code of a room must not hold.
    fn forbidden(self) -> &'static [&'static str] {
        match self {
            Self::Door | Self::Signboard => &[],
            // No HTTP: whoever answers decides the status.
            Self::Rules | Self::State | Self::Shelves => &["axum", "aide", "http", "StatusCode"],
            // And nothing that waits.
            Self::Facts => &[
                "axum",
                "aide",
                "http",
                "StatusCode",
                "async",
                "await",
                "tokio",
                "Future",
                "spawn",
            ],
        }
    }
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every file below `folder`, without what is built or installed.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() && name != "target" && name != "node_modules" && !name.starts_with('.') {
            found.extend(files(&path));
        } else if path.is_file() {
            found.push(path);
        }
    }
    found
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = files(folder);
    found.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    assert!(!found.is_empty(), "no Rust in {}", folder.display());
    found
}

/// The room a file of `src` stands in.
fn room_of(path: &Path) -> String {
    let first = path.strip_prefix(source()).unwrap().iter().next().unwrap();
    first.to_str().unwrap().trim_end_matches(".rs").to_owned()
}

/// The code of a file: no comments, and nothing from the first `#[cfg(test)]` on.
fn code(text: &str) -> String {
    let until_tests = text.split("#[cfg(test)]").next().unwrap();
    let lines = until_tests
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

fn words(code: &str) -> BTreeSet<&str> {
    code.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .collect()
}

/// The rooms that code names as `crate::room`.
fn imports(code: &str) -> BTreeSet<String> {
    let name = |rest: &str| -> String {
        rest.chars()
            .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
            .collect()
    };
    code.split("crate::").skip(1).map(name).collect()
}

/// What is wrong with the imports of `code`, which stands in `room`.
fn trespasses(room: &str, code: &str) -> Vec<String> {
    let place = |wanted: &str| ROOMS.iter().position(|(name, _)| *name == wanted);
    let from = place(room).unwrap();
    let mut wrong = Vec::new();
    for import in imports(code) {
        let allowed = match place(&import) {
            // The signboard knows what it is told, and the one shape that all refusals have.
            Some(to) if ROOMS[from].1 == Kind::Signboard => to == from || import == "error",
            Some(to) => to >= from,
            // `crate::{…}`, or a name that `lib.rs` re-exports: it hides the room.
            None => false,
        };
        if !allowed {
            wrong.push(format!("{room} imports crate::{import}"));
        }
    }
    if code.contains("super::super") {
        wrong.push(format!("{room} reaches out by super::super"));
    }
    wrong
}

#[test]
fn each_room_imports_only_rooms_below_it() {
    let mut checked = 0;
    for path in rust_files(&source()) {
        let room = room_of(&path);
        let is_test = path.to_str().unwrap().ends_with("_tests.rs");
        if NOT_ROOMS.contains(&&*room) || is_test {
            continue;
        }
        let code = code(&fs::read_to_string(&path).unwrap());
        let wrong = trespasses(&room, &code);
        assert!(wrong.is_empty(), "{}: {wrong:?}", path.display());
        let (_, kind) = ROOMS.iter().find(|(name, _)| *name == room).unwrap();
        for word in kind.forbidden() {
            assert!(
                !words(&code).contains(word),
                "{}: `{word}` in {kind:?}",
                path.display()
            );
        }
        checked += 1;
    }
    assert!(checked >= 40, "only {checked} files");
}

#[test]
fn every_room_exists_and_no_other_does() {
    let there: BTreeSet<_> = rust_files(&source())
        .iter()
        .map(|path| room_of(path))
        .collect();
    let known = ROOMS.iter().map(|(name, _)| *name).chain(NOT_ROOMS);
    assert_eq!(there, known.map(str::to_owned).collect());
}

/// The checks above, shown to see what they look for.
#[test]
fn the_wall_is_not_painted_on() {
    for (room, code) in [
        ("token", "use crate::store::Store;"),
        ("token", "fn f() { crate::auth::Auth::new() }"),
        ("account", "use crate::auth::Auth;"),
        ("auth", "use crate::grant::issue;"),
        ("scheme", "use crate::extract::ActiveUser;"),
        ("openapi", "use crate::scheme::Rejection;"),
        ("openapi", "use crate::user::User;"),
        ("store", "use crate::{endpoint, user};"),
        ("store", "use crate::Auth;"),
        ("scope", "use super::super::auth;"),
    ] {
        assert_eq!(trespasses(room, code).len(), 1, "{room}: {code}");
    }
    assert!(trespasses("grant", "use crate::auth::Auth;\nuse crate::account::x;").is_empty());
    let text = "/// crate::auth\nfn f() {}\n#[cfg(test)]\nmod tests { async fn g() {} }";
    assert_eq!(code(text), "fn f() {}");
    assert!(words("let x = async { 1 };").contains("async"));
    assert!(!words("asynchronous https").contains("async"));
}

#[test]
fn files_are_short_and_named_for_what_they_hold() {
    const NAMES: [&str; 12] = [
        "util", "utils", "helper", "helpers", "common", "manager", "managers", "misc", "shared",
        "service", "data", "info",
    ];
    for folder in ["crates", "bench"] {
        for path in rust_files(&repository().join(folder)) {
            let lines = fs::read_to_string(&path).unwrap().lines().count();
            assert!(lines <= 400, "{} has {lines} lines", path.display());
            let below = path.strip_prefix(repository()).unwrap();
            for part in below {
                let name = part.to_str().unwrap().trim_end_matches(".rs");
                assert!(!NAMES.contains(&name), "{}", path.display());
            }
        }
    }
}

/// Paths in `…` outside code blocks. A route begins with `/`, a media type with its kind.
fn named_paths(markdown: &str) -> Vec<String> {
    let mut named = Vec::new();
    let mut in_block = false;
    for line in markdown.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
        } else if !in_block {
            named.extend(
                line.split('`')
                    .skip(1)
                    .step_by(2)
                    .filter(|text| is_path(text))
                    .flat_map(expand),
            );
        }
    }
    named
}

fn is_path(text: &str) -> bool {
    let extensions = [".rs", ".md", ".toml", ".sql", ".html", ".js", ".mjs"];
    let letters = |letter: char| letter.is_ascii_alphanumeric() || "._-/{},".contains(letter);
    !text.starts_with('/')
        && !text.starts_with("application/")
        && !text.starts_with("text/")
        && text.chars().all(letters)
        && (text.contains('/') || extensions.iter().any(|extension| text.ends_with(extension)))
}

/// `a/{b,c}` is `a/b` and `a/c`.
fn expand(path: &str) -> Vec<String> {
    let Some((before, rest)) = path.split_once('{') else {
        return vec![path.to_owned()];
    };
    let (choices, after) = rest.split_once('}').unwrap();
    choices
        .split(',')
        .flat_map(|choice| expand(&format!("{before}{choice}{after}")))
        .collect()
}

#[test]
fn every_path_named_in_architecture_md_exists() {
    let root = repository();
    let markdown = fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    let named = named_paths(&markdown);
    assert!(named.len() >= 10, "only {named:?}");
    let mut starts = vec![root.clone(), source()];
    for krate in fs::read_dir(root.join("crates")).unwrap() {
        let krate = krate.unwrap().path();
        starts.extend([krate.join("src"), krate]);
    }
    for path in named {
        let there = |start: &PathBuf| {
            start.join(&path).exists() || start.join(format!("{path}.rs")).exists()
        };
        assert!(
            starts.iter().any(there),
            "ARCHITECTURE.md names `{path}`, which does not exist"
        );
    }
}

#[test]
fn paths_in_markdown_are_found() {
    let markdown = "`POST /token` in `endpoint/token`, `a/{b,c}.rs`, `/users/me`, `lib.rs`\n\
        ```\n`not/this`\n```\n`application/json` `portcullis::router` `x/y`";
    let found = ["endpoint/token", "a/b.rs", "a/c.rs", "lib.rs", "x/y"];
    assert_eq!(named_paths(markdown), found);
}
