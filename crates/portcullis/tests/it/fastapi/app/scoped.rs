//! Scopes, asked for by one dependency of another. A token is a name and its scopes, with dots
//! between: `johndoe.items.me`.

use axum::Json;
use portcullis::extract::{Context, Dependency};
use portcullis::openapi::ApiRouter;
use portcullis::openapi::routing::get;
use portcullis::scheme::Rejection;
use portcullis::{Depends, OAuth2PasswordBearer, Security, scopes};
use serde_json::{Value, json};

use super::schemes::OwnTokens;

scopes!(Items = "items");
scopes!(Me = "me");
scopes!(ItemsAndMe = "items", "me");
scopes!(Undeclared = "zzz");

type Token = OAuth2PasswordBearer<OwnTokens>;

struct Caller {
    name: String,
    needed: Vec<&'static str>,
}

impl Dependency for Caller {
    type On = Token;
    type State = ();
    const ENFORCES_SCOPES: bool = true;

    async fn resolve(token: Token, context: Context<'_, ()>) -> Result<Self, Rejection> {
        let mut parts = token.split('.');
        let name = parts.next().unwrap_or_default();
        if name != "johndoe" {
            return Err(token.refused());
        }
        let scopes: Vec<&str> = parts.collect();
        if !context.scopes.all(|needed| scopes.contains(&needed)) {
            return Err(Rejection::insufficient_scope(context.scopes));
        }
        Ok(Self {
            name: name.to_owned(),
            needed: context.scopes.to_vec(),
        })
    }
}

/// A caller who may read themself.
struct Reader(Caller);

impl Dependency for Reader {
    type On = Security<Depends<Caller>, Me>;
    type State = ();

    async fn resolve(on: Self::On, _: Context<'_, ()>) -> Result<Self, Rejection> {
        let Depends(caller) = on.into_inner();
        Ok(Self(caller))
    }
}

/// And who may read items, and themself.
struct Twice(Caller);

impl Dependency for Twice {
    type On = Security<Depends<Reader>, ItemsAndMe>;
    type State = ();

    async fn resolve(on: Self::On, _: Context<'_, ()>) -> Result<Self, Rejection> {
        let Depends(Reader(caller)) = on.into_inner();
        Ok(Self(caller))
    }
}

fn shown(caller: &Caller) -> Value {
    json!({ "name": caller.name, "needed": caller.needed })
}

async fn none(Depends(caller): Depends<Caller>) -> Json<Value> {
    Json(shown(&caller))
}

async fn me(Depends(Reader(caller)): Depends<Reader>) -> Json<Value> {
    Json(shown(&caller))
}

async fn items(reader: Security<Depends<Reader>, Items>) -> Json<Value> {
    let Depends(Reader(caller)) = reader.into_inner();
    Json(shown(&caller))
}

async fn repeated(twice: Security<Depends<Twice>, Items>) -> Json<Value> {
    let Depends(Twice(caller)) = twice.into_inner();
    Json(shown(&caller))
}

async fn siblings(
    left: Security<Depends<Caller>, Items>,
    right: Security<Depends<Caller>, Me>,
) -> Json<Value> {
    let (Depends(left), Depends(right)) = (left.into_inner(), right.into_inner());
    Json(json!({ "left": shown(&left), "right": shown(&right) }))
}

pub(super) fn routes() -> ApiRouter {
    ApiRouter::new()
        .api_route("/scopes/none", get(none))
        .api_route("/scopes/me", get(me))
        .api_route("/scopes/items", get(items))
        .api_route("/scopes/repeated", get(repeated))
        .api_route("/scopes/siblings", get(siblings))
}

pub(super) fn undeclared() -> ApiRouter {
    let undeclared = async |caller: Security<Depends<Caller>, Undeclared>| {
        let Depends(caller) = caller.into_inner();
        Json(shown(&caller))
    };
    ApiRouter::new().api_route("/a", get(undeclared))
}
