//! Uses and ends of one session, started together.

use std::sync::Arc;

use tokio::sync::Barrier;
use tokio::task::JoinHandle;

use super::sessions::{after, begun, draft, found, listed, salt, turn};
use super::{THEN, answered, inserted, joined, there};
use crate::store::{Answer, Rotated, Rotation, Store, StoreError};

pub(super) const ROUNDS: usize = 50;

/// What a store does in a task of its own, once all others of the race are ready.
pub(super) fn start<S, T>(
    store: &Arc<S>,
    ready: &Arc<Barrier>,
    verb: impl FnOnce(&S) -> Answer<'_, T> + Send + 'static,
) -> JoinHandle<Result<T, StoreError>>
where
    S: Store,
    T: Send + 'static,
{
    let (store, ready) = (Arc::clone(store), Arc::clone(ready));
    tokio::spawn(async move {
        // A store that connects lazily connects here, not in the race.
        store.find_session("").await?;
        ready.wait().await;
        verb(&store).await
    })
}

fn start_turn<S: Store>(
    store: &Arc<S>,
    ready: &Arc<Barrier>,
    rotation: Rotation,
) -> JoinHandle<Result<Rotated, StoreError>> {
    start(store, ready, |store| store.rotate_session(rotation))
}

/// The one answer of a task.
pub(super) async fn of<T: 'static>(task: JoinHandle<Result<T, StoreError>>) -> T {
    answered(answered(task.await))
}

pub(super) async fn of_several_uses_one_rotates<S: Store>(store: &Arc<S>) {
    let user = inserted(&**store, "johndoe").await;
    for _ in 0..ROUNDS {
        let id = begun(&**store, &user).await;
        let ready = Arc::new(Barrier::new(4));
        let tasks = (1..=4).map(|successor| {
            let rotation = turn(&id, 0, successor, THEN);
            start_turn(store, &ready, rotation)
        });
        let answers = joined(tasks.collect()).await;
        let count = |wanted| answers.iter().filter(|answer| **answer == wanted).count();
        let rotated = count(Rotated::Rotated);
        assert_eq!(rotated, 1, "of several uses at once, one rotates");
        let winner = (1..=4).find(|successor| count(Rotated::Retried(salt(*successor))) == 3);
        let winner = there(winner, "one salt, which all the others get,");
        let next = turn(&id, winner, 50, after(1));
        let next = answered(store.rotate_session(next).await);
        assert_eq!(next, Rotated::Rotated, "which makes the present token");
    }
}

pub(super) async fn what_is_ended_stays_ended<S: Store>(store: &Arc<S>) {
    for round in 0..ROUNDS {
        let user = inserted(&**store, &format!("user{round}")).await;
        let id = begun(&**store, &user).await;
        let ready = Arc::new(Barrier::new(2));
        let rotation = start_turn(store, &ready, turn(&id, 0, 1, THEN));
        let (ended, owner) = (id.clone(), user.clone());
        let end = start(store, &ready, move |store| match round % 4 {
            0 => Answer::waiting(async move { store.delete_session(&ended).await }),
            1 => Answer::waiting(async move { Ok(store.delete_sessions(&owner).await? == 1) }),
            2 => Answer::waiting(async move { store.delete_user(&owner, None).await }),
            _ => Answer::waiting(async move {
                store.sweep_sessions(after(5_000), THEN).await?;
                // What is used just now may stay until the next time.
                store.delete_session(&ended).await?;
                Ok(true)
            }),
        });
        let rotated = of(rotation).await;
        assert!(of(end).await, "what ends it finds it, used or not");
        assert!(
            matches!(rotated, Rotated::Rotated | Rotated::Unknown),
            "a use comes before the end, or too late: {rotated:?}"
        );
        assert!(
            found(&**store, &id).await.is_none(),
            "no use brings it back"
        );
        for number in [0, 1] {
            let again = answered(store.rotate_session(turn(&id, number, 9, THEN)).await);
            assert_eq!(again, Rotated::Unknown, "and no token of it lives");
        }
    }
}

