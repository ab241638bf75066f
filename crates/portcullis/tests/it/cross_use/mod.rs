//! Cross-use (RFC 8725 §3.12): whatever is a credential, a token, or looks like one, presented at
//! every place where something is accepted. Only the diagonal passes, and what is refused harms
//! nobody.

mod clients;
mod forge;
mod kinds;
mod near_misses;
mod places;
mod world;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::fixture::{get, send};
use kinds::kinds;
use places::{PLACES, Place, accepted, request};
use world::World;

/// A row for each kind, a column for each place, in the order of `PLACES`.
/// `+` accepted; `.` refused, and nobody is signed out; `x` refused, and the session is ended.
const TABLE: &str = "
    access token                                   | +++++ . ... .... + .... + .... . .
    access token, typ with its prefix              | +++++ . ... .... + .... + .... . .
    access token, expired                          | ..... . ... .... . .... . .... . .
    access token of an ended session               | ..... . ... .... . .... . .... . .
    access token from before the password changed  | ..... . ... .... . .... . .... . .
    access token of a user who is gone             | ..... . ... .... . .... . .... . .
    access token of another issuer                 | ..... . ... .... . .... . .... . .
    access token for another audience              | ..... . ... .... . .... . .... . .
    access token under another key                 | ..... . ... .... . .... . .... . .
    access token under another key of its own kid  | ..... . ... .... . .... . .... . .
    access token without a signature               | ..... . ... .... . .... . .... . .
    JWT of our key, typ JWT                        | ..... . ... .... . .... . .... . .
    JWT of our key, typ id+jwt                     | ..... . ... .... . .... . .... . .
    JWT of our key, typ logout+jwt                 | ..... . ... .... . .... . .... . .
    JWT of our key, typ secevent+jwt               | ..... . ... .... . .... . .... . .
    JWT of our key, typ rt+jwt                     | ..... . ... .... . .... . .... . .
    JWT of our key, no typ                         | ..... . ... .... . .... . .... . .
    refresh token                                  | ..... . ..+ .... + .... + .... . .
    refresh token, spent, its successor unused     | ..... . ..+ .... + .... . .... . .
    refresh token, spent                           | ..... . ..x .... + .... . .... . .
    refresh token of an ended session              | ..... . ... .... . .... . .... . .
    refresh token from before the password changed | ..... . ... .... . .... . .... . .
    session id                                     | ..... + ... .... . .... . .... . .
    session id of another user                     | ..... . ... .... . .... . .... . .
    session id and the digests of its token        | ..... . ... .... . .... . .... . .
    token id                                       | ..... . ... .... . .... . .... . .
    user id                                        | ..... . ... .... . .... . .... . .
    username                                       | ..... . +.. .... . .... . .... . .
    username of another user                       | ..... . ... .... . .... . .... . .
    password                                       | ..... . .+. .... . .... . .... . .
    password of another user                       | ..... . ... .... . .... . .... . .
    password hash                                  | ..... . ... .... . .... . .... . .
    digest of a refresh token                      | ..... . ... .... . .... . .... . .
    digest of a family                             | ..... . ... .... . .... . .... . .
    access token of a client                       | ..... . ... .... . .... + .... . .
    access token through another client            | +++++ . ... .... . .... + .... . .
    refresh token through another client           | ..... . ... .... . .... + .... . .
    client id, built in                            | ..... . ... +... . +... . .... . .
    client id, public                              | ..... . ... +... . +... . .... . .
    client id, confidential                        | ..... . ... ..+. . ..+. . +.+. . .
    client's name                                  | ..... . ... .... . .... . .... . .
    client secret                                  | ..... . ... .+.+ . .+.+ . .+.+ . .
    client secret, exchanged a moment ago          | ..... . ... .+.+ . .+.+ . .+.+ . .
    client secret, exchanged twice                 | ..... . ... .... . .... . .... . .
    client secret of another client                | ..... . ... .... . .... . .... . .
    digest of a client secret                      | ..... . ... .... . .... . .... . .
    key id                                         | ..... . ... .... . .... . .... . .
    public key                                     | ..... . ... .... . .... . .... . .
    private key                                    | ..... . ... .... . .... . .... . .
    sealed key                                     | ..... . ... .... . .... . .... . .
    key-encryption key                             | ..... . ... .... . .... . .... + .
    nothing but a letter                           | ..... . ... .... . .... . .... . .
";

/// Where nothing is accepted: RFC 6750 §2.3 is not offered.
const CLOSED: [Place; 1] = ["GET /users/me ?access_token"];

/// Fields and parameters that are no credentials.
const PLAIN_FIELDS: [&str; 3] = ["grant_type", "scope", "token_type_hint"];

