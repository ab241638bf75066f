//! OAuth2 clients that nobody here wrote.

use std::process::Command;

use crate::server::{Server, assert_passes, portcullis, root, run, temporary_folder};

fn python(program: &str) {
    python_with(program, &[]);
}

/// Runs a client against the demo with some settings.
fn python_with(program: &str, variables: &[(&str, &str)]) {
    let server = Server::start(&temporary_folder(), &["--demo"], variables);
    passes(program, &server, &[]);
}

fn passes(program: &str, server: &Server, variables: &[(&str, &str)]) {
    let root = root();
    let mut command = Command::new(root.join("target/tools/python/bin/python"));
    command
        .arg(
            root.join("crates/portcullis-server/tests/clients")
                .join(program),
        )
        .arg(server.base_url())
        .envs(variables.iter().copied());
    assert_passes(command);
}

#[test]
fn requests_oauthlib() {
    python("requests_oauthlib_client.py");
}

#[test]
fn authlib_and_two_jwt_libraries() {
    python("authlib_client.py");
}

#[test]
fn requests_oauthlib_renews_by_itself() {
    python("requests_oauthlib_renewal.py");
}

#[test]
fn authlib_renews_by_itself() {
    let short = ("PORTCULLIS_TOKENS_ACCESS_SECONDS", "60");
    python_with("authlib_renewal.py", &[short]);
}

#[test]
fn an_openapi_validator() {
    python("openapi_valid.py");
}

/// `johndoe` is an operator here, so that the generated requests reach what only operators may.
#[test]
fn schemathesis_anonymous_and_logged_in() {
    let password = "seven grey cranes over Uppsala";
    let folder = temporary_folder();
    let scopes = "[scopes]\n\"items:read\" = \"Read items\"\n";
    std::fs::write(folder.path().join("portcullis.toml"), scopes).unwrap();
    for (name, what) in [
        (
            "johndoe",
            &[
                "--scope",
                "users:read",
                "--scope",
                "users:write",
                "--scope",
                "items:read",
            ][..],
        ),
        ("alice", &["--disabled"]),
    ] {
        let mut add = portcullis(folder.path());
        add.args(["user", "add", name, "--password-stdin"])
            .args(what);
        let added = run(add, password);
        assert!(added.status.success(), "{added:?}");
    }
    let server = Server::start(&folder, &[], &[]);
    passes(
        "conformance.py",
        &server,
        &[("EVERYBODYS_PASSWORD", password)],
    );
}
