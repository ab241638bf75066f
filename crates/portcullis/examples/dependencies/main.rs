//! Dependencies in a module of their own, an optional user, and a guard for a whole router.
//!
//! `cargo run -p portcullis --example dependencies`, then sign in at `/docs` as `johndoe` with
//! `correct horse battery staple`.

mod security;

use std::error::Error;

use axum::Router;
use portcullis::openapi::{ApiRouter, Document, routing::get};
use portcullis::{Depends, extract::require};
use tokio::net::TcpListener;

use self::security::{StaffMember, Visitor};

async fn hello(Depends(visitor): Depends<Visitor>) -> String {
    format!("Hello, {}", visitor.name.unwrap_or("stranger".into()))
}

pub(crate) async fn app() -> Result<Router, Box<dyn Error>> {
    let auth = security::auth().await?;
    // Every route of this router is for the staff, and documented so.
    let office = ApiRouter::new().api_route("/ledger", get(async || "the ledger"));
    let api = ApiRouter::new()
        .api_route("/hello", get(hello))
        .nest("/office", require::<StaffMember, _>(office, auth.clone()))
        .merge(portcullis::token_router(&auth));
    Ok(Document::new("Hello", "1.0").serve(api)?.with_state(auth))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:8000").await?;
    println!("http://127.0.0.1:8000/docs");
    Ok(axum::serve(listener, app().await?).await?)
}
