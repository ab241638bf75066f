//! Extractors of one's own: sub-dependencies, and the scopes that add up on the way down.

use portcullis::extract::{Context, Dependency, NoState};
use portcullis::openapi::{ApiRouter, Document, Refusal, routing};
use portcullis::scheme::Rejection;
use portcullis::{
    ActiveUser, Auth, CurrentUser, Depends, HttpBearer, HttpDigest, OAuth2PasswordBearer, Security,
    scopes,
};
use serde_json::json;

use crate::fixture::{House, bearer, get, send};

scopes!(Items = "items:read");
scopes!(Users = "users:read");
scopes!(Both = "users:read", "items:read");

/// A user who says hello, for which `users:read` is needed.
struct Greeter(String);
impl Dependency for Greeter {
    type On = Security<ActiveUser, Users>;
    type State = Auth;
    const REFUSALS: &'static [Refusal] = &[Refusal::of_your_own(409, "Nothing to say.")];

    async fn resolve(user: Self::On, context: Context<'_, Auth>) -> Result<Self, Rejection> {
        if context.parts.uri.query() == Some("mute") {
            return Err(Rejection::answer((http::StatusCode::CONFLICT, "mute")));
        }
        Ok(Self(format!(
            "{} needs [{}]",
            user.username, context.scopes
        )))
    }
}

/// Built on the other.
struct Louder(String);
impl Dependency for Louder {
    type On = Security<Depends<Greeter>, Items>;
    type State = NoState;

    async fn resolve(greeter: Self::On, context: Context<'_, NoState>) -> Result<Self, Rejection> {
        Ok(Self(format!("{} in [{}]!", greeter.0.0, context.scopes)))
    }
}

/// Two that do not know of each other.
struct Siblings(String);
impl Dependency for Siblings {
    type On = (Security<Scoped, Users>, Security<Scoped, Items>);
    type State = NoState;

    async fn resolve((one, two): Self::On, _: Context<'_, NoState>) -> Result<Self, Rejection> {
        Ok(Self(format!("{} | {}", one.0.0, two.0.0)))
    }
}

type Scoped = Depends<Heard>;

/// Repeats what it was asked for.
struct Heard(String);
impl Dependency for Heard {
    type On = CurrentUser;
    type State = NoState;

    async fn resolve(_: CurrentUser, context: Context<'_, NoState>) -> Result<Self, Rejection> {
        Ok(Self(context.scopes.to_string()))
    }
}

/// A token that the developer verifies: its text is its scopes, with a slash for each colon.
struct OwnToken;
impl Dependency for OwnToken {
    type On = OAuth2PasswordBearer;
    type State = NoState;
    const ENFORCES_SCOPES: bool = true;

    async fn resolve(token: Self::On, context: Context<'_, NoState>) -> Result<Self, Rejection> {
        let text = token.replace('/', ":");
        let granted: Vec<_> = text.split('~').collect();
        if granted.contains(&"forged") {
            return Err(token.refused());
        }
        if !context.scopes.all(|scope| granted.contains(&scope)) {
            return Err(Rejection::insufficient_scope(context.scopes));
        }
        Ok(Self)
    }
}

fn api() -> ApiRouter<Auth> {
    ApiRouter::new()
        .api_route(
            "/greeter",
            routing::get(async |Depends(found): Depends<Greeter>| found.0),
        )
        .api_route(
            "/louder",
            routing::get(async |Depends(found): Depends<Louder>| found.0),
        )
        .api_route(
            "/siblings",
            routing::get(async |Depends(found): Depends<Siblings>| found.0),
        )
        .api_route(
            "/optional",
            routing::get(async |found: Option<Depends<Greeter>>| {
                found.map_or("nobody".to_owned(), |Depends(found)| found.0)
            }),
        )
        .api_route(
            "/own",
            routing::get(async |_: Security<Security<Depends<OwnToken>, Users>, Both>| "in"),
        )
}

fn app(house: &House) -> axum::Router {
    house.app(api())
}

#[tokio::test]
async fn what_it_is_built_on_is_checked() {
    let house = House::new().await;
    let app = app(&house);
    let token = house.johndoe().await;
    for (path, expected) in [
        ("/greeter", "johndoe needs []"),
        ("/louder", "johndoe needs [items:read] in []!"),
        ("/siblings", "users:read | items:read"),
        ("/optional", "johndoe needs []"),
    ] {
        let answer = send(&app, bearer(path, &token)).await;
        assert_eq!((answer.status, answer.text()), (200, expected), "{path}");
    }
    for path in ["/greeter", "/louder", "/siblings", "/own"] {
        let answer = send(&app, get(path, &[])).await;
        let refusal = (401, "not_authenticated".to_owned(), Some("Bearer"));
        assert_eq!(answer.refusal(), refusal, "{path}");
    }
    assert_eq!(send(&app, get("/optional", &[])).await.text(), "nobody");
    let mute = send(&app, bearer("/greeter?mute", &token)).await;
    assert_eq!((mute.status, mute.text()), (409, "mute"));
    let alice = send(&app, bearer("/greeter", &house.alice().await)).await;
    assert_eq!(alice.refusal().1, "inactive_user");
}

