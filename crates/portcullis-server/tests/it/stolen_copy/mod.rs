//! What a copy of the database is worth: with everything that is stored, in every form, a thief can
//! neither log in, nor refresh, nor sign, nor sign anybody out.

mod copy;
mod loot;
mod signing;

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;
use tempfile::TempDir;

use crate::http::Answer;
use crate::server::{Server, portcullis, run, temporary_folder};
use crate::shell::Database;
use loot::{Loot, as_refresh_tokens, in_every_encoding};

const PASSWORD: &str = "correct horse battery staple";
const ISSUER: &str = "https://id.example.com";

/// A server, a database, and a session at stake.
struct Deployment {
    folder: Arc<TempDir>,
    database: Database,
    server: Server,
    access: String,
    refresh: String,
    /// A confidential client that may introspect, and its secret.
    client: (String, String),
}

fn start(folder: &Arc<TempDir>, url: &str) -> Server {
    // As little work for a password as may be: some hundred are tried.
    let cheap = [
        ("PORTCULLIS_ISSUER", ISSUER),
        ("PORTCULLIS_HASHING_MEMORY_KIB", "8192"),
        ("PORTCULLIS_HASHING_PASSES", "1"),
    ];
    Server::start(folder, &["--database", url], &cheap)
}

/// With two secrets: the present one, and the one before in its overlap.
fn add_client(folder: &TempDir, url: &str) -> (String, String) {
    let client = |arguments: &[&str]| {
        let mut command = portcullis(folder.path());
        command.arg("client").args(arguments);
        command.args(["--json", "--database", url]);
        let output = run(command, "");
        assert!(output.status.success());
        let said: Value = serde_json::from_slice(&output.stdout).unwrap();
        ["client_id", "client_secret"].map(|name| said[name].as_str().unwrap().to_owned())
    };
    let grant = "client_credentials";
    client(&["add", "api", "--introspect", "--grant", grant]);
    let [id, secret] = client(&["rotate-secret", "api"]);
    (id, secret)
}

fn renewal(server: &Server, token: &str) -> Answer {
    let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
    server.post("/token", &fields, &[])
}

#[track_caller]
fn text(answer: &Answer, name: &str) -> String {
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()[name].as_str().unwrap().to_owned()
}

impl Deployment {
    fn both() -> [Self; 2] {
        let folder = temporary_folder();
        Database::both(folder.path()).map(|database| {
            let url = database.url();
            let server = start(&folder, &url);
            let mut add = portcullis(folder.path());
            add.args(["user", "add", "johndoe", "--password-stdin"]);
            add.args(["--email", "johndoe@example.com", "--full-name", "John Doe"]);
            add.args(["--scope", "users:read", "--database", &url]);
            assert!(run(add, PASSWORD).status.success());
            let login = server.login("johndoe", PASSWORD);
            let client = add_client(&folder, &url);
            // Renewed just now: the salt for a retry lies in the row, which is when a copy is worth most.
            let renewed = renewal(&server, &text(&login, "refresh_token"));
            Self {
                access: text(&renewed, "access_token"),
                refresh: text(&renewed, "refresh_token"),
                client,
                folder: Arc::clone(&folder),
                database,
                server,
            }
        })
    }

    /// The key that signs, as the row and the key set name it.
    fn kid(&self) -> String {
        let keys: Value = self.server.get("/.well-known/jwks.json", &[]).json();
        keys["keys"][0]["kid"].as_str().unwrap().to_owned()
    }

    /// Everywhere that a token, a password or a secret is accepted. (All of it is refused.)
    fn refuses(&self, candidate: &str) {
        let server = &self.server;
        if candidate.bytes().all(|byte| matches!(byte, b'!'..=b'~')) {
            server.me(candidate).refuses(401, "invalid_token");
        }
        renewal(server, candidate).refuses(400, "invalid_grant");
        let login = server.login("johndoe", candidate);
        login.refuses(400, "invalid_grant");
        let (id, secret) = &self.client;
        let as_secret = [("client_id", &**id), ("client_secret", candidate)];
        let own = [("grant_type", "client_credentials")];
        for (path, fields) in [("/token", own), ("/introspect", [("token", &self.access)])] {
            let answer = server.post(path, &[&fields[..], &as_secret].concat(), &[]);
            answer.refuses(401, "invalid_client");
        }
        let asking = [
            ("client_id", &**id),
            ("client_secret", secret),
            ("token", candidate),
        ];
        let introspected = server.post("/introspect", &asking, &[]);
        assert_eq!(introspected.text(), r#"{"active":false}"#, "{candidate}");
        // It tells nothing: that the session lives is seen in the end.
        let revoked = server.post("/revoke", &[("token", candidate)], &[]);
        assert_eq!(revoked.status, 200);
    }

    /// The session is as it was, after all that was tried.
    fn is_unharmed(&self) {
        assert_eq!(self.server.me(&self.access).status, 200);
        text(&renewal(&self.server, &self.refresh), "refresh_token");
        let (id, secret) = &self.client;
        let own = [
            ("grant_type", "client_credentials"),
            ("client_id", id),
            ("client_secret", secret),
        ];
        text(&self.server.post("/token", &own, &[]), "access_token");
    }
}

#[test]
fn nothing_in_it_can_be_presented() {
    for deployment in Deployment::both() {
        let loot = Loot::of(&deployment.database);
        let mut candidates: BTreeSet<_> = loot.values.iter().flat_map(in_every_encoding).collect();
        candidates.extend(as_refresh_tokens(&loot));
        // Two names, an address, a hash, three digests, a salt, a key …, each as it is and encoded.
        assert!(candidates.len() > 60, "{candidates:?}");
        for candidate in &candidates {
            let client_secret = &deployment.client.1;
            let refresh = &deployment.refresh[22..];
            for secret in [PASSWORD, &deployment.access, refresh, client_secret] {
                assert!(!candidate.contains(secret), "{candidate}");
            }
            deployment.refuses(candidate);
        }
        deployment.is_unharmed();
    }
}

#[test]
fn nothing_in_it_signs() {
    for deployment in Deployment::both() {
        signing::nothing_signs(&deployment, &Loot::of(&deployment.database));
        deployment.is_unharmed();
    }
}

#[test]
fn a_server_over_it_issues_nothing_that_is_good() {
    for deployment in Deployment::both() {
        copy::is_worth_nothing(&deployment);
        deployment.is_unharmed();
    }
}
