//! Nothing tells whether an account exists: each path is walked for everybody whom somebody could ask
//! about, and what it costs is counted. The same questions to the store, the same writes, the same
//! number of hashes, the same bytes. (How long they take is measured by `cargo run --release -p bench --
//! enumeration`.)

mod login;
mod recovery;
mod registration;
mod table;
mod worker;

use std::num::NonZeroUsize;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use http::Request;
use jiff::Timestamp;
use portcullis::Auth;
use portcullis::account::AccountSettings;
use portcullis::auth::{AuthBuilder, SessionLifetimes};
use portcullis::openapi::Document;
use portcullis::password::PasswordHash;
use portcullis::scope::Scopes;
use portcullis::secret::Password;
use portcullis::store::{InsertedUser, NewUser, Users};
use portcullis::user::{EmailAddress, User, UserId, Username};

use crate::counted::{Asked, Counted};
use crate::fixture::{Answer, ISSUER, cheap, post, send};

const PASSWORD: &str = "secret";
/// Of `swordfish`, with the least cost.
const BCRYPT: &str = "$2b$04$WCMetE1BapjKl7Knpd7yW.vJaTdm3qtzV4v0WFq8P1wvr45DErw26";

/// Who has an account, at `NAME@example.com`. All but `newbie1` and `newfish` have verified it.
const ACCOUNTS: [&str; 7] = [
    "johndoe", // `secret`
    "keyless", // no password
    "twisted", // a hash that nobody understands
    "sleeper", // disabled, `secret`
    "newbie1", // `secret`
    "fishing", // `swordfish`, with bcrypt
    "newfish", // as well
];

/// What a path cost.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Cost {
    asked: Vec<Asked>,
    hashes: u64,
}

impl Cost {
    fn verbs(&self) -> Vec<&'static str> {
        self.asked.iter().map(|asked| asked.verb).collect()
    }

    fn writes(&self) -> Vec<&'static str> {
        let writes = self.asked.iter().filter(|asked| asked.writes);
        writes.map(|asked| asked.verb).collect()
    }

    fn mails(&self) -> Vec<&'static str> {
        self.asked.iter().filter_map(|asked| asked.mail).collect()
    }
}

struct House {
    counted: Arc<Counted>,
    auth: Auth,
    app: Router,
}

impl House {
    async fn new() -> Self {
        Self::built(|builder| builder).await
    }

    async fn built(with: impl FnOnce(AuthBuilder<User>) -> AuthBuilder<User>) -> Self {
        let counted = Counted::new();
        let builder = Auth::builder(counted.clone())
            .issuer(ISSUER)
            .hashing(cheap())
            // One, so that its hasher counts every hash.
            .hashing_threads(NonZeroUsize::MIN)
            .sessions(counted.clone(), SessionLifetimes::default())
            .clients(counted.clone())
            .accounts(counted.clone(), AccountSettings::default());
        let auth = with(builder).build().unwrap();
        let api = portcullis::router(&auth);
        let document = Document::new("Test", "1.0");
        let app = document.serve(api).unwrap().with_state(auth.clone());
        let house = Self { counted, auth, app };
        house.furnish().await;
        house
    }

    async fn furnish(&self) {
        let secret = self
            .auth
            .pool()
            .hash(&Password::new(PASSWORD))
            .await
            .unwrap();
        for name in ACCOUNTS {
            let hashed_password = match name {
                "keyless" => None,
                "twisted" => Some(PasswordHash::from_store("{SSHA}c2VjcmV0")),
                "fishing" | "newfish" => Some(PasswordHash::from_store(BCRYPT)),
                _ => Some(secret.clone()),
            };
            let user = NewUser {
                id: UserId::random().unwrap(),
                username: Username::parse(name).unwrap(),
                email: Some(EmailAddress::parse(&format!("{name}@example.com")).unwrap()),
                email_verified: !name.starts_with("new"),
                full_name: None,
                hashed_password,
                disabled: name == "sleeper",
                scopes: Scopes::none(),
                created_at: Timestamp::UNIX_EPOCH,
                mail: None,
            };
            let inserted = self.counted.store.insert_user(user).await.unwrap();
            assert_eq!(inserted, InsertedUser::Inserted);
        }
    }

    async fn hashes(&self) -> u64 {
        let hashes = self.auth.pool().run(|hasher| hasher.computed());
        hashes.await.unwrap()
    }

    /// The answer, and what it cost.
    async fn ask(&self, request: Request<Body>) -> (Answer, Cost) {
        self.counted.take();
        let before = self.hashes().await;
        let answer = send(&self.app, request).await;
        let cost = Cost {
            asked: self.counted.take(),
            hashes: self.hashes().await - before,
        };
        (answer, cost)
    }

    async fn json(&self, path: &str, body: &serde_json::Value) -> (Answer, Cost) {
        let headers = [("content-type", "application/json")];
        self.ask(post(path, &headers, body.to_string())).await
    }
}

/// All of an answer that a client can see.
fn bytes(answer: &Answer) -> (u16, Vec<(String, String)>, Vec<u8>) {
    let headers = answer.headers.iter().map(|(name, value)| {
        let value = value.to_str().unwrap();
        (name.to_string(), value.to_owned())
    });
    (answer.status, headers.collect(), answer.body.clone())
}
