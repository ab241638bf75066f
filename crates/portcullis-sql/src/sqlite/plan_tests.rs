//! That SQLite answers the lookups by an index, without sorting.

use super::SqliteStore;
use super::failure::failure;
use super::users::{FIND_BY_SUBJECT, FIND_BY_USERNAME, LIST};
use crate::Create;

fn plan(sql: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("users.db"), Create::IfMissing).unwrap();
    let steps = store.readers.read(|connection| {
        let mut statement = connection
            .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
            .map_err(failure)?;
        let steps = statement.query_map(["x"], |row| row.get::<_, String>(3));
        let steps: Result<Vec<_>, _> = steps.map_err(failure)?.collect();
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
