//! That PostgreSQL answers the verbs about accounts by an index, whatever it knows of the tables.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helping functions too"
)]

use tokio_postgres::{Client, NoTls};

use super::{PostgresStore, account, hash_costs, one_time, outbox, search, users};

#[expect(dead_code, reason = "the tests beside it use the rest")]
#[path = "../../tests/it/postgres_server.rs"]
mod postgres_server;

const FILL: &str = "INSERT INTO users (id, username, email, email_verified, hashed_password)
        SELECT 'id' || n, 'user' || n, 'user' || n || '@example.com', n % 2 = 0, '$2b$12$' || n
        FROM generate_series(1, 5000) n;
    INSERT INTO one_time_tokens SELECT sha256(n::text::bytea), 'verify_email', 'id' || n, 'a@b.c',
        'a@b.c', 0, '', n, n FROM generate_series(1, 5000) n;
    INSERT INTO mails (id, kind, user_id, created_at, due_at, given_up_at)
        SELECT lpad(n::text, 22, '0'), 'x', 'id' || n, n, CASE WHEN n % 2 = 0 THEN n END,
        CASE WHEN n % 2 = 1 THEN n END FROM generate_series(1, 5000) n";

/// What is asked, how many values it has, and by which index it is found.
const ASKED: [(&str, &str, &str); 21] = [
    (users::FIND_BY_EMAIL, "$1", "users_by_verified_email"),
    (account::IS_VERIFIED, "$2", "users_by_verified_email"),
    (search::LIST, "$2", "users_by_username"),
    (search::NAMES, "$4", "users_by_username"),
    (search::NAMES_BY_EMAIL, "$3", "users_by_email"),
    (search::FIND_NAMED, "$1", "users_by_username"),
    (search::WALKED_TO, "$2", "users_by_username"),
    (search::WALK, "$7", "users_by_username"),
    (search::UNVERIFIED, "$2", "users_by_unverified_email"),
    (hash_costs::NEXT, "$1", "users_by_hash_cost"),
    (hash_costs::DEFAULT, "", "users_pkey"),
    (one_time::FIND, "$1", "one_time_tokens_pkey"),
    (one_time::LIST, "$3", "one_time_tokens_by_user"),
    (one_time::DELETE_OF_USER, "$2", "one_time_tokens_by_user"),
    (
        one_time::LOCK_INVITATIONS,
        "$1",
        "one_time_tokens_by_invitation",
    ),
    (one_time::DELETE_EXPIRED, "$2", "one_time_tokens_by_end"),
    (outbox::DUE, "$2", "mails_by_due"),
    (outbox::LIST, "$3", "mails_by_user"),
    (outbox::DELETE_OLD, "$2", "mails_by_given_up"),
    (outbox::DELETE_UNSENT, "$2", "mails_by_due"),
    (outbox::FINISH, "$2", "mails_pkey"),
];

async fn plan(client: &Client, sql: &str, values: &str) -> String {
    let count = values.trim_start_matches('$').parse().unwrap_or(0);
    let nulls = match count {
        0 => String::new(),
        _ => format!("({})", vec!["NULL"; count].join(", ")),
    };
    let prepare = format!("PREPARE asked AS {sql}");
    client.batch_execute(&prepare).await.unwrap();
    let explain = format!("EXPLAIN (COSTS OFF) EXECUTE asked{nulls}");
    let rows = client.query(&explain, &[]).await.unwrap();
    client.batch_execute("DEALLOCATE asked").await.unwrap();
    let lines: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    lines.join("\n")
}

#[tokio::test]
async fn accounts_are_found_by_an_index() {
    let url = postgres_server::PostgresServer::shared().fresh_database();
    drop(PostgresStore::open(&url).await.unwrap());
    let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
    tokio::spawn(connection);
    // As it is asked by a connection that has asked it often.
    let generic = "SET plan_cache_mode = force_generic_plan";
    client.batch_execute(generic).await.unwrap();
    client.batch_execute(FILL).await.unwrap();
    for analyze in ["", "ANALYZE"] {
        client.batch_execute(analyze).await.unwrap();
        for (sql, values, index) in ASKED {
            let plan = plan(&client, sql, values).await;
            assert!(plan.contains(index), "{sql}\n{plan}");
            assert!(!plan.contains("Seq Scan"), "{sql}\n{plan}");
            // What is sorted there is one page, or what one user or one address has.
            let may_sort = [
                search::FIND_NAMED,
                search::WALK,
                search::UNVERIFIED,
                one_time::LOCK_INVITATIONS,
                one_time::LIST,
                outbox::LIST,
            ];
            let is_sorted = plan.contains("Sort");
            assert!(!is_sorted || may_sort.contains(&sql), "{sql}\n{plan}");
        }
    }
}
