//! A user type and a table of your own, with other names: what to implement, and what you get.
//!
//! `cargo run -p portcullis --example own_user_model [PORT]`, then sign in at `/docs` as `ada` with
//! `swordfish`.

mod members;

use std::sync::{Arc, RwLock};

use axum::{Json, Router};
use portcullis::openapi::{ApiRouter, Document, routing::get};
use portcullis::{ActiveUser, Auth, Security, scopes};
use tokio::net::TcpListener;

pub(crate) use self::members::{Member, Members};

scopes!(ReadItems = "items:read");

async fn me(ActiveUser(member): ActiveUser<Member>) -> Json<Member> {
    Json(member)
}

async fn items(member: Security<ActiveUser<Member>, ReadItems>) -> String {
    format!("the items of {}", member.login_name)
}

pub(crate) fn app(members: Arc<Members>) -> Result<Router, Box<dyn std::error::Error>> {
    let auth = Auth::builder(members)
        .issuer("http://127.0.0.1:8000")
        .scope("items:read", "Read items.")
        .scope("items:write", "Write items.")
        .build()?;
    let api = ApiRouter::new()
        .api_route("/members/me", get(me))
        .api_route("/items", get(items))
        .merge(portcullis::token_router(&auth));
    Ok(Document::new("Members", "1.0").serve(api)?.with_state(auth))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let ada = Member {
        number: 1,
        login_name: "ada".into(),
        retired: false,
        pw: "$2b$10$7chSOtCmUSg7oF.cssUbdOOre5fiDPubM.OYAni8GBUt5.XDZ.d/K".into(),
    };
    let port = std::env::args().nth(1).unwrap_or("8000".into());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("http://{}/docs", listener.local_addr()?);
    let app = app(Arc::new(Members(RwLock::new(vec![ada]))))?;
    Ok(axum::serve(listener, app).await?)
}
