//! The places where a password is chosen.

use http::Method;
use portcullis::password::Verdict;
use portcullis::secret::Password;
use serde_json::{Value, json};

use super::{OLD, People};
use crate::fixture::Answer;

/// Somebody, with an account or without.
#[derive(Debug, Clone)]
pub(crate) struct Who {
    pub(crate) username: String,
    pub(crate) email: String,
    pub(crate) full_name: String,
}

impl Who {
    /// What they fill in to get an account.
    pub(crate) fn application(&self, password: impl Into<Value>) -> Value {
        json!({
            "username": self.username, "email": self.email, "full_name": self.full_name,
            "password": password.into(),
        })
    }
}

/// Where a password is chosen over HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Registration,
    Invitation,
    /// An operator makes an account.
    Operator,
    /// By the link that its owner gets, when an operator said no password.
    FirstPassword,
    Change,
    Reset,
}

impl Place {
    pub(crate) const ALL: [Self; 6] = [
        Self::Registration,
        Self::Invitation,
        Self::Operator,
        Self::FirstPassword,
        Self::Change,
        Self::Reset,
    ];

    fn member(self) -> &'static str {
        match self {
            Self::Registration | Self::Invitation | Self::Operator => "password",
            Self::FirstPassword | Self::Change | Self::Reset => "new_password",
        }
    }
}

/// A request by which somebody chooses a password.
pub(crate) struct Choice {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) token: Option<String>,
    /// Without the password.
    pub(crate) body: Value,
    /// Where the password goes.
    pub(crate) member: &'static str,
}

impl People {
    /// All that goes before, up to the request in which `who` says the password.
    pub(crate) async fn about_to_choose(&self, place: Place, who: &Who) -> Choice {
        self.mails().await;
        let mut choice = Choice {
            method: Method::POST,
            path: "/users",
            token: None,
            body: who.application(Value::Null),
            member: place.member(),
        };
        match place {
            Place::Registration => {}
            Place::Invitation => {
                let invited = json!({ "email": who.email });
                self.as_operator("/invitations", &invited, 202).await;
                let token = self.token_from_mail("invitation").await;
                choice.body["invitation"] = token.into();
            }
            Place::Operator => choice.token = Some(self.operator().await),
            Place::FirstPassword => {
                let mut draft = who.application(Value::Null);
                draft.as_object_mut().unwrap().remove("password");
                self.as_operator("/users", &draft, 201).await;
                let token = self.token_from_mail("set_password").await;
                (choice.path, choice.body) = ("/password-reset", json!({ "token": token }));
            }
            Place::Change => {
                self.joins_as(who).await;
                choice.token = Some(self.signs_in(&who.username, OLD).await);
                (choice.method, choice.path) = (Method::PUT, "/users/me/password");
                choice.body = json!({ "current_password": OLD });
            }
            Place::Reset => {
                self.joins_as(who).await;
                let token = self.recovers(who).await;
                (choice.path, choice.body) = ("/password-reset", json!({ "token": token }));
            }
        }
        choice
    }

    pub(crate) async fn send_choice(&self, choice: &Choice, password: impl Into<Value>) -> Answer {
        let mut body = choice.body.clone();
        body[choice.member] = password.into();
        let method = choice.method.clone();
        self.call((method, choice.path), choice.token.as_deref(), &body)
            .await
    }

    /// Everything, for this password.
    pub(crate) async fn chooses(&self, place: Place, who: &Who, password: &str) -> Answer {
        let choice = self.about_to_choose(place, who).await;
        self.send_choice(&choice, password).await
    }

    /// At every place the password is taken, and its owner signs in with it.
    pub(crate) async fn is_taken_everywhere(&self, password: &str) {
        for place in Place::ALL {
            let who = self.somebody();
            let answer = self.chooses(place, &who, password).await;
            let text = String::from_utf8_lossy(&answer.body);
            assert!(matches!(answer.status, 201 | 204), "{place:?}: {text}");
            self.mails().await;
            self.signs_in(&who.username, password).await;
        }
    }

    /// At every place the password is refused for this reason alone, in words, and nothing is changed.
    pub(crate) async fn is_refused_everywhere(&self, password: &str, reason: &str) {
        for place in Place::ALL {
            let who = self.somebody();
            let told = self.refusal(place, &who, password).await;
            assert_eq!(told, reason, "{place:?}: {password:?}");
        }
    }

    /// What is said of a password that somebody may not choose.
    pub(crate) async fn told_at(&self, place: Place, password: &str) -> Value {
        let answer = self.chooses(place, &self.somebody(), password).await;
        self.mails().await;
        assert_eq!(answer.status, 422, "{place:?}: {password:?}");
        answer.json()["detail"][0].clone()
    }

    /// The one reason for which the password is refused there; nothing is changed by it.
    pub(crate) async fn refusal(&self, place: Place, who: &Who, password: &str) -> String {
        let choice = self.about_to_choose(place, who).await;
        let answer = self.send_choice(&choice, password).await;
        assert_eq!(answer.status, 422, "{place:?}: {password:?}");
        let body = answer.json();
        assert_eq!(body["error"], "invalid_request");
        let told = &body["detail"][0];
        assert_eq!(told["loc"], json!(["body", choice.member]), "{place:?}");
        assert!(told["msg"].as_str().unwrap().contains("password"), "{told}");
        assert_eq!(body["detail"].as_array().unwrap().len(), 1, "{body}");
        let echoes = password.len() > 8 && answer.text().contains(password);
        assert!(!echoes, "{place:?}: {}", answer.text());
        self.has_nothing_but_the_old(place, who).await;
        told["type"].as_str().unwrap().to_owned()
    }

    async fn has_nothing_but_the_old(&self, place: Place, who: &Who) {
        let hash = self.stored(who).await.map(|found| found.hashed_password);
        match place {
            Place::Registration | Place::Invitation | Place::Operator => assert!(hash.is_none()),
            Place::FirstPassword => assert!(hash.unwrap().is_none()),
            Place::Change | Place::Reset => {
                let mut hasher =
                    portcullis::password::Hasher::new(crate::fixture::cheap()).unwrap();
                let old = Password::new(OLD);
                let verdict = hasher.verify(&old, &hash.unwrap().unwrap());
                assert!(matches!(verdict, Verdict::Right { .. }), "{place:?}");
            }
        }
    }

    async fn as_operator(&self, path: &str, body: &Value, status: u16) {
        let token = self.operator().await;
        let answer = self.call((Method::POST, path), Some(&token), body).await;
        assert_eq!(answer.status, status, "{}", answer.text());
    }

    pub(super) async fn joins_as(&self, who: &Who) {
        let made = self.post("/users", &who.application(OLD)).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let token = self.token_from_mail("verify_email").await;
        let token = json!({ "token": token });
        let proved = self.post("/email-verification/confirm", &token).await;
        assert_eq!(proved.status, 204, "{}", proved.text());
    }
}
