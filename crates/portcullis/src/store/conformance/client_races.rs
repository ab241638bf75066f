//! Clients, their secrets and their sessions, changed at once.

use std::sync::Arc;

use tokio::sync::Barrier;

use super::client_sessions::at;
use super::clients::{draft, found, registered, secret};
use super::session_races::{ROUNDS, of, start};
use super::sessions::{after, found as found_session, listed};
use super::{THEN, answered, inserted, joined, there};
use crate::client::ClientId;
use crate::store::{Answer, InsertedClient, Store, StoreError};
use crate::user::UserId;

pub(super) async fn a_name_is_given_to_one_client<S: Store>(store: &Arc<S>) {
    for round in 0..5 {
        let name = format!("client{round}");
        let ready = Arc::new(Barrier::new(8));
        let tasks = (0..8).map(|_| {
            let new = draft(&name);
            start(store, &ready, |store| store.insert_client(new))
        });
        let outcomes = joined(tasks.collect()).await;
        let is_inserted = |outcome: &&InsertedClient| **outcome == InsertedClient::Inserted;
        let inserted = outcomes.iter().filter(is_inserted).count();
        assert_eq!(inserted, 1, "of 8 who want one name at once, one gets it");
        let listed = answered(store.list_clients().await);
        assert_eq!(listed.len(), round + 1, "one client of that name is there");
    }
}

pub(super) async fn of_new_secrets_none_is_torn<S: Store>(store: &Arc<S>) {
    let until = |number: u8| after(i64::from(number) * 60);
    for round in 0..ROUNDS {
        let id = registered(&**store, &format!("client{round}")).await;
        let ready = Arc::new(Barrier::new(4));
        let tasks = (1..=4).map(|number| {
            let id = id.clone();
            start(store, &ready, move |store| {
                Answer::waiting(async move {
                    let present = secret(number);
                    store.update_secret(&id, present, until(number)).await
                })
            })
        });
        for updated in joined(tasks.collect()).await {
            assert!(updated, "the client is there");
        }
        let secrets = there(found(&**store, &id).await, "the client").secrets;
        let secrets = there(secrets, "its secret");
        let previous = there(secrets.previous, "the secret before it");
        // In any order, the last one is present, and the one before it is kept with the last one's
        // time.
        let last = (1..=4).find(|number| secret(*number) == secrets.present);
        let last = there(last, "one of the new secrets");
        assert_eq!(previous.until, until(last), "both are of one rotation");
        let before = (1..=4).any(|number| number != last && secret(number) == previous.digest);
        assert!(before, "one of the others is the one before");
    }
}

pub(super) async fn no_session_outlives_its_client<S: Store>(store: &Arc<S>) {
    let user = inserted(&**store, "johndoe").await;
    for round in 0..ROUNDS {
        let client = registered(&**store, &format!("client{round}")).await;
        let new = at(&client, &user);
        let id = new.id.clone();
        let ready = Arc::new(Barrier::new(2));
        let begin = start(store, &ready, move |store| {
            // Refused when the client is gone already.
            Answer::waiting(async move { Ok(store.insert_session(new).await.is_ok()) })
        });
        let delete = start(store, &ready, move |store| {
            Answer::waiting(async move { store.delete_client(&client).await })
        });
        of(begin).await;
        assert!(of(delete).await, "the client was there");
        let left = found_session(&**store, &id).await;
        assert!(left.is_none(), "no session is left");
        assert!(listed(&**store, &user).await.is_empty(), "nor listed");
    }
}

/// Everything that ends several sessions at once, over the same ones: none of it may stop another.
pub(super) async fn whatever_ends_sessions_waits_in_no_circle<S: Store>(store: &Arc<S>) {
    for round in 0..ROUNDS / 2 {
        let (users, clients) = crossed(&**store, round).await;
        let ready = Arc::new(Barrier::new(10));
        let mut tasks = Vec::new();
        for (number, (user, client)) in users.iter().zip(&clients).enumerate() {
            let (owner, deleted, new) = (user.clone(), client.clone(), at(client, user));
            tasks.push(start(store, &ready, move |store| {
                Answer::waiting(async move {
                    match number {
                        0 => store.delete_sessions(&owner).await.map(drop),
                        _ => store.delete_user(&owner, None).await.map(drop),
                    }
                })
            }));
            tasks.push(start(store, &ready, move |store| {
                Answer::waiting(async move { store.delete_client(&deleted).await.map(drop) })
            }));
            tasks.push(start(store, &ready, move |store| {
                Answer::waiting(async move {
                    match store.insert_session(new).await {
                        // Its user or its client is gone already.
                        Err(StoreError::Unexpected(_)) => Ok(()),
                        answer => answer,
                    }
                })
            }));
        }
        let now = after(if round % 4 == 0 { 100 } else { 0 });
        tasks.push(start(store, &ready, move |store| {
            Answer::waiting(async move { store.sweep_sessions(now, THEN).await.map(drop) })
        }));
        joined(tasks).await;
        for client in &clients {
            assert!(found(&**store, client).await.is_none(), "all are deleted");
        }
        for user in &users {
            assert!(listed(&**store, user).await.is_empty(), "all are ended");
        }
    }
}

/// Three users and three clients, and several sessions of each user at each client.
async fn crossed(store: &impl Store, round: usize) -> (Vec<UserId>, Vec<ClientId>) {
    let (mut users, mut clients) = (Vec::new(), Vec::new());
    for number in 0..3 {
        users.push(inserted(store, &format!("user{round}-{number}")).await);
        clients.push(registered(store, &format!("client{round}-{number}")).await);
    }
    for _ in 0..3 {
        for user in &users {
            for client in &clients {
                answered(store.insert_session(at(client, user)).await);
            }
        }
    }
    (users, clients)
}
