//! V6.1: what the documentation says is what there is.

use std::collections::BTreeSet;
use std::fs;

use portcullis::password::PasswordPolicy;
use serde_json::Value;

use super::accounts::{operations, whole};
use crate::conformance::repository;
use crate::fixture::{get, send};
use crate::people::{People, Place};

fn page(name: &str) -> String {
    fs::read_to_string(repository().join("docs").join(name)).unwrap()
}

#[tokio::test]
async fn v6_1_2_the_words_that_are_no_password_are_published_and_refused() {
    let guide = page("passwords.md");
    let (_, rest) = guide.split_once("- always: ").unwrap();
    let sentence = rest.split('.').next().unwrap();
    let published: BTreeSet<&str> = sentence.split('`').skip(1).step_by(2).collect();
    let policy = PasswordPolicy::default();
    let words: BTreeSet<&str> = policy.words().collect();
    assert_eq!(published, words);
    for word in ["portcullis", "admin", "administrator"] {
        assert!(words.contains(word), "{word}");
    }
    let people = People::new().await;
    for word in words {
        let who = people.somebody();
        let said = format!("{word}.acme.rockets.{word}");
        let told = people.refusal(Place::Registration, &who, &said).await;
        assert_eq!(told, "password_context", "{said}");
    }
}

/// What proves something and goes into a body.
const CREDENTIALS: [&str; 7] = [
    "password",
    "current_password",
    "refresh_token",
    "client_secret",
    "token",
    "invitation",
    "assertion",
];

/// `| operation | what it asks for | … |`, from the page.
fn documented() -> BTreeSet<(String, String)> {
    let text = page("authentication.md");
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let asked = cells[2].replace('`', "");
        (cells[1].replace('`', "").to_lowercase(), asked)
    })
    .collect()
}

/// The same, from the document that the app serves.
fn served(document: &Value) -> BTreeSet<(String, String)> {
    let all = operations(document).into_iter();
    let own = all.filter(|(name, _)| name != "get /by-basic");
    own.map(|(name, operation)| {
        let mut asked: Vec<String> = schemes(&operation);
        let body = whole(&operation["requestBody"], document);
        let named = CREDENTIALS
            .iter()
            .filter(|name| body.contains(&format!("\"{name}\":{{")));
        asked.extend(named.map(|name| (*name).to_owned()));
        let asked = if asked.is_empty() {
            "nothing".to_owned()
        } else {
            asked.join(", ")
        };
        (name, asked)
    })
    .collect()
}

fn schemes(operation: &Value) -> Vec<String> {
    let alternatives = operation["security"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let mut names: Vec<String> = alternatives
        .iter()
        .flat_map(|one| one.as_object().unwrap().keys().cloned())
        .collect();
    if !names.is_empty() && alternatives.iter().any(|one| one == &serde_json::json!({})) {
        names.push("or none".to_owned());
    }
    names
}

#[tokio::test]
async fn v6_1_3_every_way_to_prove_who_you_are_is_documented() {
    let people = People::new().await;
    let document = send(&people.app, get("/openapi.json", &[])).await.json();
    let (documented, served) = (documented(), served(&document));
    let missing: Vec<_> = served.difference(&documented).collect();
    let gone: Vec<_> = documented.difference(&served).collect();
    assert!(
        missing.is_empty() && gone.is_empty(),
        "not written: {missing:#?}\nnot there: {gone:#?}"
    );
    assert!(served.len() > 20);
    // Each way says which controls it shares with the others.
    let text = page("authentication.md");
    for row in text.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        assert_eq!(cells.len(), 5, "{row}");
        assert!(!cells[3].is_empty(), "{row}");
    }
}
