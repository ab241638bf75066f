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
//! Then sign in at `/docs` as `johndoe` with `swordfish`. A restart signs nobody out.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use portcullis::auth::{load_or_create_sealing_key, load_or_create_signing_key};
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
    // The key that signs the tokens lies in the database, sealed with the one in this file.
    let sealing_key = load_or_create_sealing_key(&folder.join("users.key"))?;
    let key = load_or_create_signing_key(&*store, &sealing_key, SystemClock.second()).await?;
    let auth = Auth::builder(store)
        .issuer("http://127.0.0.1:8000")
        .signing_key(key)
        .build()?;
    let api = ApiRouter::new()
        .api_route("/items", get(items))
        .merge(portcullis::router(&auth)); // POST /token, GET /users/me, the public keys
    Ok(Document::new("Items", "1.0").serve(api)?.with_state(auth))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:8000").await?;
    println!("http://127.0.0.1:8000/docs");
    Ok(axum::serve(listener, app(Path::new(".")).await?).await?)
}