fn table() -> Vec<(&'static str, Vec<char>)> {
    let rows = TABLE.trim().lines().map(|row| {
        let (kind, expected) = row.split_once('|').unwrap();
        let expected = expected.chars().filter(|mark| *mark != ' ').collect();
        (kind.trim(), expected)
    });
    rows.collect()
}

#[tokio::test]
async fn only_the_diagonal_passes() {
    let table = table();
    let mut world = World::new().await;
    let names: Vec<_> = kinds(&world).await.iter().map(|(name, _)| *name).collect();
    let rows: Vec<_> = table.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(rows, names, "a row for each kind, in its order");
    for (column, place) in PLACES.into_iter().enumerate() {
        for (row, (kind, expected)) in table.iter().enumerate() {
            assert_eq!(expected.len(), PLACES.len(), "{kind}: one mark a place");
            let value = kinds(&world).await.swap_remove(row).1;
            let seen = outcome(&world, place, &value).await;
            assert_eq!(seen, expected[column], "{kind} at {place}: {value:?}");
            if seen != '.' {
                world = World::new().await;
            }
        }
        world.renews(place).await;
        world = World::new().await;
    }
}

/// The mark of what happens.
async fn outcome(world: &World, place: Place, value: &str) -> char {
    let was_accepted = accepted(world, place, value).await;
    let lives = world.is_main_alive().await;
    assert!(world.are_others_alive(place).await, "{place}: {value:?}");
    match (was_accepted, lives) {
        (Some(true), _) => '+',
        (Some(false) | None, true) => '.',
        (Some(false) | None, false) => 'x',
    }
}

#[test]
fn every_place_accepts_something_or_is_said_to_be_closed() {
    let table = table();
    for (column, place) in PLACES.into_iter().enumerate() {
        let opened = table.iter().any(|(_, expected)| expected[column] == '+');
        assert_eq!(opened, !CLOSED.contains(&place), "{place}");
    }
}

/// A route, a parameter or a field that takes a credential cannot be added without a column here.
#[tokio::test]
async fn every_place_of_the_document_has_a_column() {
    let world = World::new().await;
    let document = send(&world.app, get("/openapi.json", &[])).await.json();
    let mut documented = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let operation_name = format!("{} {path}", method.to_uppercase());
            for place in places_of(&operation_name, operation) {
                assert!(documented.insert(place.clone()), "{place} is said twice");
            }
        }
    }
    let columns: BTreeSet<_> = PLACES
        .into_iter()
        .filter(|place| !place.contains(" Basic ") && !place.contains(" ?"))
        .filter(|place| *place != places::SEALING)
        .map(str::to_owned)
        .collect();
    assert_eq!(columns, documented);
    // Wherever a client's id is taken from the form, it is taken from the header too.
    for place in PLACES {
        if let Some(operation) = place.strip_suffix(" client_id") {
            for part in ["id", "secret"] {
                let basic = format!("{operation} Basic {part}");
                assert!(PLACES.contains(&&*basic), "{basic}");
            }
        }
    }
}

fn places_of(name: &str, operation: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for needs in operation["security"].as_array().into_iter().flatten() {
        // Where a client may say who it is in the header, it is told by the fields of the form.
        if needs.get("OAuth2Client").is_none() {
            found.push(format!("{name} bearer"));
        }
    }
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        if !PLAIN_FIELDS.contains(&parameter["name"].as_str().unwrap()) {
            found.push(format!("{name} {}", parameter["in"].as_str().unwrap()));
        }
    }
    for (_, body) in operation["requestBody"]["content"]
        .as_object()
        .into_iter()
        .flatten()
    {
        let fields = body["schema"]["properties"].as_object().unwrap();
        let credentials = fields
            .keys()
            .filter(|field| !PLAIN_FIELDS.contains(&field.as_str()));
        found.extend(credentials.map(|field| format!("{name} {field}")));
    }
    found
}

/// What can be asked for at `POST /token` has a kind here for what it takes.
#[tokio::test]
async fn every_grant_has_its_kinds() {
    let world = World::new().await;
    let path = "/.well-known/oauth-authorization-server";
    let metadata = send(&world.app, get(path, &[])).await.json();
    let grants = &metadata["grant_types_supported"];
    assert_eq!(
        *grants,
        serde_json::json!(["password", "refresh_token", "client_credentials"])
    );
}

/// Nothing of a value that cannot be sent is sent by mistake.
#[tokio::test]
async fn what_no_header_can_carry_is_not_sent() {
    let world = World::new().await;
    assert!(request(&world, "GET /users/me bearer", "a\nb").is_none());
    assert!(request(&world, "POST /revoke token", "a\nb").is_some());
}
