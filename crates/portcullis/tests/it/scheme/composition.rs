//! All of several credentials, one of several, or none: at run time and in the document.

use portcullis::extract::{Context, Dependency, NoState};
use portcullis::openapi::{ApiRouter, Document, routing};
use portcullis::scheme::{Alternative, ApiKey, Rejection, SecurityScheme};
use portcullis::{
    ActiveUser, AnyOf, ApiKeyCookie, ApiKeyHeader, Auth, Depends, HttpBasic, HttpBearer,
    OAuth2PasswordBearer,
};
use serde_json::{Value, json};

use crate::fixture::{Answer, House, get, send};

struct App;
impl SecurityScheme for App {}
impl ApiKey for App {
    const PARAMETER: &'static str = "x-app";
}

type Key = ApiKeyHeader<App>;
type Cookie = ApiKeyCookie<App>;

async fn one_of(AnyOf(found): AnyOf<(HttpBasic, Key, HttpBearer)>) -> String {
    match found {
        Alternative::First(basic) => format!("basic {}", basic.username),
        Alternative::Second(key) => format!("key {}", &*key),
        Alternative::Third(bearer) => format!("bearer {}", &*bearer),
    }
}

async fn maybe(found: Option<AnyOf<(HttpBasic, Key)>>) -> String {
    found.map_or("nobody".to_owned(), |AnyOf(found)| format!("{found:?}"))
}

/// Both a key and a cookie, or else a bearer token.
async fn both_or(AnyOf(found): AnyOf<((Key, Cookie), HttpBearer)>) -> String {
    match found {
        Alternative::First((key, cookie)) => format!("{} and {}", &*key, &*cookie),
        Alternative::Second(bearer) => format!("bearer {}", &*bearer),
    }
}

async fn user_or_key(AnyOf(found): AnyOf<(ActiveUser, Key)>) -> String {
    match found {
        Alternative::First(user) => user.username.clone(),
        Alternative::Second(key) => format!("key {}", &*key),
    }
}

fn api() -> ApiRouter<Auth> {
    ApiRouter::new()
        .api_route("/and", routing::get(async |_: Key, _: HttpBasic| "in"))
        .api_route("/or", routing::get(one_of))
        .api_route("/maybe", routing::get(maybe))
        .api_route("/both-or", routing::get(both_or))
        .api_route("/user-or-key", routing::get(user_or_key))
        .api_route(
            "/and-maybe",
            routing::get(
                async |_: Key, found: Option<HttpBasic>| {
                    if found.is_some() { "both" } else { "key" }
                },
            ),
        )
}

const BASIC: (&str, &str) = ("authorization", "Basic dTpw");
const BEARER: (&str, &str) = ("authorization", "Bearer t");
const KEY: (&str, &str) = ("x-app", "k");
const COOKIE: (&str, &str) = ("cookie", "x-app=c");
const NO_KEY: (&str, &str) = ("x-app", "");
const BAD_BASIC: (&str, &str) = ("authorization", "Basic !");

fn challenges(answer: &Answer) -> Vec<&str> {
    let all = answer.headers.get_all("www-authenticate").iter();
    all.map(|value| value.to_str().unwrap()).collect()
}

const BASIC_CHALLENGE: &str = r#"Basic realm="api", charset="UTF-8""#;

#[tokio::test]
async fn the_first_that_is_present_decides() {
    let house = House::new().await;
    let app = house.app(api());
    for (path, headers, expected) in [
        ("/or", &[BASIC][..], "basic u"),
        ("/or", &[KEY], "key k"),
        ("/or", &[BEARER], "bearer t"),
        ("/or", &[KEY, BASIC], "basic u"),
        ("/or", &[KEY, BEARER], "key k"),
        ("/maybe", &[], "nobody"),
        ("/maybe", &[BEARER], "nobody"),
        ("/both-or", &[KEY, COOKIE], "k and c"),
        ("/both-or", &[BEARER], "bearer t"),
        ("/both-or", &[KEY, BEARER], "bearer t"),
        ("/both-or", &[KEY, COOKIE, BEARER], "k and c"),
        ("/user-or-key", &[KEY], "key k"),
        ("/and", &[KEY, BASIC], "in"),
        ("/and-maybe", &[KEY], "key"),
        ("/and-maybe", &[KEY, BASIC], "both"),
    ] {
        let answer = send(&app, get(path, headers)).await;
        let told = (answer.status, answer.text());
        assert_eq!(told, (200, expected), "{path} {headers:?}");
    }
}

