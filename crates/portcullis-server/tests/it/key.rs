//! `portcullis key`, while servers run.

use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use tempfile::TempDir;

use crate::server::{Server, portcullis, run, temporary_folder};
use crate::shell::Database;

pub(crate) const PASSWORD: &str = "correct horse battery staple";
/// Keys are read every second, so that a test need not wait for ten.
const QUICK: (&str, &str) = ("PORTCULLIS_SIGNING_RELOAD_SECONDS", "1");
const JWKS: &str = "/.well-known/jwks.json";
/// As if the hour passed in which a new key is published.
pub(crate) const AN_HOUR_LATER: &str =
    "UPDATE signing_keys SET created_at = created_at - 4000, signs_from = signs_from - 4000;";

pub(crate) struct House {
    folder: Arc<TempDir>,
    pub(crate) database: Database,
}

impl House {
    pub(crate) fn both() -> [Self; 2] {
        let folder = temporary_folder();
        Database::both(folder.path()).map(|database| Self {
            folder: Arc::clone(&folder),
            database,
        })
    }

    fn server(&self, variables: &[(&str, &str)]) -> Server {
        let variables: Vec<_> = [QUICK].iter().chain(variables).copied().collect();
        let arguments = ["--database", &self.database.url()];
        Server::start(&self.folder, &arguments, &variables)
    }

    /// With an issuer, as behind a balancer, and a user.
    pub(crate) fn server_with_johndoe(&self) -> Server {
        let server = self.server(&[]);
        let mut command = portcullis(self.folder.path());
        command.args(["user", "add", "johndoe", "--password-stdin"]);
        command.args(["--database", &self.database.url()]);
        assert!(run(command, PASSWORD).status.success());
        server
    }

    /// Exit code, standard output and standard error.
    pub(crate) fn command(
        &self,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> (i32, String, String) {
        let mut command = portcullis(self.folder.path());
        command
            .arg("key")
            .args(arguments)
            .args(["--database", &self.database.url()])
            .envs(variables.iter().copied());
        let output = run(command, "");
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let code = output.status.code().unwrap();
        (code, text(output.stdout), text(output.stderr))
    }

    /// What a command prints as JSON.
    #[track_caller]
    fn json(&self, arguments: &[&str]) -> Value {
        let (code, said, error) = self.command(&[arguments, &["--json"]].concat(), &[]);
        assert_eq!(code, 0, "{error}");
        serde_json::from_str(&said).unwrap()
    }

    #[track_caller]
    fn states(&self) -> Vec<String> {
        let keys = self.json(&["list"]);
        let state = |key: &Value| key["state"].as_str().unwrap().to_owned();
        keys.as_array().unwrap().iter().map(state).collect()
    }
}

pub(crate) fn kid(token: &str) -> String {
    let header = URL_SAFE_NO_PAD
        .decode(token.split('.').next().unwrap())
        .unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

/// A server reads the keys every second.
#[track_caller]
pub(crate) fn soon(what: &str, holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(20), "not yet: {what}");
        std::thread::yield_now();
    }
}

pub(crate) fn published(server: &Server) -> usize {
    let keys = server.get(JWKS, &[]).json();
    keys["keys"].as_array().unwrap().len()
}

