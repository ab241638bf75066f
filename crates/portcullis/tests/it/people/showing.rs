//! The ways in which a password is shown.

use http::Method;
use serde_json::json;

use super::{People, Who, login_form};
use crate::fixture::{basic, get, login, send};

impl People {
    /// Whether this is the person's password: in a form at `/token`, in JSON by which something is
    /// confirmed (`session` is of the person), and by HTTP Basic. They agree.
    pub(crate) async fn proves(&self, who: &Who, password: &str, session: &str) -> bool {
        let form = login_form(&who.username, password);
        let by_form = send(&self.app, login(&form)).await;
        let error = by_form.json()["error"].as_str().map(str::to_owned);
        let by_form = match (by_form.status, error.as_deref()) {
            (200, None) => true,
            (400, Some("invalid_grant")) => false,
            _ => panic!("{}", by_form.text()),
        };

        let body = json!({ "email": who.email, "password": password });
        let answer = self
            .call((Method::PUT, "/users/me/email"), Some(session), &body)
            .await;
        let by_json = match answer.status {
            202 => true,
            400 if answer.json()["error"] == "incorrect_password" => false,
            _ => panic!("{}", answer.text()),
        };

        let credentials = basic(&format!("{}:{password}", who.username));
        let request = get("/by-basic", &[("authorization", &credentials)]);
        let by_basic = match send(&self.app, request).await.status {
            200 => true,
            401 => false,
            status => panic!("{status}"),
        };
        // RFC 7617 §2: control characters cannot be said there.
        let can_be_said = !password.chars().any(char::is_control);
        assert_eq!(by_basic, by_form && can_be_said, "{password:?}");
        assert_eq!(by_json, by_form, "{password:?}");
        by_form
    }

    /// Somebody who chose this password, and a session of theirs.
    pub(crate) async fn with_password(&self, password: &str) -> (Who, String) {
        let who = self.somebody();
        let made = self.post("/users", &who.application(password)).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let session = self.signs_in(&who.username, password).await;
        (who, session)
    }

    /// Whether `typed` proves somebody who chose `chosen`.
    pub(crate) async fn proves_after(&self, chosen: &str, typed: &str) -> bool {
        let (who, session) = self.with_password(chosen).await;
        self.proves(&who, typed, &session).await
    }
}
