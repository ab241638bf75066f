//! `portcullis key` where the sealing key is not: beside the server's directory, not in it.

use std::path::Path;

use crate::server::{Server, portcullis, run, temporary_folder};

/// A server's directory with its database and its key, and a directory that has nothing to do with it.
struct Places {
    home: std::sync::Arc<tempfile::TempDir>,
    elsewhere: std::sync::Arc<tempfile::TempDir>,
}

impl Places {
    fn new() -> Self {
        let home = temporary_folder();
        drop(Server::start(&home, &[], &[]));
        Self {
            home,
            elsewhere: temporary_folder(),
        }
    }

    /// Exit code, standard output and standard error of `portcullis key`, on the server's database.
    fn key(&self, folder: &Path, arguments: &[&str]) -> (i32, String, String) {
        let file = self.home.path().join("portcullis.db");
        let mut command = portcullis(folder);
        command.arg("key").args(arguments);
        command.args(["--database", &format!("sqlite://{}", file.display())]);
        let output = run(command, "");
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let code = output.status.code().unwrap();
        (code, text(output.stdout), text(output.stderr))
    }

    fn list(&self) -> String {
        let (code, listed, error) = self.key(self.home.path(), &["list", "--json"]);
        assert_eq!((code, &*error), (0, ""));
        listed
    }
}

#[test]
fn a_healthy_servers_keys_are_not_thrown_away_from_another_directory() {
    let places = Places::new();
    let before = places.list();
    let elsewhere = places.elsewhere.path();
    let key = places.home.path().join("portcullis.key");
    let key = key.canonicalize().unwrap().display().to_string();
    let discard = ["rotate", "--discard-unreadable"];

    let (code, _, said) = places.key(elsewhere, &discard);
    assert_eq!(code, 1, "{said}");
    for part in [
        &*key,
        "PORTCULLIS_KEY_ENCRYPTION_KEY_FILE",
        "run the command there",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert!(!elsewhere.join("portcullis.key").exists(), "none was made");
    assert_eq!(places.list(), before);

    // In the directory of another server, whose key is another one.
    drop(Server::start(&places.elsewhere, &[], &[]));
    let (code, _, said) = places.key(elsewhere, &discard);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains(&key), "{said}");
    assert_eq!(places.list(), before);
}

#[test]
fn the_harmless_is_advised_first() {
    let places = Places::new();
    let elsewhere = places.elsewhere.path();
    let advises = |said: &str| {
        let first = said.find("look first in the directory where the server runs");
        let last = said.find("--discard-unreadable");
        assert!(first.is_some() && first < last, "{said}");
        assert!(said.contains("lies beside the database"), "{said}");
    };
    let (code, _, said) = places.key(elsewhere, &["rotate"]);
    assert_eq!(code, 1);
    advises(&said);
    let (code, listed, said) = places.key(elsewhere, &["list"]);
    assert_eq!((code, listed.lines().count()), (0, 1));
    assert!(
        said.starts_with("warning: ") && said.contains("is not here"),
        "{said}"
    );
    advises(&said);

    drop(Server::start(&places.elsewhere, &[], &[]));
    let (code, _, said) = places.key(elsewhere, &["rotate"]);
    assert_eq!(code, 1);
    advises(&said);
    let (code, _, said) = places.key(elsewhere, &["list", "--json"]);
    assert_eq!(code, 0);
    assert!(said.contains("another key than portcullis.key"), "{said}");
    advises(&said);
}

#[test]
fn what_is_thrown_away_is_named() {
    let places = Places::new();
    let before: serde_json::Value = serde_json::from_str(&places.list()).unwrap();
    let kid = before[0]["kid"].as_str().unwrap();
    std::fs::remove_file(places.home.path().join("portcullis.key")).unwrap();
    let (code, listed, said) = places.key(places.home.path(), &["rotate", "--discard-unreadable"]);
    assert_eq!(code, 0, "{said}");
    let thrown = format!(
        "The key {kid} cannot be read, and is thrown away: every token that it signed is refused.\n"
    );
    assert!(said.starts_with(&thrown), "{said}");
    assert!(!listed.contains(kid), "{listed}");
}

/// The exchange of the sealing key: nothing is lost that the one before opens.
#[test]
fn what_the_previous_sealing_key_opens_is_not_thrown_away() {
    let places = Places::new();
    let home = places.home.path();
    let moved = home.join("previous.key");
    std::fs::rename(home.join("portcullis.key"), &moved).unwrap();
    let mut command = portcullis(home);
    command.args(["key", "rotate", "--discard-unreadable"]);
    command.env("PORTCULLIS_KEY_ENCRYPTION_KEY_PREVIOUS_FILE", &moved);
    let output = run(command, "");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(!said.contains("thrown away"), "{said}");
}