#[tokio::test]
async fn what_is_absent_or_bad_is_refused_with_every_challenge_that_helps() {
    let house = House::new().await;
    let app = house.app(api());
    let all = &[BASIC_CHALLENGE, "APIKey", "Bearer"][..];
    for (path, headers, expected) in [
        ("/or", &[][..], all),
        ("/or", &[NO_KEY], &["APIKey"]),
        ("/or", &[BAD_BASIC], &[BASIC_CHALLENGE]),
        // Present decides, even when another one would be right.
        ("/or", &[BAD_BASIC, KEY], &[BASIC_CHALLENGE]),
        ("/maybe", &[NO_KEY], &["APIKey"]),
        ("/both-or", &[], &["APIKey", "Bearer"]),
        ("/both-or", &[KEY], &["APIKey"]),
        ("/and", &[], &["APIKey"]),
        ("/and", &[KEY], &[BASIC_CHALLENGE]),
        ("/and", &[BASIC], &["APIKey"]),
        ("/and-maybe", &[BASIC], &["APIKey"]),
        ("/and-maybe", &[KEY, BAD_BASIC], &[BASIC_CHALLENGE]),
        ("/user-or-key", &[], &["Bearer", "APIKey"]),
        (
            "/user-or-key",
            &[BEARER, KEY],
            &[r#"Bearer error="invalid_token""#],
        ),
    ] {
        let answer = send(&app, get(path, headers)).await;
        assert_eq!(answer.status, 401, "{path} {headers:?}");
        assert_eq!(challenges(&answer), expected, "{path} {headers:?}");
    }
}

#[test]
fn the_document_says_the_same() {
    let (_, document) = Document::new("Test", "1.0").finish(api()).unwrap();
    let security = |path: &str| document["paths"][path]["get"]["security"].clone();
    let (basic, key, bearer) = (
        json!({ "HTTPBasic": [] }),
        json!({ "APIKeyHeader": [] }),
        json!({ "HTTPBearer": [] }),
    );
    for (path, expected) in [
        ("/and", json!([{ "APIKeyHeader": [], "HTTPBasic": [] }])),
        ("/or", json!([basic, key, bearer])),
        ("/maybe", json!([basic, key, {}])),
        (
            "/both-or",
            json!([{ "APIKeyHeader": [], "APIKeyCookie": [] }, bearer]),
        ),
        ("/user-or-key", json!([{ "OAuth2PasswordBearer": [] }, key])),
        (
            "/and-maybe",
            json!([{ "APIKeyHeader": [], "HTTPBasic": [] }, key]),
        ),
    ] {
        assert_eq!(security(path), expected, "{path}");
    }
}

/// What the start says of an API with this route alone.
macro_rules! defect {
    ($handler:expr) => {{
        let api: ApiRouter<Auth> = ApiRouter::new().api_route("/x", routing::get($handler));
        let error = Document::new("Test", "1.0").finish(api).err();
        error.map(|error| error.to_string()).unwrap_or_default()
    }};
}

#[test]
fn alternatives_of_which_one_never_decides_stop_the_start() {
    let bearers = defect!(async |_: AnyOf<(HttpBearer, OAuth2PasswordBearer)>| "in");
    assert!(
        bearers.contains("GET /x offers `HTTPBearer` or `OAuth2PasswordBearer`"),
        "{bearers}"
    );
    let optional = defect!(async |_: AnyOf<(Option<Key>, HttpBasic)>| "in");
    assert!(
        optional.contains("GET /x offers something optional, and then `HTTPBasic`"),
        "{optional}"
    );
    let twice = defect!(async |_: AnyOf<(ActiveUser, OAuth2PasswordBearer)>| "in");
    assert!(
        twice.contains("GET /x offers `OAuth2PasswordBearer` twice"),
        "{twice}"
    );
    let part = defect!(async |_: AnyOf<(Key, (Key, HttpBasic))>| "in");
    assert!(
        part.contains("`APIKeyHeader` decides whenever `APIKeyHeader and HTTPBasic`"),
        "{part}"
    );
    assert_eq!(defect!(async |_: AnyOf<((Key, HttpBasic), Key)>| "in"), "");
    assert_eq!(defect!(async |_: AnyOf<(HttpBearer, HttpBasic)>| "in"), "");
}

#[test]
fn credentials_that_no_request_can_have_together_stop_the_start() {
    let both = defect!(async |_: HttpBearer, _: HttpBasic| "in");
    assert!(
        both.contains(
            "GET /x asks for `HTTPBearer` and for `HTTPBasic`, which no request can have"
        ),
        "{both}"
    );
    let within = defect!(async |_: AnyOf<(Key, (HttpBearer, HttpBasic))>| "in");
    assert_eq!(within, both);
    let either = defect!(async |_: AnyOf<(HttpBearer, HttpBasic)>, _: HttpBasic| "in");
    assert_eq!(either, "", "the second alternative is left");
    assert_eq!(
        defect!(async |_: HttpBearer, _: OAuth2PasswordBearer| "in"),
        ""
    );
}

#[test]
fn an_alternative_that_is_left_is_the_only_one_documented() {
    let api: ApiRouter<Auth> = ApiRouter::new().api_route(
        "/x",
        routing::get(async |_: AnyOf<(HttpBearer, HttpBasic)>, _: HttpBasic| "in"),
    );
    let (_, document) = Document::new("Test", "1.0").finish(api).unwrap();
    let security: &Value = &document["paths"]["/x"]["get"]["security"];
    assert_eq!(*security, json!([{ "HTTPBasic": [] }]));
}

/// An alternative that is there because it need not be is no part of anything.
struct Quiet;
impl Dependency for Quiet {
    type On = Option<(AnyOf<(HttpBasic, Option<HttpBearer>)>, Key)>;
    type State = NoState;

    async fn resolve(_: Self::On, _: Context<'_, NoState>) -> Result<Self, Rejection> {
        Ok(Self)
    }
}

#[tokio::test]
async fn nothing_is_not_a_part() {
    let api = ApiRouter::new().api_route("/quiet", routing::get(async |_: Depends<Quiet>| "in"));
    let house = House::new().await;
    let app = house.app(api);
    for (sent, expected) in [
        (&[][..], 200),
        (&[KEY], 200),
        (&[BASIC], 401),
        (&[BEARER], 401),
        (&[BASIC, KEY], 200),
        (&[BEARER, KEY], 200),
    ] {
        let answer = send(&app, get("/quiet", sent)).await;
        assert_eq!(answer.status, expected, "{sent:?}");
    }
}
