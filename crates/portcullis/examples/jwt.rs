//! Step 4: the real thing. Hashed passwords, signed tokens that expire, the active user.
//!
//! `cargo run -p portcullis --example jwt`, then sign in at `/docs` as `johndoe`, or as the inactive
//! `alice`, with `correct horse battery staple`.

use std::sync::Arc;

use axum::{Json, Router};
use portcullis::account::{Administration, UserDraft};
use portcullis::openapi::{ApiRouter, Document, routing::get};
use portcullis::{ActiveUser, Auth, secret::Password, store::MemoryStore};
use serde_json::{Value, json};
use tokio::net::TcpListener;

async fn items(user: ActiveUser) -> Json<Value> {
    Json(json!([{ "item_id": "Foo", "owner": &user.username }]))
}

pub(crate) async fn app() -> Result<Router, Box<dyn std::error::Error>> {
    let store = Arc::new(MemoryStore::new());
    let auth = Auth::builder(store.clone())
        .issuer("http://127.0.0.1:8000")
        .access_token_seconds(30 * 60)
        .build()?;
    let accounts = Administration::new(&*store, auth.pool());
    let password = Password::new("correct horse battery staple");
    accounts.add(UserDraft::new("johndoe"), &password).await?;
    accounts.add(UserDraft::new("alice"), &password).await?;
    accounts.set_disabled("alice", true).await?;
    let api = ApiRouter::new()
        .api_route("/users/me/items", get(items))
        .merge(portcullis::router(&auth)); // POST /token, GET /users/me, the public keys
    Ok(Document::new("JWT", "1.0").serve(api)?.with_state(auth))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:8000").await?;
    println!("http://127.0.0.1:8000/docs");
    Ok(axum::serve(listener, app().await?).await?)
}
