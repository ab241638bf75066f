//! The shortest whole API: sign in at `/token`, then `/users/me` and `/items`. Try it at `/docs`.
//!
//! `cargo run -p portcullis --example quickstart`, then sign in as `johndoe` with the password below.

use std::error::Error;
use std::sync::Arc;

use axum::Router;
use portcullis::account::{Administration, UserDraft};
use portcullis::openapi::{ApiRouter, Document, routing::get};
use portcullis::{ActiveUser, Auth, secret::Password, store::MemoryStore};
use tokio::net::TcpListener;

async fn items(user: ActiveUser) -> String {
    format!("the items of {}", user.username)
}

pub(crate) async fn app() -> Result<Router, Box<dyn Error>> {
    let store = Arc::new(MemoryStore::new());
    let auth = Auth::builder(store.clone())
        .issuer("http://127.0.0.1:8000")
        .build()?;
    let accounts = Administration::new(&*store, auth.pool());
    let password = Password::new("correct horse battery staple");
    accounts.add(UserDraft::new("johndoe"), &password).await?;
    let api = ApiRouter::new()
        .api_route("/items", get(items))
        .merge(portcullis::router(&auth));
    Ok(Document::new("Items", "1.0").serve(api)?.with_state(auth))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:8000").await?;
    println!("http://127.0.0.1:8000/docs");
    Ok(axum::serve(listener, app().await?).await?)
}
