//! Users whose subject is a client's identifier, which a user table of somebody's own may well have.

use std::sync::Arc;

use http::StatusCode;
use portcullis::Auth;
use portcullis::account::ClientDraft;
use portcullis::openapi::{ApiRouter, Document};
use portcullis::store::{Answer, Credential, MemoryStore, UserSource};
use portcullis::user::{User, UserId, Username};

use super::{draft, public};
use crate::fixture::{House, ISSUER, login, one_thread, send};

/// A table whose users are known by the names that they chose themselves.
struct ByName(Arc<MemoryStore>);

fn named(user: User) -> User {
    User {
        id: UserId::new(&*user.username),
        ..user
    }
}

impl UserSource for ByName {
    type User = User;

    fn find_by_username<'a>(&'a self, name: &'a Username) -> Answer<'a, Option<Credential<User>>> {
        Answer::waiting(async move {
            let found = self.0.find_by_username(name).await?;
            Ok(found.map(|credential| Credential {
                user: named(credential.user),
                ..credential
            }))
        })
    }

    fn find_by_subject<'a>(&'a self, subject: &'a str) -> Answer<'a, Option<User>> {
        Answer::waiting(async move {
            let Ok(name) = Username::parse(subject) else {
                return Ok(None);
            };
            let found = self.find_by_username(&name).await?;
            Ok(found.map(|credential| credential.user))
        })
    }
}

/// What `POST /token` answers to the user of this name.
async fn sign_in(auth: &Auth, form: &str) -> (StatusCode, String) {
    let api = ApiRouter::new().merge(portcullis::token_router(auth));
    let app = Document::new("Test", "1.0").serve(api).unwrap();
    let answer = send(&app.with_state(auth.clone()), login(form)).await;
    let body = answer.json();
    let said = body["error"].as_str().unwrap_or("granted").to_owned();
    (StatusCode::from_u16(answer.status).unwrap(), said)
}

#[tokio::test]
async fn rfc_9068_s5_a_user_gets_no_token_whose_subject_is_a_clients() {
    let house = House::new().await;
    let no_scopes = ClientDraft {
        scopes: portcullis::scope::Scopes::none(),
        ..draft("report")
    };
    let (machine, _) = house.client(no_scopes).await;
    let (page, _) = house.client(public("page")).await;
    for name in [&machine, &page] {
        house.add(name, "secret", "items:read").await;
    }
    let auth = Auth::builder(ByName(house.store.clone()))
        .issuer(ISSUER)
        .clients(house.store.clone())
        .hashing_pool(one_thread())
        .scope("items:read", "Read items.")
        .build()
        .unwrap();
    for name in [&machine, &page] {
        for client in ["", &page] {
            let form = format!("username={name}&password=secret&client_id={client}");
            let refused = (StatusCode::BAD_REQUEST, "invalid_grant".to_owned());
            assert_eq!(sign_in(&auth, &form).await, refused, "{form}");
        }
    }
    let others = format!("username=johndoe&password=secret&client_id={page}");
    assert_eq!(sign_in(&auth, &others).await.0, StatusCode::OK);
}
