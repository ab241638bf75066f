//! That SQLite runs the same statements and writes as many pages, whoever is asked about.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use portcullis::password::PasswordHash;
use portcullis::scope::Scopes;
use portcullis::store::{Answer, Errand, InsertedUser, Mail, NewUser, Outbox, Users};
use portcullis::user::{EmailAddress, UserId, Username};
use rusqlite::trace::{TraceEvent, TraceEventCodes};
use tempfile::TempDir;

use super::*;

/// A new database, and what its writing connection runs: statements, and triggers.
struct Traced {
    store: SqliteStore,
    ran: Arc<Mutex<Vec<String>>>,
    folder: TempDir,
}

/// What one verb did.
#[derive(Debug, PartialEq)]
struct Work {
    ran: Vec<String>,
    /// How much longer the log of pages is.
    logged: u64,
}

impl Traced {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = DatabaseFile::find(&folder.path().join("users.db"), Create::IfMissing).unwrap();
        let identified = Arc::new(file.identify().unwrap());
        let remembered = Arc::new(Remembered::new());
        let mut connection = connect(&file, Access::Write).unwrap();
        let was_created = schema::migrate(&mut connection, &file, Create::IfMissing).unwrap();
        let ran = Arc::new(Mutex::new(Vec::new()));
        let writes_down = Arc::clone(&ran);
        let trace = move |event: TraceEvent<'_>| {
            if let TraceEvent::Stmt(_, text) = event {
                writes_down.lock().unwrap().push(text.to_owned());
            }
        };
        let statements = TraceEventCodes::SQLITE_TRACE_STMT;
        connection.trace_v2(statements, Some(trace)).unwrap();
        let readers = Readers::open(&file, Arc::clone(&identified), Arc::clone(&remembered));
        Self {
            store: SqliteStore {
                readers: readers.unwrap(),
                writer: Writer::start(connection, identified, remembered).unwrap(),
                was_created,
            },
            ran,
            folder,
        }
    }

    fn log_length(&self) -> u64 {
        let log = self.folder.path().join("users.db-wal");
        log.metadata().unwrap().len()
    }

    async fn work<T>(&self, verb: Answer<'_, T>) -> (T, Work) {
        self.ran.lock().unwrap().clear();
        let before = self.log_length();
        let answer = verb.await.unwrap();
        let ran = std::mem::take(&mut *self.ran.lock().unwrap());
        let logged = self.log_length() - before;
        (answer, Work { ran, logged })
    }

    /// Two with an address, of whom one has verified it.
    async fn furnished() -> Self {
        let traced = Self::new();
        let mut owner = new_user("johndoe", "johndoe");
        (owner.email_verified, owner.mail) = (true, None);
        for user in [owner, new_user("newbie1", "newbie1")] {
            let inserted = traced.store.insert_user(user).await.unwrap();
            assert_eq!(inserted, InsertedUser::Inserted);
        }
        traced
    }
}

fn address(name: &str) -> EmailAddress {
    EmailAddress::parse(&format!("{name}@example.com")).unwrap()
}

fn mail(errand: Errand) -> Mail {
    Mail::new(errand, Timestamp::UNIX_EPOCH).unwrap()
}

/// As somebody registers with this address.
fn new_user(username: &str, at: &str) -> NewUser {
    let (user, address) = (UserId::random().unwrap(), address(at));
    NewUser {
        id: user.clone(),
        username: Username::parse(username).unwrap(),
        email: Some(address.clone()),
        email_verified: false,
        full_name: None,
        hashed_password: Some(PasswordHash::from_store(
            "$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA",
        )),
        disabled: false,
        scopes: Scopes::none(),
        created_at: Timestamp::UNIX_EPOCH,
        mail: Some(mail(Errand::VerifyEmail { user, address })),
    }
}

#[tokio::test]
async fn e02_what_is_asked_for_by_anybody_is_one_insertion() {
    for errand in [
        |name: &str| Errand::RecoverByEmail {
            address: address(name),
        },
        |name: &str| Errand::VerifyByEmail {
            address: address(name),
        },
        |name: &str| Errand::RecoverByUsername {
            username: Username::parse(name).unwrap(),
        },
    ] {
        let mut works = Vec::new();
        for name in ["johndoe", "newbie1", "nobody1"] {
            // Each on a database of its own, so that all begin with the same pages.
            let traced = Traced::furnished().await;
            let ((), work) = traced
                .work(traced.store.insert_mail(mail(errand(name))))
                .await;
            let insertions = work.ran.iter().filter(|text| text.starts_with("INSERT"));
            assert_eq!(insertions.count(), 1, "{work:?}");
            assert!(work.logged > 0, "{work:?}");
            works.push(work);
        }
        assert_eq!(works[0], works[2], "known and unknown");
        assert_eq!(works[1], works[2], "unverified and unknown");
    }
}

/// The triggers are the same ones, too: SQLite names those that it runs.
#[tokio::test]
async fn e02_who_registers_is_inserted_alike_with_every_address() {
    let mut works = Vec::new();
    for name in ["johndoe", "newbie1", "nobody1"] {
        let traced = Traced::furnished().await;
        let user = new_user("applicant", name);
        let (inserted, work) = traced.work(traced.store.insert_user(user)).await;
        assert_eq!(inserted, InsertedUser::Inserted);
        assert!(work.ran.len() > 3 && work.logged > 0, "{work:?}");
        works.push(work);
    }
    assert_eq!(works[0], works[2], "verified and unknown");
    assert_eq!(works[1], works[2], "unverified and unknown");
}

/// What is traced would be seen: a verified address runs something else.
#[tokio::test]
async fn e02_other_work_is_seen() {
    let (one, other) = (Traced::furnished().await, Traced::furnished().await);
    let mut verified = new_user("applicant", "nobody1");
    (verified.email_verified, verified.mail) = (true, None);
    let (_, with) = one.work(one.store.insert_user(verified)).await;
    let user = new_user("applicant", "nobody1");
    let (_, without) = other.work(other.store.insert_user(user)).await;
    assert_ne!(with.ran, without.ran);
}
