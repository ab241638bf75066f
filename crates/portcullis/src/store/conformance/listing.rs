//! Listing.

use super::{answered, inserted};
use crate::store::Store;

/// In the order of their canonical forms, byte by byte.
const IN_ORDER: [&str; 10] = [
    "!bang",
    "0zero",
    "_under",
    "a",
    "A.b",
    "Ab",
    "b",
    "Zeta",
    "\u{e9}t\u{e9}",
    "\u{65e5}\u{672c}",
];

async fn names(store: &impl Store, after: Option<&str>, limit: u32) -> Vec<String> {
    let users = answered(store.list_users(after, limit).await).users;
    users.into_iter().map(|user| user.username).collect()
}

pub(super) async fn users_come_in_the_order_of_their_bytes(store: &impl Store) {
    for name in IN_ORDER.iter().rev() {
        inserted(store, name).await;
    }
    assert_eq!(
        names(store, None, 100).await,
        IN_ORDER,
        "listed by canonical name"
    );
    assert_eq!(
        names(store, None, u32::MAX).await,
        IN_ORDER,
        "a large limit is no error"
    );
    assert!(
        names(store, None, 0).await.is_empty(),
        "a limit of 0 lists nobody"
    );
}

pub(super) async fn pages_leave_nobody_out(store: &impl Store) {
    for name in IN_ORDER {
        inserted(store, name).await;
    }
    for size in [1_u32, 3, 9, 10, 11] {
        let mut listed = Vec::new();
        let mut after = None;
        loop {
            let page = answered(store.list_users(after.as_deref(), size).await);
            assert!(
                page.users.len() <= size as usize,
                "a page has no more than the limit"
            );
            listed.extend(page.users.into_iter().map(|user| user.username));
            assert!(listed.len() <= IN_ORDER.len(), "nobody is listed twice");
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(listed, IN_ORDER, "pages of {size} list everybody once");
    }
    let after_nobody = names(store, Some("aa"), 2).await;
    assert_eq!(
        after_nobody,
        ["Ab", "b"],
        "a cursor needs no user of that name"
    );
    let after_all = names(store, Some("\u{10ffff}"), 2).await;
    assert!(after_all.is_empty(), "nobody comes after the last");
}
