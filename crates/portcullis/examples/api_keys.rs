//! API keys: in a header, in the query, in a cookie; and a user's token *or* a machine's key.
//!
//! `cargo run -p portcullis --example api_keys`, then
//! `curl -H 'x-machine-key: 6Eim-ZXKHgE' http://127.0.0.1:8000/readings`.

use std::sync::Arc;

use axum::Router;
use portcullis::account::{Administration, UserDraft};
use portcullis::extract::{Context, Dependency, NoState};
use portcullis::openapi::{ApiRouter, Document, routing::get};
use portcullis::scheme::{Alternative, ApiKey, Rejection, SecurityScheme};
use portcullis::{ActiveUser, AnyOf, ApiKeyCookie, ApiKeyHeader, ApiKeyQuery, Auth, Depends};
use portcullis::{secret::Password, store::MemoryStore};
use tokio::net::TcpListener;

/// What the key is called on the wire, in whichever place.
struct MachineKey;

impl SecurityScheme for MachineKey {}

impl ApiKey for MachineKey {
    const PARAMETER: &'static str = "x-machine-key";
}

/// A machine whose key is right. Keep real ones in the configuration, not in the program.
struct Machine;

impl Dependency for Machine {
    type On = ApiKeyHeader<MachineKey>;
    type State = NoState;

    async fn resolve(key: Self::On, _: Context<'_, NoState>) -> Result<Self, Rejection> {
        if key.matches("6Eim-ZXKHgE") {
            Ok(Self)
        } else {
            Err(key.refused())
        }
    }
}

/// For a user with a token or a machine with a key; the first that is there decides.
async fn readings(AnyOf(who): AnyOf<(ActiveUser, Depends<Machine>)>) -> String {
    match who {
        Alternative::First(user) => format!("the readings, for {}", user.username),
        Alternative::Second(_) => "the readings, for a machine".into(),
    }
}

pub(crate) async fn app() -> Result<Router, Box<dyn std::error::Error>> {
    let store = Arc::new(MemoryStore::new());
    let auth = Auth::builder(store.clone())
        .issuer("http://127.0.0.1:8000")
        .build()?;
    let password = Password::new("correct horse battery staple");
    let accounts = Administration::new(&*store, auth.pool());
    accounts.add(UserDraft::new("johndoe"), &password).await?;
    let api = ApiRouter::new()
        .api_route("/readings", get(readings))
        .api_route("/header", get(async |_: ApiKeyHeader<MachineKey>| "a key"))
        .api_route("/query", get(async |_: ApiKeyQuery<MachineKey>| "a key"))
        .api_route("/cookie", get(async |_: ApiKeyCookie<MachineKey>| "a key"))
        .merge(portcullis::token_router(&auth));
    Ok(Document::new("Readings", "1.0")
        .serve(api)?
        .with_state(auth))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:8000").await?;
    println!("http://127.0.0.1:8000/docs");
    Ok(axum::serve(listener, app().await?).await?)
}
