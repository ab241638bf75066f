//! `portcullis client …`, each on the database of a running server.

use serde_json::{Value, json};

use crate::beside::Beside;
use crate::http::Answer;
use crate::server::{Server, portcullis, run, temporary_folder};
use crate::shell::Database;

const PASSWORD: &str = "correct horse battery staple";

#[test]
fn every_command_on_both_databases() {
    let folder = temporary_folder();
    for database in Database::both(folder.path()) {
        let url = database.url();
        let mut add_user = portcullis(folder.path());
        add_user.args(["user", "add", "johndoe", "--scope", "users:read"]);
        add_user.args(["--password-stdin", "--database", &url]);
        assert!(run(add_user, PASSWORD).status.success());
        let server = Server::start(&folder, &["--database", &url], &[]);
        let beside = Beside::new(server, url, "client");
        a_confidential_client_gets_tokens(&beside);
        a_public_client_logs_users_in(&beside);
        an_api_asks(&beside);
        secrets_are_replaced(&beside);
        the_database_is_edited_by_hand(&beside, &database);
        lists_and_deletes(&beside, &database);
        refuses(&beside);
    }
}

/// A request that the client of `added` sends, with its secret if it has one.
fn ask(beside: &Beside, added: &Value, path: &str, fields: &[(&str, &str)]) -> Answer {
    let mut all = vec![("client_id", added["client_id"].as_str().unwrap())];
    all.extend(
        added["client_secret"]
            .as_str()
            .map(|secret| ("client_secret", secret)),
    );
    all.extend(fields);
    beside.server.post(path, &all, &[])
}

fn own(beside: &Beside, added: &Value) -> Answer {
    ask(
        beside,
        added,
        "/token",
        &[("grant_type", "client_credentials")],
    )
}

fn login(beside: &Beside, added: &Value) -> Answer {
    let fields = [("username", "johndoe"), ("password", PASSWORD)];
    ask(beside, added, "/token", &fields)
}

fn a_confidential_client_gets_tokens(beside: &Beside) {
    let added = beside.json(&["add", "report", "--scope", "users:read"], "");
    assert_eq!(added["public"], false);
    assert_eq!(added["grants"], json!(["client_credentials"]));
    assert_eq!(added["client_secret"].as_str().unwrap().len(), 43);
    let tokens = own(beside, &added).json();
    assert_eq!(tokens["scope"], "users:read");
    let token = tokens["access_token"].as_str().unwrap();
    beside.server.me(token).refuses(401, "invalid_token");
    login(beside, &added).refuses(400, "unauthorized_client");
}

fn a_public_client_logs_users_in(beside: &Beside) {
    let added = beside.json(&["add", "app", "--public", "--session-seconds", "60"], "");
    assert!(added.get("client_secret").is_none());
    assert_eq!(added["session_seconds"], 60);
    let tokens = login(beside, &added).json();
    assert!(tokens["refresh_token"].is_string());
    assert!(tokens.get("scope").is_none(), "none was given to the app");
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(beside.server.me(token).json()["username"], "johndoe");
}

fn an_api_asks(beside: &Beside) {
    let added = beside.json(&["add", "api", "--introspect"], "");
    assert_eq!(added["grants"], json!([]));
    let token = beside.server.token("johndoe", PASSWORD);
    let told = ask(beside, &added, "/introspect", &[("token", &token)]).json();
    assert_eq!(told["active"], true);
    assert_eq!(told["username"], "johndoe");
    let text = beside.done(&["list"], "");
    assert!(text.contains("introspect"), "{text}");
    let line = |name: &str| text.lines().find(|line| line.starts_with(name)).unwrap();
    assert!(
        line("app ").ends_with("password refresh_token; session 60 s"),
        "{text}"
    );
    assert!(!line("report ").contains(" s"), "none is set: {text}");
}

