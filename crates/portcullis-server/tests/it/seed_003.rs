//! The walk of the SQLite tutorial: rows added and changed by hand, in the database's own shell,
//! beside a running server.

use crate::http;
use crate::server::{Server, portcullis, run, temporary_folder};
use crate::shell::Database;

/// bcrypt, cost 12, of `swordfish`.
const SWORDFISH: &str = "$2b$12$yWu2IrPVOkSDvR.ZTW.wfeNTsau94dhwYGgdQmrPSj9RbO3JWiAry";

fn insert(username: &str) -> String {
    format!(
        "INSERT INTO users (username, full_name, email, hashed_password, disabled)
         VALUES ('{username}', 'John Doe', 'johndoe@example.com', '{SWORDFISH}', false);"
    )
}

#[test]
fn the_tutorials_own_command_line() {
    let folder = temporary_folder();
    let server = Server::start(&folder, &["--database", "sqlite://users.db"], &[]);
    assert_eq!(server.said[0], "Database: sqlite://users.db (new)");
    let path = folder.path().join("users.db").display().to_string();
    Database::Sqlite(path).run(&insert("johndoe"));
    server.token("johndoe", "swordfish");
}

#[test]
fn a_row_added_by_hand_signs_in_without_a_restart() {
    on_both(|server, database| {
        server
            .login("johndoe", "swordfish")
            .refuses(400, "invalid_grant");
        database.run(&insert("johndoe"));
        let token = server.token("johndoe", "swordfish");
        let user = server.me(&token).json();
        assert_eq!(user["username"], "johndoe");
        assert_eq!(user["full_name"], "John Doe");
        assert_eq!(user["email_verified"], false);
        assert_eq!(user["scopes"], serde_json::json!([]));
        server
            .login("johndoe", "Swordfish")
            .refuses(400, "invalid_grant");

        // The login replaced the hash, and signed nobody out by it.
        let hash = database.run("SELECT hashed_password FROM users;");
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        assert_eq!(server.me(&token).status, 200);
        server.token("johndoe", "swordfish");
    });
}

#[test]
fn the_same_name_in_other_letters_is_refused_by_the_database() {
    on_both(|server, database| {
        database.run(&insert("JohnDoe"));
        for same in ["johndoe", "JOHNDOE", "JohnDoe"] {
            let (accepted, said) = database.try_run(&insert(same));
            assert!(!accepted, "{same}: {said}");
        }
        let (accepted, said) = database.try_run(&insert("John Doe"));
        assert!(!accepted, "{said}");
        server.token("johndoe", "swordfish");
    });
}

#[test]
fn a_change_by_hand_kills_the_tokens_at_the_very_next_request() {
    on_both(|server, database| {
        database.run(&insert("johndoe"));
        let token = server.token("johndoe", "swordfish");
        assert_eq!(server.me(&token).status, 200);
        database.run("UPDATE users SET disabled = true WHERE username = 'johndoe';");
        // The contract allows a millisecond; starting the next request takes longer.
        server.me(&token).refuses(401, "invalid_token");

        // An inactive user still gets a token, which opens nothing.
        let inactive = server.token("johndoe", "swordfish");
        server.me(&inactive).refuses(400, "inactive_user");

        database.run("UPDATE users SET disabled = false WHERE username = 'johndoe';");
        server.me(&token).refuses(401, "invalid_token");
        server.me(&inactive).refuses(401, "invalid_token");

        let token = server.token("johndoe", "swordfish");
        // Another hash of the same password.
        database.run(&format!(
            "UPDATE users SET hashed_password = '{SWORDFISH}' WHERE username = 'johndoe';"
        ));
        server.me(&token).refuses(401, "invalid_token");

        let token = server.token("johndoe", "swordfish");
        database.run("DELETE FROM users WHERE username = 'johndoe';");
        server.me(&token).refuses(401, "invalid_token");
        // Somebody new of the same name is somebody else.
        database.run(&insert("johndoe"));
        server.me(&token).refuses(401, "invalid_token");
    });
}

