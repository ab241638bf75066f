//! Sessions in great number.

use std::sync::Arc;

use tokio::sync::Barrier;

use super::session_races::start;
use super::sessions::{after, begun, draft, found, listed, turn};
use super::{THEN, answered, inserted, joined};
use crate::store::{NewSession, Rotated, SESSIONS_PER_USER, Store};
use crate::user::UserId;

pub(super) async fn the_newest_are_listed_and_no_more(store: &impl Store) {
    let (john, alice) = (
        inserted(store, "johndoe").await,
        inserted(store, "alice").await,
    );
    let mut newest = Vec::new();
    // Neither the order in which they begin nor that of their ids is the order of their times.
    for second in (0..i64::from(SESSIONS_PER_USER) + 5)
        .map(|number| number * 7 % (i64::from(SESSIONS_PER_USER) + 5))
    {
        let new = NewSession {
            created_at: after(second),
            ..draft(&john)
        };
        answered(store.insert_session(new.clone()).await);
        if second >= 5 {
            newest.push((second, new.id));
        }
    }
    newest.sort_by_key(|(second, _)| std::cmp::Reverse(*second));
    let newest: Vec<_> = newest.into_iter().map(|(_, id)| id).collect();
    assert_eq!(newest.len(), SESSIONS_PER_USER as usize);
    assert_eq!(
        listed(store, &john).await,
        newest,
        "the newest, and no more"
    );
    assert!(listed(store, &alice).await.is_empty(), "of this user");
}

pub(super) async fn the_least_used_makes_room(store: &impl Store) {
    let (john, alice) = (
        inserted(store, "johndoe").await,
        inserted(store, "alice").await,
    );
    let hers = begun(store, &alice).await;
    let begins = |second| NewSession {
        created_at: after(second),
        idle_until: after(900),
        ..draft(&john)
    };
    let mut ids = Vec::new();
    for second in 0..i64::from(SESSIONS_PER_USER) {
        let new = begins(second);
        ids.push(new.id.clone());
        answered(store.insert_session(new).await);
    }
    let [first, second, third, fourth, ..] = ids.as_slice() else {
        return;
    };
    let rotated = answered(store.rotate_session(turn(first, 0, 1, after(500))).await);
    assert_eq!(rotated, Rotated::Rotated, "the oldest is used");

    let taken = NewSession {
        id: first.clone(),
        ..begins(600)
    };
    assert!(store.insert_session(taken).await.is_err(), "a taken id");
    assert!(found(store, second).await.is_some(), "ends nothing");

    // A clock that was set back: what begins is not what ends.
    let (early, late) = (begins(-50), begins(600));
    answered(store.insert_session(early.clone()).await);
    assert!(
        found(store, &early.id).await.is_some(),
        "what begins, lives"
    );
    assert!(found(store, second).await.is_none(), "used longest ago");
    answered(store.insert_session(late.clone()).await);
    assert!(found(store, &early.id).await.is_none(), "now the oldest");
    for id in [first, third, fourth, &late.id, &hers] {
        assert!(found(store, id).await.is_some(), "and no other one ends");
    }
    let left = answered(store.delete_sessions(&john).await);
    assert_eq!(
        left,
        u64::from(SESSIONS_PER_USER),
        "as many as there may be"
    );
}

/// Logins at once may pass the bound by their own number, and the next one brings it back.
pub(super) async fn many_that_begin_at_once_stay_few<S: Store>(store: &Arc<S>) {
    let user = inserted(&**store, "johndoe").await;
    for _ in 0..SESSIONS_PER_USER {
        begun(&**store, &user).await;
    }
    for _ in 0..10 {
        let ready = Arc::new(Barrier::new(4));
        let tasks = (0..4).map(|_| {
            let new = draft(&user);
            start(store, &ready, move |store| store.insert_session(new))
        });
        joined(tasks.collect()).await;
    }
    begun(&**store, &user).await;
    let left = answered(store.delete_sessions(&user).await);
    assert_eq!(
        left,
        u64::from(SESSIONS_PER_USER),
        "as many as there may be"
    );
}

/// More than any store may want to remove in one step.
pub(super) async fn a_great_many_are_swept(store: &impl Store) {
    let mut kept = Vec::new();
    for number in 0..25 {
        let user = inserted(store, &format!("user{number}")).await;
        for _ in 0..100 {
            begun(store, &user).await;
        }
        let alive = NewSession {
            idle_until: after(1_000),
            ..draft(&user)
        };
        answered(store.insert_session(alive.clone()).await);
        kept.push((user, alive.id));
    }
    let mut sweeps = 0;
    while count(store, &kept).await > kept.len() {
        sweeps += 1;
        assert!(sweeps <= 10, "what is over is gone after some sweeps");
        answered(store.sweep_sessions(after(100), THEN).await);
    }
    for (user, alive) in kept {
        assert_eq!(listed(store, &user).await, [alive], "what lives, lives on");
    }
}

async fn count(store: &impl Store, of: &[(UserId, String)]) -> usize {
    let mut count = 0;
    for (user, _) in of {
        count += listed(store, user).await.len();
    }
    count
}