fn secrets_are_replaced(beside: &Beside) {
    let mut added = beside.json(&["add", "nightly job"], "");
    let id = added["client_id"].as_str().unwrap().to_owned();
    let rotated = beside.say(&["rotate-secret", "nightly job", "--json"], "");
    assert!(
        rotated.stderr.contains("accepted until"),
        "{}",
        rotated.stderr
    );
    let second: Value = serde_json::from_str(&rotated.stdout).unwrap();
    assert_eq!(second["client_id"], added["client_id"]);
    for works in [&added, &second] {
        assert_eq!(own(beside, works).status, 200);
    }
    let third = beside.json(&["rotate-secret", &id, "--overlap", "0"], "");
    assert_eq!(own(beside, &third).status, 200);
    for dead in [&added, &second] {
        own(beside, dead).refuses(401, "invalid_client");
    }
    added["client_secret"] = third["client_secret"].clone();
    let text = beside.done(&["rotate-secret", "nightly job", "--overlap", "0"], "");
    assert!(text.contains(&format!("client_id      {id}\nclient_secret  ")));
    own(beside, &added).refuses(401, "invalid_client");
}

/// What the operator has no command for is done in the table, and holds for the next request.
fn the_database_is_edited_by_hand(beside: &Beside, database: &Database) {
    let added = beside.json(&["add", "by hand", "--scope", "users:read"], "");
    let id = added["client_id"].as_str().unwrap();
    assert_eq!(own(beside, &added).json()["scope"], "users:read");
    database.run(&format!(
        "UPDATE clients SET scopes = '' WHERE id = '{id}';"
    ));
    assert!(own(beside, &added).json().get("scope").is_none());
    database.run(&format!(
        "UPDATE clients SET grants = '' WHERE id = '{id}';"
    ));
    own(beside, &added).refuses(400, "unauthorized_client");
    database.run(&format!("DELETE FROM clients WHERE id = '{id}';"));
    own(beside, &added).refuses(401, "invalid_client");
}

fn lists_and_deletes(beside: &Beside, database: &Database) {
    let listed = beside.json(&["list"], "");
    let names: Vec<_> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["name"])
        .collect();
    assert_eq!(names, ["api", "app", "nightly job", "report"]);
    assert!(!listed.to_string().contains("secret"));

    let added = beside.json(&["add", "gone", "--public"], "");
    let token = login(beside, &added).json()["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(beside.server.me(&token).status, 200);
    beside.done(&["delete", "gone"], "");
    beside.server.me(&token).refuses(401, "invalid_token");
    login(beside, &added).refuses(401, "invalid_client");
    let id = added["client_id"].as_str().unwrap();
    let left = database.run(&format!(
        "SELECT count(*) FROM sessions WHERE client_id = '{id}';"
    ));
    assert_eq!(left.trim(), "0");
}

fn refuses(beside: &Beside) {
    beside.fails(&["add", "report"], "", "there is a client of this name");
    beside.fails(&["add", " report"], "", "no space at its ends");
    beside.fails(
        &["add", "page", "--public", "--introspect"],
        "",
        "a public client has no secret",
    );
    beside.fails(
        &["add", "page", "--access-token-seconds", "3601"],
        "",
        "1 to 3,600 seconds",
    );
    for option in ["--session-seconds", "--session-idle-seconds"] {
        for usual in [&["add", "page"][..], &["add", "page", "--introspect"]] {
            beside.fails(&[usual, &[option, "60"]].concat(), "", option);
        }
        let refresh = [
            "add",
            "page",
            "--public",
            "--grant",
            "refresh_token",
            option,
            "60",
        ];
        beside.fails(&refresh, "", "--grant password");
    }
    beside.fails(&["rotate-secret", "app"], "", "this client is public");
    for command in ["rotate-secret", "delete"] {
        beside.fails(&[command, "nobody"], "", "there is no client");
    }
    for usage in [
        &["add"][..],
        &["add", "page", "--grant", "implicit"],
        &["add", "page", "--scope", "a b"],
        &["rotate-secret", "report", "--overlap", "2592001"],
        &["delete"],
    ] {
        assert_eq!(beside.say(usage, "").code, 2, "{usage:?}");
    }
}
