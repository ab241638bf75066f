//! Step 5: scopes, asked for by type; and how they add up through a dependency.
//!
//! `cargo run -p portcullis --example scopes`, then sign in at `/docs` as `johndoe` with
//! `correct horse battery staple`, ticking the scopes that the token shall have.

use std::sync::Arc;

use axum::{Json, Router};
use portcullis::account::{Administration, UserDraft};
use portcullis::extract::{Context, Dependency};
use portcullis::openapi::{ApiRouter, Document, routing::get};
use portcullis::{AccessToken, ActiveUser, Auth, Depends, Security, User, scopes};
use portcullis::{scheme::Rejection, scope::Scopes, secret::Password, store::MemoryStore};
use tokio::net::TcpListener;

scopes!(Me = "me");
scopes!(WriteItems = "items:write");
scopes!(ReadItems = "items:read"); // line 1 of 3 beyond the handler

// For active users with the scope `items:read`, and `/docs` says so.
async fn items(user: Security<ActiveUser, ReadItems>) -> String {
    format!("the items of {}", user.username)
}

/// An active user who lets us see who it is.
struct Myself {
    user: User,
}

impl Dependency for Myself {
    type On = Security<ActiveUser, Me>;
    type State = Auth;
    async fn resolve(user: Self::On, _: Context<'_, Auth>) -> Result<Self, Rejection> {
        let ActiveUser(user) = user.into_inner();
        Ok(Self { user })
    }
}

async fn me(Depends(myself): Depends<Myself>) -> Json<User> {
    Json(myself.user)
}

/// Needs `items:write` and, because it is built on `Myself`, `me`.
async fn my_drafts(myself: Security<Depends<Myself>, WriteItems>) -> String {
    format!("the drafts of {}", myself.user.username)
}

pub(crate) async fn app() -> Result<Router, Box<dyn std::error::Error>> {
    let store = Arc::new(MemoryStore::new());
    let auth = Auth::builder(store.clone())
        .issuer("http://127.0.0.1:8000")
        .scope("me", "See who you are.")
        .scope("items:write", "Write items.")
        .scope("items:read", "Read items.") // line 2 of 3 beyond the handler
        .build()?;
    let john = UserDraft {
        scopes: Scopes::parse("me items:read items:write")?,
        ..UserDraft::new("johndoe")
    };
    let password = Password::new("correct horse battery staple");
    let accounts = Administration::new(&*store, auth.pool());
    accounts.add(john, &password).await?;
    let api = ApiRouter::new()
        .api_route("/items", get(items)) // line 3 of 3 beyond the handler
        .api_route("/me", get(me))
        .api_route("/me/drafts", get(my_drafts))
        .api_route("/status", get(async |_: AccessToken| "ok")) // a valid token, no scope, no user
        .merge(portcullis::token_router(&auth));
    Ok(Document::new("Scopes", "1.0").serve(api)?.with_state(auth))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:8000").await?;
    println!("http://127.0.0.1:8000/docs");
    Ok(axum::serve(listener, app().await?).await?)
}
