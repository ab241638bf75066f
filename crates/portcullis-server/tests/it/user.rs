//! `portcullis user …`, each on the database of a running server.

use crate::beside::Beside;
use crate::server::{Server, portcullis, run, temporary_folder};
use crate::shell::Database;

const PASSWORD: &str = "correct horse battery staple";
const OTHER: &str = "another horse, another staple";

#[test]
fn every_command_on_both_databases() {
    let folder = temporary_folder();
    for database in Database::both(folder.path()) {
        let url = database.url();
        let server = Server::start(&folder, &["--database", &url], &[]);
        let beside = Beside::new(server, url, "user");
        adds(&beside);
        sets_passwords(&beside);
        disables_and_enables(&beside);
        grants(&beside);
        lists(&beside);
        deletes(&beside);
        refuses(&beside);
    }
}

fn adds(beside: &Beside) {
    let added = beside.json(
        &[
            "add",
            "JohnDoe",
            "--email",
            "johndoe@example.com",
            "--full-name",
            "John Doe",
            "--scope",
            "users:read",
            "--scope",
            "items:read",
            "--password-stdin",
        ],
        &format!("{PASSWORD}\n"),
    );
    assert_eq!(added["username"], "JohnDoe");
    assert_eq!(
        added["scopes"],
        serde_json::json!(["items:read", "users:read"])
    );
    assert!(added.get("hashed_password").is_none());
    let token = beside.server.token("johndoe", PASSWORD);
    assert_eq!(beside.server.me(&token).json()["id"], added["id"]);

    beside.done(&["add", "idle", "--disabled", "--password-stdin"], PASSWORD);
    let token = beside.server.token("idle", PASSWORD);
    beside.server.me(&token).refuses(400, "inactive_user");

    let unicode = beside.json(&["add", "Jürgen", "--password-stdin"], PASSWORD);
    assert_eq!(unicode["username"], "Jürgen");
    beside.server.token("JÜRGEN", PASSWORD);
}

fn sets_passwords(beside: &Beside) {
    let token = beside.server.token("johndoe", PASSWORD);
    beside.done(&["set-password", "johndoe", "--password-stdin"], OTHER);
    beside.server.me(&token).refuses(401, "invalid_token");
    beside
        .server
        .login("johndoe", PASSWORD)
        .refuses(400, "invalid_grant");
    beside.server.token("johndoe", OTHER);
}

fn disables_and_enables(beside: &Beside) {
    let token = beside.server.token("johndoe", OTHER);
    beside.done(&["disable", "johndoe"], "");
    beside.server.me(&token).refuses(401, "invalid_token");
    let shown = beside.json(&["show", "johndoe"], "");
    assert_eq!(shown["disabled"], true);
    beside.done(&["enable", "johndoe"], "");
    beside.server.me(&token).refuses(401, "invalid_token");
    // Doing it twice is no error, and signs nobody out.
    let token = beside.server.token("johndoe", OTHER);
    beside.done(&["enable", "johndoe"], "");
    assert_eq!(beside.server.me(&token).status, 200);
}

fn grants(beside: &Beside) {
    let token = beside.server.token("johndoe", OTHER);
    beside.done(&["grant", "johndoe", "--scope", "users:write"], "");
    // Given: who is signed in stays so. Taken away: every token dies.
    assert_eq!(beside.server.me(&token).status, 200);
    let login = beside.server.login("johndoe", OTHER).json();
    assert_eq!(login["scope"], "items:read users:read users:write");
    beside.done(
        &["grant", "johndoe", "--remove", "--scope", "users:write"],
        "",
    );
    beside.server.me(&token).refuses(401, "invalid_token");
    let shown = beside.json(&["show", "johndoe"], "");
    assert_eq!(
        shown["scopes"],
        serde_json::json!(["items:read", "users:read"])
    );
}

fn lists(beside: &Beside) {
    let listed = beside.json(&["list"], "");
    let names: Vec<_> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|user| user["username"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["idle", "JohnDoe", "Jürgen"]);
    let table = beside.done(&["list"], "");
    assert_eq!(table.lines().count(), 3, "{table}");
    assert!(table.contains("inactive"), "{table}");
    let shown = beside.done(&["show", "JOHNDOE"], "");
    assert!(
        shown.contains("John Doe") && shown.contains("johndoe@example.com"),
        "{shown}"
    );
}

fn deletes(beside: &Beside) {
    let token = beside.server.token("johndoe", OTHER);
    beside.done(&["delete", "johndoe"], "");
    beside.server.me(&token).refuses(401, "invalid_token");
    beside
        .server
        .login("johndoe", OTHER)
        .refuses(400, "invalid_grant");
    beside.fails(&["show", "johndoe"], "", "no user of this name");
}

fn refuses(beside: &Beside) {
    beside.fails(&["add", "JÜRGEN", "--password-stdin"], PASSWORD, "taken");
    beside.fails(&["add", "a@b", "--password-stdin"], PASSWORD, "no `@`");
    beside.fails(
        &["add", "john doe", "--password-stdin"],
        PASSWORD,
        "without spaces",
    );
    beside.fails(
        &["add", &"x".repeat(65), "--password-stdin"],
        PASSWORD,
        "1 to 64",
    );
    beside.fails(
        &["add", "new", "--password-stdin"],
        "fourteen chars",
        "at least 15",
    );
    beside.fails(
        &["add", "new", "--password-stdin"],
        &"x".repeat(1025),
        "1,024 bytes",
    );
    beside.fails(&["add", "new", "--password-stdin"], "", "no password");
    beside.fails(&["add", "new"], PASSWORD, "--password-stdin");
    beside.fails(
        &["add", "new", "--email", "nonsense", "--password-stdin"],
        PASSWORD,
        "e-mail",
    );
    beside.fails(
        &["set-password", "nobody", "--password-stdin"],
        PASSWORD,
        "no user of this name",
    );
    for command in ["disable", "enable", "delete", "show"] {
        beside.fails(&[command, "nobody"], "", "no user of this name");
    }
    beside.fails(&["show", "new"], "", "no user of this name");
    for usage in [
        &["add"][..],
        &["grant", "x"],
        &["add", "x", "--scope", "a b"],
        &["rename", "x"],
        &["list", "--jsn"],
    ] {
        assert_eq!(beside.say(usage, "").code, 2, "{usage:?}");
    }
}

#[test]
fn add_may_make_the_database_and_the_others_may_not() {
    let folder = temporary_folder();
    let user = |arguments: &[&str], input: &str| {
        let mut command = portcullis(folder.path());
        command.arg("user").args(arguments);
        run(command, input)
    };
    let listed = user(&["list"], "");
    assert_eq!(listed.status.code(), Some(1));
    let said = String::from_utf8(listed.stderr).unwrap();
    assert!(said.contains("portcullis.db"), "{said}");
    assert!(!folder.path().join("portcullis.db").exists());
    let added = user(&["add", "johndoe", "--password-stdin"], PASSWORD);
    assert!(
        added.status.success(),
        "{}",
        String::from_utf8_lossy(&added.stderr)
    );
    assert!(folder.path().join("portcullis.db").exists());
    let server = Server::start(&folder, &[], &[]);
    server.token("johndoe", PASSWORD);
}