#[test]
fn a_rotation_signs_nobody_out_and_a_retirement_does() {
    for house in House::both() {
        let server = house.server_with_johndoe();
        let old = server.token("johndoe", PASSWORD);
        assert_eq!(house.states(), ["signing"]);
        let tag = server.get(JWKS, &[]).header("etag").unwrap().to_owned();

        let rotated = house.json(&["rotate"]);
        assert_eq!(rotated.as_array().unwrap().len(), 2);
        let again = house.json(&["rotate"]);
        assert_eq!(again, rotated, "one is under way");
        assert!(house.states().contains(&"published".to_owned()));
        soon("the key is published", || published(&server) == 2);
        let changed = server.get(JWKS, &[("If-None-Match", &tag)]);
        assert_eq!(changed.status, 200, "the tag is another now");
        let tag = changed.header("etag").unwrap();
        assert_eq!(server.get(JWKS, &[("If-None-Match", tag)]).status, 304);
        let meanwhile = server.token("johndoe", PASSWORD);
        assert_eq!(kid(&meanwhile), kid(&old), "it does not sign yet");

        house.database.run(AN_HOUR_LATER);
        let token = || server.token("johndoe", PASSWORD);
        soon("the new key signs", || kid(&token()) != kid(&old));
        let new = token();
        for token in [&old, &meanwhile, &new] {
            assert_eq!(server.me(token).status, 200);
        }
        let mut states = house.states();
        states.sort();
        assert_eq!(states, ["signing", "verifying"]);

        let (code, _, said) = house.command(&["retire", &kid(&old)], &[]);
        assert_eq!(code, 0, "{said}");
        soon("the old key is gone", || server.me(&old).status == 401);
        server.me(&old).refuses(401, "invalid_token");
        assert_eq!(server.me(&new).status, 200);
        assert_eq!(published(&server), 1);
    }
}

#[test]
fn a_key_that_signs_is_replaced_when_it_is_retired() {
    for house in House::both() {
        let server = house.server_with_johndoe();
        let stolen = server.token("johndoe", PASSWORD);
        let left = house.json(&["retire", &kid(&stolen)]);
        assert_eq!(left["retired"], Value::from(kid(&stolen)));
        assert_eq!(left["keys"][0]["state"], "signing");
        soon("it is refused", || server.me(&stolen).status == 401);
        let new = server.token("johndoe", PASSWORD);
        assert_eq!(Value::from(kid(&new)), left["keys"][0]["kid"]);

        let (code, _, said) = house.command(&["retire", &kid(&stolen)], &[]);
        assert_eq!(code, 1);
        assert!(said.contains("no signing key"), "{said}");
    }
}

#[test]
fn the_sealing_key_is_exchanged_without_signing_anybody_out() {
    for house in House::both() {
        let key = |letter: &str| format!("{}=", letter.repeat(43));
        let (before, after) = (key("A"), key("E"));
        let current = "PORTCULLIS_KEY_ENCRYPTION_KEY";
        let issuer = ("PORTCULLIS_ISSUER", "https://id.example.com");
        let kids = |server: &Server| server.get(JWKS, &[]).body;

        let server = house.server(&[issuer, (current, &before)]);
        let first = kids(&server);
        drop(server);
        let (code, _, said) = house.command(&["rotate"], &[(current, &after)]);
        assert_eq!(code, 1);
        assert!(said.contains("KEY_ENCRYPTION_KEY_PREVIOUS"), "{said}");
        assert!(!said.contains(&before) && !said.contains(&after), "{said}");

        let previous = ("PORTCULLIS_KEY_ENCRYPTION_KEY_PREVIOUS", &*before);
        let server = house.server(&[issuer, (current, &after), previous]);
        assert_eq!(kids(&server), first);
        drop(server);
        let server = house.server(&[issuer, (current, &after)]);
        assert_eq!(kids(&server), first, "the old one is needed no more");
    }
}

#[test]
fn a_lost_sealing_key_is_told_and_survived() {
    for house in House::both() {
        drop(house.server(&[]));
        std::fs::remove_file(house.folder.path().join("portcullis.key")).unwrap();
        for command in ["rotate", "retire"] {
            let arguments: &[&str] = if command == "retire" {
                &["retire", "x"]
            } else {
                &["rotate"]
            };
            let (code, _, said) = house.command(arguments, &[]);
            assert_eq!(code, 1);
            assert!(said.contains("--discard-unreadable"), "{said}");
        }
        assert_eq!(house.states(), ["unreadable"]);
        let fresh = house.json(&["rotate", "--discard-unreadable"]);
        assert_eq!(fresh[0]["state"], "signing");
        assert_eq!(fresh.as_array().unwrap().len(), 1);
        assert_eq!(published(&house.server(&[])), 1);
    }
}

