//! `OAuth2PasswordBearer`: presence and form of a token, not its truth.

use portcullis::OAuth2PasswordBearer;
use portcullis::openapi::{ApiRouter, routing};

use crate::fixture::{House, get, send};

async fn required(token: OAuth2PasswordBearer) -> String {
    token.into_token()
}

async fn optional(token: Option<OAuth2PasswordBearer>) -> String {
    token.map_or("none".into(), |token| format!("some {}", &*token))
}

/// Authorization headers; status and body required; status and body optional; challenge.
type Case = (
    &'static [&'static str],
    (u16, &'static str),
    (u16, &'static str),
    Option<&'static str>,
);

const ABSENT: (u16, &str) = (
    401,
    r#"{"detail":"Not authenticated","error":"not_authenticated"}"#,
);
const BAD: (u16, &str) = (
    401,
    r#"{"detail":"Could not validate credentials","error":"invalid_token"}"#,
);
const TWICE: (u16, &str) = (
    400,
    r#"{"detail":"More than one Authorization header","error":"invalid_request"}"#,
);
const NONE: (u16, &str) = (200, "none");
const INVALID: Option<&str> = Some(r#"Bearer error="invalid_token""#);

const CASES: &[Case] = &[
    (&[], ABSENT, NONE, Some("Bearer")),
    (&["Basic Og=="], ABSENT, NONE, Some("Bearer")),
    (&["Digest username=x"], ABSENT, NONE, Some("Bearer")),
    (&["Token abc"], ABSENT, NONE, Some("Bearer")),
    (&["abc"], ABSENT, NONE, Some("Bearer")),
    (&[""], ABSENT, NONE, Some("Bearer")),
    (&["Bearerabc"], ABSENT, NONE, Some("Bearer")),
    (&["Bearer"], ABSENT, ABSENT, Some("Bearer")),
    (&["Bearer "], ABSENT, ABSENT, Some("Bearer")),
    (&["bearer    "], ABSENT, ABSENT, Some("Bearer")),
    (&["Bearer a b"], BAD, BAD, INVALID),
    (&["Bearer \"a\""], BAD, BAD, INVALID),
    (&["Bearer a,b"], BAD, BAD, INVALID),
    (&["Bearer Bearer a"], BAD, BAD, INVALID),
    (&["Bearer =a"], BAD, BAD, INVALID),
    (&["Bearer a", "Bearer a"], TWICE, TWICE, None),
    (&["Basic Og==", "Bearer a"], TWICE, TWICE, None),
    (&["Bearer a", "Basic Og=="], TWICE, TWICE, None),
    (&["Bearer abc"], (200, "abc"), (200, "some abc"), None),
    (&["bearer abc"], (200, "abc"), (200, "some abc"), None),
    (&["BEARER abc"], (200, "abc"), (200, "some abc"), None),
    (&["Bearer   abc "], (200, "abc"), (200, "some abc"), None),
    (
        &["Bearer a-._~+/9=="],
        (200, "a-._~+/9=="),
        (200, "some a-._~+/9=="),
        None,
    ),
];

#[tokio::test]
async fn what_is_presented_decides() {
    let house = House::new().await;
    let api = ApiRouter::new()
        .api_route("/required", routing::get(required))
        .api_route("/optional", routing::get(optional));
    let app = house.app(api);
    for (presented, when_required, when_optional, challenge) in CASES {
        let headers: Vec<_> = presented
            .iter()
            .map(|value| ("authorization", *value))
            .collect();
        for (path, (status, body)) in [("/required", when_required), ("/optional", when_optional)] {
            let answer = send(&app, get(path, &headers)).await;
            assert_eq!(
                (answer.status, answer.text()),
                (*status, *body),
                "{path} {presented:?}"
            );
            let expected = if *status == 200 { None } else { *challenge };
            assert_eq!(
                answer.header("www-authenticate"),
                expected,
                "{path} {presented:?}"
            );
            if *status != 200 {
                assert_eq!(answer.header("content-type"), Some("application/json"));
                assert_eq!(answer.header("cache-control"), Some("no-store"));
            }
        }
    }
    assert_eq!(CASES.len(), 23);
}

#[tokio::test]
async fn a_token_in_the_address_is_ignored() {
    let house = House::new().await;
    let app = house.app(ApiRouter::new().api_route("/", routing::get(required)));
    for path in [
        "/?access_token=abc",
        "/?token=abc",
        "/?Authorization=Bearer%20abc",
    ] {
        let answer = send(&app, get(path, &[])).await;
        assert_eq!((answer.status, answer.text()), ABSENT, "{path}");
    }
    let cookie = send(&app, get("/", &[("cookie", "access_token=abc")])).await;
    assert_eq!((cookie.status, cookie.text()), ABSENT);
}
