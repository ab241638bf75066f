//! Accounts: people register, prove their address and recover their password, by mails that a mailer
//! of your own brings them.
//!
//! `cargo run -p portcullis --example accounts`, then
//! `curl http://127.0.0.1:8000/users -H 'content-type: application/json' -d '{"username": "alice",
//! "password": "twelve yellow umbrellas", "email": "alice@example.com"}'`.

use std::sync::Arc;

use axum::Router;
use portcullis::account::AccountSettings;
use portcullis::mail::{Letter, MailFailed, Mailer};
use portcullis::openapi::{ApiRouter, Document, routing::get};
use portcullis::store::MemoryStore;
use portcullis::{ActiveUser, Auth};
use tokio::net::TcpListener;

/// Your own route, for those who made an account.
async fn hello(user: ActiveUser) -> String {
    format!("Hello, {}!", user.username)
}

/// In the place of a mail: what it says, on the terminal.
async fn show(letter: Letter) -> Result<(), MailFailed> {
    println!("To: {}\n\n{}", letter.to.as_str(), letter.text());
    Ok(())
}

pub(crate) fn app(mailer: Arc<dyn Mailer>) -> Result<Router, Box<dyn std::error::Error>> {
    let store = Arc::new(MemoryStore::new());
    let auth = Auth::builder(store.clone())
        .issuer("http://127.0.0.1:8000")
        .accounts(store, AccountSettings::default()) // people manage their own accounts,
        .build()?;
    tokio::spawn(auth.deliver(mailer)); // get mails about it,
    let api = ApiRouter::new()
        .api_route("/hello", get(hello))
        .merge(portcullis::token_router(&auth)) // sign in,
        .merge(portcullis::accounts_router(&auth)); // and do so here
    Ok(Document::new("Hello", "1.0").serve(api)?.with_state(auth))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:8000").await?;
    println!("http://127.0.0.1:8000/docs");
    Ok(axum::serve(listener, app(Arc::new(show))?).await?)
}
