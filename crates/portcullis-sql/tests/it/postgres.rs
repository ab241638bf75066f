//! `PostgreSQL` alone: the server and the way to it.

use std::process::Command;
use std::time::{Duration, Instant};

use portcullis::scope::Scopes;
use portcullis::store::{Clients, Sessions, SigningKeys, StoreError, UserSource, Users};
use portcullis::token::RefreshToken;
use portcullis::user::{UserId, Username};
use portcullis_sql::{OpenError, PostgresStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::error::Elapsed;

use crate::engine::Engine;
use crate::postgres_server::PostgresServer;

async fn refused(url: &str) -> OpenError {
    let error = PostgresStore::open(url).await.expect_err(url);
    let text = format!("{error} {error:?}");
    assert!(!text.contains("hunter2"), "{text}");
    error
}

fn with_user(url: &str, user: &str) -> String {
    url.replacen("//postgres@", &format!("//{user}@"), 1)
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    for url in [
        format!("postgres://me:hunter2@127.0.0.1:{port}/users"),
        "postgres://me:hunter2@nowhere.invalid/users?sslmode=disable".into(),
    ] {
        let error = refused(&url).await;
        assert!(matches!(error, OpenError::Unreachable { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn what_the_server_refuses_is_told() {
    let url = Engine::postgres().url();
    let (server, _) = url.rsplit_once('/').unwrap();
    for url in [
        format!("{}/nowhere", with_user(server, "postgres:hunter2")),
        with_user(&url, "nobody_here:hunter2"),
    ] {
        let error = refused(&url).await;
        assert!(matches!(error, OpenError::Refused { .. }), "{error:?}");
        let text = error.to_string();
        assert!(
            text.contains("does not exist"),
            "the server's own words: {text}"
        );
    }
}

#[tokio::test]
async fn a_role_that_may_not_make_tables_is_told() {
    let engine = Engine::postgres();
    engine
        .shell("CREATE ROLE portcullis_reader LOGIN; REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        .unwrap();
    let error = refused(&with_user(&engine.url(), "portcullis_reader")).await;
    assert!(matches!(error, OpenError::Refused { .. }), "{error:?}");
    assert!(error.to_string().contains("permission denied"), "{error}");
}

/// The test server offers none, as somebody between would say of any server. The second address is
/// one beyond this machine, whose packets happen to be led here.
#[tokio::test]
async fn tls_that_was_required_is_not_done_without() {
    let url = with_user(&Engine::postgres().url(), "postgres:hunter2");
    let beyond = url.replacen("@127.0.0.1:", "@db.example:", 1) + "?hostaddr=127.0.0.1";
    assert!(beyond.contains("@db.example:"), "{beyond}");
    for required in [
        format!("{url}?sslmode=require"),
        beyond.clone(),
        format!("{beyond}&sslmode=prefer"),
    ] {
        let error = refused(&required).await;
        assert!(matches!(error, OpenError::NoTls { .. }), "{error:?}");
        assert!(error.to_string().contains("`sslmode=disable`"), "{error}");
    }
    let asked_for = format!("{beyond}&sslmode=disable");
    PostgresStore::open(&asked_for).await.unwrap();
}

/// What an extension put there does not make a database somebody else's.
#[tokio::test]
async fn a_schema_of_its_own_beside_others() {
    let engine = Engine::postgres();
    engine
        .shell("CREATE TABLE public.users (id int); CREATE SCHEMA portcullis")
        .unwrap();
    let refused = PostgresStore::open(&engine.url()).await.err();
    assert!(
        matches!(refused, Some(OpenError::Foreign { .. })),
        "{refused:?}"
    );
    let url = format!("{}?options=-csearch_path%3Dportcullis", engine.url());
    assert!(PostgresStore::open(&url).await.unwrap().was_created());
    let ours = "SELECT count(*) FROM portcullis.users";
    assert_eq!(engine.shell(ours).unwrap(), "0");
}

#[tokio::test]
async fn a_broken_connection_is_replaced() {
    let engine = Engine::postgres();
    let store = PostgresStore::open(&engine.url()).await.unwrap();
    let id = UserId::new("nobody");
    for _ in 0..3 {
        assert!(!store.delete_user(&id, None).await.unwrap());
        engine
            .shell(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
                 WHERE datname = current_database() AND application_name = 'portcullis'",
            )
            .unwrap();
        // One request may meet the broken connection. It is told to come again, and the next works.
        match store.delete_user(&id, None).await {
            Ok(was_there) => assert!(!was_there),
            Err(StoreError::Unavailable(_)) => {
                assert!(!store.delete_user(&id, None).await.unwrap());
            }
            Err(error) => panic!("{error:?}"),
        }
    }
}

/// After a failover, a connection to the former primary answers, but takes no writes.
#[tokio::test]
async fn a_connection_that_takes_no_writes_is_replaced() {
    let engine = Engine::postgres();
    let store = PostgresStore::open(&engine.url()).await.unwrap();
    let set = |read_only: &str| {
        engine
            .shell(&format!(
                "BEGIN READ WRITE; DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET \
                 default_transaction_read_only = {read_only}', current_database()); END $$; COMMIT"
            ))
            .unwrap();
    };
    drop(store);
    set("on");
    let store = PostgresStore::open(&engine.url()).await.unwrap();
    let id = UserId::new("nobody");
    let refused = store.delete_user(&id, None).await;
    assert!(
        matches!(refused, Err(StoreError::Unavailable(_))),
        "{refused:?}"
    );
    set("off");
    let was_there = store.delete_user(&id, None).await.unwrap();
    assert!(!was_there, "a new connection was made");
}

#[tokio::test]
async fn a_server_that_went_away_is_unavailable_at_once() {
    let server = PostgresServer::start();
    let store = PostgresStore::open(&server.fresh_database()).await.unwrap();
    store.check().await.unwrap();
    drop(server);
    let start = Instant::now();
    for _ in 0..3 {
        let answer = store.find_by_subject("nobody").await;
        assert!(
            matches!(answer, Err(StoreError::Unavailable(_))),
            "{answer:?}"
        );
    }
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "{:?}",
        start.elapsed()
    );
}

/// A server process that holds its connection and says nothing, until this is dropped.
struct Stopped(String);

impl Stopped {
    /// The only one that serves the store.
    fn of(engine: &Engine) -> Self {
        let pids = "SELECT pid FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'portcullis'";
        let pid: u32 = engine.shell(pids).unwrap().parse().unwrap();
        let stopped = Self(pid.to_string());
        stopped.signal("-STOP");
        stopped
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.0]).status();
        assert!(sent.unwrap().success(), "kill {signal} {}", self.0);
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        self.signal("-CONT");
    }
}

/// How long `verb` takes against a server that says nothing. While nothing happens, the clock jumps
/// to what is waited for next, so a minute costs nothing.
async fn waited<T>(verb: impl Future<Output = T>) -> (Result<T, Elapsed>, Duration) {
    tokio::time::pause();
    let start = tokio::time::Instant::now();
    let answer = tokio::time::timeout(Duration::from_mins(1), verb).await;
    let waited = start.elapsed();
    tokio::time::resume();
    (answer, waited)
}

#[tokio::test]
async fn a_silent_server_is_not_waited_for_without_end() {
    let name = Username::parse("nobody").unwrap();
    let id = UserId::new("nobody");
    let none = Scopes::none();
    let token = RefreshToken::first("22-character-session-A").unwrap();
    let (rotation, _) = crate::sessions::turn(&token);
    for verb in 0..=9 {
        let engine = Engine::postgres();
        let store = PostgresStore::open(&engine.url()).await.unwrap();
        let stopped = Stopped::of(&engine);
        let (answer, waited) = waited(async {
            match verb {
                0 => store.find_by_username(&name).await.map(drop),
                1 => store.list_users(None, 1).await.map(drop),
                2 => store.update_scopes(&id, &none, &none).await.map(drop),
                3 => store.list_signing_keys().await.map(drop),
                4 => store.find_session("x").await.map(drop),
                5 => store.list_sessions(&id).await.map(drop),
                6 => store.delete_sessions(&id).await.map(drop),
                7 => store.rotate_session(rotation.clone()).await.map(drop),
                8 => store.list_clients().await.map(drop),
                _ => store.delete_user(&id, None).await.map(drop),
            }
        })
        .await;
        assert!(
            matches!(answer, Ok(Err(StoreError::Unavailable(_)))),
            "verb {verb}: {answer:?}"
        );
        let range = Duration::from_secs(10)..Duration::from_secs(15);
        assert!(range.contains(&waited), "verb {verb}: {waited:?}");
        // By another connection, though the silent one is not closed by the server.
        store.check().await.unwrap();
        drop(stopped);
    }
}

/// A request that was given up does not leave its silent connection to the next one.
#[tokio::test]
async fn a_silent_connection_is_not_handed_on() {
    let engine = Engine::postgres();
    let store = PostgresStore::open(&engine.url()).await.unwrap();
    let stopped = Stopped::of(&engine);
    let abandoned = tokio::time::timeout(Duration::from_secs(3), store.check());
    let (answer, _) = waited(abandoned).await;
    assert!(matches!(answer, Ok(Err(_))), "{answer:?}");
    let next = tokio::time::timeout(Duration::from_secs(5), store.check());
    next.await.expect("by another connection").unwrap();
    drop(stopped);
}

/// What greets as a server does, and then says nothing.
#[tokio::test]
async fn a_server_that_only_greets_is_unreachable() {
    let greeter = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = greeter.local_addr().unwrap();
    let greeting = async {
        let (mut stream, _) = greeter.accept().await.unwrap();
        let mut startup = [0; 8];
        stream.read_exact(&mut startup).await.unwrap();
        // Authentication is done, and queries are welcome.
        stream
            .write_all(b"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I")
            .await
            .unwrap();
        std::future::pending::<()>().await;
    };
    let url = format!("postgres://me:hunter2@{place}/users");
    let opening = tokio::time::timeout(Duration::from_secs(30), refused(&url));
    let error = tokio::select! {
        error = opening => error.expect("it is not waited for without end"),
        () = greeting => unreachable!(),
    };
    assert!(matches!(error, OpenError::Unreachable { .. }), "{error:?}");
}

/// More requests than connections wait for one another, and all are answered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_requests_than_connections_are_all_answered() {
    let engine = Engine::postgres();
    let store = std::sync::Arc::new(PostgresStore::open(&engine.url()).await.unwrap());
    let tasks: Vec<_> = (0..200)
        .map(|_| {
            let store = std::sync::Arc::clone(&store);
            tokio::spawn(async move { store.find_by_subject("nobody").await.unwrap() })
        })
        .collect();
    for task in tasks {
        assert!(task.await.unwrap().is_none());
    }
    let open = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'portcullis'";
    let open: u32 = engine.shell(open).unwrap().parse().unwrap();
    assert!((1..=16).contains(&open), "{open} connections");
}

/// Counted by the server itself: the lookups read by index, and never all rows.
#[tokio::test]
async fn lookups_use_an_index() {
    let engine = Engine::postgres();
    let store = PostgresStore::open(&engine.url()).await.unwrap();
    engine
        .shell(
            "INSERT INTO users (id, username) SELECT 'id' || n, 'User' || n
             FROM generate_series(1, 5000) n; ANALYZE users",
        )
        .unwrap();
    let counts = || {
        let counts =
            "SELECT seq_tup_read, idx_scan FROM pg_stat_user_tables WHERE relname = 'users'";
        let counts = engine.shell(counts).unwrap();
        let (sequential, index) = counts.split_once('|').unwrap();
        (
            sequential.parse::<u32>().unwrap(),
            index.parse::<u32>().unwrap(),
        )
    };
    let before = counts();
    for number in 1..=50 {
        let name = Username::parse(&format!("user{number}")).unwrap();
        let found = store.find_by_username(&name).await.unwrap().unwrap();
        assert_eq!(found.user.id.as_str(), format!("id{number}"));
        let found = store.find_by_subject(&format!("id{number}")).await.unwrap();
        assert_eq!(found.unwrap().username, format!("User{number}"));
        assert_eq!(
            store
                .list_users(Some("user2"), 5)
                .await
                .unwrap()
                .users
                .len(),
            5
        );
    }
    // A session reports what it read when it ends.
    drop(store);
    let patience = Instant::now() + Duration::from_secs(20);
    let after = loop {
        let after = counts();
        if after.1 >= before.1 + 150 {
            break after;
        }
        assert!(Instant::now() < patience, "{before:?} {after:?}");
        // Not blocking: the connections are still being closed, on this thread.
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(after.0, before.0, "no lookup reads the whole table");
}
