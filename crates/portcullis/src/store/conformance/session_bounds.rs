//! Sessions in great number.

use super::sessions::{after, draft, listed};
use super::{answered, inserted};
use crate::store::{NewSession, SESSIONS_PER_USER, Store};

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
