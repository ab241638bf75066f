//! What does not compile, and what the compiler then says: programs in `tests/compile`, each with the
//! lines that a newcomer needs on top, after `//~`. The first must be in the first error.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of what this test was linked with.
fn libraries() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.parent().unwrap().to_path_buf()
}

/// The library as this test was linked with it: the newest, when several were built.
fn library() -> PathBuf {
    let is_library = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap();
        name.starts_with("libportcullis-")
            && path
                .extension()
                .is_some_and(|extension| extension == "rlib")
    };
    let entries = fs::read_dir(libraries()).unwrap();
    let all = entries
        .map(|entry| entry.unwrap().path())
        .filter(is_library);
    let newest = all.max_by_key(|path| path.metadata().unwrap().modified().unwrap());
    newest.expect("no library beside the test")
}

/// What the compiler says of a program; `None` when it compiles.
fn compiled(program: &Path, library: &Path) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(compiler)
        .args(["--edition", "2024", "--color", "never", "--emit", "obj"])
        .arg("-o")
        .arg(folder.path().join("out.o"))
        .arg("-L")
        .arg(format!("dependency={}", libraries().display()))
        .arg("--extern")
        .arg(format!("portcullis={}", library.display()))
        .arg(program)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    (!output.status.success()).then_some(said)
}

#[test]
fn the_first_error_is_the_one_a_newcomer_needs() {
    let library = library();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compile");
    let mut refused = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let program = entry.unwrap().path();
        let name = program.file_name().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&program).unwrap();
        let expected: Vec<_> = text
            .lines()
            .filter_map(|line| line.strip_prefix("//~ "))
            .collect();
        let said = compiled(&program, &library);
        let Some(first) = expected.first() else {
            assert_eq!(name, "it_compiles.rs", "{name} expects nothing");
            assert_eq!(
                said, None,
                "so what is refused is not refused for another reason"
            );
            continue;
        };
        let said = said.unwrap_or_else(|| panic!("{name} compiles"));
        let mut errors = said.match_indices("\nerror").map(|(position, _)| position);
        let first_error = &said[..errors.next().unwrap_or(said.len())];
        assert!(first_error.contains(first), "{name}: {first}\n{said}");
        for line in &expected {
            assert!(said.contains(line), "{name}: {line}\n{said}");
        }
        refused += 1;
    }
    assert_eq!(refused, 19);
}
