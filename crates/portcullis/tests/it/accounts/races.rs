//! Many at once: one of them.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::{AccountHouse, NEW_PASSWORD};

/// How often each answer is given to 50 requests at once.
async fn fifty(
    house: &Arc<AccountHouse>,
    operation: &'static str,
    body: fn(usize) -> Value,
) -> Vec<(String, usize)> {
    fifty_of(house, operation, (0..50).map(body).collect()).await
}

async fn fifty_of(
    house: &Arc<AccountHouse>,
    operation: &'static str,
    bodies: Vec<Value>,
) -> Vec<(String, usize)> {
    let requests = bodies.into_iter().map(|body| {
        let house = Arc::clone(house);
        tokio::spawn(async move {
            loop {
                let answer = house.ask(operation).json(&body).await;
                // Not everybody has place in the queue of the only hashing thread.
                if answer.status != 503 {
                    return answer.code();
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
    });
    let requests: Vec<_> = requests.collect();
    let mut counts = std::collections::BTreeMap::new();
    for request in requests {
        *counts.entry(request.await.unwrap()).or_default() += 1;
    }
    counts.into_iter().collect()
}

fn counted(all: &[(&str, usize)]) -> Vec<(String, usize)> {
    all.iter()
        .map(|(code, count)| ((*code).to_owned(), *count))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_register_one_name_one_has_it() {
    let house = Arc::new(AccountHouse::new().await);
    let spelled = |number: usize| {
        let name = ["new.name", "New.Name", "NEW.NAME", "ｎew.name"][number % 4];
        json!({"username": name, "password": format!("{NEW_PASSWORD} {number}")})
    };
    let counts = fifty(&house, "POST /users", spelled).await;
    assert_eq!(counts, counted(&[("201", 1), ("409 username_taken", 49)]));
    let page = house
        .auth
        .accounts()
        .unwrap()
        .list("new.name", None, 50)
        .await
        .unwrap();
    assert_eq!(page.users.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_resets_with_one_link_one_happens() {
    let house = Arc::new(AccountHouse::new().await);
    let token = house.reset_token("johndoe").await;
    let body = |number| json!({"token": token, "new_password": format!("{NEW_PASSWORD} {number}")});
    let bodies = (0..50).map(body).collect();
    let counts = fifty_of(&house, "POST /password-reset", bodies).await;
    assert_eq!(counts, counted(&[("204", 1), ("400 invalid_token", 49)]));
    let mut letters = house.letters().await;
    letters.retain(|letter| letter.kind() == "password_changed");
    assert_eq!(letters.len(), 1, "and one is told of");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_use_one_invitation_one_is_let_in() {
    let house = Arc::new(AccountHouse::new().await);
    let writer = house.token("writer").await;
    let body = json!({"email": "new@example.com"});
    let asked = house.ask("POST /invitations").by(&writer).json(&body).await;
    assert_eq!(asked.status, 202);
    let token = house.mailed_token("invitation").await;
    let body = |number| json!({"username": format!("name{number}"), "password": NEW_PASSWORD, "invitation": token});
    let counts = fifty_of(&house, "POST /users", (0..50).map(body).collect()).await;
    assert_eq!(counts, counted(&[("201", 1), ("400 invalid_token", 49)]));
}
