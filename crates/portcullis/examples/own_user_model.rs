//! A user type and a table of your own, with other names: what to implement, and what you get.
//!
//! `cargo run --example own_user_model [PORT]`, then sign in at `/docs` as `ada` with `swordfish`.

use std::borrow::Cow;
use std::sync::{Arc, PoisonError, RwLock};

use axum::{Json, Router};
use portcullis::openapi::{ApiRouter, Document, routing::get};
use portcullis::store::{Answer, Credential, UserSource};
use portcullis::user::{Account, Username};
use portcullis::{ActiveUser, Auth, Security, scopes};
use portcullis::{password::PasswordHash, scope::Scopes, token::Epoch};

/// A row of your table, as your API shows it.
#[derive(Clone, serde::Serialize, schemars::JsonSchema)]
pub(crate) struct Member {
    pub(crate) number: u32,
    pub(crate) login_name: String,
    pub(crate) retired: bool,
    #[serde(skip)] // in no answer
    pub(crate) pw: String,
}

impl Account for Member {
    fn subject(&self) -> Cow<'_, str> {
        self.number.to_string().into()
    }
    fn is_active(&self) -> bool {
        !self.retired
    }
    fn scopes(&self) -> Cow<'_, Scopes> {
        Cow::Owned(Scopes::parse("items:read items:write").unwrap_or_default())
    }
    /// The table has no column for it: another password, or a retirement, kills every token.
    fn epoch(&self) -> Epoch {
        Epoch::fingerprint([self.pw.as_str(), if self.retired { "no" } else { "yes" }])
    }
}

/// Your table.
pub(crate) struct Members(pub(crate) RwLock<Vec<Member>>);

impl Members {
    fn find(&self, is_wanted: impl Fn(&Member) -> bool) -> Option<Member> {
        let members = self.0.read().unwrap_or_else(PoisonError::into_inner);
        members.iter().find(|member| is_wanted(member)).cloned()
    }
}

impl UserSource for Members {
    type User = Member;

    fn find_by_username<'a>(
        &'a self,
        name: &'a Username,
    ) -> Answer<'a, Option<Credential<Member>>> {
        let found = self.find(|member| member.login_name == name.canonical());
        Answer::ready(Ok(found.map(|user| Credential {
            hashed_password: Some(PasswordHash::from_store(user.pw.as_str())),
            user,
        })))
    }
    fn find_by_subject<'a>(&'a self, subject: &'a str) -> Answer<'a, Option<Member>> {
        Answer::ready(Ok(self.find(|member| member.subject() == subject)))
    }
}

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
    let document = Document::new("Members", "1.0");
    Ok(document.serve(api)?.with_state(auth))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let ada = Member {
        number: 1,
        login_name: "ada".into(),
        retired: false,
        pw: "$2b$10$7chSOtCmUSg7oF.cssUbdOOre5fiDPubM.OYAni8GBUt5.XDZ.d/K".into(),
    };
    let app = app(Arc::new(Members(RwLock::new(vec![ada]))))?;
    let port = std::env::args().nth(1).unwrap_or("8000".into());
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    Ok(axum::serve(listener, app).await?)
}
