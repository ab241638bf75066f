//! The library's suite, on both engines.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use portcullis::store::conformance;
use portcullis_sql::{Create, PostgresStore, SqliteStore};

use crate::postgres_server::PostgresServer;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sqlite_keeps_every_promise() {
    let folder = tempfile::tempdir().unwrap();
    let count = AtomicU32::new(0);
    let next = || -> PathBuf {
        let number = count.fetch_add(1, Ordering::Relaxed);
        folder.path().join(format!("{number}.db"))
    };
    conformance::prove(|| {
        let path = next();
        async move { SqliteStore::open(&path, Create::IfMissing).unwrap() }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn postgres_keeps_every_promise() {
    conformance::prove(|| async {
        let url = PostgresServer::shared().fresh_database();
        PostgresStore::open(&url).await.unwrap()
    })
    .await;
}
