//! The shortest whole API: sign in at `/token`, then `/users/me` and `/items`. Try it at `/docs`.
//!
//! `cargo run --example quickstart`, then sign in as `johndoe` with the password below.

use std::error::Error;
use std::sync::Arc;

use axum::Router;
use portcullis::account::{Administration, UserDraft};
use portcullis::openapi::{ApiRouter, Document, routing::get};
use portcullis::{ActiveUser, Auth, clock::SystemClock, store::MemoryStore};
use portcullis::{password::PasswordPolicy, secret::Password};

async fn items(user: ActiveUser) -> String {
    format!("the items of {}", user.username)
}

pub(crate) async fn app() -> Result<Router, Box<dyn Error + Send + Sync>> {
    let store = Arc::new(MemoryStore::new());
    let auth = Auth::builder(store.clone())
        .issuer("http://127.0.0.1:8000")
        .build()?;
    Administration {
        users: &*store,
        pool: auth.pool(),
        policy: PasswordPolicy::default(),
        clock: &SystemClock,
    }
    .add(
        UserDraft {
            username: "johndoe".into(),
            ..Default::default()
        },
        &Password::new("correct horse battery staple"),
    )
    .await?;
    let api = ApiRouter::new()
        .api_route("/items", get(items))
        .merge(portcullis::router(&auth));
    Ok(Document::new("Items", "1.0").serve(api)?.with_state(auth))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
    println!("http://127.0.0.1:8000/docs");
    axum::serve(listener, app().await?).await?;
    Ok(())
}
