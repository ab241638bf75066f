//! `GET /users`: seeing all accounts, page by page.

use serde_json::{Value, json};

use super::AccountHouse;
use crate::fixture::Answer;

async fn list(house: &AccountHouse, query: &str) -> Answer {
    let reader = house.token("reader").await;
    let operation = format!("GET /users{query}");
    house.ask(&operation).by(&reader).send().await
}

fn names(answer: &Answer) -> Vec<String> {
    let page = answer.json();
    let items = page["items"].as_array().unwrap().iter();
    items
        .map(|user| user["username"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn all_are_there_by_username_and_nothing_secret() {
    let house = AccountHouse::new().await;
    let answer = list(&house, "").await;
    assert_eq!(answer.status, 200);
    assert!(answer.is_private());
    assert_eq!(
        names(&answer),
        ["alice", "gone", "johndoe", "reader", "writer"]
    );
    let page = answer.json();
    assert_eq!(page["next"], Value::Null);
    let members: Vec<_> = page.as_object().unwrap().keys().cloned().collect();
    assert_eq!(members, ["items", "next"]);
    let members: Vec<_> = page["items"][0]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    assert_eq!(
        members,
        [
            "created_at",
            "disabled",
            "email",
            "email_verified",
            "full_name",
            "id",
            "scopes",
            "username"
        ]
    );
    assert!(!answer.text().contains("argon2"));
}

#[tokio::test]
async fn pages_follow_each_other_and_leave_nobody_out() {
    let house = AccountHouse::new().await;
    for limit in 1..=6 {
        let (mut all, mut query) = (Vec::new(), format!("?limit={limit}"));
        loop {
            let page = list(&house, &query).await;
            assert!(names(&page).len() <= limit);
            all.extend(names(&page));
            let Value::String(next) = &page.json()["next"] else {
                break;
            };
            query = format!("?limit={limit}&cursor={next}");
        }
        assert_eq!(
            all,
            ["alice", "gone", "johndoe", "reader", "writer"],
            "{limit}"
        );
    }
}

#[tokio::test]
async fn a_search_finds_what_a_name_or_an_address_begins_with() {
    let house = AccountHouse::new().await;
    let id = house.id("gone").await;
    house
        .patch(&id, &json!({"email": "john.gone@example.org"}))
        .await;
    for (search, expected) in [
        ("john", &["gone", "johndoe"] as &[_]),
        ("JOHNDOE@EX", &["johndoe"]),
        ("doe", &[]),
        ("%25", &[]),
        ("_ohndoe", &[]),
        ("j*", &[]),
        ("%27%20OR%201%3D1--", &[]),
        ("%5C", &[]),
    ] {
        let answer = list(&house, &format!("?search={search}")).await;
        assert_eq!(names(&answer), expected, "{search}");
    }
}

#[tokio::test]
async fn a_parameter_that_does_not_fit_is_told() {
    let house = AccountHouse::new().await;
    let page = list(&house, "?limit=1").await.json();
    let cursor = page["next"].as_str().unwrap();
    let other_list = format!("?search=a&cursor={cursor}");
    let cut = format!("?cursor={}", &cursor[1..]);
    let long = format!("?search={}", "x".repeat(257));
    for (query, fault) in [
        ("?limit=0", "query.limit: out_of_range"),
        ("?limit=201", "query.limit: out_of_range"),
        ("?limit=-1", "query.limit: out_of_range"),
        ("?limit=%2B5", "query.limit: out_of_range"),
        ("?limit=2147483648", "query.limit: out_of_range"),
        ("?limit=1e1", "query.limit: out_of_range"),
        ("?limit=99999999999999999999", "query.limit: out_of_range"),
        ("?cursor=forged", "query.cursor: cursor_invalid"),
        ("?cursor=%27%20OR%201%3D1--", "query.cursor: cursor_invalid"),
        (&*other_list, "query.cursor: cursor_invalid"),
        (&*cut, "query.cursor: cursor_invalid"),
        (&*long, "query.search: string_too_long"),
        ("?limit=1&limit=2", "query: repeated"),
        ("?search=%ff", "query: string_unicode"),
        ("?search=%00", "query.search: string_invalid"),
        ("?search=a%0Ab", "query.search: string_invalid"),
        ("?sort=(select%201)", "query: extra_forbidden"),
        ("?page=2", "query: extra_forbidden"),
    ] {
        assert_eq!(list(&house, query).await.faults(), [fault], "{query}");
    }
    for empty in ["?", "?limit=", "?search=&cursor=&limit=200"] {
        assert_eq!(list(&house, empty).await.status, 200, "{empty}");
    }
}
