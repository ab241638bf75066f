//! What stops the start, with a message that names both places.

use portcullis::openapi::{ApiRouter, Document, DocumentError, routing};
use portcullis::scheme::{ApiKey, PasswordFlow, SecurityScheme};
use portcullis::{
    AccessToken, ActiveUser, ApiKeyHeader, Auth, Depends, OAuth2PasswordBearer, Security, scopes,
};

use crate::fixture::House;

scopes!(Unheard = "unheard");
scopes!(ReadItems = "items:read");

fn defect(api: ApiRouter<Auth>) -> DocumentError {
    Document::new("Test", "1.0").finish(api).err().unwrap()
}

#[tokio::test]
async fn a_scope_that_is_not_declared_where_the_tokens_are_issued() {
    let house = House::new().await;
    let api = ApiRouter::new()
        .api_route(
            "/a",
            routing::get(async |_: Security<ActiveUser, ReadItems>| "in"),
        )
        .api_route(
            "/b",
            routing::post(async |_: Security<ActiveUser, Unheard>| "in"),
        )
        .merge(portcullis::router(&house.auth));
    let text = defect(api).to_string();
    for part in [
        "POST /b needs the scope `unheard`",
        "`OAuth2PasswordBearer`",
        "its tokens come from POST /token",
        "AuthBuilder::scope",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn a_scope_when_no_token_is_issued_here() {
    let api = ApiRouter::new()
        .api_route("/first", routing::get(async |_: AccessToken| "in"))
        .api_route(
            "/second",
            routing::get(async |_: Security<AccessToken, ReadItems>| "in"),
        );
    let text = defect(api.clone()).to_string();
    assert!(
        text.contains("GET /second needs the scope `items:read`"),
        "{text}"
    );
    assert!(text.contains("first asked for by GET /first"), "{text}");
    let declared = Document::new("Test", "1.0").tokens_from(
        "OAuth2PasswordBearer",
        "https://accounts.example.com/token",
        [("items:read", "Read items.")],
    );
    let (_, document) = declared.finish(api).unwrap();
    let scheme = &document["components"]["securitySchemes"]["OAuth2PasswordBearer"];
    let flow = &scheme["flows"]["password"];
    assert_eq!(flow["tokenUrl"], "https://accounts.example.com/token");
    assert_eq!(flow["scopes"]["items:read"], "Read items.");
}

/// A flow of the developer's own, whose tokens the developer verifies.
struct Partners;
impl SecurityScheme for Partners {
    const NAME: Option<&'static str> = Some("partners");
}
impl PasswordFlow for Partners {
    const TOKEN_URL: &'static str = "partners/token";
    const SCOPES: &'static [(&'static str, &'static str)] = &[("orders", "Order.")];
}

struct Partner;
impl portcullis::extract::Dependency for Partner {
    type On = OAuth2PasswordBearer<Partners>;
    type State = portcullis::extract::NoState;
    const ENFORCES_SCOPES: bool = true;

    async fn resolve(
        _: Self::On,
        context: portcullis::extract::Context<'_, Self::State>,
    ) -> Result<Self, portcullis::scheme::Rejection> {
        assert!(context.scopes.is_empty(), "this test asks for no route");
        Ok(Self)
    }
}

#[test]
fn a_scope_that_a_flow_of_ones_own_does_not_declare() {
    scopes!(Orders = "orders");
    let declared = ApiRouter::new().api_route(
        "/x",
        routing::get(async |_: Security<Depends<Partner>, Orders>| "in"),
    );
    let (_, document) = Document::new("Test", "1.0")
        .finish::<Auth>(declared)
        .unwrap();
    let security = &document["paths"]["/x"]["get"]["security"];
    assert_eq!(*security, serde_json::json!([{ "partners": ["orders"] }]));

    let api = ApiRouter::new().api_route(
        "/x",
        routing::get(async |_: Security<Depends<Partner>, ReadItems>| "in"),
    );
    let text = defect(api).to_string();
    assert!(
        text.contains("scheme `partners` does not declare"),
        "{text}"
    );
}

#[tokio::test]
async fn two_token_endpoints_for_one_scheme() {
    let house = House::new().await;
    let api = ApiRouter::new()
        .nest("/a", portcullis::router(&house.auth))
        .nest("/b", portcullis::token_router(&house.auth));
    let text = defect(api).to_string();
    for part in ["`OAuth2PasswordBearer`", "POST /a/token", "POST /b/token"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let api: ApiRouter<Auth> = portcullis::router(&house.auth);
    let elsewhere = Document::new("Test", "1.0").tokens_from("OAuth2PasswordBearer", "x", []);
    let text = elsewhere.finish(api).err().unwrap().to_string();
    assert!(
        text.contains("Document::tokens_from and by POST /token"),
        "{text}"
    );
}

/// Another flow under the name that ours has, which our token endpoint must not complete.
#[tokio::test]
async fn a_flow_of_ones_own_under_the_name_of_ours() {
    struct Elsewhere;
    impl SecurityScheme for Elsewhere {}
    impl PasswordFlow for Elsewhere {
        const TOKEN_URL: &'static str = "elsewhere/token";
    }
    let house = House::new().await;
    let api = ApiRouter::new()
        .api_route(
            "/x",
            routing::get(async |_: OAuth2PasswordBearer<Elsewhere>| "in"),
        )
        .merge(portcullis::token_router(&house.auth));
    let text = defect(api).to_string();
    assert!(text.contains("by GET /x and by POST /token"), "{text}");
}

#[test]
fn a_route_that_left_no_mark() {
    let api: ApiRouter<Auth> =
        ApiRouter::new().api_route("/quiet", axum::routing::get(async || "in").into());
    let error = defect(api);
    // What `main` prints is what a person can read.
    let text = format!("{error:?}");
    assert_eq!(text, error.to_string());
    assert!(text.contains("`/quiet` was added with api_route"), "{text}");
    assert!(text.contains("portcullis::openapi::routing"), "{text}");
}

/// FastAPI lets the last one win, in silence.
#[test]
fn one_name_for_two_keys() {
    struct A;
    impl SecurityScheme for A {}
    impl ApiKey for A {
        const PARAMETER: &'static str = "x-a";
    }
    struct B;
    impl SecurityScheme for B {}
    impl ApiKey for B {
        const PARAMETER: &'static str = "x-b";
    }
    let api = ApiRouter::new().api_route(
        "/x",
        routing::get(async |_: ApiKeyHeader<A>, _: ApiKeyHeader<B>| "in"),
    );
    let text = defect(api).to_string();
    assert!(text.contains("`APIKeyHeader` is defined twice"), "{text}");
    assert!(text.contains("by GET /x and by GET /x"), "{text}");
}

/// Another flow under the name that ours has.
struct SameName;
impl SecurityScheme for SameName {}
impl PasswordFlow for SameName {
    const TOKEN_URL: &'static str = "elsewhere/token";
}

#[test]
fn two_schemes_of_one_name_are_an_error_that_names_both_places() {
    let api: ApiRouter<Auth> = ApiRouter::new()
        .api_route("/ours", routing::get(async |_: ActiveUser| "in"))
        .api_route(
            "/theirs",
            routing::post(async |_: OAuth2PasswordBearer<SameName>| "in"),
        );
    let error = Document::new("Test", "1.0").finish(api).err().unwrap();
    let text = error.to_string();
    let DocumentError::SchemeTwice {
        name,
        first,
        second,
    } = error
    else {
        unreachable!("{text}")
    };
    let places = (&*name, &*first, &*second);
    assert_eq!(
        places,
        ("OAuth2PasswordBearer", "GET /ours", "POST /theirs")
    );
    for part in ["OAuth2PasswordBearer", "GET /ours", "POST /theirs", "NAME"] {
        assert!(text.contains(part), "{text}");
    }
}
