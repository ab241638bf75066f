//! An axum app of your own, with its users in an SQLite file.
//!
//! `cargo run -p portcullis-sql --example sqlite_users`, and while it runs, in the database's shell
//! (`sqlite3 users.db`):
//!
//! ```sql
//! INSERT INTO users (username, full_name, email, hashed_password, disabled)
//! VALUES ('johndoe', 'John Doe', 'johndoe@example.com',
//!         '$2b$12$yWu2IrPVOkSDvR.ZTW.wfeNTsau94dhwYGgdQmrPSj9RbO3JWiAry', false);
//! ```
//!
//! Then sign in at `/docs` as `johndoe` with `swordfish`. A restart signs nobody out, and the key is
//! exchanged every 90 days.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use portcullis::auth::{KeyRotation, StoredKeys, load_or_create_sealing_key};
use portcullis::clock::{Clock, SystemClock};
use portcullis::openapi::{ApiRouter, Document, routing::get};
use portcullis::{ActiveUser, Auth};
use portcullis_sql::{Create, SqliteStore};
use tokio::net::TcpListener;

async fn items(user: ActiveUser) -> String {
    format!(
        "the items of {}",
        user.full_name.as_ref().unwrap_or(&user.username)
    )
}

pub(crate) async fn app(folder: &Path) -> Result<Router, Box<dyn Error>> {
    let store = SqliteStore::open(&folder.join("users.db"), Create::IfMissing)?;
    let store = Arc::new(store);
    // The keys that sign the tokens lie in the database, sealed with the one in this file.
    let sealing = load_or_create_sealing_key(&folder.join("users.key"))?.into();
    let (rotation, now) = (KeyRotation::default(), SystemClock.second());
    let keys = StoredKeys::open(store.clone(), sealing, rotation, now).await?;
    let auth = Auth::builder(store)
        .issuer("http://127.0.0.1:8000")
        .keys(keys.ring())
        .build()?;
    tokio::spawn(exchange(keys));
    let api = ApiRouter::new()
        .api_route("/items", get(items))
        .merge(portcullis::router(&auth)); // POST /token, GET /users/me, the public keys
    Ok(Document::new("Items", "1.0").serve(api)?.with_state(auth))
}

/// Makes the next key in time.
async fn exchange(keys: StoredKeys) {
    let mut minutes = tokio::time::interval(Duration::from_mins(1));
    loop {
        minutes.tick().await;
        if let Err(error) = keys.maintain(SystemClock.second()).await {
            eprintln!("the signing keys stay as they are: {error}");
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:8000").await?;
    println!("http://127.0.0.1:8000/docs");
    Ok(axum::serve(listener, app(Path::new(".")).await?).await?)
}
