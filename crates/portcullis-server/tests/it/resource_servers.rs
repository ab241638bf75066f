//! APIs in other languages verify our tokens by the published key set, across a rotation.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use crate::key::{AN_HOUR_LATER, House, PASSWORD, kid, published, soon};
use crate::server::{Server, root};

/// Runs a client across a rotation to a key for `algorithm`. It asks for each step, and says when it
/// is done.
fn across_a_rotation(mut command: Command, algorithm: &str) {
    let [house, _] = House::both();
    let server = house.server_with_johndoe();
    command
        .arg(server.base_url())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut client = command.spawn().unwrap_or_else(|error| {
        panic!("{command:?} does not start ({error}): run scripts/prerequisites")
    });
    let mut stdin = client.stdin.take().unwrap();
    let mut lines = BufReader::new(client.stdout.take().unwrap()).lines();
    let mut waits_for = |what: &str| {
        let line = lines.by_ref().map(Result::unwrap).find(|line| line == what);
        assert!(line.is_some(), "the client ended before {what:?}");
    };
    waits_for("next: publish");
    publish(&house, &server, algorithm);
    writeln!(stdin, "published").unwrap();
    waits_for("next: sign");
    sign(&house, &server);
    writeln!(stdin, "signs").unwrap();
    waits_for("done");
    assert!(client.wait().unwrap().success());
}

fn publish(house: &House, server: &Server, algorithm: &str) {
    let algorithm = ("PORTCULLIS_SIGNING_ALGORITHM", algorithm);
    let (code, _, error) = house.command(&["rotate"], &[algorithm]);
    assert_eq!(code, 0, "{error}");
    soon("the key is published", || published(server) == 2);
}

fn sign(house: &House, server: &Server) {
    let old = kid(&server.token("johndoe", PASSWORD));
    house.database.run(AN_HOUR_LATER);
    soon("the new key signs", || {
        kid(&server.token("johndoe", PASSWORD)) != old
    });
}

#[test]
fn pyjwt_and_joserfc() {
    for algorithm in ["ES256", "EdDSA", "RS256"] {
        let root = root();
        let mut command = Command::new(root.join("target/tools/python/bin/python"));
        command.arg(root.join("crates/portcullis-server/tests/clients/key_rotation_client.py"));
        across_a_rotation(command, algorithm);
    }
}

#[test]
fn jose() {
    // Node resolves modules from where a script lies, so it is run beside them.
    let tools = root().join("target/tools/browser");
    let script = root().join("crates/portcullis-server/tests/clients/jose_client.mjs");
    std::fs::copy(&script, tools.join("jose_client.mjs"))
        .unwrap_or_else(|error| panic!("{script:?}: {error}; run scripts/prerequisites"));
    for algorithm in ["ES256", "EdDSA", "RS256"] {
        let mut command = Command::new("node");
        command.current_dir(&tools).arg("jose_client.mjs");
        across_a_rotation(command, algorithm);
    }
}
