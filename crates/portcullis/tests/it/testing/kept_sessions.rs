//! An application that keeps sessions and clients, and its own tests.

use axum::extract::State;
use portcullis::account::ClientDraft;
use portcullis::client::{Client, ClientLifetimes, Grants};
use portcullis::openapi::{ApiRouter, routing};
use portcullis::scheme::{ApiKey, SecurityScheme};
use portcullis::scope::Scopes;
use portcullis::store::{Clients, Sessions};
use portcullis::testing::DifferenceKind::NeverAccepted;
use portcullis::testing::{self, DocumentCheck, NotSigned, Report};
use portcullis::{AccessToken, ActiveUser, ApiKeyHeader, Auth, Security, User, scopes};

use super::{kinds, passes};
use crate::fixture::{House, NOW, get, send};

scopes!(ReadItems = "items:read");

const FORM: &str = "application/x-www-form-urlencoded";

/// The guarded routes of an API; `/logout` ends the session of the token that it is called with.
fn routes(house: &House) -> ApiRouter<Auth> {
    let store = house.store.clone();
    let logout = async move |_: ActiveUser, token: AccessToken, State(_): State<Auth>| {
        store.delete_session(&token.session_id).await.unwrap();
        "bye"
    };
    ApiRouter::new()
        .api_route("/logout", routing::post(logout))
        .api_route(
            "/items",
            routing::get(async |user: Security<ActiveUser, ReadItems>| user.username.clone()),
        )
        .api_route(
            "/report",
            routing::get(async |token: Security<AccessToken, ReadItems>| token.subject.clone()),
        )
}

async fn john(house: &House) -> User {
    house.administration().find("johndoe").await.unwrap()
}

fn machine() -> ClientDraft {
    ClientDraft {
        grants: Grants::parse("client_credentials").unwrap(),
        scopes: Scopes::parse("items:read").unwrap(),
        may_introspect: true,
        ..ClientDraft::new("nightly report")
    }
}

/// The machine, registered, and the fields of a form that say who it is.
async fn registered(house: &House, draft: ClientDraft) -> (Client, String) {
    let (id, secret) = house.client(draft).await;
    let clients = house.store.list_clients().await.unwrap();
    let client = clients.into_iter().find(|client| client.id.as_str() == id);
    let fields = format!("client_id={id}&client_secret={secret}");
    (client.unwrap(), fields)
}

/// The check that the manual shows.
async fn check(house: &House) -> DocumentCheck {
    let (auth, john) = (house.auth.clone(), john(house).await);
    let (_, machine) = registered(house, machine()).await;
    let token = format!("grant_type=client_credentials&{machine}");
    let question = format!("token=unknown&{machine}");
    DocumentCheck::new()
        .bearer_async("OAuth2PasswordBearer", async move |scopes| {
            let scopes = scopes.join(" ");
            testing::sign_in(&auth, &john, &scopes).await.unwrap()
        })
        .body("POST /token", FORM, token)
        .body("POST /introspect", FORM, question)
}

fn answers(report: &Report) -> Vec<(&str, &[u16])> {
    let all = report.operations.iter();
    all.map(|one| (&*one.operation, &*one.answers)).collect()
}

#[tokio::test]
async fn what_it_documents_is_what_it_does() {
    let house = House::new().await;
    let check = check(&house).await;
    let report = passes(&check, house.app(routes(&house))).await;
    let expected: [(&str, &[u16]); 13] = [
        ("GET /.well-known/jwks.json", &[200]),
        ("GET /.well-known/oauth-authorization-server", &[200]),
        ("GET /items", &[200]),
        ("GET /report", &[200]),
        ("GET /users/me", &[200]),
        ("GET /users/me/sessions", &[200]),
        ("GET /verify", &[204]),
        ("POST /introspect", &[200]),
        ("POST /logout", &[200]),
        ("POST /revoke", &[200]),
        ("POST /token", &[200]),
        ("DELETE /users/me/sessions/{id}", &[404]),
        ("DELETE /users/me/sessions", &[204]),
    ];
    assert_eq!(answers(&report), expected, "{report}");
    assert!(report.skipped.is_empty(), "{report}");
}

#[tokio::test]
async fn a_session_that_is_there_is_ended_before_all_are() {
    let house = House::new().await;
    let john = john(&house).await;
    testing::sign_in(&house.auth, &john, "").await.unwrap();
    let sessions = house.store.list_sessions(&john.id).await.unwrap();
    let check = check(&house).await.parameter("id", &*sessions[0].id);
    let report = passes(&check, house.app(routes(&house))).await;
    let deletes: Vec<_> = answers(&report).split_off(11);
    let expected: [(&str, &[u16]); 2] = [
        ("DELETE /users/me/sessions/{id}", &[204]),
        ("DELETE /users/me/sessions", &[204]),
    ];
    assert_eq!(deletes, expected, "{report}");
}

