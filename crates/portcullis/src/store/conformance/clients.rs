//! Clients: registering, finding, new secrets.

use jiff::Timestamp;

use super::sessions::after;
use super::{THEN, answered, inserted, scopes, there};
use crate::client::{
    Client, ClientId, ClientLifetimes, ClientSecrets, Grants, PreviousSecret, SecretDigest,
};
use crate::store::{InsertedClient, Store};

/// The digest of the secret of this number.
pub(super) const fn secret(number: u8) -> SecretDigest {
    SecretDigest::from_bytes([number; 32])
}

/// A confidential client to insert, whose first secret has the number 0.
pub(super) fn draft(name: &str) -> Client {
    Client {
        id: answered(ClientId::random()),
        name: name.to_owned(),
        secrets: Some(ClientSecrets::first(secret(0))),
        grants: answered(Grants::parse("client_credentials")),
        scopes: scopes("items:read"),
        may_introspect: false,
        lifetimes: ClientLifetimes::default(),
        created_at: THEN,
    }
}

/// A client that keeps no secret, with nothing else either.
fn public(name: &str) -> Client {
    Client {
        secrets: None,
        grants: Grants::default(),
        scopes: scopes(""),
        ..draft(name)
    }
}

/// Registers a client, and answers its id.
pub(super) async fn registered(store: &impl Store, name: &str) -> ClientId {
    let draft = draft(name);
    let id = draft.id.clone();
    insert(store, draft).await;
    id
}

async fn insert(store: &impl Store, client: Client) {
    let name = client.name.clone();
    let outcome = answered(store.insert_client(client).await);
    assert_eq!(outcome, InsertedClient::Inserted, "{name} is a free name");
}

pub(super) async fn found(store: &impl Store, id: &ClientId) -> Option<Client> {
    answered(store.find_client(id).await)
}

async fn names(store: &impl Store) -> Vec<String> {
    let clients = answered(store.list_clients().await);
    clients.into_iter().map(|client| client.name).collect()
}

pub(super) async fn an_empty_store_has_no_client(store: &impl Store) {
    let absurd = "x".repeat(100_000);
    for id in [
        "",
        "1",
        "%",
        "' OR ''='",
        "a\0b",
        "ü",
        ClientId::FIRST_PARTY,
        &absurd,
    ] {
        let id = ClientId::new(id);
        assert!(found(store, &id).await.is_none(), "no client is {id:?}");
        let updated = store.update_secret(&id, secret(1), after(9)).await;
        assert!(!answered(updated), "nor gets a secret");
        assert!(!answered(store.delete_client(&id).await), "nor is deleted");
    }
    assert!(names(store).await.is_empty(), "none is listed");
}

pub(super) async fn a_client_comes_back_as_it_went_in(store: &impl Store) {
    let latest = Timestamp::constant(253_402_207_200, 0);
    let widest = Client {
        id: ClientId::new(format!("'; DROP TABLE clients; -- \"{}", "~".repeat(228))),
        // 64 characters beyond what two bytes of UTF-16 hold.
        name: "\u{1f9ff}".repeat(Client::NAME),
        secrets: Some(ClientSecrets {
            present: secret(0xff),
            previous: Some(PreviousSecret {
                digest: secret(0),
                until: latest,
            }),
        }),
        grants: answered(Grants::parse("password refresh_token client_credentials")),
        scopes: scopes("users:write items:read"),
        may_introspect: true,
        lifetimes: ClientLifetimes {
            access_token_seconds: Some(ClientLifetimes::LONGEST_ACCESS_TOKEN),
            session_idle_seconds: Some(1),
            session_seconds: Some(ClientLifetimes::LONGEST_SESSION),
        },
        created_at: latest,
    };
    let page = Client {
        grants: answered(Grants::parse("password refresh_token")),
        lifetimes: ClientLifetimes {
            session_idle_seconds: Some(60),
            ..ClientLifetimes::default()
        },
        created_at: Timestamp::UNIX_EPOCH,
        ..public("a page's '%_\"\\ \u{e9}\u{202e}")
    };
    let all = [draft("plain"), widest, page, public("barest")];
    for client in &all {
        insert(store, client.clone()).await;
    }
    let listed = answered(store.list_clients().await);
    for client in &all {
        let found = there(found(store, &client.id).await, "a client of this id");
        assert_eq!(found, *client, "a client is kept as it was given");
        assert!(listed.contains(client), "and listed as it is found");
    }
    assert_eq!(listed.len(), all.len(), "each once");
}

