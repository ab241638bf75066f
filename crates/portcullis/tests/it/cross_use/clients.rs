//! The registered clients of the world, and what they hold.

use axum::Router;
use portcullis::account::{ClientAdministration, ClientDraft};
use portcullis::client::Grants;
use portcullis::scope::Scopes;

use super::world::{JOHN, Login};
use crate::fixture::{FORM, House, basic, post, send};

/// A confidential client that gets tokens of its own and may introspect; a public one; another.
pub(super) struct Clients {
    pub(super) id: String,
    pub(super) secret: String,
    /// The one before, good as long as both are.
    pub(super) previous: String,
    /// The one before that.
    pub(super) forgotten: String,
    /// The confidential client's own access token.
    pub(super) token: String,
    pub(super) public_id: String,
    /// A login of johndoe through the public client.
    pub(super) login: Login,
    pub(super) other_secret: String,
}

fn draft(name: &str, grants: &str) -> ClientDraft {
    ClientDraft {
        grants: Grants::parse(grants).unwrap(),
        scopes: Scopes::parse("users:read items:read").unwrap(),
        ..ClientDraft::new(name)
    }
}

impl Clients {
    pub(super) async fn register(house: &House, app: &Router) -> Self {
        let service = ClientDraft {
            may_introspect: true,
            ..draft("service", "client_credentials")
        };
        let (id, forgotten) = house.client(service).await;
        let previous = rotated(house).await;
        let secret = rotated(house).await;
        let page = ClientDraft {
            is_public: true,
            ..draft("page", "password refresh_token")
        };
        let (public_id, _) = house.client(page).await;
        let (_, other_secret) = house.client(draft("other", "client_credentials")).await;

        let form = format!("{JOHN}&client_id={public_id}");
        let login = Login::of(&send(app, post("/token", &[FORM], form)).await);
        let basic = basic(&format!("{id}:{secret}"));
        let headers = [FORM, ("authorization", &*basic)];
        let own = send(
            app,
            post("/token", &headers, "grant_type=client_credentials"),
        )
        .await;
        let token = own.json()["access_token"].as_str().unwrap().to_owned();
        Self {
            id,
            secret,
            previous,
            forgotten,
            token,
            public_id,
            login,
            other_secret,
        }
    }

    /// Whether a token is worth anything, as the confidential client is told.
    pub(super) async fn is_active(&self, app: &Router, token: &str) -> bool {
        let basic = basic(&format!("{}:{}", self.id, self.secret));
        let headers = [FORM, ("authorization", &*basic)];
        let request = post("/introspect", &headers, format!("token={token}"));
        let answer = send(app, request).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["active"] == true
    }
}

async fn rotated(house: &House) -> String {
    let overlap = ClientAdministration::OVERLAP;
    let rotated = house.clients().rotate_secret("service", overlap).await;
    rotated.unwrap().secret.unwrap().expose().to_owned()
}
