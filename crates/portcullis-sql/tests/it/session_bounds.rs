//! Sessions in great number: more of one user than are ever listed.

use portcullis::store::SESSIONS_PER_USER;
use portcullis::user::UserId;

use crate::engine::Engine;

/// The user `id`, and so many sessions by the shell, begun at 1, 2, 3, … and over at 1000 more.
fn filled(engine: &Engine, count: u32) {
    let id = match engine {
        Engine::Sqlite(_) => "printf('%022d', n)",
        Engine::Postgres(_) => "lpad(n::text, 22, '0')",
    };
    engine
        .shell(&format!(
            "INSERT INTO users (id, username) VALUES ('id', 'johndoe');
             WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {count})
             INSERT INTO sessions (id, user_id, client_id, scopes, epoch, created_at, last_used_at,
                 idle_until, ends_at)
             SELECT {id}, 'id', 'portcullis', '', 0, n, n, 1000 + n, 2000 FROM counted"
        ))
        .unwrap();
}

#[tokio::test]
async fn of_rows_without_number_the_newest_are_listed() {
    for engine in Engine::both() {
        let store = engine.open().await;
        filled(&engine, SESSIONS_PER_USER + 100);
        let listed = store.list_sessions(&UserId::new("id")).await.unwrap();
        let begun: Vec<_> = listed
            .iter()
            .map(|one| one.created_at.as_second())
            .collect();
        let newest: Vec<_> = (101..=i64::from(SESSIONS_PER_USER) + 100).rev().collect();
        assert_eq!(begun, newest);
    }
}
