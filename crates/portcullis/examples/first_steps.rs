//! Step 1: a scheme as an argument. The token is asked for, handed over and documented.
//!
//! `cargo run -p portcullis --example first_steps`, then look for *Authorize* at `/docs`.

use axum::{Json, Router};
use portcullis::OAuth2PasswordBearer;
use portcullis::openapi::{ApiRouter, Document, DocumentError, routing::get};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Only for this step: a token is a secret, and it belongs in no answer. And nobody has verified it
/// yet: the scheme says that it is there, and has the form of one.
async fn read_items(token: OAuth2PasswordBearer) -> Json<Value> {
    Json(json!({ "token": &*token }))
}

pub(crate) fn app() -> Result<Router, DocumentError> {
    let api = ApiRouter::new().api_route("/items", get(read_items));
    Document::new("First steps", "1.0").serve(api)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:8000").await?;
    println!("http://127.0.0.1:8000/docs");
    Ok(axum::serve(listener, app()?).await?)
}
