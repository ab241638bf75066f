//! Users without passwords, and tokens for them.

use std::borrow::Cow;
use std::sync::Arc;

use axum::Router;
use portcullis::clock::ManualClock;
use portcullis::openapi::{ApiRouter, Document, routing};
use portcullis::scope::Scopes;
use portcullis::testing::{self, InvalidUser, NotSigned, Users};
use portcullis::token::Epoch;
use portcullis::user::Account;
use portcullis::{ActiveUser, Auth, Security, User, scopes};

use crate::fixture::{House, ISSUER, NOW, cheap, get, login, send};

scopes!(ReadItems = "items:read");

fn routes() -> ApiRouter<Auth> {
    ApiRouter::new()
        .api_route(
            "/items",
            routing::get(async |user: Security<ActiveUser, ReadItems>| user.username.clone()),
        )
        .api_route(
            "/name",
            routing::get(async |user: ActiveUser| user.username.clone()),
        )
}

fn auth(users: impl IntoIterator<Item = User>) -> Auth {
    let auth = Auth::builder(Users::new(users))
        .issuer(ISSUER)
        .scope("items:read", "")
        .hashing(cheap());
    auth.build().unwrap()
}

fn app(auth: &Auth) -> Router {
    let api = routes().merge(portcullis::router(auth));
    let document = Document::new("Test", "1.0").serve(api).unwrap();
    document.with_state(auth.clone())
}

/// Status and text of a call as `user` with `scopes`.
async fn call(auth: &Auth, user: &User, (path, scopes): (&str, &str)) -> (u16, String) {
    let value = testing::bearer(auth, user, scopes).unwrap();
    let request = get(path, &[("authorization", value.to_str().unwrap())]);
    let answer = send(&app(auth), request).await;
    (answer.status, answer.text().to_owned())
}

#[tokio::test]
async fn a_user_acts_with_the_scopes_of_the_token() {
    let john = testing::user("JohnDoe", "items:read items:write").unwrap();
    let auth = auth([john.clone()]);
    let all = ("/items", "items:read items:write");
    assert_eq!(call(&auth, &john, all).await, (200, "JohnDoe".into()));
    let read = ("/items", "items:read");
    assert_eq!(call(&auth, &john, read).await, (200, "JohnDoe".into()));
    let write = ("/items", "items:write");
    assert_eq!(call(&auth, &john, write).await.0, 403);
    assert_eq!(call(&auth, &john, ("/items", "")).await.0, 403);
    assert_eq!(
        call(&auth, &john, ("/name", "")).await,
        (200, "JohnDoe".into())
    );
}

#[tokio::test]
async fn every_part_of_the_check_is_real() {
    let john = testing::user("johndoe", "items:read").unwrap();
    let mut alice = testing::user("alice", "items:read").unwrap();
    alice.disabled = true;
    let stranger = testing::user("stranger", "items:read").unwrap();
    let mut earlier = john.clone();
    earlier.epoch = Epoch::new(7);
    let mut later = john.clone();
    later.scopes = Scopes::parse("items:read admin").unwrap();

    let auth = auth([john.clone(), alice.clone()]);
    for (user, status) in [
        (&john, 200),
        (&alice, 400),
        (&stranger, 401),
        (&earlier, 401),
        (&later, 200),
    ] {
        let answer = call(&auth, user, ("/items", "items:read")).await;
        assert_eq!(answer.0, status, "{user:?}: {}", answer.1);
    }
    // Another application's key, and the same users.
    let other = self::auth([john.clone()]);
    let value = testing::bearer(&other, &john, "items:read").unwrap();
    let request = get("/items", &[("authorization", value.to_str().unwrap())]);
    assert_eq!(send(&app(&auth), request).await.status, 401);
}

#[tokio::test]
async fn the_token_expires_by_the_clock_of_the_application() {
    let john = testing::user("johndoe", "items:read").unwrap();
    let clock = Arc::new(ManualClock::at_second(NOW));
    let builder = Auth::builder(Users::new([john.clone()])).issuer(ISSUER);
    let builder = builder.scope("items:read", "").clock(clock.clone());
    let builder = builder.access_token_seconds(60);
    let auth = builder.build().unwrap();
    let value = testing::bearer(&auth, &john, "items:read").unwrap();
    assert!(value.is_sensitive(), "a debug print would show it");
    let request = || get("/items", &[("authorization", value.to_str().unwrap())]);
    clock.advance(59);
    assert_eq!(send(&app(&auth), request()).await.status, 200);
    clock.advance(1);
    assert_eq!(send(&app(&auth), request()).await.status, 401);
}

