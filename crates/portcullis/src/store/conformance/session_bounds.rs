//! Sessions in great number.

use super::sessions::{after, begun, draft, listed};
use super::{THEN, answered, inserted};
use crate::store::{NewSession, SESSIONS_PER_USER, Store};
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
