//! Scopes that a handler needs.

use std::sync::Arc;

use portcullis::password::PasswordHash;
use portcullis::scope::Scopes;
use portcullis::store::{Answer, Credential, MemoryStore, StoreError, UserSource};
use portcullis::token::Epoch;
use portcullis::user::{User, Username};

use super::app;
use crate::fixture::{House, bearer, send};

const REFUSED: &str = r#"{"detail":"Not enough permissions","error":"insufficient_scope"}"#;
const NEEDS_ITEMS: &str = r#"Bearer error="insufficient_scope", scope="items:read""#;

#[tokio::test]
async fn too_little_scope_is_refused_with_what_is_needed() {
    let house = House::new().await;
    let app = app(&house);
    let token = house
        .token("username=johndoe&password=secret&scope=users:read")
        .await;
    for guard in ["/needs-access", "/needs-current", "/needs-active"] {
        for path in [guard.to_owned(), format!("/optional{guard}")] {
            let answer = send(&app, bearer(&path, &token)).await;
            assert_eq!((answer.status, answer.text()), (403, REFUSED), "{path}");
            assert_eq!(
                answer.header("www-authenticate"),
                Some(NEEDS_ITEMS),
                "{path}"
            );
            assert_eq!(answer.header("cache-control"), Some("no-store"));
        }
    }
    for path in ["/access", "/current", "/active", "/nothing"] {
        assert_eq!(send(&app, bearer(path, &token)).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn every_one_of_several_scopes_is_needed() {
    let house = House::new().await;
    let app = app(&house);
    let challenge = r#"Bearer error="insufficient_scope", scope="items:read items:write""#;
    let one = send(&app, bearer("/both", &house.johndoe().await)).await;
    assert_eq!((one.status, one.text()), (403, REFUSED));
    assert_eq!(one.header("www-authenticate"), Some(challenge));
    house
        .add("writer", "secret", "items:read items:write")
        .await;
    let token = house.token("username=writer&password=secret").await;
    assert_eq!(send(&app, bearer("/both", &token)).await.status, 200);
}

#[tokio::test]
async fn a_scope_is_compared_letter_by_letter() {
    let house = House::built(|auth| {
        [
            "items",
            "items:rea",
            "items:read:all",
            "Items:Read",
            "items:*",
        ]
        .iter()
        .fold(auth, |auth, scope| auth.scope(*scope, "Not it."))
    })
    .await;
    let near = "items items:rea items:read:all Items:Read items:*";
    house.add("near", "secret", near).await;
    let token = house.token("username=near&password=secret").await;
    let answer = send(&app(&house), bearer("/needs-active", &token)).await;
    assert_eq!(answer.status, 403);
}

/// A table without epochs that move, so that only the scopes themselves can refuse.
pub(crate) struct SameEpoch(pub(crate) Arc<MemoryStore>);

fn still(mut user: User) -> User {
    user.epoch = Epoch::default();
    user
}

impl UserSource for SameEpoch {
    type User = User;

    fn find_by_username<'a>(
        &'a self,
        username: &'a Username,
    ) -> Answer<'a, Option<Credential<User>>> {
        Answer::waiting(async move {
            let found = self.0.find_by_username(username).await?;
            Ok(found.map(|found| Credential {
                user: still(found.user),
                ..found
            }))
        })
    }

    fn find_by_subject<'a>(&'a self, subject: &'a str) -> Answer<'a, Option<User>> {
        Answer::waiting(async move { Ok(self.0.find_by_subject(subject).await?.map(still)) })
    }

    fn replace_hash<'a>(
        &'a self,
        _: &'a str,
        _: &'a PasswordHash,
        _: &'a PasswordHash,
    ) -> Answer<'a, ()> {
        Answer::ready(Err(StoreError::unexpected("no hash here is outdated")))
    }
}

#[tokio::test]
async fn a_scope_taken_away_stops_working_at_once() {
    let house = House::with_users_kept_by(SameEpoch).await;
    let app = app(&house);
    let token = house.johndoe().await;
    assert_eq!(
        send(&app, bearer("/needs-active", &token)).await.status,
        200
    );

    let (none, items) = (Scopes::none(), Scopes::parse("items:read").unwrap());
    house
        .administration()
        .change_scopes("johndoe", &none, &items)
        .await
        .unwrap();
    for path in ["/needs-active", "/needs-current", "/optional/needs-active"] {
        let answer = send(&app, bearer(path, &token)).await;
        assert_eq!((answer.status, answer.text()), (403, REFUSED), "{path}");
        assert_eq!(
            answer.header("www-authenticate"),
            Some(NEEDS_ITEMS),
            "{path}"
        );
    }
    assert_eq!(
        send(&app, bearer("/active", &token)).await.status,
        200,
        "the token lives"
    );
    // Nobody asks the table for this one: it says what the token says, until it expires.
    assert_eq!(
        send(&app, bearer("/needs-access", &token)).await.status,
        200
    );
}

#[tokio::test]
async fn with_our_store_the_token_dies_with_the_scope() {
    let house = House::new().await;
    let token = house.johndoe().await;
    let (none, items) = (Scopes::none(), Scopes::parse("items:read").unwrap());
    house
        .administration()
        .change_scopes("johndoe", &none, &items)
        .await
        .unwrap();
    let answer = send(&app(&house), bearer("/needs-active", &token)).await;
    assert_eq!(answer.refusal().0, 401);
}