#[tokio::test]
async fn one_token_for_everything_dies_on_the_way() {
    let house = House::new().await;
    let john = john(&house).await;
    let token = testing::sign_in(&house.auth, &john, "items:read").await;
    let token = token.unwrap();
    let fixed = check(&house)
        .await
        .bearer("OAuth2PasswordBearer", move |_| token.clone());
    let found = kinds(&fixed, house.app(routes(&house))).await;
    assert!(found.contains(&NeverAccepted), "{found:?}");
}

struct Key;
impl SecurityScheme for Key {}
impl ApiKey for Key {
    const PARAMETER: &'static str = "x-key";
}

/// Beside a scheme of another route, `/logout` is called rightly more than once.
#[tokio::test]
async fn each_call_that_does_something_has_a_session_of_its_own() {
    let house = House::new().await;
    let keyed = async |key: ApiKeyHeader<Key>| {
        let right = key.matches("secret");
        right.then_some("in").ok_or_else(|| key.refused())
    };
    let api = routes(&house).api_route("/keyed", routing::get(keyed));
    let check = check(&house).await.api_key("APIKeyHeader", "secret");
    let report = passes(&check, house.app(api)).await;
    let found = answers(&report);
    assert!(found.contains(&("POST /logout", &[200])), "{report}");
    assert!(found.contains(&("GET /keyed", &[200])), "{report}");
}

async fn report(house: &House, token: &str) -> (u16, String) {
    let header = format!("Bearer {token}");
    let request = get("/report", &[("authorization", &*header)]);
    let answer = send(&house.app(routes(house)), request).await;
    (answer.status, answer.text().to_owned())
}

#[tokio::test]
async fn a_machine_acts_for_itself() {
    let house = House::new().await;
    let lifetimes = ClientLifetimes {
        access_token_seconds: Some(60),
        ..ClientLifetimes::default()
    };
    let draft = ClientDraft {
        lifetimes,
        ..machine()
    };
    let (client, _) = registered(&house, draft).await;
    let id = client.id.as_str().to_owned();
    let made = async |scopes| testing::client_token(&house.auth, &client, scopes).await;
    let token = made("items:read").await.unwrap();
    assert_eq!(report(&house, &token).await, (200, id));
    let less = made("").await.unwrap();
    assert_eq!(report(&house, &less).await.0, 403);
    // It is nobody's, and lives as long as the client's tokens.
    let header = format!("Bearer {token}");
    let request = get("/items", &[("authorization", &*header)]);
    let answer = send(&house.app(routes(&house)), request).await;
    assert_eq!(answer.status, 401);
    house.clock.advance(59);
    assert_eq!(report(&house, &token).await.0, 200);
    house.clock.advance(1);
    assert_eq!(report(&house, &token).await.0, 401);
}

#[tokio::test]
async fn a_machines_token_has_a_session_and_ends_with_its_client() {
    let house = House::new().await;
    let (client, _) = registered(&house, machine()).await;
    let token = testing::client_token(&house.auth, &client, "items:read").await;
    let token = token.unwrap();
    let verifier = house.auth.verifier();
    let claims = verifier.verify(&token, NOW).unwrap();
    let session = house.store.find_session(&claims.session_id).await.unwrap();
    let session = session.unwrap();
    assert_eq!((session.user, session.client), (None, client.id.clone()));
    assert!(house.store.delete_client(&client.id).await.unwrap());
    let gone = house.store.find_session(&claims.session_id).await.unwrap();
    assert!(gone.is_none());
    let again = testing::client_token(&house.auth, &client, "items:read").await;
    assert!(matches!(again, Err(NotSigned::NotBegun(_))), "{again:?}");
}

#[tokio::test]
async fn a_machine_gets_no_token_that_it_could_not_ask_for() {
    let house = House::new().await;
    let (client, _) = registered(&house, machine()).await;
    let made = async |client: &Client, scopes| {
        let made = testing::client_token(&house.auth, client, scopes).await;
        made.unwrap_err()
    };
    let error = made(&client, "items:read items:write").await;
    assert_eq!(
        error.to_string(),
        "the client does not have `items:write`: give it to the client, which has `items:read`"
    );
    assert!(matches!(made(&client, "a  b").await, NotSigned::Scope(_)));
    let public = Client {
        secrets: None,
        ..client.clone()
    };
    let other = Client {
        grants: Grants::parse("password").unwrap(),
        ..client.clone()
    };
    for client in [public, other] {
        assert!(matches!(made(&client, "").await, NotSigned::NoGrant));
    }
    let alone = House::without_sessions().await;
    let error = testing::client_token(&alone.auth, &client, "").await;
    assert!(matches!(error, Err(NotSigned::NoClients)));
}
