//! Registered clients: who they are, what they may, and what becomes of their tokens.

mod active_token;
mod client_credentials;
mod limits;
mod namesakes;
mod secret;

use portcullis::account::ClientDraft;
use portcullis::client::Grants;
use portcullis::openapi::ApiRouter;
use portcullis::scope::Scopes;
use serde_json::Value;

use crate::fixture::{Answer, FORM, House, post, send};

/// A confidential client that may log users in, renew, and get tokens of its own.
pub(crate) fn draft(name: &str) -> ClientDraft {
    ClientDraft {
        grants: Grants::parse("password refresh_token client_credentials").unwrap(),
        scopes: Scopes::parse("items:read items:write").unwrap(),
        ..ClientDraft::new(name)
    }
}

pub(crate) fn public(name: &str) -> ClientDraft {
    ClientDraft {
        is_public: true,
        grants: Grants::parse("password refresh_token").unwrap(),
        ..draft(name)
    }
}

/// A client whose secret stands in the form.
pub(crate) struct InForm<'a> {
    pub(crate) house: &'a House,
    pub(crate) id: String,
    pub(crate) secret: String,
}

impl<'a> InForm<'a> {
    pub(crate) async fn new(house: &'a House, draft: ClientDraft) -> Self {
        let (id, secret) = house.client(draft).await;
        Self { house, id, secret }
    }

    pub(crate) async fn post(&self, path: &str, form: &str) -> Answer {
        let Self { id, secret, .. } = self;
        let form = format!("client_id={id}&client_secret={secret}&{form}");
        let app = self.house.app(ApiRouter::new());
        send(&app, post(path, &[FORM], form)).await
    }

    /// What `POST /token` answers to a request that it grants.
    pub(crate) async fn tokens(&self, form: &str) -> Value {
        let answer = self.post("/token", form).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    pub(crate) async fn login(&self) -> Value {
        self.tokens("grant_type=password&username=johndoe&password=secret")
            .await
    }

    pub(crate) async fn own(&self) -> Value {
        self.tokens("grant_type=client_credentials").await
    }

    pub(crate) async fn error(&self, path: &str, form: &str) -> (u16, String) {
        let answer = self.post(path, form).await;
        let error = answer.json()["error"].as_str().unwrap_or_default().into();
        (answer.status, error)
    }
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap()
}

fn refused(status: u16, error: &str) -> (u16, String) {
    (status, error.to_owned())
}
