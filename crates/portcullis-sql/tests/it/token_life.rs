//! The life of tokens over HTTP, beside a model: logins, renewals, retries, replays, revocation, new
//! epochs, expiry and jumps of the clock, on every store. The stores' own model
//! (`store::conformance`) knows no epochs, because they are the rules' business.

use std::num::NonZeroUsize;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use portcullis::Auth;
use portcullis::account::{Administration, PasswordRules, UserDraft};
use portcullis::auth::SessionLifetimes;
use portcullis::clock::ManualClock;
use portcullis::openapi::{ApiRouter, Document};
use portcullis::password::Argon2Parameters;
use portcullis::secret::Password;
use portcullis::store::{MemoryStore, Store};
use serde_json::Value;
use tower::ServiceExt;

use crate::engine::Engine;

const PASSWORD: &str = "correct horse battery staple";
const BEGAN: i64 = 1_700_000_000;
const ACCESS: i64 = 60;
const IDLE: i64 = 150;
const LONGEST: i64 = 500;
const RETRY: i64 = 30;

/// What may happen. Users and sessions are named by any number, and are then one of those there are.
#[derive(Debug, Clone, Copy)]
enum Step {
    Login {
        user: u8,
    },
    /// With the token that is so many turns old; 0 is the present one.
    Renew {
        session: u8,
        age: u8,
    },
    RevokeByRefresh {
        session: u8,
        age: u8,
    },
    RevokeByAccess {
        session: u8,
    },
    /// A new password.
    NewPassword {
        user: u8,
    },
    /// Disabled, and enabled again.
    Disable {
        user: u8,
    },
    SignOutEverywhere {
        user: u8,
    },
    Sweep,
    Clock {
        seconds: i64,
    },
}

/// A session, as it must be.
struct Line {
    user: usize,
    epoch: u32,
    is_ended: bool,
    /// Its refresh tokens, the present one last.
    tokens: Vec<String>,
    /// When the last but one was spent, while that can be retried.
    spent: Option<i64>,
    idle_until: i64,
    ends_at: i64,
    access: String,
    access_until: i64,
}

struct House {
    app: Router,
    auth: Auth,
    clock: Arc<ManualClock>,
    store: Arc<dyn Store>,
    now: i64,
    /// How often each user's tokens were all killed.
    epochs: [u32; 2],
    lines: Vec<Line>,
    /// How often each of the answers was met: renewed, retried, replayed, refused.
    met: [u32; 4],
}

impl House {
    async fn new(store: Arc<dyn Store>) -> Self {
        let clock = Arc::new(ManualClock::at_second(BEGAN));
        let lifetimes = SessionLifetimes {
            idle_seconds: u32::try_from(IDLE).unwrap(),
            seconds: u32::try_from(LONGEST).unwrap(),
        };
        let cheap = Argon2Parameters {
            memory_kib: 8,
            passes: 1,
            lanes: 1,
        };
        let auth = Auth::builder(Arc::clone(&store))
            .issuer("http://127.0.0.1:8000")
            .sessions(Arc::clone(&store) as Arc<_>, lifetimes)
            .access_token_seconds(u32::try_from(ACCESS).unwrap())
            .clock(Arc::clone(&clock))
            .hashing(cheap)
            .hashing_threads(NonZeroUsize::MIN)
            .build()
            .unwrap();
        let api = ApiRouter::new().merge(portcullis::router(&auth));
        let app = Document::new("Life", "1").serve(api).unwrap();
        let house = Self {
            app: app.with_state(auth.clone()),
            auth,
            clock,
            store,
            now: BEGAN,
            epochs: [0, 0],
            lines: Vec::new(),
            met: [0; 4],
        };
        for name in ["user0", "user1"] {
            let password = Password::new(PASSWORD);
            let added = house.accounts().add(UserDraft::new(name), &password).await;
            added.unwrap();
        }
        house
    }