#[tokio::test]
async fn nobody_signs_in_with_a_password() {
    let john = testing::user("johndoe", "items:read").unwrap();
    let auth = auth([john]);
    let form = "username=johndoe&password=secret";
    let known = send(&app(&auth), login(form)).await;
    let unknown = send(&app(&auth), login("username=nobody&password=secret")).await;
    assert_eq!(known.refusal(), (400, "invalid_grant".into(), None));
    assert_eq!(known.body, unknown.body);
}

#[tokio::test]
async fn scopes_that_the_user_does_not_have_are_an_error() {
    let john = testing::user("johndoe", "items:read users:read").unwrap();
    let auth = auth([john.clone()]);
    let error = testing::bearer(&auth, &john, "items:write items:read admin").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the user does not have `admin items:write`: give it to the user, who has \
         `items:read users:read`"
    );
    let error = testing::access_token(&auth, &john, "two  spaces").unwrap_err();
    assert!(matches!(error, NotSigned::Scope(_)));
    assert!(matches!(
        testing::user("a@b", ""),
        Err(InvalidUser::Name(_))
    ));
    assert!(matches!(
        testing::user("ab", "\""),
        Err(InvalidUser::Scope(_))
    ));
}

#[tokio::test]
async fn a_user_of_a_real_store_needs_no_password_either() {
    let house = House::new().await;
    let john = house.administration().find("johndoe").await.unwrap();
    let token = testing::sign_in(&house.auth, &john, "items:read")
        .await
        .unwrap();
    let app = house.app(ApiRouter::new());
    let request = || {
        get(
            "/users/me",
            &[("authorization", &*format!("Bearer {token}"))],
        )
    };
    assert_eq!(send(&app, request()).await.status, 200);
    // What the store says since then counts.
    let administration = house.administration();
    administration.set_disabled("johndoe", true).await.unwrap();
    assert_eq!(send(&app, request()).await.status, 401);
    // A token of no session would be refused, and is not made.
    let error = testing::bearer(&house.auth, &john, "").unwrap_err();
    assert!(error.to_string().contains("testing::sign_in"), "{error}");
}

/// A user type of one's own.
#[derive(Debug, Clone)]
struct Member {
    number: u32,
    may: Scopes,
}

impl Account for Member {
    fn subject(&self) -> Cow<'_, str> {
        self.number.to_string().into()
    }

    fn is_active(&self) -> bool {
        self.number != 13
    }

    fn scopes(&self) -> Cow<'_, Scopes> {
        Cow::Borrowed(&self.may)
    }

    fn epoch(&self) -> Epoch {
        Epoch::default()
    }
}

#[tokio::test]
async fn users_of_any_type() {
    let may = Scopes::parse("items:read").unwrap();
    let members = [7, 13].map(|number| Member {
        number,
        may: may.clone(),
    });
    let users = Users::new(members.clone());
    let builder = Auth::builder(users).issuer(ISSUER);
    let auth = builder.scope("items:read", "").build().unwrap();
    let api: ApiRouter<Auth<Member>> = ApiRouter::new()
        .api_route(
            "/",
            routing::get(async |user: Security<ActiveUser<Member>, ReadItems>| {
                user.number.to_string()
            }),
        )
        .merge(portcullis::token_router(&auth));
    let app = Document::new("Test", "1.0").serve(api).unwrap();
    let app = app.with_state(auth.clone());
    for (member, expected) in members.iter().zip([(200, "7"), (400, "")]) {
        let value = testing::bearer(&auth, member, "items:read").unwrap();
        let request = get("/", &[("authorization", value.to_str().unwrap())]);
        let answer = send(&app, request).await;
        assert_eq!(answer.status, expected.0);
        assert!(answer.text().contains(expected.1));
    }
}
