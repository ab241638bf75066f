//! Accounts where there are many, or where a row is not as it should be.

use jiff::Timestamp;
use portcullis::store::{Errand, Mail, Store};
use portcullis::user::{EmailAddress, UserId};

use crate::engine::Engine;

/// 30,000 users: three in a thousand have an address of their own kind, all others a common one.
fn fill(engine: &Engine) {
    let series = match engine {
        Engine::Sqlite(_) => {
            "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers
             WHERE n < 30000) INSERT INTO users (username, email) SELECT
             'user' || substr('0000' || n, -5), CASE WHEN n % 1000 < 3 THEN 'rare' ELSE 'common' END
             || n || '@example.com' FROM numbers"
        }
        Engine::Postgres(_) => {
            "INSERT INTO users (username, email) SELECT 'user' || lpad(n::text, 5, '0'),
             CASE WHEN n % 1000 < 3 THEN 'rare' ELSE 'common' END || n || '@example.com'
             FROM generate_series(1, 30000) n"
        }
    };
    engine.shell(series).unwrap();
    let beside = "INSERT INTO users (username, email) VALUES ('common', 'x@example.com'),
        ('zoe', 'common0@example.com'), ('yak', 'y@example.com')";
    engine.shell(beside).unwrap();
}

/// Every name that a search finds, and how many pages that took.
async fn searched(store: &dyn Store, prefix: &str, limit: u32) -> (Vec<String>, usize) {
    let (mut names, mut after) = (Vec::new(), None);
    for pages in 1..1_000 {
        let page = store.search_users(prefix, after.as_deref(), limit).await;
        let page = page.unwrap();
        assert!(page.users.len() <= limit as usize);
        names.extend(page.users.into_iter().map(|user| user.username));
        assert!(page.next.is_none() || after < page.next);
        after = page.next;
        if after.is_none() {
            return (names, pages);
        }
    }
    unreachable!("a search of {prefix} comes to an end");
}

#[tokio::test]
async fn a_prefix_that_very_many_share_is_walked_through() {
    for engine in Engine::both() {
        let store = engine.open().await;
        fill(&engine);
        let is_common = |n: &i32| n % 1000 >= 3;
        let users = |is: &dyn Fn(&i32) -> bool| -> Vec<String> {
            let numbers = (1..=30_000).filter(|n| is(n));
            numbers.map(|n| format!("user{n:05}")).collect()
        };
        let mut wanted = vec!["common".to_owned()];
        wanted.extend(users(&is_common));
        wanted.push("zoe".into());
        let (found, pages) = searched(&*store, "COMMON", 1_000).await;
        assert!(found == wanted, "each is found once, and in order");
        assert!((30..=40).contains(&pages), "{pages} pages");

        let rare = users(&|n| !is_common(n));
        assert_eq!(searched(&*store, "rare", 1_000).await, (rare, 1));
        // Nobody for very long, and yet no page is read without end.
        engine
            .shell(
                "UPDATE users SET email = 'common' || id || '@example.com' WHERE username <> 'yak'",
            )
            .unwrap();
        engine
            .shell("UPDATE users SET username = 'w' || username WHERE username LIKE 'user%'")
            .unwrap();
        let page = store
            .search_users("common", Some("wuser19000"), 20_000)
            .await;
        let page = page.unwrap();
        assert_eq!(page.users.len(), 10_000, "one call reads so many at most");
        assert_eq!(page.next.as_deref(), Some("wuser29000"));
        let page = store
            .search_users("common", page.next.as_deref(), 20_000)
            .await;
        assert_eq!(page.unwrap().users.len(), 1_001);
    }
}