#[tokio::test]
async fn scopes_add_up_from_the_outermost_and_siblings_do_not_mix() {
    let house = House::new().await;
    let app = app(&house);
    let form = |scope: &str| format!("username=johndoe&password=secret&scope={scope}");
    let users = house.token(&form("users:read")).await;
    let items = house.token(&form("items:read")).await;
    for (path, token, expected) in [
        ("/greeter", &items, "users:read"),
        ("/optional", &items, "users:read"),
        ("/louder", &users, "items:read users:read"),
        ("/louder", &items, "items:read users:read"),
        ("/siblings", &users, "items:read"),
        ("/siblings", &items, "users:read"),
        ("/own", &"users/read".to_owned(), "users:read items:read"),
    ] {
        let answer = send(&app, bearer(path, token)).await;
        let challenge = format!(r#"Bearer error="insufficient_scope", scope="{expected}""#);
        let refusal = (403, "insufficient_scope".to_owned(), Some(&*challenge));
        assert_eq!(answer.refusal(), refusal, "{path}");
    }
    assert_eq!(send(&app, bearer("/greeter", &users)).await.status, 200);
}

#[tokio::test]
async fn a_token_of_ones_own_is_enforced_by_oneself() {
    let house = House::new().await;
    let app = app(&house);
    let both = send(&app, bearer("/own", "users/read~items/read")).await;
    assert_eq!((both.status, both.text()), (200, "in"));
    let forged = send(&app, bearer("/own", "forged")).await;
    let invalid = Some(r#"Bearer error="invalid_token""#);
    assert_eq!(forged.refusal(), (401, "invalid_token".to_owned(), invalid));
}

#[test]
fn the_document_says_the_same() {
    let scopes = [("items:read", "Read."), ("users:read", "Read.")];
    let document =
        Document::new("Test", "1.0").tokens_from("OAuth2PasswordBearer", "token", scopes);
    let (_, document) = document.finish(api()).unwrap();
    for (path, expected) in [
        (
            "/greeter",
            json!([{ "OAuth2PasswordBearer": ["users:read"] }]),
        ),
        (
            "/louder",
            json!([{ "OAuth2PasswordBearer": ["items:read", "users:read"] }]),
        ),
        (
            "/siblings",
            json!([{ "OAuth2PasswordBearer": ["users:read", "items:read"] }]),
        ),
        (
            "/optional",
            json!([{ "OAuth2PasswordBearer": ["users:read"] }, {}]),
        ),
        (
            "/own",
            json!([{ "OAuth2PasswordBearer": ["users:read", "items:read"] }]),
        ),
    ] {
        let operation = &document["paths"][path]["get"];
        assert_eq!(operation["security"], expected, "{path}");
        let responses = operation["responses"].as_object().unwrap();
        for status in ["400", "401", "403"] {
            assert!(responses.contains_key(status), "{path} {status}");
        }
        let own = matches!(path, "/greeter" | "/louder" | "/optional");
        assert_eq!(responses.contains_key("409"), own, "{path}");
    }
}

/// A handler may have a token and what is made of it.
#[test]
fn the_same_scheme_twice_is_one() {
    let api: ApiRouter<Auth> = ApiRouter::new().api_route(
        "/x",
        routing::get(async |_: Depends<Greeter>, _: ActiveUser, _: Option<HttpBearer>| "in"),
    );
    let scopes = [("users:read", "Read.")];
    let document =
        Document::new("Test", "1.0").tokens_from("OAuth2PasswordBearer", "token", scopes);
    let (_, document) = document.finish(api).unwrap();
    let user = json!({ "OAuth2PasswordBearer": ["users:read"] });
    let with_bearer = json!({ "HTTPBearer": [], "OAuth2PasswordBearer": ["users:read"] });
    let security = &document["paths"]["/x"]["get"]["security"];
    assert_eq!(*security, json!([with_bearer, user]));
}

#[test]
fn what_it_may_look_at_is_not_written_down() {
    let request = http::Request::get("/x?key=secret").header("authorization", "Bearer secret");
    let (parts, ()) = request.body(()).unwrap().into_parts();
    let (state, scopes) = ("secret", portcullis::SecurityScopes::none());
    let context = Context {
        parts: &parts,
        state,
        scopes,
    };
    let written = format!("{context:?}");
    assert!(
        written.contains("/x") && !written.contains("secret"),
        "{written}"
    );
}

/// Somebody, or nobody.
struct Maybe;
impl Dependency for Maybe {
    type On = Option<HttpBearer>;
    type State = NoState;

    async fn resolve(_: Self::On, _: Context<'_, NoState>) -> Result<Self, Rejection> {
        Ok(Self)
    }
}

type Pair = Depends<Whole>;
struct Whole;
impl Dependency for Whole {
    type On = (Depends<Maybe>, HttpDigest);
    type State = NoState;

    async fn resolve(_: Self::On, _: Context<'_, NoState>) -> Result<Self, Rejection> {
        Ok(Self)
    }
}

/// A dependency that is made of nothing presents nothing: a bare request is no part of a pair.
#[tokio::test]
async fn what_is_made_of_an_absence_is_absent() {
    let route = |path: &str, route| ApiRouter::<Auth>::new().api_route(path, route);
    let pair = routing::get(
        async |found: Option<Pair>| {
            if found.is_some() { "both" } else { "nobody" }
        },
    );
    let house = House::new().await;
    let app = house.app(route("/pair", pair));
    let bare = send(&app, get("/pair", &[])).await;
    assert_eq!((bare.status, bare.text()), (200, "nobody"));
    let half = send(&app, bearer("/pair", "t")).await;
    let refusal = (401, "not_authenticated".to_owned(), Some("Digest"));
    assert_eq!(half.refusal(), refusal);
    let other = send(&app, get("/pair", &[("authorization", "Digest a=1")])).await;
    assert_eq!((other.status, other.text()), (200, "both"));
    let (_, document) = Document::new("Test", "1.0")
        .finish::<Auth>(
            ApiRouter::new().api_route("/pair", routing::get(async |_: Option<Pair>| "in")),
        )
        .unwrap();
    let digest = json!({ "HTTPDigest": [] });
    assert_eq!(
        document["paths"]["/pair"]["get"]["security"],
        json!([digest, {}])
    );
}
