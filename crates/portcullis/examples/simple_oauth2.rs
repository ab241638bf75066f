//! Step 3: the form of a login, and a token endpoint made by hand.
//!
//! A step and no product: the passwords are not hashed, the token is the name, and anybody can write
//! one. It shows what goes over the wire. Step 4 is shorter, and safe.
//!
//! `cargo run -p portcullis --example simple_oauth2`; `johndoe` with `secret`, `alice` with `secret2`.

use axum::{Json, Router, http::StatusCode};
use portcullis::extract::{Context, Dependency, NoState};
use portcullis::openapi::{ApiRouter, Document, DocumentError, Refusal, routing};
use portcullis::scheme::{Reason, Rejection};
use portcullis::{Depends, OAuth2PasswordBearer, OAuth2PasswordRequestForm};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Name, "hash", whether the account is disabled.
const USERS: [(&str, &str, bool); 2] = [
    ("johndoe", "fakehashedsecret", false),
    ("alice", "fakehashedsecret2", true),
];

async fn login(form: OAuth2PasswordRequestForm) -> Result<Json<Value>, (StatusCode, Json<Value>)> {
    let hash = format!("fakehashed{}", form.password.expose());
    let is_meant = |user: &&(&str, &str, bool)| (user.0, user.1) == (&*form.username, &*hash);
    if USERS.iter().find(is_meant).is_none() {
        let refusal =
            json!({ "detail": "Incorrect username or password", "error": "invalid_grant" });
        return Err((StatusCode::BAD_REQUEST, Json(refusal)));
    }
    Ok(Json(
        json!({ "access_token": form.username, "token_type": "bearer" }),
    ))
}

/// The name of the active user whose token it is.
struct Active(&'static str);

impl Dependency for Active {
    type On = OAuth2PasswordBearer;
    type State = NoState;
    const REFUSALS: &'static [Refusal] = &[Refusal::new(400, "The user is inactive.")];

    async fn resolve(token: Self::On, _: Context<'_, NoState>) -> Result<Self, Rejection> {
        match USERS.iter().find(|user| user.0 == &*token) {
            None => Err(token.refused()),
            Some((_, _, true)) => Err(Reason::InactiveUser.into()),
            Some((name, ..)) => Ok(Self(name)),
        }
    }
}

async fn me(Depends(Active(name)): Depends<Active>) -> Json<Value> {
    Json(json!({ "username": name })) // and not the hash
}

pub(crate) fn app() -> Result<Router, DocumentError> {
    let api = ApiRouter::new()
        .api_route("/token", routing::post(login))
        .api_route("/users/me", routing::get(me));
    Document::new("Simple OAuth2", "1.0").serve(api)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:8000").await?;
    println!("http://127.0.0.1:8000/docs");
    Ok(axum::serve(listener, app()?).await?)
}
