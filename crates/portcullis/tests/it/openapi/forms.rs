//! The forms of the OAuth endpoints, as a developer reads them at `/docs`.

use std::sync::Arc;

use portcullis::Auth;
use portcullis::auth::{AuthBuilder, SessionLifetimes};
use portcullis::openapi::{ApiRouter, Document};
use portcullis::store::MemoryStore;
use portcullis::user::User;
use serde_json::Value;

use crate::fixture::{ISSUER, cheap};

type Build = fn(AuthBuilder<User>, Arc<MemoryStore>) -> AuthBuilder<User>;

/// The operations of `POST` of an API that keeps what `with` says.
fn posts(with: Build) -> Vec<(String, Value)> {
    let store = Arc::new(MemoryStore::new());
    let builder = Auth::builder(store.clone()).issuer(ISSUER).hashing(cheap());
    let auth = with(builder, store).build().unwrap();
    let api: ApiRouter<Auth> = ApiRouter::new().merge(portcullis::router(&auth));
    let document = Document::new("Test", "1.0").finish(api).unwrap().1;
    let paths = document["paths"].as_object().unwrap().clone();
    let posts = paths.into_iter().filter_map(|(path, item)| {
        let post = item.get("post")?.clone();
        Some((path, post))
    });
    posts.collect()
}

fn fields(operation: &Value) -> Vec<(String, Value)> {
    let content = &operation["requestBody"]["content"];
    let schema = &content["application/x-www-form-urlencoded"]["schema"];
    let fields = schema["properties"].as_object().unwrap().clone();
    fields.into_iter().collect()
}

fn token(with: Build) -> Value {
    let mut posts = posts(with).into_iter();
    posts.find(|(path, _)| path == "/token").unwrap().1
}

const ALONE: Build = |builder, _| builder;
const SESSIONS: Build = |builder, store| builder.sessions(store, SessionLifetimes::default());
const CLIENTS: Build = |builder, store| builder.clients(store);
const ALL: Build = |builder, store| {
    let builder = builder.sessions(store.clone(), SessionLifetimes::default());
    builder.clients(store)
};
const MACHINES: Build = |builder, store| builder.clients(store).password_grant(false);

#[test]
fn every_field_says_what_it_is_for() {
    let mut seen = Vec::new();
    for with in [ALONE, SESSIONS, CLIENTS, ALL, MACHINES] {
        for (path, operation) in posts(with) {
            for (name, field) in fields(&operation) {
                let about = field["description"].as_str().unwrap_or_default();
                assert!(about.ends_with('.'), "{path} {name}: {field}");
                seen.push(format!("{path} {name}"));
            }
        }
    }
    for one in ["/token refresh_token", "/revoke token", "/introspect token"] {
        assert!(seen.iter().any(|other| other == one), "{seen:?}");
    }
}

#[test]
fn the_form_of_a_token_has_what_is_offered_and_nothing_else() {
    let names = |with| -> Vec<String> {
        let mut names: Vec<_> = fields(&token(with))
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        names.sort();
        names
    };
    let has = |with, name: &str| names(with).iter().any(|other| other == name);
    assert!(has(SESSIONS, "refresh_token") && has(ALL, "refresh_token"));
    assert!(!has(ALONE, "refresh_token") && !has(CLIENTS, "refresh_token"));
    let expected = ["client_id", "client_secret", "grant_type", "scope"];
    assert_eq!(names(MACHINES), expected);
}

#[test]
fn the_summary_names_what_is_offered_and_nothing_else() {
    for (with, expected) in [
        (ALONE, "Get an access token: sign in with a password"),
        (
            SESSIONS,
            "Get an access token: sign in with a password, or stay signed in with a refresh token",
        ),
        (
            CLIENTS,
            "Get an access token: sign in with a password, or let a client in with its own credentials",
        ),
        (
            ALL,
            "Get an access token: sign in with a password, stay signed in with a refresh token, \
             or let a client in with its own credentials",
        ),
        (
            MACHINES,
            "Get an access token: let a client in with its own credentials",
        ),
    ] {
        assert_eq!(token(with)["summary"], expected);
    }
}

#[test]
fn a_password_is_the_default_only_where_it_is_offered_and_need_not_be_said() {
    let strict: Build = |builder, store| ALL(builder, store).strict(true);
    for (with, expected) in [(ALL, true), (strict, false), (MACHINES, false)] {
        let mut fields = fields(&token(with)).into_iter();
        let (_, field) = fields.find(|(name, _)| name == "grant_type").unwrap();
        let about = field["description"].as_str().unwrap();
        assert_eq!(about.contains("Left out: `password`"), expected, "{about}");
    }
}