    fn accounts(&self) -> Administration<'_> {
        Administration {
            users: &*self.store,
            pool: self.auth.pool(),
            policy: PasswordRules::default(),
            clock: &*self.clock,
        }
    }

    async fn send(&self, request: Request<Body>) -> (u16, Value) {
        let response = self.app.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    async fn post(&self, path: &str, form: String) -> (u16, Value) {
        let request = Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(form));
        self.send(request.unwrap()).await
    }

    async fn take(&mut self, step: Step) {
        match step {
            Step::Login { user } => self.login(usize::from(user % 2)).await,
            Step::Renew { session, age } => self.renew(session, age).await,
            Step::RevokeByRefresh { session, age } => {
                let Some(at) = self.pick(session) else { return };
                let token = self.token(at, age).1;
                self.lines[at].is_ended = true;
                let answer = self.post("/revoke", format!("token={token}")).await;
                assert_eq!(answer.0, 200);
            }
            Step::RevokeByAccess { session } => {
                let Some(at) = self.pick(session) else { return };
                let line = &mut self.lines[at];
                // A token that has expired is none of ours any more.
                line.is_ended |= self.now < line.access_until;
                let form = format!("token={}", line.access);
                assert_eq!(self.post("/revoke", form).await.0, 200);
            }
            Step::NewPassword { user } => {
                let user = usize::from(user % 2);
                self.epochs[user] += 1;
                let password = Password::new(PASSWORD);
                let (accounts, name) = (self.accounts(), name(user));
                accounts.set_password(&name, &password).await.unwrap();
            }
            Step::Disable { user } => {
                let user = usize::from(user % 2);
                self.epochs[user] += 1;
                let (accounts, name) = (self.accounts(), name(user));
                for disabled in [true, false] {
                    accounts.set_disabled(&name, disabled).await.unwrap();
                }
            }
            Step::SignOutEverywhere { user } => self.sign_out_everywhere(user).await,
            Step::Sweep => self.sweep().await,
            Step::Clock { seconds } => {
                self.now += seconds;
                self.clock.advance(seconds);
            }
        }
    }

    /// One of the last few sessions, as a rule: most of the others are over.
    fn pick(&self, number: u8) -> Option<usize> {
        let count = self.lines.len();
        let among = if number < 224 { count.min(3) } else { count };
        (count > 0).then(|| count - 1 - usize::from(number) % among)
    }

    /// A token of a session, and its age.
    fn token(&self, at: usize, age: u8) -> (usize, String) {
        let tokens = &self.lines[at].tokens;
        let age = usize::from(age) % tokens.len();
        (age, tokens[tokens.len() - 1 - age].clone())
    }

    async fn login(&mut self, user: usize) {
        let form = format!("username={}&password={PASSWORD}", name(user)).replace(' ', "+");
        let (status, tokens) = self.post("/token", form).await;
        assert_eq!(status, 200, "{tokens}");
        self.lines.push(Line {
            user,
            epoch: self.epochs[user],
            is_ended: false,
            tokens: vec![text(&tokens, "refresh_token")],
            spent: None,
            idle_until: self.now + IDLE,
            ends_at: self.now + LONGEST,
            access: text(&tokens, "access_token"),
            access_until: self.now + ACCESS,
        });
    }

    async fn renew(&mut self, session: u8, age: u8) {
        let Some(at) = self.pick(session) else { return };
        let (age, token) = self.token(at, age);
        let form = format!("grant_type=refresh_token&refresh_token={token}");
        let (status, answer) = self.post("/token", form).await;
        let (now, epochs) = (self.now, self.epochs);
        let line = &mut self.lines[at];
        let is_dead = line.is_ended
            || now >= line.idle_until
            || now >= line.ends_at
            || epochs[line.user] != line.epoch;
        let apart = line.spent.map(|spent| now - spent);
        let seen = match (age, apart) {
            _ if is_dead => 3,
            (0, _) => 0,
            (1, Some(apart)) if apart < -RETRY => 3,
            (1, Some(apart)) if apart <= RETRY => 1,
            _ => 2,
        };
        self.met[seen] += 1;
        if seen >= 2 {
            assert_eq!((status, &*text(&answer, "error")), (400, "invalid_grant"));
            line.is_ended |= seen == 2;
            return;
        }
        assert_eq!(status, 200, "{answer}");
        let next = text(&answer, "refresh_token");
        if seen == 0 {
            assert!(!line.tokens.contains(&next), "a token is new");
            line.tokens.push(next);
            line.spent = Some(now);
            line.idle_until = now + IDLE;
        } else {
            assert_eq!(line.tokens.last(), Some(&next), "a retry gets the same");
        }
        line.access = text(&answer, "access_token");
        line.access_until = (now + ACCESS).min(line.ends_at);
    }

    async fn sign_out_everywhere(&mut self, user: u8) {
        let user = usize::from(user % 2);
        let lives = |line: &&Line| line.user == user && self.lives(line);
        let Some(token) = self
            .lines
            .iter()
            .find(lives)
            .map(|line| line.access.clone())
        else {
            return;
        };
        let request = Request::delete("/users/me/sessions")
            .header("authorization", format!("Bearer {token}"))
            .body(Body::empty());
        assert_eq!(self.send(request.unwrap()).await.0, 204);
        for line in self.lines.iter_mut().filter(|line| line.user == user) {
            line.is_ended = true;
        }
    }

    async fn sweep(&mut self) {
        self.auth.sweep_sessions().await.unwrap();
        for line in &mut self.lines {
            // Gone for good, whatever the clock does.
            line.is_ended |= self.now >= line.idle_until || self.now >= line.ends_at;
            line.spent = line.spent.filter(|spent| *spent >= self.now - RETRY);
        }
    }

    /// Whether its access token opens anything.
    fn lives(&self, line: &Line) -> bool {
        !line.is_ended
            && self.epochs[line.user] == line.epoch
            && self.now < line.access_until
            && self.now < line.ends_at
    }

    async fn compare(&self) {
        for line in self.lines.iter().rev().take(4) {
            let request = Request::get("/users/me")
                .header("authorization", format!("Bearer {}", line.access))
                .body(Body::empty());
            let expected = if self.lives(line) { 200 } else { 401 };
            assert_eq!(self.send(request.unwrap()).await.0, expected);
        }
    }
}