pub(super) async fn a_client_is_found_by_its_id_alone(store: &impl Store) {
    let client = Client {
        id: ClientId::new("client-AbCd"),
        ..draft("report")
    };
    insert(store, client.clone()).await;
    for other in [
        "report",
        "client-abcd",
        "client-AbC",
        "client-AbCde",
        " client-AbCd",
        "client%",
    ] {
        let other = ClientId::new(other);
        assert!(found(store, &other).await.is_none(), "{other:?} is another");
        let updated = store.update_secret(&other, secret(1), after(9)).await;
        assert!(!answered(updated), "no secret of {other:?} is changed");
        let deleted = answered(store.delete_client(&other).await);
        assert!(!deleted, "and {other:?} is not deleted");
    }
    assert_eq!(found(store, &client.id).await, Some(client), "it stays");
}

pub(super) async fn a_clients_name_and_id_are_its_own(store: &impl Store) {
    let first = draft("report");
    insert(store, first.clone()).await;
    let outcome = answered(store.insert_client(public("report")).await);
    assert_eq!(outcome, InsertedClient::NameTaken, "a name is given once");
    let same_id = Client {
        id: first.id.clone(),
        ..public("other")
    };
    let refused = store.insert_client(same_id).await;
    assert!(refused.is_err(), "a taken id is an error");
    let built_in = Client {
        id: ClientId::first_party(),
        ..public("other")
    };
    let refused = store.insert_client(built_in).await;
    assert!(refused.is_err(), "the built-in client is nowhere stored");
    assert_eq!(
        answered(store.list_clients().await),
        [first],
        "none of that changes anything"
    );
    // Names that people, or a database's collation, might take for the same.
    for name in ["Report", "report ", "r\u{e9}port", "re\u{301}port"] {
        insert(store, draft(name)).await;
    }
    let cut = draft("a\0b");
    // Kept whole, or refused, but never cut off.
    if store.insert_client(cut.clone()).await.is_ok() {
        assert_eq!(found(store, &cut.id).await, Some(cut), "a NUL is kept");
    }
    insert(store, draft("a")).await;
}

pub(super) async fn clients_come_in_the_order_of_their_bytes(store: &impl Store) {
    let mut expected = ["b", "a b", "ab", "B", "a", "\u{e9}", "Z", "\u{1f9ff}", "~"];
    for name in expected {
        registered(store, name).await;
    }
    expected.sort_unstable();
    assert_eq!(names(store).await, expected, "byte by byte");
}

pub(super) async fn a_new_secret_keeps_the_one_before(store: &impl Store) {
    let (client, other) = (draft("report"), draft("other"));
    for client in [&client, &other] {
        insert(store, client.clone()).await;
    }
    for (number, until) in [(1, after(9)), (2, after(3)), (2, after(5))] {
        let before = there(found(store, &client.id).await, "the client").secrets;
        let before = there(before, "its secret");
        let updated = store.update_secret(&client.id, secret(number), until).await;
        assert!(answered(updated), "there is such a client");
        let expected = Client {
            secrets: Some(before.rotated(secret(number), until)),
            ..client.clone()
        };
        let now = found(store, &client.id).await;
        assert_eq!(now, Some(expected), "two secrets are kept, and all else");
    }
    let untouched = found(store, &other.id).await;
    assert_eq!(untouched, Some(other), "nobody else's changes");
}

pub(super) async fn a_public_client_gets_no_secret(store: &impl Store) {
    let page = public("page");
    insert(store, page.clone()).await;
    let updated = store.update_secret(&page.id, secret(1), after(9)).await;
    assert!(!answered(updated), "a public client has none to replace");
    assert_eq!(found(store, &page.id).await, Some(page), "and stays public");
}

pub(super) async fn a_deleted_client_is_gone_and_no_other(store: &impl Store) {
    let user = inserted(store, "johndoe").await;
    let (one, other) = (
        registered(store, "one").await,
        registered(store, "other").await,
    );
    assert!(answered(store.delete_client(&one).await), "it was there");
    assert!(!answered(store.delete_client(&one).await), "and is gone");
    assert!(found(store, &one).await.is_none(), "it is not found");
    let updated = store.update_secret(&one, secret(1), after(9)).await;
    assert!(!answered(updated), "nor brought back");
    assert_eq!(names(store).await, ["other"], "nor listed");
    assert!(found(store, &other).await.is_some(), "the other is there");
    let johndoe = answered(store.find_by_subject(user.as_str()).await);
    assert!(johndoe.is_some(), "no user goes along");
    registered(store, "one").await;
    assert_eq!(names(store).await, ["one", "other"], "the name is free");
}