/// A token says what was granted then; what is granted now is asked for each time.
#[test]
fn a_scope_taken_away_by_hand_is_gone_for_every_operation() {
    on_both(|server, database| {
        database.run(&insert("johndoe"));
        database.run("UPDATE users SET scopes = 'users:write' WHERE username = 'johndoe';");
        let bearer = format!("Bearer {}", server.token("johndoe", "swordfish"));
        let headers = [
            ("Authorization", &*bearer),
            ("Content-Type", "application/json"),
        ];
        let new = |name: &str| {
            let body = format!(
                r#"{{"username":"{name}","password":"twelve yellow umbrellas","scopes":["users:write"]}}"#
            );
            http::send(server.address, "POST", "/users", &headers, body.as_bytes())
        };
        assert_eq!(new("alice").status, 201);
        database.run("UPDATE users SET scopes = '' WHERE username = 'johndoe';");
        let refused = new("backdoor");
        assert_eq!(refused.status, 422, "{}", refused.text());
        assert!(refused.text().contains("operators alone may say this"));
        let body = br#"{"email":"x@example.com"}"#;
        let invitation = http::send(server.address, "POST", "/invitations", &headers, body);
        assert_eq!(invitation.status, 403);
    });
}

#[test]
fn a_hash_that_nobody_understands_is_a_refused_login() {
    on_both(|server, database| {
        database.run(&insert("johndoe"));
        let unknown = server.login("nobody", "swordfish");
        let absurd = [
            "''",
            "'fakehashedsecret'",
            "'$2b$12$short'",
            "'$2b$31$yWu2IrPVOkSDvR.ZTW.wfeNTsau94dhwYGgdQmrPSj9RbO3JWiAry'",
            "'$argon2id$v=19$m=4194304,t=1000,p=1$c2VlZHNlZWQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'",
            "NULL",
        ];
        for hash in absurd {
            database.run(&format!("UPDATE users SET hashed_password = {hash};"));
            let refused = server.login("johndoe", "swordfish");
            refused.refuses(400, "invalid_grant");
            assert_eq!(refused.body, unknown.body, "{hash}");
        }
        assert_eq!(server.get("/healthz", &[]).status, 200);
    });
}

#[test]
fn a_row_that_makes_no_sense_is_refused_by_the_database() {
    on_both(|server, database| {
        database.run(&insert("johndoe"));
        for change in [
            "scopes = 'a  b'",
            "scopes = 'a \"b\"'",
            "scopes = ' a'",
            "username = 'john@doe'",
            "username = ''",
            "id = 'another'",
        ] {
            let (accepted, said) = database.try_run(&format!("UPDATE users SET {change};"));
            assert!(!accepted, "{change}: {said}");
        }
        server.token("johndoe", "swordfish");
    });
}

#[test]
fn a_listing_ends_whatever_canonical_names_were_written_by_hand() {
    on_both(|server, database| {
        // The full-width letter stays in what was given as the canonical form.
        database.run(
            "INSERT INTO users (username, username_canonical) VALUES ('\u{ff21}lice', '\u{ff41}lice');
             INSERT INTO users (username) VALUES ('bob');",
        );
        let mut command = portcullis(server.folder.path());
        command.args(["user", "list", "--json", "--database", &database.url()]);
        let listed = run(command, "");
        assert!(listed.status.success());
        let users: serde_json::Value = serde_json::from_slice(&listed.stdout).unwrap();
        assert_eq!(users.as_array().unwrap().len(), 2, "{users}");
    });
}

#[test]
fn the_command_line_sees_what_the_shell_wrote() {
    on_both(|server, database| {
        database.run(&insert("johndoe"));
        let mut command = portcullis(server.folder.path());
        command.args([
            "user",
            "show",
            "JOHNDOE",
            "--json",
            "--database",
            &database.url(),
        ]);
        let shown = run(command, "");
        assert!(shown.status.success());
        let user: serde_json::Value = serde_json::from_slice(&shown.stdout).unwrap();
        assert_eq!(user["username"], "johndoe");
    });
}

/// Runs a test on a server over SQLite, and on one over PostgreSQL.
fn on_both(test: impl Fn(&Server, &Database)) {
    let folder = temporary_folder();
    for database in Database::both(folder.path()) {
        let server = Server::start(&folder, &["--database", &database.url()], &[]);
        test(&server, &database);
    }
}
