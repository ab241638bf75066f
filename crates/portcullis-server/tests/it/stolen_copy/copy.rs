//! A server of the thief's own over the copy.

use std::process::Command;
use std::sync::Arc;

use tempfile::TempDir;

use super::{Deployment, renewal, start, text};
use crate::postgres_server::PostgresServer;
use crate::server::{portcullis, run, temporary_folder};
use crate::shell::Database;

const OWN_PASSWORD: &str = "the password of the thief";

/// The copy, in a folder without the sealing key.
struct Copy {
    folder: Arc<TempDir>,
    url: String,
}

impl Copy {
    fn of(database: &Database) -> Self {
        let folder = temporary_folder();
        let copy = match database {
            Database::Sqlite(_) => {
                let path = folder.path().join("copy.db").display().to_string();
                database.run(&format!(".backup '{path}'"));
                Database::Sqlite(path)
            }
            Database::Postgres(url) => {
                let copy = Database::Postgres(PostgresServer::shared().fresh_database());
                let mut dump = Command::new("pg_dump");
                dump.args(["--no-owner", url]);
                let dump = run(dump, "");
                assert!(dump.status.success());
                copy.run(&String::from_utf8(dump.stdout).unwrap());
                copy
            }
        };
        let url = copy.url();
        Self { folder, url }
    }

    /// Exit code and standard error.
    fn command(&self, arguments: &[&str], input: &str) -> (Option<i32>, String) {
        let mut command = portcullis(self.folder.path());
        command.args(arguments).args(["--database", &self.url]);
        let output = run(command, input);
        let said = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), said)
    }
}

pub(super) fn is_worth_nothing(deployment: &Deployment) {
    let copy = Copy::of(&deployment.database);
    let (code, said) = copy.command(&["serve", "--listen", "127.0.0.1:0"], "");
    assert_eq!(code, Some(1));
    assert!(said.contains("portcullis.key"), "{said}");

    // With keys and a password of the thief's own, it is a server like any other.
    let (code, said) = copy.command(&["key", "rotate", "--discard-unreadable"], "");
    assert_eq!(code, Some(0), "{said}");
    let arguments = ["user", "set-password", "johndoe", "--password-stdin"];
    let (code, said) = copy.command(&arguments, OWN_PASSWORD);
    assert_eq!(code, Some(0), "{said}");
    let server = start(&copy.folder, &copy.url);
    let login = server.login("johndoe", OWN_PASSWORD);
    let access = text(&login, "access_token");
    assert_eq!(server.me(&access).status, 200);

    // What it issues is good for nothing at the true one, where the name, the id and the issuer are
    // the same.
    let own = &deployment.server;
    own.me(&access).refuses(401, "invalid_token");
    let refresh = text(&login, "refresh_token");
    renewal(own, &refresh).refuses(400, "invalid_grant");
    let password = own.login("johndoe", OWN_PASSWORD);
    password.refuses(400, "invalid_grant");
    for token in [&access, &refresh] {
        assert_eq!(own.post("/revoke", &[("token", token)], &[]).status, 200);
    }
}
