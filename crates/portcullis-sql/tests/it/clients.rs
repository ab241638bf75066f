//! Clients as they lie in the database, and what people may do to them in the shell.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use portcullis::client::{
    Client, ClientId, ClientLifetimes, ClientSecret, ClientSecrets, GrantType, Grants,
};
use portcullis::clock::{Clock, SystemClock};
use portcullis::scope::Scopes;
use portcullis::secret::random_id;
use portcullis::store::{InsertedClient, NewSession, Rotated, Store};
use portcullis::token::Epoch;

use crate::engine::Engine;
use crate::sessions::{begun_at, hex, turn};

const NOW: Timestamp = Timestamp::constant(1_700_000_000, 0);

/// A confidential client of this name and id, and its secret.
pub(crate) async fn registered(store: &dyn Store, id: &str) -> ClientSecret {
    let secret = ClientSecret::random().unwrap();
    let client = Client {
        id: ClientId::new(id),
        name: id.to_owned(),
        secrets: Some(ClientSecrets::first(secret.digest())),
        grants: Grants::parse("password client_credentials").unwrap(),
        scopes: Scopes::parse("items:read").unwrap(),
        may_introspect: true,
        lifetimes: ClientLifetimes::default(),
        created_at: NOW,
    };
    let inserted = store.insert_client(client).await.unwrap();
    assert_eq!(inserted, InsertedClient::Inserted);
    secret
}

pub(crate) async fn found(store: &dyn Store, id: &str) -> Option<Client> {
    store.find_client(&ClientId::new(id)).await.unwrap()
}

/// The client's own session.
async fn own_session(store: &dyn Store, client: &str) -> String {
    let id = random_id().unwrap();
    let session = NewSession {
        id: id.clone(),
        user: None,
        client: ClientId::new(client),
        scopes: Scopes::none(),
        epoch: Epoch::default(),
        refresh: None,
        user_agent: None,
        created_at: NOW,
        idle_until: NOW + SignedDuration::from_hours(1),
        ends_at: NOW + SignedDuration::from_hours(1),
    };
    store.insert_session(session).await.unwrap();
    id
}

/// What another process writes to SQLite's file is seen a millisecond later.
pub(crate) async fn a_moment() {
    tokio::time::sleep(Duration::from_millis(2)).await;
}

#[tokio::test]
async fn a_client_is_registered_in_the_shell() {
    for engine in Engine::both() {
        let store = engine.open().await;
        engine
            .shell("INSERT INTO clients (name) VALUES ('barest'), ('other')")
            .unwrap();
        let clients = store.list_clients().await.unwrap();
        let [barest, other] = &clients[..] else {
            panic!("two clients: {clients:?}");
        };
        assert!(barest.id.as_str().starts_with("client-"), "{barest:?}");
        assert_eq!(barest.id.as_str().len(), "client-".len() + 32, "128 bits");
        assert_ne!(barest.id, other.id);
        assert!(barest.is_public() && barest.grants.is_empty() && barest.scopes.is_empty());
        assert!(!barest.may_introspect, "nothing is given that nobody wrote");
        assert_eq!(barest.lifetimes, ClientLifetimes::default());
        let age = barest.created_at.duration_until(SystemClock.second());
        assert!(age < SignedDuration::from_mins(1), "made just now");

        let secret = ClientSecret::random().unwrap();
        let digest = hex(secret.digest().as_bytes());
        let digest = match engine {
            Engine::Sqlite(_) => format!("x'{digest}'"),
            Engine::Postgres(_) => format!("sha256('{}')", secret.expose()),
        };
        engine
            .shell(&format!(
                "INSERT INTO clients (id, name, secret_digest, grants, scopes, may_introspect, \
                 access_token_seconds) VALUES ('report', 'nightly report', {digest}, \
                 'client_credentials', 'items:read', true, 60)"
            ))
            .unwrap();
        let report = found(&*store, "report").await.unwrap();
        assert!(report.secrets.unwrap().accept(secret.expose(), NOW));
        assert!(report.grants.contains(GrantType::ClientCredentials) && report.may_introspect);
        assert_eq!(report.lifetimes.access_token_seconds, Some(60));
    }
}

#[tokio::test]
async fn what_the_shell_changes_holds() {
    for engine in Engine::both() {
        let store = engine.open().await;
        let first = registered(&*store, "app").await;
        for (set, scopes, introspects) in [
            ("scopes = 'a b'", "a b", true),
            ("scopes = '', may_introspect = false", "", false),
            ("grants = '', name = 'renamed'", "", false),
        ] {
            assert!(found(&*store, "app").await.is_some(), "remembered now");
            engine.shell(&format!("UPDATE clients SET {set}")).unwrap();
            a_moment().await;
            let app = found(&*store, "app").await.unwrap();
            assert_eq!(app.scopes.to_string(), scopes);
            assert_eq!(app.may_introspect, introspects);
        }
        let app = found(&*store, "app").await.unwrap();
        assert!(app.grants.is_empty());
        assert_eq!(app.name, "renamed");
        assert!(app.secrets.unwrap().accept(first.expose(), NOW));
        let lost = "UPDATE clients SET secret_digest = NULL";
        engine.shell(lost).unwrap();
        a_moment().await;
        let app = found(&*store, "app").await.unwrap();
        assert!(app.is_public(), "its secret is worth nothing");
    }
}

