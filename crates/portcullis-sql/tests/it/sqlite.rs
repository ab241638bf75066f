//! `SQLite` alone: the file, the shell beside it, and what opening refuses.

use jiff::Timestamp;
use portcullis::scope::Scopes;
use portcullis::store::{InsertedUser, NewUser, UserSource, Users};
use portcullis::user::{UserId, Username};
use portcullis_sql::{Create, SqliteStore};

#[tokio::test]
async fn smoke() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("users.db");
    let store = SqliteStore::open(&path, Create::IfMissing).unwrap();
    assert!(store.was_created());
    let user = NewUser {
        id: UserId::random().unwrap(),
        username: Username::parse("JohnDoe").unwrap(),
        email: None,
        full_name: None,
        hashed_password: None,
        disabled: false,
        scopes: Scopes::parse("b a").unwrap(),
        created_at: Timestamp::UNIX_EPOCH,
    };
    assert_eq!(
        store.insert_user(user.clone()).await.unwrap(),
        InsertedUser::Inserted
    );
    assert_eq!(
        store.insert_user(user.clone()).await.unwrap(),
        InsertedUser::UsernameTaken
    );
    let found = store
        .find_by_subject(user.id.as_str())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.scopes.to_string(), "a b");
    let found = store
        .find_by_username(&user.username)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.user.username, "JohnDoe");
    assert!(store.update_disabled(&user.id, true).await.unwrap());
    assert_eq!(
        store.list_users(None, 10).await.unwrap()[0].epoch.number(),
        1
    );
    store.check().await.unwrap();
    drop(store);
    let names: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(names, ["users.db"]);
    assert!(
        !SqliteStore::open(&path, Create::Never)
            .unwrap()
            .was_created()
    );
}
