//! Searching.

use super::accounts::at;
use super::{answered, draft};
use crate::store::{SearchPrefix, Store};
use crate::user::EmailAddress;

/// Names, and addresses where there is one; in the order of the canonical names.
const USERS: [(&str, Option<&str>); 14] = [
    ("%percent", Some("x50_@example.com")),
    ("*star", None),
    ("[a-z]", Some("z@example.com")),
    ("_under", None),
    ("a", Some("zeta@example.com")),
    ("Ab", Some("Alice@example.com")),
    ("ab_c", Some("ab@example.com")),
    ("abc", Some("ABC.d@EXAMPLE.org")),
    ("abd", None),
    ("b", Some("abd@ex\u{e4}mple.com")),
    ("zeta", Some("a@example.com")),
    ("\u{e9}t\u{e9}", Some("\u{e9}t\u{e9}@ex\u{e4}mple.com")),
    ("\u{3b1}\u{3b2}", Some("\u{3b1}@example.com")),
    ("\u{65e5}\u{672c}", Some("b@\u{65e5}\u{672c}.jp")),
];

async fn insert_all(store: &impl Store) {
    for (name, email) in USERS.into_iter().rev() {
        let mut new = draft(name);
        // One that cannot be an address cannot be stored either.
        new.email = email.and_then(|written| EmailAddress::parse(written).ok());
        answered(store.insert_user(new).await);
    }
}

/// What a search finds, by its definition.
fn wanted(prefix: &str) -> Vec<&'static str> {
    let prefix = SearchPrefix::of(prefix);
    let is_wanted = |(name, email): &(&str, Option<&str>)| {
        let name = super::username(name);
        let email = email.and_then(|written| EmailAddress::parse(written).ok());
        let has_email = |email: EmailAddress| email.canonical().starts_with(&prefix.email);
        name.canonical().starts_with(&prefix.username) || email.is_some_and(has_email)
    };
    let found = USERS.into_iter().filter(is_wanted);
    found.map(|(name, _)| name).collect()
}

async fn found(store: &impl Store, prefix: &str, limit: u32) -> Vec<String> {
    let mut found = Vec::new();
    let mut after = None;
    for _ in 0..100 {
        let page = store.search_users(prefix, after.as_deref(), limit).await;
        let page = answered(page);
        assert!(page.users.len() <= limit as usize, "no more than the limit");
        found.extend(page.users.into_iter().map(|user| user.username));
        let is_further = after < page.next;
        after = page.next;
        if after.is_none() {
            return found;
        }
        assert!(is_further, "each page begins after the one before");
    }
    unreachable!("a search comes to an end")
}

pub(super) async fn a_search_finds_what_begins_so(store: &impl Store) {
    insert_all(store).await;
    for prefix in [
        "",
        "a",
        "A",
        "ab",
        "AB",
        "abc",
        "ab_",
        "abc.",
        "ALICE@",
        "alice@example.com",
        "zeta",
        "\u{ff21}b",
        "\u{e9}",
        "\u{c9}",
        "\u{e9}t\u{e9}@",
        "\u{3b1}",
        "\u{391}",
        "\u{65e5}",
        "b@xn--",
        "x",
        "lice",
        "example.com",
        "%",
        "*",
        "[",
        "_",
        "?",
        "a%",
        "a_",
        "a*",
        "a?",
        "'",
        "a'--",
        "\\",
        " ",
        "a b",
        "a\0",
        "\0",
        "\u{10ffff}",
        "a\u{10ffff}",
        "\u{d7ff}",
    ] {
        let wanted = wanted(prefix);
        for limit in [1, 2, 3, 100, u32::MAX] {
            let found = found(store, prefix, limit).await;
            assert_eq!(found, wanted, "of {prefix:?}, by pages of {limit}");
        }
        let none = answered(store.search_users(prefix, None, 0).await);
        assert!(none.users.is_empty(), "a limit of 0 finds nobody");
    }
}

pub(super) async fn a_cursor_needs_no_user_of_its_name(store: &impl Store) {
    insert_all(store).await;
    let after = async |prefix: &str, after: &str| -> Vec<String> {
        let page = store.search_users(prefix, Some(after), 100).await;
        let users = answered(page).users.into_iter();
        users.map(|user| user.username).collect()
    };
    assert_eq!(after("ab", "abb").await, ["abc", "abd", "b"]);
    assert_eq!(after("ab", "abc").await, ["abd", "b"]);
    assert_eq!(after("ab", "abc\0").await, ["abd", "b"]);
    assert_eq!(after("ab", "AB").await, ["Ab", "ab_c", "abc", "abd", "b"]);
    assert!(after("ab", "b").await.is_empty());
    assert!(after("ab", "\u{10ffff}").await.is_empty(), "after the last");
}

pub(super) async fn a_search_sees_what_was_changed(store: &impl Store) {
    let new = at("johndoe", "first@example.com", false);
    let id = new.id.clone();
    answered(store.insert_user(new).await);
    let change = crate::store::UserChange {
        email: Some(Some(super::accounts::address("Second@example.com"))),
        ..Default::default()
    };
    answered(store.update_user(&id, change).await);
    assert!(found(store, "first", 9).await.is_empty(), "the old is gone");
    assert_eq!(found(store, "second@", 9).await, ["johndoe"]);
    answered(store.delete_user(&id, None).await);
    assert!(found(store, "second@", 9).await.is_empty());
    assert!(found(store, "johndoe", 9).await.is_empty());
}
