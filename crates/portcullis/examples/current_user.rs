//! Step 2: from the token to the user, by a dependency of one's own; and a second one on top of it.
//!
//! `cargo run -p portcullis --example current_user`. Any token will do, and none will not.

use axum::{Json, Router};
use portcullis::extract::{Context, Dependency, NoState};
use portcullis::openapi::{ApiRouter, Document, DocumentError, routing::get};
use portcullis::scheme::Rejection;
use portcullis::{Depends, OAuth2PasswordBearer};
use schemars::JsonSchema;
use serde::Serialize;
use tokio::net::TcpListener;

/// The user, as the handlers want it.
#[derive(Clone, Serialize, JsonSchema)]
struct CurrentUser {
    username: String,
    email: Option<String>,
}

/// A fake, which believes every token but an `expired` one. Step 4 has the real thing.
fn decode(token: &str) -> Option<CurrentUser> {
    (token != "expired").then(|| CurrentUser {
        username: format!("{token}-decoded"),
        email: token.starts_with("john").then(|| "john@example.com".into()),
    })
}

impl Dependency for CurrentUser {
    type On = OAuth2PasswordBearer;
    type State = NoState;

    async fn resolve(token: Self::On, _: Context<'_, NoState>) -> Result<Self, Rejection> {
        decode(&token).ok_or_else(|| token.refused())
    }
}

/// The user's address, for handlers that want only that.
struct Address(Option<String>);

impl Dependency for Address {
    type On = Depends<CurrentUser>;
    type State = NoState;

    async fn resolve(user: Self::On, _: Context<'_, NoState>) -> Result<Self, Rejection> {
        Ok(Self(user.0.email))
    }
}

async fn me(Depends(user): Depends<CurrentUser>) -> Json<CurrentUser> {
    Json(user)
}

async fn address(Depends(Address(address)): Depends<Address>) -> String {
    address.unwrap_or("none".into())
}

pub(crate) fn app() -> Result<Router, DocumentError> {
    let api = ApiRouter::new()
        .api_route("/users/me", get(me))
        .api_route("/users/me/address", get(address));
    Document::new("Current user", "1.0").serve(api)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:8000").await?;
    println!("http://127.0.0.1:8000/docs");
    Ok(axum::serve(listener, app()?).await?)
}
