//! Sessions over real databases: two nodes at once, and a kill at the worst moment.

use std::sync::{Arc, Barrier};
use std::thread;

use crate::http::Answer;
use crate::server::{Server, portcullis, run, temporary_folder};
use crate::shell::Database;

const PASSWORD: &str = "correct horse battery staple";
const ISSUER: (&str, &str) = ("PORTCULLIS_ISSUER", "https://id.example.com");

fn start(folder: &Arc<tempfile::TempDir>, url: &str) -> Server {
    Server::start(folder, &["--database", url], &[ISSUER])
}

fn add_john(folder: &tempfile::TempDir, url: &str) {
    let mut command = portcullis(folder.path());
    command.args([
        "user",
        "add",
        "johndoe",
        "--password-stdin",
        "--database",
        url,
    ]);
    assert!(run(command, PASSWORD).status.success());
}

fn refresh_token(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["refresh_token"].as_str().unwrap().to_owned()
}

fn sign_in(server: &Server) -> String {
    refresh_token(&server.login("johndoe", PASSWORD))
}

fn renew(server: &Server, token: &str) -> Answer {
    let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
    server.post("/token", &fields, &[])
}

fn revoke(server: &Server, token: &str) {
    assert_eq!(server.post("/revoke", &[("token", token)], &[]).status, 200);
}

#[test]
fn one_refresh_token_at_two_nodes_has_one_successor() {
    let folder = temporary_folder();
    for database in Database::both(folder.path()) {
        let url = database.url();
        let nodes = [start(&folder, &url), start(&folder, &url)];
        add_john(&folder, &url);
        let mut token = sign_in(&nodes[0]);
        for round in 0..50 {
            let barrier = Barrier::new(4);
            let successors: Vec<_> = thread::scope(|scope| {
                let uses: Vec<_> = (0..4)
                    .map(|number| {
                        let (node, barrier, token) = (&nodes[number % 2], &barrier, &token);
                        scope.spawn(move || {
                            barrier.wait();
                            refresh_token(&renew(node, token))
                        })
                    })
                    .collect();
                uses.into_iter().map(|one| one.join().unwrap()).collect()
            });
            assert!(
                successors.iter().all(|one| *one == successors[0]),
                "round {round}: {successors:?}"
            );
            assert_ne!(successors[0], token);
            token.clone_from(&successors[0]);
        }
    }
}

#[test]
fn what_one_node_ends_is_over_at_the_other() {
    let folder = temporary_folder();
    for database in Database::both(folder.path()) {
        let url = database.url();
        let nodes = [start(&folder, &url), start(&folder, &url)];
        add_john(&folder, &url);
        let login = nodes[0].login("johndoe", PASSWORD).json();
        let (access, refresh) = (
            login["access_token"].as_str().unwrap(),
            login["refresh_token"].as_str().unwrap(),
        );
        assert_eq!(nodes[1].me(access).status, 200);
        revoke(&nodes[1], refresh);
        // Another process's write to the SQLite file may take a millisecond.
        thread::sleep(std::time::Duration::from_millis(5));
        nodes[0].me(access).refuses(401, "invalid_token");
        nodes[1].me(access).refuses(401, "invalid_token");
        renew(&nodes[0], refresh).refuses(400, "invalid_grant");
    }
}

#[test]
fn nothing_acknowledged_is_undone_by_a_kill() {
    let folder = temporary_folder();
    let databases = Database::both(folder.path());
    thread::scope(|scope| {
        for database in &databases {
            let folder = &folder;
            scope.spawn(move || survives_kills(folder, &database.url()));
        }
    });
}

/// The server ends by SIGKILL when it is dropped, right after its answer was read: fifty times after
/// a renewal, and fifty times after a revocation. The next one is asked whether it knows.
fn survives_kills(folder: &Arc<tempfile::TempDir>, url: &str) {
    let server = start(folder, url);
    add_john(folder, url);
    let mut lives = sign_in(&server);
    let mut ended: Option<String> = None;
    drop(server);
    for _ in 0..50 {
        let server = start(folder, url);
        if let Some(ended) = &ended {
            renew(&server, ended).refuses(400, "invalid_grant");
        }
        let ends = sign_in(&server);
        let next = refresh_token(&renew(&server, &lives));
        drop(server);

        // Undone, the renewal would have left a successor that nobody knows.
        let server = start(folder, url);
        lives = refresh_token(&renew(&server, &next));
        revoke(&server, &ends);
        drop(server);
        ended = Some(ends);
    }
    let server = start(folder, url);
    renew(&server, &ended.unwrap()).refuses(400, "invalid_grant");
    refresh_token(&renew(&server, &lives));
}
