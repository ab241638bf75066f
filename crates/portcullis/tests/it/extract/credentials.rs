//! Every extractor, and its `Option`, against everything that may be presented.

use http::Request;
use portcullis::token::SigningKey;

use super::{EXTRACTORS, app};
use crate::fixture::{Answer, House, bearer, get, send};

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
const INVALID: Option<&str> = Some(r#"Bearer error="invalid_token""#);

/// Status and body.
type Told = (u16, &'static str);

fn check(answer: &Answer, expected: Told, challenge: Option<&str>, name: &str) {
    assert_eq!((answer.status, answer.text()), expected, "{name}");
    assert_eq!(answer.header("www-authenticate"), challenge, "{name}");
}

#[tokio::test]
async fn what_is_absent_is_none_and_what_is_there_must_be_right() {
    let house = House::new().await;
    let app = app(&house);
    let token = house.johndoe().await;
    let (good, small) = (format!("Bearer {token}"), format!("bearer {token}"));
    let (two, cut) = (
        format!("Bearer {token} {token}"),
        format!("Bearer {}", &token[1..]),
    );
    let basic = format!("Basic {token}");
    let yes = (200, "in");
    let none = (200, "none");
    let cases: &[(&[&str], Told, Told, Option<&str>)] = &[
        (&[], ABSENT, none, Some("Bearer")),
        (&["Basic Og=="], ABSENT, none, Some("Bearer")),
        (&[&basic], ABSENT, none, Some("Bearer")),
        (&[&token], ABSENT, none, Some("Bearer")),
        (&["Bearer"], ABSENT, ABSENT, Some("Bearer")),
        (&["Bearer "], ABSENT, ABSENT, Some("Bearer")),
        (&[&two], BAD, BAD, INVALID),
        (&["Bearer garbage"], BAD, BAD, INVALID),
        (&["Bearer johndoe"], BAD, BAD, INVALID),
        (&["Bearer a.b.c"], BAD, BAD, INVALID),
        (&[&cut], BAD, BAD, INVALID),
        (&[&good, &good], TWICE, TWICE, None),
        (&["Basic Og==", &good], TWICE, TWICE, None),
        (&[&good], yes, yes, None),
        (&[&small], yes, yes, None),
    ];
    let mut checked = 0;
    for path in EXTRACTORS {
        for (presented, required, optional, challenge) in cases {
            let headers: Vec<_> = presented
                .iter()
                .map(|value| ("authorization", *value))
                .collect();
            for (path, expected) in [
                (path.to_owned(), required),
                (format!("/optional{path}"), optional),
            ] {
                let answer = send(&app, get(&path, &headers)).await;
                let challenge = if expected.0 == 200 { None } else { *challenge };
                check(
                    &answer,
                    *expected,
                    challenge,
                    &format!("{path} {presented:?}"),
                );
                checked += 1;
            }
        }
    }
    assert_eq!(checked, 6 * 15 * 2);
}

#[tokio::test]
async fn a_header_that_is_not_text_is_refused() {
    let house = House::new().await;
    let app = app(&house);
    for path in EXTRACTORS {
        let request = Request::get(path).header("authorization", &b"Bearer \xff\xfe"[..]);
        let answer = send(&app, request.body(axum::body::Body::empty()).unwrap()).await;
        check(&answer, BAD, INVALID, path);
    }
}

#[tokio::test]
async fn a_token_in_the_address_or_a_cookie_is_ignored() {
    let house = House::new().await;
    let app = app(&house);
    let token = house.johndoe().await;
    for path in EXTRACTORS {
        for (path, expected) in [
            (path.to_owned(), ABSENT),
            (format!("/optional{path}"), (200, "none")),
        ] {
            let address = format!("{path}?access_token={token}");
            let answer = send(
                &app,
                get(&address, &[("cookie", &format!("token={token}"))]),
            )
            .await;
            assert_eq!((answer.status, answer.text()), expected, "{path}");
        }
    }
}

#[tokio::test]
async fn a_token_of_another_server_is_refused() {
    let house = House::new().await;
    let elsewhere = House::new().await;
    let other_issuer = House::built(|auth| auth.issuer("http://127.0.0.1:9000")).await;
    let other_audience = House::built(|auth| auth.audience("http://127.0.0.1:9000")).await;
    let app = app(&house);
    for (name, token) in [
        ("another key", elsewhere.johndoe().await),
        ("another issuer", other_issuer.johndoe().await),
        ("another audience", other_audience.johndoe().await),
    ] {
        for path in EXTRACTORS {
            let answer = send(&app, bearer(path, &token)).await;
            check(&answer, BAD, INVALID, &format!("{name} {path}"));
        }
    }
}

#[tokio::test]
async fn servers_with_one_key_differ_by_issuer_and_audience() {
    let der = SigningKey::generate().unwrap().to_pkcs8().unwrap();
    let key = || SigningKey::from_pkcs8(&der).unwrap();
    let house = House::built(|auth| auth.signing_key(key())).await;
    let issuer = House::built(|auth| auth.signing_key(key()).issuer("http://127.0.0.1:9000")).await;
    let audience =
        House::built(|auth| auth.signing_key(key()).audience("http://127.0.0.1:9000")).await;
    let app = app(&house);
    let own = house.johndoe().await;
    assert_eq!(send(&app, bearer("/access", &own)).await.status, 200);
    for other in [issuer, audience] {
        let answer = send(&app, bearer("/access", &other.johndoe().await)).await;
        check(&answer, BAD, INVALID, "another server");
    }
}

#[tokio::test]
async fn a_token_expires_by_the_clock() {
    let house = House::new().await;
    let app = app(&house);
    let token = house.johndoe().await;
    house.clock.advance(899);
    for path in EXTRACTORS {
        assert_eq!(send(&app, bearer(path, &token)).await.status, 200, "{path}");
    }
    house.clock.advance(1);
    for path in EXTRACTORS {
        for path in [path.to_owned(), format!("/optional{path}")] {
            check(
                &send(&app, bearer(&path, &token)).await,
                BAD,
                INVALID,
                &path,
            );
        }
    }
}
