//! Rows that must not be, and what becomes of those that are there all the same.

use portcullis::password::PasswordHash;
use portcullis::scope::Scopes;
use portcullis::store::{InsertedUser, NewUser, PasswordChange, StoreError};
use portcullis::user::{UserId, Username};

use crate::engine::{Engine, find, found};

/// Scopes of so many characters, each of them readable.
fn scopes_of(characters: usize) -> String {
    let whole = (characters - 1) / 128;
    let mut scopes: String = (0..whole)
        .map(|n| [&format!("{n:0>127}"), " "].concat())
        .collect();
    // Of what is left, one that differs from all others.
    scopes += &"z".repeat(characters - scopes.len());
    assert_eq!(scopes.len(), characters);
    assert_eq!(Scopes::parse(&scopes).unwrap().to_string(), scopes);
    scopes
}

/// Columns, and values in SQL that they must not hold.
fn impossible(engine: &Engine) -> Vec<(&'static str, String)> {
    let mut impossible: Vec<(&str, String)> = [
        "a b",
        " ",
        "a\u{7f}",
        "\u{1b}[31m",
        "a\n",
        "ä",
        "\u{202e}",
        &"x".repeat(65),
    ]
    .map(|id| ("id", format!("'{id}'")))
    .into();
    impossible.push(("scopes", format!("'{}'", scopes_of(4097))));
    impossible.push(("created_at", "253402207201".to_owned()));
    for column in ["epoch", "rehashes"] {
        for number in ["-1", "9007199254740992", "9223372036854775807", "1e300"] {
            impossible.push((column, number.to_owned()));
        }
    }
    if matches!(engine, Engine::Sqlite(_)) {
        // PostgreSQL has types for that.
        let texts = [
            "id",
            "username",
            "email",
            "full_name",
            "hashed_password",
            "scopes",
        ];
        impossible.extend(texts.map(|column| (column, "x'61'".to_owned())));
    }
    impossible
}

/// What the database takes can be read, so nobody is locked out by a row.
#[tokio::test]
async fn what_could_not_be_read_or_printed_is_refused() {
    for engine in Engine::both() {
        let store = engine.open().await;
        engine
            .shell("INSERT INTO users (username) VALUES ('nobody')")
            .unwrap();
        for (column, value) in impossible(&engine) {
            if column != "username" {
                engine.refused(&format!(
                    "INSERT INTO users (username, {column}) VALUES ('a', {value})"
                ));
            }
            engine.refused(&format!("UPDATE users SET {column} = {value}"));
        }
        let users = store.list_users(None, 9).await.unwrap().users;
        assert_eq!(users.len(), 1);

        let key = |time: i64| {
            let sealed = match engine {
                Engine::Sqlite(_) => "x'00'",
                Engine::Postgres(_) => "'0'",
            };
            format!(
                "INSERT INTO signing_keys (kid, sealed, created_at, signs_from, retires_at) \
                 VALUES ('a', {sealed}, {time}, {time}, {time})"
            )
        };
        engine.refused(&key(-1));
        engine.refused(&key(253_402_207_201));
        engine.shell(&key(253_402_207_200)).unwrap();
        assert_eq!(store.list_signing_keys().await.unwrap().len(), 1);
        for column in ["created_at", "signs_from", "retires_at"] {
            engine.refused(&format!("UPDATE signing_keys SET {column} = -1"));
        }
        engine.refused("UPDATE signing_keys SET signs_from = NULL");
    }
}

/// The bounds refuse nothing that they should not.
#[tokio::test]
async fn the_largest_row_can_be_read() {
    for engine in Engine::both() {
        let store = engine.open().await;
        let largest = format!(
            "INSERT INTO users (id, username, scopes, epoch, rehashes, created_at) VALUES \
             ('{}', 'a', '{}', 9007199254740991, 9007199254740991, 253402207200)",
            "!~".repeat(32),
            scopes_of(4096)
        );
        engine.shell(&largest).unwrap();
        let user = found(&*store, "a").await.user;
        assert_eq!(user.scopes.to_string(), scopes_of(4096));
        assert_eq!(user.epoch.number(), 9_007_199_254_740_991);
        let longest = format!("{} {}", "x".repeat(128), "y".repeat(128));
        engine
            .shell(&format!("UPDATE users SET scopes = '{longest}'"))
            .unwrap();
        assert_eq!(found(&*store, "a").await.user.scopes.iter().count(), 2);
    }
}

