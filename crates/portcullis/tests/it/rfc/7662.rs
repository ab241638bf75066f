//! RFC 7662: introspection: rows I.

#[path = "7662/caller.rs"]
mod caller;
#[path = "7662/token.rs"]
mod token;

use portcullis::account::ClientDraft;

use crate::client::InForm;
use crate::fixture::{Answer, House};

const INACTIVE: &str = r#"{"active":false}"#;

/// A client with the right to ask.
async fn api<'a>(house: &'a House, name: &str) -> InForm<'a> {
    let may = ClientDraft {
        may_introspect: true,
        ..ClientDraft::new(name)
    };
    InForm::new(house, may).await
}

async fn told(api: &InForm<'_>, token: &str) -> Answer {
    api.post("/introspect", &format!("token={token}")).await
}

async fn is_active(api: &InForm<'_>, name: &str, token: &str) {
    let answer = told(api, token).await;
    assert_eq!(answer.status, 200, "{name}: {}", answer.text());
    assert_eq!(answer.json()["active"], true, "{name}");
}

async fn is_inactive(api: &InForm<'_>, name: &str, token: &str) {
    let answer = told(api, token).await;
    assert_eq!((answer.status, answer.text()), (200, INACTIVE), "{name}");
}
