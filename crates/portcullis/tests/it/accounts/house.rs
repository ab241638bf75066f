//! A house where people manage their own accounts: requests go in, and letters come out when the test
//! says so.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use http::Request;
use portcullis::Auth;
use portcullis::account::{AccountSettings, ClientAdministration, ClientDraft, Delivery, Postman};
use portcullis::auth::{AuthBuilder, SessionLifetimes};
use portcullis::client::Grants;
use portcullis::clock::ManualClock;
use portcullis::endpoint;
use portcullis::mail::{Letter, MailFailed, Mailer, Sending};
use portcullis::openapi::{ApiRouter, Document};
use portcullis::scope::Scopes;
use portcullis::secret::Password;
use portcullis::store::{
    AccountStore, MemoryStore, NewUser, OneTimeTokens, Outbox, Sessions, UserChange, UserSource,
    Users,
};
use portcullis::user::{EmailAddress, User, UserId, Username};
use serde_json::{Value, json};

use crate::fixture::{Answer, FORM, ISSUER, NOW, basic, cheap, post, send};

pub(crate) const PASSWORD: &str = "correct horse battery staple";
pub(crate) const NEW_PASSWORD: &str = "twelve yellow umbrellas";

/// `johndoe` and `alice`, who are ordinary users; `reader` and `writer`, who are operators; and `gone`,
/// who is inactive. All of them have proved `NAME@example.com`, and [`PASSWORD`] is everybody's.
pub(crate) struct AccountHouse {
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) auth: Auth,
    pub(crate) app: Router,
    pub(crate) mailer: Arc<Recorder>,
}

/// Keeps the letters, or fails as it is told.
#[derive(Default)]
pub(crate) struct Recorder {
    sent: Mutex<Vec<Letter>>,
    pub(crate) fails: Mutex<Option<fn() -> MailFailed>>,
}

impl Mailer for Recorder {
    fn send<'a>(&'a self, letter: &'a Letter) -> Sending<'a> {
        let fails = *self.fails.lock().unwrap();
        Box::pin(async move {
            if let Some(failure) = fails {
                return Err(failure());
            }
            self.sent.lock().unwrap().push(letter.clone());
            Ok(())
        })
    }
}

impl AccountHouse {
    pub(crate) async fn new() -> Self {
        Self::set(AccountSettings::default()).await
    }

    pub(crate) async fn set(settings: AccountSettings) -> Self {
        Self::built(settings, |builder| builder).await
    }

    pub(crate) async fn built(
        settings: AccountSettings,
        with: impl FnOnce(AuthBuilder<User>) -> AuthBuilder<User>,
    ) -> Self {
        let store = Arc::new(MemoryStore::new());
        let accounts = store.clone();
        Self::over(store, accounts, |builder, accounts| {
            with(builder.accounts(accounts, settings))
        })
        .await
    }

    /// `accounts` stands before the store, where accounts are managed.
    pub(crate) async fn over<A: AccountStore>(
        store: Arc<MemoryStore>,
        accounts: Arc<A>,
        with: impl FnOnce(AuthBuilder<User>, Arc<A>) -> AuthBuilder<User>,
    ) -> Self {
        let clock = Arc::new(ManualClock::at_second(NOW));
        let builder = Auth::builder(store.clone())
            .issuer(ISSUER)
            .clock(clock.clone())
            .hashing(cheap())
            .hashing_threads(NonZeroUsize::MIN)
            .scope("items:read", "Read items.")
            .sessions(store.clone(), SessionLifetimes::default())
            .clients(store.clone());
        let auth = with(builder, accounts).build().unwrap();
        let api = ApiRouter::new().merge(portcullis::router(&auth));
        let app = Document::new("Test", "1.0").serve(api).unwrap();
        let house = Self {
            store,
            clock,
            app: app
                .method_not_allowed_fallback(endpoint::method_not_allowed)
                .fallback(endpoint::not_found)
                .with_state(auth.clone()),
            auth,
            mailer: Arc::default(),
        };
        house.settle("johndoe", "items:read").await;
        house.settle("alice", "").await;
        house.settle("reader", "users:read").await;
        house.settle("writer", "users:write").await;
        let gone = house.settle("gone", "").await;
        let inactive = UserChange::disabled_to(true);
        house.store.update_user(&gone, inactive).await.unwrap();
        house
    }