#[tokio::test]
async fn clients_deleted_in_the_shell_take_their_sessions_along() {
    for engine in Engine::both() {
        let store = engine.open().await;
        for id in ["app", "other"] {
            registered(&*store, id).await;
        }
        let (of_app, of_other) = (
            begun_at(&engine, &*store, ClientId::new("app")).await,
            begun_at(&engine, &*store, ClientId::new("other")).await,
        );
        let built_in = begun_at(&engine, &*store, ClientId::first_party()).await;
        let own = own_session(&*store, "app").await;
        let is_there = async |id: &str| store.find_session(id).await.unwrap().is_some();
        assert!(is_there(of_app.session()).await && is_there(&own).await);
        engine
            .shell("DELETE FROM clients WHERE id = 'app'")
            .unwrap();
        let count = engine.shell("SELECT count(*) FROM sessions").unwrap();
        assert_eq!(count, "2", "no row is left behind, and no other went");
        a_moment().await;
        assert!(found(&*store, "app").await.is_none());
        assert!(!is_there(of_app.session()).await && !is_there(&own).await);
        assert!(is_there(of_other.session()).await && is_there(built_in.session()).await);
        let rotated = store.rotate_session(turn(&of_app).0).await.unwrap();
        assert_eq!(rotated, Rotated::Unknown);
        engine.shell("DELETE FROM users").unwrap();
        own_session(&*store, "other").await;
        engine.shell("DELETE FROM users").unwrap();
        let left = engine.shell("SELECT client_id FROM sessions").unwrap();
        assert_eq!(left, "other", "its own stays");
    }
}

/// Also of a client that was looked at, and so remembered, a moment before.
#[tokio::test]
async fn a_change_is_seen_at_once_here_and_in_a_millisecond_there() {
    for engine in Engine::both() {
        let nodes = [engine.open().await, engine.open().await];
        let id = ClientId::new("app");
        let mut secret = registered(&*nodes[0], "app").await;
        for round in 0..40 {
            let [here, there] = [&nodes[round % 2], &nodes[(round + 1) % 2]];
            a_moment().await;
            let accepts = async |node: &Arc<dyn Store>, secret: &ClientSecret| {
                let app = node.find_client(&id).await.unwrap().unwrap();
                app.secrets.unwrap().accept(secret.expose(), NOW)
            };
            assert!(accepts(here, &secret).await && accepts(there, &secret).await);
            let new = ClientSecret::random().unwrap();
            let updated = here.update_secret(&id, new.digest(), NOW).await;
            assert!(updated.unwrap());
            assert!(!accepts(here, &secret).await && accepts(here, &new).await);
            a_moment().await;
            assert!(!accepts(there, &secret).await && accepts(there, &new).await);
            secret = new;
        }
        assert!(nodes[0].delete_client(&id).await.unwrap());
        assert!(found(&*nodes[0], "app").await.is_none());
        a_moment().await;
        assert!(found(&*nodes[1], "app").await.is_none());
    }
}

/// A row holds digests: nothing of a secret.
#[tokio::test]
async fn a_row_is_digests_of_two_secrets_at_most() {
    for engine in Engine::both() {
        let store = engine.open().await;
        let mut secrets = vec![registered(&*store, "app").await];
        let id = ClientId::new("app");
        for _ in 0..2 {
            let new = ClientSecret::random().unwrap();
            let until = NOW + SignedDuration::from_hours(24);
            let updated = store.update_secret(&id, new.digest(), until).await;
            assert!(updated.unwrap());
            secrets.push(new);
        }
        let [before, present] = [1, 2].map(|of: usize| hex(secrets[of].digest().as_bytes()));
        let hexed = |column: &str| match engine {
            Engine::Sqlite(_) => format!("lower(hex({column}))"),
            Engine::Postgres(_) => format!("encode({column}, 'hex')"),
        };
        let row = engine
            .shell(&format!(
                "SELECT {}, {}, id, name, grants, scopes, previous_secret_until, created_at \
                 FROM clients",
                hexed("secret_digest"),
                hexed("previous_secret_digest")
            ))
            .unwrap();
        let rest = "app|app|password client_credentials|items:read|1700086400|1700000000";
        assert_eq!(row, format!("{present}|{before}|{rest}"));
    }
}
