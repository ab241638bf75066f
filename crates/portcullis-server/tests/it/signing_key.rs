//! The signing key: made once, sealed, and the same for every node.

use std::os::unix::fs::PermissionsExt;

use crate::server::{Server, portcullis, run, temporary_folder};
use crate::shell::Database;

const PASSWORD: &str = "correct horse battery staple";

#[test]
fn a_token_outlives_a_restart_and_serves_on_every_node() {
    let folder = temporary_folder();
    for database in Database::both(folder.path()) {
        let url = database.url();
        // One issuer, as behind a balancer: the addresses of the nodes differ.
        let variables = [("PORTCULLIS_ISSUER", "https://id.example.com")];
        let first = Server::start(&folder, &["--database", &url], &variables);
        let second = Server::start(&folder, &["--database", &url], &variables);
        let mut command = portcullis(folder.path());
        command.args([
            "user",
            "add",
            "johndoe",
            "--password-stdin",
            "--database",
            &url,
        ]);
        assert!(run(command, PASSWORD).status.success());
        let token = first.token("johndoe", PASSWORD);
        assert_eq!(second.me(&token).status, 200);
        assert_eq!(
            first.get("/.well-known/jwks.json", &[]).body,
            second.get("/.well-known/jwks.json", &[]).body
        );
        drop((first, second));
        let again = Server::start(&folder, &["--database", &url], &variables);
        assert_eq!(again.me(&token).status, 200);
        // Another issuer does not accept its tokens.
        let other = Server::start(&folder, &["--database", &url], &[]);
        other.me(&token).refuses(401, "invalid_token");
    }
}

#[test]
fn ten_nodes_that_start_at_once_make_one_key() {
    let folder = temporary_folder();
    for database in Database::both(folder.path()) {
        let url = database.url();
        let nodes: Vec<_> = (0..10)
            .map(|_| {
                let (folder, url) = (folder.clone(), url.clone());
                std::thread::spawn(move || Server::start(&folder, &["--database", &url], &[]))
            })
            .collect();
        let keys: Vec<_> = nodes
            .into_iter()
            .map(|node| node.join().unwrap().get("/.well-known/jwks.json", &[]).body)
            .collect();
        assert!(keys.windows(2).all(|pair| pair[0] == pair[1]));
        assert_eq!(
            database.run("SELECT count(*) FROM signing_keys;").trim(),
            "1"
        );
    }
}

#[test]
fn the_sealing_key_is_its_owners_alone_and_is_missed_when_it_is_gone() {
    let folder = temporary_folder();
    drop(Server::start(&folder, &[], &[]));
    let path = folder.path().join("portcullis.key");
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let kept = std::fs::read_to_string(&path).unwrap();

    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    let serve = |variables: &[(&str, &str)]| {
        let mut command = portcullis(folder.path());
        command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .envs(variables.iter().copied());
        let output = run(command, "");
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    let said = serve(&[]);
    assert!(said.contains("chmod 600"), "{said}");
    std::fs::remove_file(&path).unwrap();
    let said = serve(&[]);
    assert!(
        said.contains("portcullis.key") && said.contains("PORTCULLIS_KEY_ENCRYPTION_KEY"),
        "{said}"
    );
    assert!(!path.exists(), "no second key is made over a lost one");
    let other = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let said = serve(&[("PORTCULLIS_KEY_ENCRYPTION_KEY", other)]);
    assert!(
        said.contains("another key") && !said.contains(other),
        "{said}"
    );
    let said = serve(&[("PORTCULLIS_KEY_ENCRYPTION_KEY", "too short")]);
    assert!(
        said.contains("32 bytes") && !said.contains("too short"),
        "{said}"
    );
    // And the right one, by the environment, is enough.
    let server = Server::start(
        &folder,
        &[],
        &[("PORTCULLIS_KEY_ENCRYPTION_KEY", kept.trim())],
    );
    assert_eq!(server.get("/readyz", &[]).status, 200);
}