#[test]
fn ed25519_is_for_new_keys_and_both_verify() {
    for house in House::both() {
        let issuer = ("PORTCULLIS_ISSUER", "https://id.example.com");
        drop(house.server_with_johndoe());
        let server = house.server(&[issuer]);
        let old = server.token("johndoe", PASSWORD);
        let eddsa = ("PORTCULLIS_SIGNING_ALGORITHM", "EdDSA");
        let (code, said, error) = house.command(&["rotate", "--json"], &[eddsa]);
        assert_eq!(code, 0, "{error}");
        assert!(said.contains("EdDSA") && said.contains("ES256"), "{said}");
        house.database.run(AN_HOUR_LATER);
        let token = || server.token("johndoe", PASSWORD);
        soon("the new key signs", || kid(&token()) != kid(&old));
        let keys = server.get(JWKS, &[]).json();
        let mut kinds: Vec<_> = keys["keys"].as_array().unwrap().iter().collect();
        kinds.sort_by_key(|key| key["kty"].to_string());
        assert_eq!(
            (&kinds[0]["crv"], &kinds[0]["alg"]),
            (&"P-256".into(), &"ES256".into())
        );
        assert_eq!(
            (&kinds[1]["crv"], &kinds[1]["alg"]),
            (&"Ed25519".into(), &"EdDSA".into())
        );
        assert_eq!(server.me(&old).status, 200);
        assert_eq!(server.me(&token()).status, 200);
    }
}

#[test]
fn a_person_is_shown_the_keys_in_a_table() {
    let [house, _] = House::both();
    drop(house.server(&[]));
    let (code, said, _) = house.command(&["list"], &[]);
    assert_eq!((code, said.lines().count()), (0, 1));
    assert!(said.contains(" ES256 signing "), "{said}");
    let (code, said, told) = house.command(&["rotate"], &[]);
    assert_eq!((code, said.lines().count()), (0, 2));
    assert!(told.contains("is published now"), "{told}");
    let listed = house.json(&["list"]);
    let time = |state: &str, name: &str| {
        let mut keys = listed.as_array().unwrap().iter();
        let key = keys.find(|key| key["state"] == state).unwrap();
        key[name].as_str().unwrap().to_owned()
    };
    let (stops, ends) = (
        time("signing", "signs_until"),
        time("signing", "retires_at"),
    );
    let begins = time("published", "signs_from");
    assert!(stops == begins && stops < ends, "{listed}");
    for line in [
        format!(" ES256 signing    signs until {stops}, verifies until {ends}\n"),
        format!(" ES256 published  signs from {begins}\n"),
    ] {
        assert!(said.contains(&line), "{line} in {said}");
    }
}

/// Two processes, started together: one code path, one new key.
#[test]
fn two_rotations_at_once_make_one_key() {
    for house in House::both() {
        drop(house.server(&[]));
        house.database.run(AN_HOUR_LATER);
        let url = house.database.url();
        for round in 0..50 {
            let mut commands = [(); 2].map(|()| {
                let mut command = portcullis(house.folder.path());
                command.args(["key", "rotate", "--database", &url]);
                command.stdout(Stdio::null()).stderr(Stdio::piped());
                command.spawn().unwrap()
            });
            for command in &mut commands {
                assert!(command.wait().unwrap().success());
            }
            let said = commands.map(|command| {
                let said = std::io::read_to_string(command.stderr.unwrap()).unwrap();
                said.contains("is published now")
            });
            assert!(said[0] != said[1], "round {round}: {said:?}");
            let (seen, later) = (
                "SELECT count(*) FROM signing_keys WHERE created_at > \
                 (SELECT max(created_at) FROM signing_keys) - 2000;",
                "UPDATE signing_keys SET retires_at = retires_at - 4000;",
            );
            let seen = house.database.run(&[seen, AN_HOUR_LATER, later].concat());
            assert_eq!(seen.trim(), "1", "round {round}");
        }
    }
}
