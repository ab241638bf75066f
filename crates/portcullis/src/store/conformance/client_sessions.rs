//! Sessions of clients: a user's at one, and a client's own.

use super::clients::registered;
use super::sessions::{after, begun, draft, found, listed, turn};
use super::{THEN, answered, inserted, there};
use crate::client::ClientId;
use crate::store::{NewSession, Rotated, Store};
use crate::user::UserId;

/// A user's session at this client.
pub(super) fn at(client: &ClientId, user: &UserId) -> NewSession {
    NewSession {
        client: client.clone(),
        ..draft(user)
    }
}

/// A client's own session: of no user, without refresh tokens.
fn own(client: &ClientId) -> NewSession {
    NewSession {
        user: None,
        refresh: None,
        ..at(client, &UserId::new("nobody"))
    }
}

async fn begin(store: &impl Store, new: NewSession) -> String {
    let id = new.id.clone();
    answered(store.insert_session(new).await);
    id
}

pub(super) async fn a_session_needs_its_client(store: &impl Store) {
    let user = inserted(store, "johndoe").await;
    let gone = registered(store, "gone").await;
    assert!(answered(store.delete_client(&gone).await), "it was there");
    let unknown = ["nobodys", "", "Portcullis", "portcullis "].map(ClientId::new);
    for client in unknown.iter().chain([&gone]) {
        for new in [at(client, &user), own(client)] {
            let id = new.id.clone();
            let refused = store.insert_session(new).await;
            assert!(refused.is_err(), "{client:?} is no client");
            assert!(found(store, &id).await.is_none(), "and nothing is stored");
        }
    }
    assert!(listed(store, &user).await.is_empty(), "nor listed");
}

pub(super) async fn a_session_at_a_client_is_a_users(store: &impl Store) {
    let user = inserted(store, "johndoe").await;
    let client = registered(store, "app").await;
    let (new, first_party) = (at(&client, &user), begun(store, &user).await);
    let id = begin(store, new.clone()).await;
    let kept = there(found(store, &id).await, "a session of this id");
    assert_eq!(kept, new.to_session(), "it is kept as it was given");
    assert_eq!(listed(store, &user).await.len(), 2, "both are listed");
    let rotated = answered(store.rotate_session(turn(&id, 0, 1, THEN)).await);
    assert_eq!(rotated, Rotated::Rotated, "it is used as any");
    assert!(answered(store.delete_session(&id).await), "and ended");
    assert_eq!(listed(store, &user).await, [first_party], "and no other");
}

pub(super) async fn a_clients_own_session_is_nobodys(store: &impl Store) {
    let user = inserted(store, "johndoe").await;
    let client = registered(store, "report").await;
    let new = own(&client);
    let id = begin(store, new.clone()).await;
    let beside = begin(store, at(&client, &user)).await;
    let is_there = async || {
        let kept = there(found(store, &id).await, "the client's own session");
        assert_eq!(kept, new.to_session(), "it is kept as it was given");
    };
    is_there().await;
    let family = answered(store.find_family(&id).await);
    assert!(family.is_none(), "it has no refresh tokens");
    let rotated = answered(store.rotate_session(turn(&id, 0, 1, THEN)).await);
    assert_eq!(rotated, Rotated::Unknown, "and none of it is used");
    for nobody in [user.as_str(), "nobody", client.as_str(), ""] {
        let nobody = UserId::new(nobody);
        let seen = listed(store, &nobody).await;
        assert!(!seen.contains(&id), "{nobody:?} does not see it");
        answered(store.delete_sessions(&nobody).await);
        is_there().await;
    }
    assert!(found(store, &beside).await.is_none(), "the user's ended");
    assert!(
        answered(store.delete_user(&user, None).await),
        "he was there"
    );
    answered(store.sweep_sessions(after(99), THEN).await);
    is_there().await;
    answered(store.sweep_sessions(after(100), THEN).await);
    assert!(found(store, &id).await.is_none(), "once over, it is swept");
    let again = begin(store, own(&client)).await;
    assert!(answered(store.delete_session(&again).await), "or ended");
    assert!(found(store, &again).await.is_none(), "for good");
}

pub(super) async fn a_deleted_client_takes_its_sessions_along(store: &impl Store) {
    let (john, alice) = (
        inserted(store, "johndoe").await,
        inserted(store, "alice").await,
    );
    let (gone, other) = (
        registered(store, "gone").await,
        registered(store, "other").await,
    );
    let mut ended = Vec::new();
    for new in [
        at(&gone, &john),
        at(&gone, &alice),
        at(&gone, &john),
        own(&gone),
    ] {
        ended.push(begin(store, new).await);
    }
    let mut left = vec![begun(store, &john).await, begun(store, &alice).await];
    for new in [at(&other, &john), own(&other)] {
        left.push(begin(store, new).await);
    }
    for id in [ClientId::new("unknown"), ClientId::first_party()] {
        assert!(!answered(store.delete_client(&id).await), "not stored");
        for id in ended.iter().chain(&left) {
            assert!(found(store, id).await.is_some(), "so nothing ends");
        }
    }
    assert!(answered(store.delete_client(&gone).await), "it was there");
    for id in &ended {
        assert!(found(store, id).await.is_none(), "its sessions end");
        let rotated = answered(store.rotate_session(turn(id, 0, 1, THEN)).await);
        assert_eq!(rotated, Rotated::Unknown, "and so do their tokens");
    }
    for id in &left {
        assert!(found(store, id).await.is_some(), "no other's does");
    }
    assert_eq!(listed(store, &john).await.len(), 2, "two of his are left");
    assert_eq!(listed(store, &alice).await.len(), 1, "and one of hers");
}
