//! Two users, and sessions in every state that a session can be in.

use std::sync::Arc;

use axum::Router;
use portcullis::auth::{KeyRotation, StoredKeys};
use portcullis::clock::Clock;
use portcullis::openapi::ApiRouter;
use portcullis::secret::Password;
use portcullis::store::{MemoryStore, Sessions, SigningKeys};
use portcullis::token::{SealedKey, SealingKey, SigningKey};
use serde_json::Value;

use super::clients::Clients;
use super::forge::Forge;
use crate::fixture::{Answer, FORM, House, bearer, part, post, send};

pub(super) const JOHN: &str = "username=johndoe&password=secret";
pub(super) const OTHER_PASSWORD: &str = "the other secret";

/// What a login yields.
#[derive(Clone)]
pub(super) struct Login {
    pub(super) access: String,
    pub(super) refresh: String,
}

impl Login {
    pub(super) fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status, 200, "{}", answer.text());
        let body = answer.json();
        let text = |name: &str| body[name].as_str().unwrap().to_owned();
        Self {
            access: text("access_token"),
            refresh: text("refresh_token"),
        }
    }

    /// A claim of the access token.
    pub(super) fn claim(&self, name: &str) -> String {
        let claims: Value = part(&self.access, 1);
        claims[name].as_str().unwrap().to_owned()
    }
}

/// An app, and all that somebody could get hold of.
pub(super) struct World {
    pub(super) house: House,
    pub(super) app: Router,
    /// The session at stake, of johndoe, renewed twice.
    pub(super) main: Login,
    /// Its first refresh token: whose successor is spent too.
    pub(super) spent: String,
    /// Its second: whose successor is unused.
    pub(super) just_spent: String,
    /// Another session of johndoe, in which he asks for the first to be ended.
    pub(super) asking: Login,
    pub(super) other_user: Login,
    pub(super) ended: Login,
    /// Of a user whose password changed since.
    pub(super) outdated: Login,
    pub(super) clients: Clients,
    pub(super) sealing: SealingKey,
    pub(super) sealed: SealedKey,
    pub(super) key: SigningKey,
    pub(super) forge: Forge,
}

impl World {
    pub(super) async fn new() -> Self {
        let sealing = SealingKey::generate().unwrap();
        let shelf = Arc::new(MemoryStore::new());
        let from_base64 = SealingKey::from_base64(&sealing.to_base64()).unwrap();
        let rotation = KeyRotation::default();
        let began = portcullis::clock::ManualClock::at_second(crate::fixture::NOW).now();
        let keys = StoredKeys::open(shelf.clone(), from_base64.into(), rotation, began);
        let ring = keys.await.unwrap().ring();
        let house = House::built(|builder| builder.keys(ring)).await;
        house.add("other", OTHER_PASSWORD, "users:read").await;
        house.add("changes", "secret", "users:read").await;
        let app = house.app(ApiRouter::new());

        let first = login(&app, JOHN).await;
        let second = renew(&app, &first.refresh).await;
        let main = renew(&app, &second.refresh).await;
        let other = format!(
            "username=other&password={}",
            OTHER_PASSWORD.replace(' ', "+")
        );
        let sealed = shelf.list_signing_keys().await.unwrap().swap_remove(0);
        let key = sealing.open(&sealed).unwrap();
        let world = Self {
            main,
            spent: first.refresh,
            just_spent: second.refresh,
            asking: login(&app, JOHN).await,
            other_user: login(&app, &other).await,
            ended: login(&app, JOHN).await,
            outdated: login(&app, "username=changes&password=secret").await,
            clients: Clients::register(&house, &app).await,
            forge: Forge::of(&key),
            house,
            app,
            sealing,
            sealed,
            key,
        };
        world.end_some().await;
        world
    }

    async fn end_some(&self) {
        let form = format!("token={}", self.ended.refresh);
        let revoked = send(&self.app, post("/revoke", &[FORM], form)).await;
        assert_eq!(revoked.status, 200);
        let password = Password::new("another secret");
        let all = self.house.administration();
        all.set_password("changes", &password).await.unwrap();
        for dead in [&self.ended, &self.outdated] {
            assert!(!self.is_alive(dead).await);
        }
        assert!(self.is_main_alive().await);
    }

    /// Whether its access token is good, which asks for the session.
    pub(super) async fn is_alive(&self, login: &Login) -> bool {
        let me = send(&self.app, bearer("/users/me", &login.access)).await;
        let id = login.claim("sid");
        let session = self.house.store.find_session(&id).await.unwrap();
        let lives = me.status == 200;
        // A session that is outdated may still lie there.
        assert!(session.is_some() || !lives);
        lives
    }

    pub(super) async fn is_main_alive(&self) -> bool {
        self.is_alive(&self.main).await
    }

    /// The sessions of others, and of a client itself. All of johndoe's end at one place.
    pub(super) async fn are_others_alive(&self, place: &str) -> bool {
        let everywhere = place == "DELETE /users/me/sessions bearer" && !self.is_main_alive().await;
        let clients = &self.clients;
        self.is_alive(&self.other_user).await
            && clients.is_active(&self.app, &clients.token).await
            && (everywhere
                || self.is_alive(&self.asking).await && self.is_alive(&clients.login).await)
    }

    /// After all that was refused, the main session goes on.
    pub(super) async fn renews(&self, after: &str) {
        let next = renewal(&self.app, &self.main.refresh).await;
        assert_eq!(next.status, 200, "after {after}: {}", next.text());
    }
}

pub(super) async fn login(app: &Router, form: &str) -> Login {
    Login::of(&send(app, post("/token", &[FORM], form)).await)
}

async fn renewal(app: &Router, token: &str) -> Answer {
    let form = format!("grant_type=refresh_token&refresh_token={token}");
    send(app, post("/token", &[FORM], form)).await
}

async fn renew(app: &Router, token: &str) -> Login {
    Login::of(&renewal(app, token).await)
}
