//! Settings that change what a client sees.

use serde_json::json;

use crate::server::{Server, temporary_folder};

#[test]
fn strict_asks_for_the_grant_type_and_says_so_in_the_document() {
    let server = Server::start(
        &temporary_folder(),
        &["--demo"],
        &[("PORTCULLIS_STRICT", "true")],
    );
    server
        .login("johndoe", "secret")
        .refuses(400, "invalid_request");
    let fields = [
        ("grant_type", "password"),
        ("username", "johndoe"),
        ("password", "secret"),
    ];
    assert_eq!(server.post("/token", &fields, &[]).status, 200);
    let required = |server: &Server| {
        let document = server.get("/openapi.json", &[]).json();
        document["paths"]["/token"]["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]["anyOf"][0]["required"].clone()
    };
    assert_eq!(
        required(&server),
        json!(["grant_type", "username", "password"])
    );
    assert_eq!(required(&Server::demo()), json!(["username", "password"]));
}

#[test]
fn a_login_to_an_inactive_account_can_be_refused() {
    let variables = [("PORTCULLIS_LOGIN_INACTIVE", "refuse")];
    let server = Server::start(&temporary_folder(), &["--demo"], &variables);
    let refused = server.login("alice", "secret2");
    refused.refuses(400, "invalid_grant");
    assert_eq!(refused.body, server.login("nobody", "secret2").body);
}

#[test]
fn the_demo_says_that_it_leaves_a_database_that_is_set_alone() {
    let folder = temporary_folder();
    let variables = [("PORTCULLIS_DATABASE", "sqlite://mine.db")];
    let server = Server::start(&folder, &["--demo"], &variables);
    server.log_with("PORTCULLIS_DATABASE");
    server.token("johndoe", "secret");
    assert!(!folder.path().join("mine.db").exists());
}