    /// Makes a user who has proved an address.
    pub(crate) async fn settle(&self, name: &str, scopes: &str) -> UserId {
        let email = EmailAddress::parse(&format!("{name}@example.com")).unwrap();
        let new = NewUser {
            email: Some(email),
            email_verified: true,
            scopes: Scopes::parse(scopes).unwrap(),
            ..self.draft(name, Some(PASSWORD)).await
        };
        let id = new.id.clone();
        self.store.insert_user(new).await.unwrap();
        id
    }

    /// A user to be inserted: without an address and without scopes.
    pub(crate) async fn draft(&self, name: &str, password: Option<&str>) -> NewUser {
        let hashed_password = match password {
            Some(password) => Some(self.auth.pool().hash(&Password::new(password)).await),
            None => None,
        };
        NewUser {
            id: UserId::random().unwrap(),
            username: Username::parse(name).unwrap(),
            email: None,
            email_verified: false,
            full_name: None,
            hashed_password: hashed_password.transpose().unwrap(),
            disabled: false,
            scopes: Scopes::none(),
            created_at: self.auth.now(),
            mail: None,
        }
    }

    pub(crate) async fn user(&self, name: &str) -> User {
        let name = Username::parse(name).unwrap();
        let found = self.store.find_by_username(&name).await.unwrap();
        found.unwrap().user
    }

    pub(crate) async fn id(&self, name: &str) -> String {
        self.user(name).await.id.as_str().to_owned()
    }

    /// What the token endpoint answers to a username and a password.
    pub(crate) async fn log_in(&self, name: &str, password: &str) -> Answer {
        let form = [("username", name), ("password", password)];
        let form = form.map(|(name, value)| format!("{name}={}", percent_encoded(value)));
        send(&self.app, post("/token", &[FORM], form.join("&"))).await
    }

    /// An access token of the user with everybody's password.
    pub(crate) async fn token(&self, name: &str) -> String {
        let answer = self.log_in(name, PASSWORD).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    /// An access token of a machine that has every scope.
    pub(crate) async fn machine(&self) -> String {
        let clients = ClientAdministration {
            clients: &*self.store,
            clock: &*self.clock,
        };
        let draft = ClientDraft {
            grants: Grants::parse("client_credentials").unwrap(),
            scopes: Scopes::parse("users:read users:write items:read").unwrap(),
            ..ClientDraft::new("machine")
        };
        let client = clients.register(draft).await.unwrap();
        let secret = client.secret.unwrap();
        let credentials = basic(&format!("{}:{}", client.client.id, secret.expose()));
        let headers = [FORM, ("authorization", &*credentials)];
        let form = "grant_type=client_credentials";
        let answer = send(&self.app, post("/token", &headers, form)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    /// A request like `POST /users`.
    pub(crate) fn ask<'a>(&'a self, operation: &str) -> Ask<'a> {
        let (method, path) = operation.split_once(' ').unwrap();
        Ask {
            app: &self.app,
            request: Request::builder().method(method).uri(path),
            body: Vec::new(),
        }
    }

    pub(crate) fn postman(&self) -> Postman<'_> {
        Postman {
            store: &*self.store,
            mailer: &*self.mailer,
            issuer: ISSUER,
            clock: &*self.clock,
            timeout: std::time::Duration::from_secs(30),
        }
    }

    /// Sends all that is due and what follows from it, and says what became of each.
    pub(crate) async fn work(&self) -> Vec<Delivery> {
        let mut all = Vec::new();
        loop {
            let claimed = self.postman().claim(100).await.unwrap();
            if claimed.is_empty() {
                return all;
            }
            for claimed in &claimed {
                all.push(self.postman().deliver(claimed).await.unwrap());
            }
        }
    }

    /// Sends all that is due, and answers the letters.
    pub(crate) async fn letters(&self) -> Vec<Letter> {
        self.work().await;
        std::mem::take(&mut *self.mailer.sent.lock().unwrap())
    }

    /// The letters that are due: the kind, and to whom.
    pub(crate) async fn told(&self) -> Vec<(&'static str, String)> {
        let letters = self.letters().await;
        let mut told: Vec<_> = letters
            .iter()
            .map(|letter| (letter.kind(), letter.to.as_str().to_owned()))
            .collect();
        told.sort();
        told
    }

    /// The token of the one letter of this kind that is due.
    pub(crate) async fn mailed_token(&self, kind: &str) -> String {
        let mut letters = self.letters().await;
        letters.retain(|letter| letter.kind() == kind);
        assert_eq!(letters.len(), 1, "{letters:?}");
        letters[0].content.link().unwrap().token().to_owned()
    }

