//! An axum app of your own, whose users stay signed in, and can sign out.
//!
//! `cargo run -p portcullis-sql --example sessions`, and while it runs, in the database's shell
//! (`sqlite3 users.db`), if the step before this one has not left the user there:
//!
//! ```sql
//! INSERT INTO users (username, full_name, email, hashed_password, disabled)
//! VALUES ('johndoe', 'John Doe', 'johndoe@example.com',
//!         '$2b$12$yWu2IrPVOkSDvR.ZTW.wfeNTsau94dhwYGgdQmrPSj9RbO3JWiAry', false);
//! ```
//!
//! Then sign in at `/docs` as `johndoe` with `swordfish`, see where you are signed in with
//! `GET /users/me/sessions`, and sign out with `DELETE /users/me/sessions`.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use portcullis::auth::{KeyRotation, SessionLifetimes, StoredKeys, load_or_create_sealing_key};
use portcullis::clock::{Clock, SystemClock};
use portcullis::openapi::{ApiRouter, Document, routing::get};
use portcullis::{ActiveUser, Auth};
use portcullis_sql::{Create, SqliteStore};
use tokio::net::TcpListener;

async fn items(user: ActiveUser) -> String {
    format!("the items of {}", user.username)
}

pub(crate) async fn app(folder: &Path) -> Result<Router, Box<dyn Error>> {
    let store = SqliteStore::open(&folder.join("users.db"), Create::IfMissing)?;
    let store = Arc::new(store);
    let sealing = load_or_create_sealing_key(&folder.join("users.key"))?.into();
    let (rotation, now) = (KeyRotation::default(), SystemClock.second());
    let keys = StoredKeys::open(store.clone(), sealing, rotation, now).await?;
    let auth = Auth::builder(store.clone())
        .issuer("http://127.0.0.1:8000")
        .keys(keys.ring())
        .sessions(store, SessionLifetimes::default()) // 7 days unused, 30 days in all
        .build()?;
    tokio::spawn(keep_house(auth.clone(), keys));
    let api = ApiRouter::new()
        .api_route("/items", get(items))
        .merge(portcullis::router(&auth)); // now POST /revoke and /users/me/sessions, too
    Ok(Document::new("Items", "1.0").serve(api)?.with_state(auth))
}

/// Makes the next key in time, and removes the sessions that are over.
async fn keep_house(auth: Auth, keys: StoredKeys) {
    let mut minutes = tokio::time::interval(Duration::from_mins(1));
    loop {
        minutes.tick().await;
        if let Err(error) = keys.maintain(SystemClock.second()).await {
            eprintln!("the signing keys stay as they are: {error}");
        }
        if let Err(error) = auth.sweep_sessions().await {
            eprintln!("the sessions that are over stay a while: {error}");
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:8000").await?;
    println!("http://127.0.0.1:8000/docs");
    Ok(axum::serve(listener, app(Path::new(".")).await?).await?)
}
