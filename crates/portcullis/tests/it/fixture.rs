//! The tutorial's two users, a clock that stands still, and requests against a router.

use std::num::NonZeroUsize;
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::{HeaderMap, Request};
use portcullis::Auth;
use portcullis::account::{
    Administration, ClientAdministration, ClientDraft, HashingPool, UserDraft,
};
use portcullis::auth::{AuthBuilder, SessionLifetimes};
use portcullis::clock::ManualClock;
use portcullis::openapi::{ApiRouter, Document};
use portcullis::password::{Argon2Parameters, PasswordPolicy};
use portcullis::scope::Scopes;
use portcullis::secret::Password;
use portcullis::store::{MemoryStore, Sessions, UserSource};
use portcullis::token::{SigningAlgorithm, SigningKey};
use portcullis::user::User;
use serde_json::Value;
use tower::ServiceExt;

pub(crate) const NOW: i64 = 1_700_000_000;
pub(crate) const ISSUER: &str = "http://127.0.0.1:8000";

/// A store with `johndoe`/`secret` (active, two scopes) and `alice`/`secret2` (inactive).
pub(crate) struct House {
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) auth: Auth,
}

pub(crate) fn cheap() -> Argon2Parameters {
    Argon2Parameters {
        memory_kib: 8,
        passes: 1,
        lanes: 1,
    }
}

pub(crate) fn one_thread() -> Arc<HashingPool> {
    Arc::new(HashingPool::start(cheap(), NonZeroUsize::MIN).unwrap())
}

/// A key for RS256, made once: it takes a second.
static RSA: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let key = SigningKey::generate_for(SigningAlgorithm::Rs256).unwrap();
    key.to_pkcs8().unwrap().to_vec()
});

