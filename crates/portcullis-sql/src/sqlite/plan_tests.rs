//! That SQLite answers the lookups by an index, without sorting.

use super::SqliteStore;
use super::clients::{FIND as FIND_CLIENT, FIND_NAME, LIST as LIST_CLIENTS};
use super::failure::failure;
use super::search::LIST;
use super::sessions::{
    ANY_TO_SWEEP, DELETE_OF_USER, DELETE_OVER, ERASE_SALTS, FAMILY, FIND as FIND_SESSION,
    FIND_FAMILY, LIST as LIST_SESSIONS, MAKE_ROOM,
};
use super::users::{FIND_BY_SUBJECT, FIND_BY_USERNAME};
use crate::Create;

fn plan(sql: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("users.db"), Create::IfMissing).unwrap();
    let steps = store.readers.read(|connection| {
        let mut statement = connection
            .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
            .map_err(failure)?;
        for parameter in 1..=statement.parameter_count() {
            statement
                .raw_bind_parameter(parameter, "x")
                .map_err(failure)?;
        }
        let steps = statement.raw_query().mapped(|row| row.get::<_, String>(3));
        let steps: Result<Vec<_>, _> = steps.collect();
        steps.map_err(failure)
    });
    steps.unwrap().join("; ")
}

#[test]
fn lookups_use_an_index() {
    assert_eq!(
        plan(FIND_BY_SUBJECT),
        "SEARCH users USING PRIMARY KEY (id=?)"
    );
    assert_eq!(
        plan(FIND_BY_USERNAME),
        "SEARCH users USING INDEX users_by_username (username_canonical=?)"
    );
    assert_eq!(
        plan(LIST),
        "SEARCH users USING INDEX users_by_username (username_canonical>?)"
    );
}

#[test]
fn sessions_are_found_and_swept_by_an_index() {
    let by_id = "SEARCH sessions USING PRIMARY KEY (id=?)";
    for sql in [FIND_SESSION, FAMILY, FIND_FAMILY] {
        assert_eq!(plan(sql), by_id);
    }
    let by_user = "SEARCH sessions USING INDEX sessions_by_user (user_id=?)";
    assert_eq!(plan(LIST_SESSIONS), by_user, "in their order already");
    assert_eq!(plan(DELETE_OF_USER), by_user);
    let room = plan(MAKE_ROOM);
    let steps: Vec<_> = room.split("; ").collect();
    // It sorts as many as one user may have, and no more.
    let sorted = "USE TEMP B-TREE FOR ORDER BY";
    assert_eq!(steps, [by_id, "LIST SUBQUERY 1", by_user, sorted]);
    let by_end = "SEARCH sessions USING COVERING INDEX sessions_by_end (<expr><?)";
    let by_rotation = "SEARCH sessions USING COVERING INDEX sessions_by_rotation (rotated_at_ms<?)";
    for (sql, index) in [(DELETE_OVER, by_end), (ERASE_SALTS, by_rotation)] {
        let sweep = plan(sql);
        let steps: Vec<_> = sweep.split("; ").collect();
        assert_eq!(steps, [by_id, "LIST SUBQUERY 1", index]);
    }
    let any = plan(ANY_TO_SWEEP);
    assert!(any.contains(by_end) && any.contains(by_rotation), "{any}");
    assert!(!any.contains("SCAN sessions"), "{any}");
}

#[test]
fn clients_are_found_and_listed_by_an_index() {
    let by_id = "SEARCH clients USING PRIMARY KEY (id=?)";
    assert_eq!(plan(FIND_CLIENT), by_id);
    assert_eq!(
        plan(FIND_NAME),
        "SEARCH clients USING COVERING INDEX clients_by_name (name=?)"
    );
    assert_eq!(
        plan(LIST_CLIENTS),
        "SCAN clients USING INDEX clients_by_name"
    );
    // What the trigger does when a client is deleted.
    let migration = include_str!("../../migrations/sqlite/0004_clients.sql");
    let ends = "DELETE FROM sessions WHERE client_id = OLD.id AND client_id <> 'portcullis'";
    assert!(migration.contains(ends));
    assert_eq!(
        plan(&ends.replace("OLD.id", "?1")),
        "SEARCH sessions USING INDEX sessions_by_client (client_id=?)"
    );
}
