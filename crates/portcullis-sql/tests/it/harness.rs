//! The throw-away PostgreSQL itself: that it is real, that databases are apart,
//! and that nothing of it stays behind.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tokio_postgres::NoTls;

use crate::postgres_server::PostgresServer;

/// Set: this process is the one whose end is looked at.
const OWNER: &str = "PORTCULLIS_TEST_POSTGRES_OWNER";

async fn one_value(url: &str, query: &str) -> Result<String, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    let connection = tokio::spawn(connection);
    let value = client.query_one(query, &[]).await?.try_get(0);
    drop(client);
    connection.abort();
    value
}

#[tokio::test]
async fn fresh_databases_are_empty_and_apart() {
    let server = PostgresServer::shared();
    let (one, other) = (server.fresh_database(), server.fresh_database());
    assert_ne!(one, other);

    let mine = "CREATE TABLE mine (id int)";
    let (client, connection) = tokio_postgres::connect(&one, NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute(mine).await.unwrap();

    let seen = "SELECT coalesce(to_regclass('mine')::text, 'nothing')";
    assert_eq!(one_value(&one, seen).await.unwrap(), "mine");
    assert_eq!(one_value(&other, seen).await.unwrap(), "nothing");
}

#[tokio::test]
async fn the_server_is_utf8_in_the_c_locale() {
    let url = PostgresServer::shared().fresh_database();
    let encoding = one_value(&url, "SHOW server_encoding").await.unwrap();
    let collation = "SELECT datcollate::text FROM pg_database WHERE datname = current_database()";
    assert_eq!(encoding, "UTF8");
    assert_eq!(one_value(&url, collation).await.unwrap(), "C");
}

#[tokio::test]
async fn a_dropped_server_leaves_nothing_behind() {
    let server = PostgresServer::start();
    let data = one_value(&server.url(), "SHOW data_directory")
        .await
        .unwrap();
    assert!(
        is_served(Path::new(&data)),
        "the test must see what it looks for"
    );
    drop(server);
    assert_gone(Path::new(&data));
}

#[tokio::test]
async fn a_stopped_server_starts_again_with_what_was_in_it() {
    let mut server = PostgresServer::start();
    let url = server.fresh_database();
    // Not only acknowledged: written.
    let write = "SET synchronous_commit = on; CREATE TABLE mine (id int)";
    let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute(write).await.unwrap();
    let seen = "SELECT coalesce(to_regclass('mine')::text, 'nothing')";
    for _ in 0..2 {
        server.stop();
        assert!(one_value(&url, seen).await.is_err(), "nobody answers");
        server.start_again();
        assert_eq!(one_value(&url, seen).await.unwrap(), "mine");
    }
    let data = one_value(&url, "SHOW data_directory").await.unwrap();
    server.stop();
    drop(server);
    assert_gone(Path::new(&data));
}

/// Statics are not dropped at exit, and nothing is at a kill.
#[tokio::test]
async fn the_shared_server_does_not_outlive_its_process() {
    if std::env::var_os(OWNER).is_some() {
        let url = PostgresServer::shared().url();
        let data = one_value(&url, "SHOW data_directory").await.unwrap();
        println!("\nserved from: {data}");
        // Until the other side of stdin lets go, or kills.
        let _ = std::io::stdin().read_line(&mut String::new());
        return;
    }
    for killed in [false, true] {
        let mut owner = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--nocapture"])
            .arg("harness::the_shared_server_does_not_outlive_its_process")
            .env(OWNER, "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(owner.stdout.take().unwrap()).lines();
        let data = lines
            .find_map(|line| Some(line.unwrap().strip_prefix("served from: ")?.to_owned()))
            .expect("the owner tells where its server is");
        let data = Path::new(&data);
        assert!(is_served(data), "the test must see what it looks for");

        if killed {
            owner.kill().unwrap();
        }
        drop(owner.stdin.take());
        assert_eq!(owner.wait().unwrap().success(), !killed);
        assert_gone(data);
    }
}

fn is_served(data: &Path) -> bool {
    let data = data.to_str().unwrap_or_default();
    fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|process| fs::read(process.ok()?.path().join("cmdline")).ok())
        .any(|line| String::from_utf8_lossy(&line).contains(data))
}

/// The keeper works on its own, so it may need a moment.
fn assert_gone(data: &Path) {
    let patience = Instant::now() + Duration::from_secs(20);
    while is_served(data) || data.parent().is_some_and(Path::exists) {
        assert!(
            Instant::now() < patience,
            "{} is still served",
            data.display()
        );
        std::thread::yield_now();
    }
}