    /// The token of a link that resets the password of the user.
    pub(crate) async fn reset_token(&self, name: &str) -> String {
        let body = json!({"username": name});
        let answer = self.ask("POST /password-recovery").json(&body).await;
        assert_eq!(answer.status, 202);
        self.mailed_token("reset_password").await
    }

    pub(crate) async fn reset(&self, token: &str, password: &str) -> Answer {
        let body = json!({"token": token, "new_password": password});
        self.ask("POST /password-reset").json(&body).await
    }

    pub(crate) async fn register(&self, body: &Value) -> Answer {
        self.ask("POST /users").json(body).await
    }

    /// Asks for another address, signed in.
    pub(crate) async fn ask_email(&self, token: &str, email: &str) -> Answer {
        let body = json!({"email": email, "password": PASSWORD});
        self.ask("PUT /users/me/email").by(token).json(&body).await
    }

    pub(crate) async fn confirm_email(&self, token: &str) -> Answer {
        let body = json!({"token": token});
        self.ask("POST /email-change/confirm").json(&body).await
    }

    pub(crate) async fn verify_email(&self, token: &str) -> Answer {
        let body = json!({"token": token});
        self.ask("POST /email-verification/confirm")
            .json(&body)
            .await
    }

    pub(crate) async fn patch(&self, id: &str, body: &Value) -> Answer {
        let writer = self.token("writer").await;
        let operation = format!("PATCH /users/{id}");
        self.ask(&operation).by(&writer).json(body).await
    }

    /// All accounts, to be compared.
    pub(crate) async fn snapshot_of_users(&self) -> Vec<User> {
        self.store.list_users(None, 1_000).await.unwrap().users
    }

    /// All that is stored, to be compared.
    pub(crate) async fn snapshot(&self) -> String {
        let mut all = Vec::new();
        for user in self.store.list_users(None, 1_000).await.unwrap().users {
            let name = Username::parse(&user.username).unwrap();
            let found = self.store.find_by_username(&name).await.unwrap().unwrap();
            let hash = found.hashed_password.map(|hash| hash.as_str().to_owned());
            let sessions = self.store.list_sessions(&user.id).await.unwrap();
            let tokens = self.store.list_one_time_tokens(&user.id, None, 1_000);
            let tokens = tokens.await.unwrap();
            let mails = self.store.list_mails(&user.id, None, 1_000).await.unwrap();
            all.push(format!(
                "{user:?} {hash:?} {sessions:?} {tokens:?} {mails:?}"
            ));
        }
        format!("{all:#?} {:?}", self.store.measure_outbox().await.unwrap())
    }
}

fn percent_encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// A request that is being made.
pub(crate) struct Ask<'a> {
    app: &'a Router,
    request: http::request::Builder,
    body: Vec<u8>,
}

impl Ask<'_> {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    /// With an access token.
    pub(crate) fn by(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn raw(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends it with a JSON body.
    pub(crate) async fn json(self, body: &Value) -> Answer {
        let this = self.header("content-type", "application/json");
        this.raw(body.to_string()).send().await
    }

    pub(crate) async fn send(self) -> Answer {
        let request = self.request.body(Body::from(self.body)).unwrap();
        send(self.app, request).await
    }
}

impl Answer {
    /// Status and `error`, as in `404 not_found`; the status alone where the body is empty.
    pub(crate) fn code(&self) -> String {
        if self.body.is_empty() {
            return self.status.to_string();
        }
        match self.json()["error"].as_str() {
            Some(error) => format!("{} {error}", self.status),
            None => self.status.to_string(),
        }
    }

    /// What is wrong, as in `body.email: missing`, of a `422` that is one in every respect.
    pub(crate) fn faults(&self) -> Vec<String> {
        assert_eq!(self.code(), "422 invalid_request", "{}", self.text());
        let body = self.json();
        let faults = body["detail"].as_array().unwrap().iter().map(|fault| {
            let names: Vec<_> = fault.as_object().unwrap().keys().collect();
            assert_eq!(names, ["loc", "msg", "type"], "nothing is repeated");
            assert!(!fault["msg"].as_str().unwrap().is_empty());
            let place: Vec<_> = fault["loc"].as_array().unwrap().iter().collect();
            let place: Vec<_> = place.iter().map(|part| part.as_str().unwrap()).collect();
            format!("{}: {}", place.join("."), fault["type"].as_str().unwrap())
        });
        faults.collect()
    }

    /// That no cache may keep it.
    pub(crate) fn is_private(&self) -> bool {
        self.header("cache-control") == Some("no-store")
            && self.header("pragma") == Some("no-cache")
    }
}