fn name(user: usize) -> String {
    format!("user{user}")
}

fn text(answer: &Value, member: &str) -> String {
    answer[member].as_str().unwrap_or_default().to_owned()
}

/// A step that these bytes choose, all kinds as often as they matter.
fn step_of([kind, a, b, c, ..]: [u8; 8]) -> Step {
    match kind % 32 {
        0..=4 => Step::Login { user: a },
        5..=10 => Step::Renew { session: a, age: 0 },
        11..=14 => Step::Renew { session: a, age: 1 },
        15 => Step::Renew { session: a, age: b },
        16 => Step::RevokeByRefresh { session: a, age: b },
        17 => Step::RevokeByAccess { session: a },
        18 if b % 2 == 0 => Step::NewPassword { user: a },
        18 => Step::Disable { user: a },
        19 if b % 4 == 0 => Step::SignOutEverywhere { user: a },
        19..=21 => Step::Sweep,
        _ => Step::Clock {
            seconds: match b % 16 {
                0 => -i64::from(c) / 2,
                1 => i64::from(c) * 2,
                _ => i64::from(c) / 16,
            },
        },
    }
}

/// Takes steps that are the same each time, and compares after each.
async fn agrees(store: Arc<dyn Store>, steps: usize) {
    let mut house = House::new(store).await;
    let mut state: u64 = 0x2545_f491_4f6c_dd1d;
    let mut taken = Vec::new();
    for _ in 0..steps {
        // Xorshift (Marsaglia 2003): all that is asked of it is variety.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let step = step_of(state.to_be_bytes());
        taken.push(step);
        let last = taken.len();
        // What led here is told, should the model and the house differ.
        let told = Told(&taken[last.saturating_sub(40)..]);
        house.take(step).await;
        house.compare().await;
        drop(told);
    }
    let met = house.met;
    assert!(met.iter().all(|count| *count >= 5), "all are met: {met:?}");
}

/// Prints the steps when a comparison ends the test.
struct Told<'a>(&'a [Step]);

impl Drop for Told<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the last steps: {:?}", self.0);
        }
    }
}

#[tokio::test]
async fn in_memory() {
    agrees(Arc::new(MemoryStore::new()), 3_000).await;
}

#[tokio::test]
async fn in_sqlite() {
    agrees(Engine::sqlite().open().await, 1_500).await;
}

#[tokio::test]
async fn in_postgresql() {
    agrees(Engine::postgres().open().await, 1_500).await;
}
