//! Registration with an address tells nothing about the address; and so does a change to one.

use serde_json::{Value, json};

use super::{Cost, House, bytes};
use crate::fixture::{Answer, FORM, post};

const NEW_PASSWORD: &str = "twelve yellow umbrellas";

/// A free address, a verified one, an unverified one, one of an inactive account, one of an account
/// without a password; all as long.
const ADDRESSES: [&str; 5] = ["nobody1", "johndoe", "newbie1", "sleeper", "keyless"];

impl House {
    async fn register(&self, username: &str, address: &str) -> (Answer, Cost) {
        let email = format!("{address}@example.com");
        let body = json!({ "username": username, "password": NEW_PASSWORD, "email": email });
        self.json("/users", &body).await
    }
}

/// The account, but for what is its own: the identifier, and what the client itself said.
fn account(answer: &Answer) -> Value {
    let mut account = answer.json();
    for own in ["id", "username", "email"] {
        assert!(account[own].take().is_string(), "{own}");
    }
    account
}

#[tokio::test]
async fn e02_registration_costs_the_same_with_every_address() {
    let house = House::new().await;
    let (first, _) = house.register("fresh0", "unheard").await;
    for (number, address) in ADDRESSES.into_iter().enumerate() {
        let (answer, cost) = house.register(&format!("alice{number}"), address).await;
        assert_eq!(answer.status, 201, "{address}: {}", answer.text());
        assert_eq!(
            cost.verbs(),
            ["find_by_username", "insert_user"],
            "{address}"
        );
        assert_eq!(cost.mails(), ["verify_email"], "{address}");
        assert_eq!(cost.hashes, 1, "{address}");
        assert_eq!(answer.headers, first.headers, "{address}");
        assert_eq!(account(&answer), account(&first), "{address}");
        assert_eq!(answer.body.len(), first.body.len(), "{address}");
        assert_eq!(answer.json()["email_verified"], false, "{address}");
    }
}

/// Twice with the same address: neither account is told of the other.
#[tokio::test]
async fn e02_an_address_may_be_registered_again_and_again() {
    let house = House::new().await;
    for number in 0..4 {
        let (answer, cost) = house.register(&format!("alice{number}"), "johndoe").await;
        assert_eq!(answer.status, 201);
        assert_eq!(cost.writes(), ["insert_user"]);
    }
}

/// A username is public where everybody may register: this is what is not hidden.
#[tokio::test]
async fn e02_a_taken_username_is_told_whatever_the_address() {
    let house = House::new().await;
    let (first, _) = house.register("johndoe", "unheard").await;
    assert_eq!(first.refusal(), (409, "username_taken".into(), None));
    for address in ADDRESSES {
        let (answer, cost) = house.register("johndoe", address).await;
        assert_eq!(bytes(&answer), bytes(&first), "{address}");
        assert_eq!((cost.verbs(), cost.hashes), (vec!["find_by_username"], 0));
    }
}

/// Who is refused by form or by the password learns nothing of the address either.
#[tokio::test]
async fn e02_refusals_come_before_anybody_is_looked_up() {
    let house = House::new().await;
    let mut told = Vec::new();
    for address in ADDRESSES {
        let email = format!("{address}@example.com");
        let body = json!({ "username": "alice", "password": "password", "email": email });
        let (answer, cost) = house.json("/users", &body).await;
        assert_eq!((answer.status, cost.verbs()), (422, vec![]), "{address}");
        told.push(bytes(&answer));
    }
    told.dedup();
    assert_eq!(told.len(), 1);
}

#[tokio::test]
async fn e02_a_change_of_address_costs_the_same_to_every_address() {
    let house = House::new().await;
    let form = "username=johndoe&password=secret";
    let (answer, _) = house.ask(post("/token", &[FORM], form)).await;
    let token = answer.json()["access_token"].as_str().unwrap().to_owned();
    let mut told = Vec::new();
    for address in ["nobody1", "newbie1", "sleeper", "keyless"] {
        let email = format!("{address}@example.com");
        let body = json!({ "email": email, "password": "secret" }).to_string();
        let authorization = format!("Bearer {token}");
        let headers = [
            ("content-type", "application/json"),
            ("authorization", authorization.as_str()),
        ];
        let mut request = post("/users/me/email", &headers, body);
        *request.method_mut() = http::Method::PUT;
        let (answer, cost) = house.ask(request).await;
        assert_eq!((answer.status, cost.hashes), (202, 1), "{address}");
        assert_eq!(
            cost.mails(),
            ["email_change_asked", "confirm_email"],
            "{address}"
        );
        told.push((bytes(&answer), cost));
    }
    told.dedup();
    assert_eq!(told.len(), 1, "{told:?}");
}