#[tokio::test]
async fn each_kind_of_hash_is_listed() {
    for engine in Engine::both() {
        let store = engine.open().await;
        assert!(store.list_hash_costs().await.unwrap().is_empty());
        let (bcrypt, b64) = (
            "Pd0Gz9jPPyPFbUyBqLHuWOVbju1iZ6YwAoi80qcuA2Zf3G5jaO7t2",
            "c29tZXNhbHRzb21lc2FsdA$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        );
        let kinds = [
            ("$2a$04$", bcrypt),
            ("$2b$04$", bcrypt),
            ("$2b$12$", bcrypt),
            ("$argon2i$m=19456,t=2,p=1$", b64),
            ("$argon2id$v=19$m=19456,t=3,p=1$", b64),
            ("$argon2id$v=19$m=65536,t=2,p=1$", b64),
            ("$argon2id$v=19$m=19456,t=2,p=1$", b64),
            ("!", ""),
        ];
        for (number, (kind, rest)) in kinds.into_iter().enumerate() {
            for copy in ["A", "B", "C"] {
                // Another salt makes no other kind.
                let rest = rest.get(1..).unwrap_or_default();
                let insert = "INSERT INTO users (username, hashed_password) VALUES";
                engine
                    .shell(&format!(
                        "{insert} ('user{number}{copy}', '{kind}{copy}{rest}')"
                    ))
                    .unwrap();
            }
        }
        engine
            .shell("INSERT INTO users (username) VALUES ('nobody')")
            .unwrap();
        let listed = store.list_hash_costs().await.unwrap();
        assert_eq!(listed.len(), kinds.len(), "one of each kind");
        for (kind, _) in kinds {
            let count = listed.iter().filter(|hash| hash.as_str().starts_with(kind));
            assert_eq!(count.count(), 1, "{kind}");
        }
    }
}

/// What nobody can read is nobody's turn, and everybody else's comes.
#[tokio::test]
async fn a_mail_that_cannot_be_read_stops_no_other() {
    for engine in Engine::both() {
        let store = engine.open().await;
        for (letter, columns, values) in [
            ("A", "", ""),
            ("B", ", address", ", 'no address'"),
            ("C", ", username", ", 'no name'"),
        ] {
            let kind = match letter {
                "A" => "a kind of the future",
                "B" => "recover_by_email",
                _ => "recover_by_username",
            };
            let id = letter.repeat(22);
            engine
                .shell(&format!(
                    "INSERT INTO mails (id, kind, created_at, due_at{columns}) \
                     VALUES ('{id}', '{kind}', 1, 1{values})"
                ))
                .unwrap();
        }
        let address = EmailAddress::parse("j@example.com").unwrap();
        let good = Mail::new(
            Errand::RecoverByEmail { address },
            Timestamp::constant(2, 0),
        );
        let good = good.unwrap();
        store.insert_mail(good.clone()).await.unwrap();
        let (now, until) = (Timestamp::constant(9, 0), Timestamp::constant(99, 0));
        let mut claimed = Vec::new();
        for _ in 0..4 {
            claimed.extend(store.claim_mails(now, until, 1).await.unwrap());
        }
        assert_eq!(claimed.len(), 1, "{claimed:?}");
        assert_eq!(claimed[0].mail, good);
        let load = store.measure_outbox().await.unwrap();
        assert_eq!((load.waiting, load.given_up), (1, 3));
        let why = "SELECT DISTINCT given_up_at, failure FROM mails WHERE due_at IS NULL";
        let why = engine.shell(why).unwrap();
        assert_eq!(why, "9|its row in the database cannot be read");
        let user = UserId::new("nobody");
        assert!(
            store
                .list_mails(&user, None, 1_000)
                .await
                .unwrap()
                .is_empty()
        );
    }
}

#[tokio::test]
async fn why_a_mail_did_not_go_is_kept_on_one_line_and_short() {
    for engine in Engine::both() {
        let store = engine.open().await;
        let address = EmailAddress::parse("j@example.com").unwrap();
        let mail = Mail::new(Errand::RecoverByEmail { address }, Timestamp::UNIX_EPOCH);
        store.insert_mail(mail.unwrap()).await.unwrap();
        let (now, until) = (Timestamp::UNIX_EPOCH, Timestamp::constant(60, 0));
        let held = store.claim_mails(now, until, 1).await.unwrap();
        let why = format!("550\r\n\0 {}", "\u{e4}".repeat(600));
        assert!(store.postpone_mail(&held[0], until, &why).await.unwrap());
        let kept = engine.shell("SELECT failure FROM mails").unwrap();
        assert_eq!(kept, format!("550    {}", "\u{e4}".repeat(493)));
    }
}