/// A key for the algorithm; for RS256 the same in all tests.
pub(crate) fn key_for(algorithm: SigningAlgorithm) -> SigningKey {
    match algorithm {
        SigningAlgorithm::Rs256 => SigningKey::from_pkcs8(&RSA).unwrap(),
        other => SigningKey::generate_for(other).unwrap(),
    }
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::built(|builder| builder).await
    }

    pub(crate) async fn built(with: impl FnOnce(AuthBuilder<User>) -> AuthBuilder<User>) -> Self {
        Self::kept_by(|store| (store.clone(), store), with).await
    }

    /// What `around` makes of the store keeps the users and the sessions.
    async fn kept_by<U: UserSource<User = User>, S: Sessions>(
        around: impl FnOnce(Arc<MemoryStore>) -> (U, Arc<S>),
        with: impl FnOnce(AuthBuilder<User>) -> AuthBuilder<User>,
    ) -> Self {
        let store = Arc::new(MemoryStore::new());
        let (users, sessions) = around(store.clone());
        let (clients, lifetimes) = (store.clone(), SessionLifetimes::default());
        Self::over(store, users, |builder| {
            with(builder.sessions(sessions, lifetimes).clients(clients))
        })
        .await
    }

    pub(crate) fn clients(&self) -> ClientAdministration<'_> {
        ClientAdministration {
            clients: &*self.store,
            clock: &*self.clock,
        }
    }

    /// Registers a client: its `client_id`, and its secret, which is empty for a public one.
    pub(crate) async fn client(&self, draft: ClientDraft) -> (String, String) {
        let registered = self.clients().register(draft).await.unwrap();
        let secret = registered.secret.map(|secret| secret.expose().to_owned());
        let id = registered.client.id.as_str().to_owned();
        (id, secret.unwrap_or_default())
    }

    /// What `around` makes of the store keeps the sessions.
    pub(crate) async fn with_sessions_kept_by<S: Sessions>(
        around: impl FnOnce(Arc<MemoryStore>) -> S,
    ) -> Self {
        let around = |store: Arc<MemoryStore>| (store.clone(), Arc::new(around(store)));
        Self::kept_by(around, |builder| builder).await
    }

    /// What `around` makes of the store keeps the users.
    pub(crate) async fn with_users_kept_by<U: UserSource<User = User>>(
        around: impl FnOnce(Arc<MemoryStore>) -> U,
    ) -> Self {
        Self::kept_by(|store| (around(store.clone()), store), |builder| builder).await
    }

    /// As the tutorial has it: a login that cannot be renewed.
    pub(crate) async fn without_sessions() -> Self {
        let store = Arc::new(MemoryStore::new());
        Self::over(store.clone(), store, |builder| builder).await
    }

    async fn over(
        store: Arc<MemoryStore>,
        users: impl UserSource<User = User>,
        with: impl FnOnce(AuthBuilder<User>) -> AuthBuilder<User>,
    ) -> Self {
        let clock = Arc::new(ManualClock::at_second(NOW));
        let builder = Auth::builder(users)
            .issuer(ISSUER)
            .clock(clock.clone())
            .hashing(cheap())
            .hashing_threads(NonZeroUsize::MIN)
            .scope("users:read", "Read accounts.")
            .scope("items:read", "Read items.")
            .scope("items:write", "Write items.");
        let auth = with(builder).build().unwrap();
        let house = Self { store, clock, auth };
        house
            .add("johndoe", "secret", "users:read items:read")
            .await;
        house.add("alice", "secret2", "users:read items:read").await;
        house
            .administration()
            .set_disabled("alice", true)
            .await
            .unwrap();
        house
    }

    pub(crate) fn administration(&self) -> Administration<'_> {
        Administration {
            users: &*self.store,
            pool: self.auth.pool(),
            policy: PasswordPolicy::default()
                .with_min_code_points(1)
                .dangerous_length_alone()
                .into(),
            clock: &*self.clock,
        }
    }

    pub(crate) async fn add(&self, name: &str, password: &str, scopes: &str) {
        let draft = UserDraft {
            username: name.into(),
            scopes: Scopes::parse(scopes).unwrap(),
            ..UserDraft::default()
        };
        let password = Password::new(password);
        self.administration().add(draft, &password).await.unwrap();
    }

    /// The routes of the library, and `more`.
    pub(crate) fn app(&self, more: ApiRouter<Auth>) -> Router {
        let api = more.merge(portcullis::router(&self.auth));
        let document = Document::new("Test", "1.0");
        document.serve(api).unwrap().with_state(self.auth.clone())
    }

    pub(crate) async fn token(&self, form: &str) -> String {
        let answer = send(&self.app(ApiRouter::new()), login(form)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn johndoe(&self) -> String {
        self.token("username=johndoe&password=secret").await
    }

    pub(crate) async fn alice(&self) -> String {
        self.token("username=alice&password=secret2").await
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The only header of this name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next().map(|value| value.to_str().unwrap());
        assert!(values.next().is_none(), "{name} is there twice");
        value
    }

    /// Status, `error`, challenge.
    pub(crate) fn refusal(&self) -> (u16, String, Option<&str>) {
        let error = self.json()["error"].as_str().unwrap_or_default().to_owned();
        (self.status, error, self.header("www-authenticate"))
    }
}

pub(crate) async fn send(app: &Router, request: Request<Body>) -> Answer {
    let response = app.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: body.to_vec(),
    }
}

pub(crate) fn get(path: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).unwrap()
}

pub(crate) fn bearer(path: &str, token: &str) -> Request<Body> {
    get(path, &[("authorization", &format!("Bearer {token}"))])
}

/// `Authorization` of a client or a user (RFC 7617), of `id:secret`.
pub(crate) fn basic(credentials: &str) -> String {
    format!("Basic {}", STANDARD.encode(credentials))
}

/// A part of a JWT, decoded: 0 is the header, 1 the claims.
pub(crate) fn part(token: &str, number: usize) -> Value {
    let part = token.split('.').nth(number).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

pub(crate) const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

pub(crate) fn post(
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Vec<u8>>,
) -> Request<Body> {
    let mut request = Request::post(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::from(body.into())).unwrap()
}

pub(crate) fn login(form: &str) -> Request<Body> {
    post("/token", &[FORM], form)
}
