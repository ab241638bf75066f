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
use super::{hash_costs, one_time, outbox, search, users};
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

#[test]
fn accounts_are_found_and_searched_by_an_index() {
    let verified = "SEARCH users USING INDEX users_by_verified_email (email_canonical=?)";
    assert_eq!(plan(users::FIND_BY_EMAIL), verified);
    assert!(plan(users::IS_VERIFIED).contains("users_by_verified_email (email_canonical=?"));
    assert_eq!(
        plan(search::FIND_NAMED),
        "SEARCH users USING INDEX users_by_username (username_canonical=?)"
    );
    let unverified = plan(search::UNVERIFIED);
    for index in ["users_by_unverified_email", "one_time_tokens_by_user"] {
        assert!(unverified.contains(index), "{unverified}");
    }
    let names = plan(search::NAMES);
    assert!(
        names.starts_with("SEARCH users USING COVERING INDEX users_by_username"),
        "{names}"
    );
    assert!(!names.contains("TEMP B-TREE"), "{names}");
    assert_eq!(
        plan(search::NAMES_BY_EMAIL),
        "SEARCH users USING COVERING INDEX users_by_email (email_canonical>? AND email_canonical<?)"
    );
    assert_eq!(
        plan(hash_costs::NEXT),
        "SEARCH users USING INDEX users_by_hash_cost (<expr>>?)"
    );
    let default = plan(hash_costs::DEFAULT);
    assert!(!default.contains("TEMP B-TREE"), "{default}");
}

#[test]
fn tokens_and_mails_are_found_by_an_index() {
    let by_digest = "SEARCH one_time_tokens USING PRIMARY KEY (digest=?)";
    let by_user = "SEARCH one_time_tokens USING INDEX one_time_tokens_by_user (user_id=?)";
    assert_eq!(plan(one_time::FIND), by_digest);
    assert_eq!(plan(one_time::LIST), by_user, "in their order already");
    assert_eq!(plan(one_time::DELETE_OF_USER), by_user);
    assert_eq!(
        plan(one_time::DELETE_INVITATIONS),
        "SEARCH one_time_tokens USING INDEX one_time_tokens_by_invitation (address_canonical=?)"
    );
    let by_end =
        "SEARCH one_time_tokens USING COVERING INDEX one_time_tokens_by_end (expires_at<?)";
    assert_eq!(plan(one_time::ANY_TO_SWEEP), by_end);
    assert!(plan(one_time::DELETE_EXPIRED).contains(by_end));

    assert_eq!(
        plan(outbox::DUE),
        "SEARCH mails USING INDEX mails_by_due (due_at<?)"
    );
    assert!(plan(outbox::ANY_DUE).contains("COVERING INDEX mails_by_due (due_at<?)"));
    assert_eq!(
        plan(outbox::LIST),
        "SEARCH mails USING INDEX mails_by_user (user_id=?)"
    );
    let by_given_up = "SEARCH mails USING COVERING INDEX mails_by_given_up (given_up_at<?)";
    assert_eq!(plan(outbox::ANY_TO_SWEEP), by_given_up);
    assert!(plan(outbox::DELETE_OLD).contains(by_given_up));
    let by_due = "SEARCH mails USING COVERING INDEX mails_by_due (due_at<?)";
    assert_eq!(plan(outbox::ANY_UNSENT), by_due);
    assert!(plan(outbox::DELETE_UNSENT).contains(by_due));
    let counted = plan(outbox::MEASURE);
    for index in ["mails_by_due", "mails_by_given_up"] {
        assert!(
            counted.contains(&format!("COVERING INDEX {index}")),
            "{counted}"
        );
    }
}