pub(super) async fn a_replay_wins_over_a_use<S: Store>(store: &Arc<S>) {
    let user = inserted(&**store, "johndoe").await;
    for _ in 0..ROUNDS {
        let id = begun(&**store, &user).await;
        for number in [0, 1] {
            let turn = turn(&id, number, number + 1, THEN);
            let rotated = answered(store.rotate_session(turn).await);
            assert_eq!(rotated, Rotated::Rotated);
        }
        let ready = Arc::new(Barrier::new(2));
        let usage = start_turn(store, &ready, turn(&id, 2, 3, THEN));
        let replay = start_turn(store, &ready, turn(&id, 0, 9, THEN));
        let usage = of(usage).await;
        assert_eq!(of(replay).await, Rotated::Replayed, "before a use or after");
        assert!(
            matches!(usage, Rotated::Rotated | Rotated::Unknown),
            "the use came before the end, or too late: {usage:?}"
        );
        assert!(found(&**store, &id).await.is_none(), "the session is ended");
    }
}

/// A lost answer's retry beside the use of its successor: whichever comes second decides.
pub(super) async fn a_retry_beside_the_successors_use<S: Store>(store: &Arc<S>) {
    let user = inserted(&**store, "johndoe").await;
    for _ in 0..ROUNDS {
        let id = begun(&**store, &user).await;
        let rotated = answered(store.rotate_session(turn(&id, 0, 1, THEN)).await);
        assert_eq!(rotated, Rotated::Rotated);
        let ready = Arc::new(Barrier::new(2));
        let retry = start_turn(store, &ready, turn(&id, 0, 9, THEN));
        let usage = start_turn(store, &ready, turn(&id, 1, 2, THEN));
        let (retry, usage) = (of(retry).await, of(usage).await);
        let is_there = found(&**store, &id).await.is_some();
        let outcome = (retry, usage, is_there);
        let possible = [
            (Rotated::Retried(salt(1)), Rotated::Rotated, true),
            (Rotated::Replayed, Rotated::Rotated, false),
        ];
        assert!(possible.contains(&outcome), "not in any order: {outcome:?}");
    }
}

pub(super) async fn no_session_outlives_its_user<S: Store>(store: &Arc<S>) {
    for round in 0..ROUNDS {
        let user = inserted(&**store, &format!("user{round}")).await;
        let new = draft(&user);
        let id = new.id.clone();
        let ready = Arc::new(Barrier::new(2));
        let begin = start(store, &ready, move |store| {
            // Refused when the user is gone already.
            Answer::waiting(async move { Ok(store.insert_session(new).await.is_ok()) })
        });
        let owner = user.clone();
        let delete = start(store, &ready, move |store| {
            Answer::waiting(async move { store.delete_user(&owner, None).await })
        });
        of(begin).await;
        assert!(of(delete).await, "the user was there");
        assert!(found(&**store, &id).await.is_none(), "no session is left");
        assert!(listed(&**store, &user).await.is_empty(), "nor listed");
    }
}

pub(super) async fn an_ended_session_is_ended_for_everybody<S: Store>(store: &Arc<S>) {
    let user = inserted(&**store, "johndoe").await;
    for _ in 0..ROUNDS {
        let id = begun(&**store, &user).await;
        for is_there in [true, false] {
            let ready = Arc::new(Barrier::new(4));
            let tasks = (0..4).map(|_| {
                let id = id.clone();
                start(store, &ready, move |store| {
                    Answer::waiting(async move { store.find_session(&id).await })
                })
            });
            for seen in joined(tasks.collect()).await {
                assert_eq!(seen.is_some(), is_there, "what one wrote, all see");
            }
            answered(store.delete_session(&id).await);
        }
    }
}