/// Whoever calls the store keeps to the bound; if not, nothing is changed, and all goes on.
#[tokio::test]
async fn more_scopes_than_fit_change_nothing() {
    for engine in Engine::both() {
        let store = engine.open().await;
        let scopes = |text: &str| Scopes::parse(text).unwrap();
        let new = |name: &str, scopes: Scopes| NewUser {
            id: UserId::new(name),
            username: Username::parse(name).unwrap(),
            email: None,
            email_verified: false,
            full_name: None,
            hashed_password: None,
            disabled: false,
            scopes,
            created_at: jiff::Timestamp::UNIX_EPOCH,
            mail: None,
        };
        let most = scopes(&scopes_of(4096));
        let inserted = store.insert_user(new("most", most.clone())).await.unwrap();
        assert_eq!(inserted, InsertedUser::Inserted);
        let before = found(&*store, "most").await.user;

        for _ in 0..3 {
            let inserted = store
                .insert_user(new("more", scopes(&scopes_of(4097))))
                .await;
            let id = &before.id;
            let one = scopes("one-more");
            let updated = store.update_scopes(id, &one, &Scopes::none()).await;
            for error in [inserted.unwrap_err(), updated.unwrap_err()] {
                let StoreError::Unexpected(cause) = error else {
                    panic!("{error:?}");
                };
                assert!(format!("{cause:?}").contains("4096"), "{cause:?}");
            }
        }
        assert!(find(&*store, "more").await.is_none());
        let by_id = store.find_by_subject("most").await.unwrap();
        assert_eq!(by_id, Some(before.clone()));

        let exchanged = store.update_scopes(&before.id, &scopes("one"), &most).await;
        assert_eq!(exchanged.unwrap(), Some(scopes("one")));
    }
}

/// A scope that is too long gets past SQLite's own rules, and past PostgreSQL's once somebody dropped
/// them: then it is the database's to keep but nobody's to use.
#[tokio::test]
async fn scopes_that_nobody_can_read_refuse_the_user_and_hide_nobody_else() {
    for engine in Engine::both() {
        let store = engine.open().await;
        for name in ["alice", "bob", "carl", "dora"] {
            engine
                .shell(&format!("INSERT INTO users (username) VALUES ('{name}')"))
                .unwrap();
        }
        let bob = found(&*store, "bob").await.user.id;
        let spoil = format!(
            "UPDATE users SET scopes = 'a {}' WHERE username = 'bob'",
            "x".repeat(129)
        );
        if matches!(engine, Engine::Postgres(_)) {
            let rule = "a scope has at most 128 characters, all together 4096";
            assert!(engine.refused(&spoil).contains(rule));
            engine
                .shell(&format!("ALTER TABLE users DROP CONSTRAINT \"{rule}\""))
                .unwrap();
        }
        engine.shell(&spoil).unwrap();

        let by_id = store.find_by_subject(bob.as_str()).await;
        assert!(matches!(by_id, Err(StoreError::Unexpected(_))), "{by_id:?}");
        let name = Username::parse("bob").unwrap();
        let by_name = store.find_by_username(&name).await;
        assert!(
            matches!(by_name, Err(StoreError::Unexpected(_))),
            "{by_name:?}"
        );
        let none = Scopes::none();
        let changed = store.update_scopes(&bob, &none, &none).await;
        assert!(
            matches!(changed, Err(StoreError::Unexpected(_))),
            "{changed:?}"
        );

        let page = store.list_users(None, 2).await.unwrap().users;
        let names: Vec<_> = page.iter().map(|user| user.username.as_str()).collect();
        assert_eq!(
            names,
            ["alice", "carl"],
            "a page is full in spite of the row left out"
        );
        assert_eq!(
            store.list_users(Some("carl"), 2).await.unwrap().users.len(),
            1
        );
        let gone = store.delete_user(&bob, None).await.unwrap();
        assert!(gone, "it can be deleted");
    }
}

/// PostgreSQL tells the whole row that a rule refused; what is logged must not.
#[tokio::test]
async fn an_error_tells_no_hash() {
    for engine in Engine::both() {
        let store = engine.open().await;
        let sql = "INSERT INTO users (id, username) VALUES ('id', 'johndoe')";
        engine.shell(sql).unwrap();
        let rule = match engine {
            Engine::Sqlite(_) => {
                "CREATE TRIGGER rule BEFORE UPDATE ON users BEGIN
                     SELECT RAISE(ABORT, 'no such change'); END"
            }
            Engine::Postgres(_) => {
                "ALTER TABLE users ADD CONSTRAINT \"no such change\" CHECK (epoch = 0)"
            }
        };
        engine.shell(rule).unwrap();
        let hash = PasswordHash::from_store("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2g");
        let refused = store
            .update_password(&UserId::new("id"), PasswordChange::to(hash))
            .await;
        let told = match &refused {
            Err(StoreError::Unexpected(cause)) => cause.to_string(),
            other => panic!("{other:?}"),
        };
        assert!(told.contains("no such change"), "{told}");
        for text in [told, format!("{refused:?}")] {
            assert!(!text.contains("argon2id"), "{text}");
        }
    }
}
