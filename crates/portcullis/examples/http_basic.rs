//! HTTP Basic: a name and a password in every request, compared in constant time.
//!
//! `cargo run -p portcullis --example http_basic`, then
//! `curl -u stanleyjobson:swordfish http://127.0.0.1:8000/users/me`.

use axum::{Json, Router};
use portcullis::extract::{Context, Dependency, NoState};
use portcullis::openapi::{ApiRouter, Document, DocumentError, routing::get};
use portcullis::scheme::{Realm, Rejection, SecurityScheme};
use portcullis::{Depends, HttpBasic};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// What a browser's dialogue and the document say of it.
struct Backstage;

impl SecurityScheme for Backstage {
    const DESCRIPTION: Option<&'static str> = Some("The door behind the stage.");
}

impl Realm for Backstage {
    const REALM: &'static str = "backstage";
}

/// The name as it was sent; nobody has looked at the password.
async fn claimed(who: HttpBasic<Backstage>) -> Json<Value> {
    Json(json!({ "claims_to_be": who.username }))
}

/// One who knows the password.
struct Crew {
    name: String,
}

impl Dependency for Crew {
    type On = HttpBasic<Backstage>;
    type State = NoState;

    async fn resolve(who: Self::On, _: Context<'_, NoState>) -> Result<Self, Rejection> {
        // Looks at both to the end, whichever is wrong, so that the time tells nothing.
        if !who.matches("stanleyjobson", "swordfish") {
            return Err(who.refused());
        }
        Ok(Self { name: who.username })
    }
}

async fn me(Depends(crew): Depends<Crew>) -> Json<Value> {
    Json(json!({ "username": crew.name }))
}

pub(crate) fn app() -> Result<Router, DocumentError> {
    let api = ApiRouter::new()
        .api_route("/claimed", get(claimed))
        .api_route("/users/me", get(me));
    Document::new("HTTP Basic", "1.0").serve(api)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:8000").await?;
    println!("http://127.0.0.1:8000/docs");
    Ok(axum::serve(listener, app()?).await?)
}
