//! RFC 6750: bearer tokens at the operations they open: rows B.

use axum::Router;
use http::Request;
use portcullis::openapi::{ApiRouter, routing};
use portcullis::{AccessToken, ActiveUser, RequiredScopes, Security, scopes};

use super::dialogue::{LOGIN, is_revoked, text, tokens};
use super::forge::Forge;
use crate::fixture::{Answer, FORM, House, bearer, get, post, send};

scopes!(Both = "items:read", "items:write");

/// No scopes, but a developer can write them.
struct Strange;
impl RequiredScopes for Strange {
    const SCOPES: &'static [&'static str] = &["a\", error=\"none", "b\\"];
}

fn app(house: &House) -> Router {
    let routes = ApiRouter::new()
        .api_route("/items", routing::get(async |_: ActiveUser| "in"))
        .api_route("/items", routing::post(async |_: AccessToken| "in"))
        .api_route(
            "/both",
            routing::get(async |_: Security<ActiveUser, Both>| "in"),
        );
    house.app(routes)
}

async fn with(house: &House, path: &str, values: &[&str]) -> Answer {
    let headers: Vec<_> = values
        .iter()
        .map(|value| ("authorization", *value))
        .collect();
    send(&app(house), get(path, &headers)).await
}

const NOBODY: (u16, &str, Option<&str>) = (401, "not_authenticated", Some("Bearer"));
const INVALID: (u16, &str, Option<&str>) = (
    401,
    "invalid_token",
    Some(r#"Bearer error="invalid_token""#),
);

#[tokio::test]
async fn s2_1_the_header() {
    let house = House::new().await;
    let token = house.johndoe().await;
    for scheme in [
        "Bearer",
        "bearer",
        "BEARER",
        "bEaReR",
        "Bearer  ",
        "Bearer      ",
    ] {
        let answer = with(&house, "/items", &[&format!("{scheme} {token}")]).await;
        assert_eq!((answer.status, answer.text()), (200, "in"), "{scheme}");
    }
    for (value, expected) in [
        (format!("Bearer {token} {token}"), INVALID),
        (format!("Bearer {token} x"), INVALID),
        (format!("Bearer x {token}"), INVALID),
        (format!("Bearer \"{token}\""), INVALID),
        (format!("Bearer {token},"), INVALID),
        (format!("Bearer {token}="), INVALID),
        (format!("Bearer={token}"), NOBODY),
        (format!("Bearer\t{token}"), NOBODY),
        (format!("Bearer{token}"), NOBODY),
        (format!("Token {token}"), NOBODY),
        (format!("Basic {token}"), NOBODY),
        (token, NOBODY),
    ] {
        let answer = with(&house, "/items", &[&value]).await;
        let (status, error, challenge) = answer.refusal();
        assert_eq!((status, &*error, challenge), expected, "{value}");
    }
}

#[tokio::test]
async fn s2_a_token_in_one_way_alone() {
    let house = House::new().await;
    let token = house.johndoe().await;
    let (own, other) = (format!("Bearer {token}"), "Basic Og==");
    for two in [
        [&*own, &own],
        [other, &own],
        [&own, other],
        [&own, "Bearer x"],
    ] {
        let answer = with(&house, "/items", &two).await;
        assert_eq!(
            answer.refusal(),
            (400, "invalid_request".into(), None),
            "{two:?}"
        );
    }
    // What stands elsewhere is not looked at, so the header alone decides.
    let elsewhere = format!("access_token={token}");
    let headers = [FORM, ("authorization", "Bearer x")];
    let both = post(&format!("/items?{elsewhere}"), &headers, &*elsewhere);
    let answer = send(&app(&house), both).await;
    assert_eq!(answer.refusal(), (401, "invalid_token".into(), INVALID.2));
    let headers = [FORM, ("authorization", &*own)];
    let both = post("/items?access_token=x", &headers, "access_token=x");
    assert_eq!(send(&app(&house), both).await.status, 200);
}

#[tokio::test]
async fn s2_3_a_token_in_the_query_is_ignored() {
    let house = House::new().await;
    let token = house.johndoe().await;
    for name in ["access_token", "token", "bearer", "Authorization"] {
        let answer = with(&house, &format!("/items?{name}={token}"), &[]).await;
        assert_eq!(answer.refusal(), (401, NOBODY.1.into(), NOBODY.2), "{name}");
        assert!(!answer.text().contains(&token[..20]), "{name}");
    }
}

#[tokio::test]
async fn s2_2_a_token_in_the_body_is_ignored() {
    let house = House::new().await;
    let token = house.johndoe().await;
    let form = format!("access_token={token}");
    let answer = send(&app(&house), post("/items", &[FORM], form)).await;
    assert_eq!(answer.refusal(), (401, NOBODY.1.into(), NOBODY.2));
    let headers = [("authorization", &*format!("Bearer {token}"))];
    let answer = send(&app(&house), post("/items", &headers, "")).await;
    assert_eq!(answer.status, 200, "the route itself is open to the token");
}

#[tokio::test]
async fn s3_every_401_is_challenged() {
    let house = House::new().await;
    let plain = Some("Bearer");
    let invalid = Some(r#"Bearer error="invalid_token""#);
    for path in ["/items", "/both", "/users/me", "/users/me/sessions"] {
        for (values, challenge) in [
            (&[][..], plain),
            (&["Basic Og=="], plain),
            (&["Bearer"], plain),
            (&["Bearer "], plain),
            (&["Bearer x"], invalid),
            (&["Bearer a.b.c"], invalid),
        ] {
            let answer = with(&house, path, values).await;
            assert_eq!(answer.status, 401, "{path} {values:?}");
            assert_eq!(
                answer.header("www-authenticate"),
                challenge,
                "{path} {values:?}"
            );
        }
    }
}

#[tokio::test]
async fn s3_1_no_error_without_credentials() {
    let house = House::new().await;
    for values in [
        &[][..],
        &["Basic Og=="],
        &["Digest x"],
        &["Bearer"],
        &["Bearer    "],
    ] {
        let answer = with(&house, "/items", values).await;
        assert_eq!(answer.status, 401);
        let challenge = answer.header("www-authenticate").unwrap();
        assert!(!challenge.contains("error"), "{values:?}: {challenge}");
        assert_eq!(
            answer.json()["error"],
            "not_authenticated",
            "no code of the RFC"
        );
    }
}

#[tokio::test]
async fn s3_1_every_bad_token_is_answered_alike() {
    let forge = Forge::new().await;
    let house = &forge.house;
    let elsewhere = House::new().await;
    let revoked = tokens(house, LOGIN).await;
    is_revoked(house, &format!("token={}", text(&revoked, "access_token"))).await;
    let gone = {
        house.add("gone", "secret", "items:read").await;
        let token = house.token("username=gone&password=secret").await;
        house.administration().delete("gone").await.unwrap();
        token
    };
    let outdated = {
        house.add("changed", "secret", "items:read").await;
        let token = house.token("username=changed&password=secret").await;
        let new = portcullis::secret::Password::new("another");
        house
            .administration()
            .set_password("changed", &new)
            .await
            .unwrap();
        token
    };
    let now = house.auth.now().as_second();
    for (name, token) in [
        (
            "expired",
            forge.claiming(|claims| claims["exp"] = now.into()),
        ),
        ("malformed", "a.b.c".to_owned()),
        ("no token", "x".to_owned()),
        (
            "of another kind",
            forge.headed(|header| header["typ"] = "JWT".into()),
        ),
        (
            "for another API",
            forge.claiming(|claims| claims["aud"] = "https://b".into()),
        ),
        ("of another server", elsewhere.johndoe().await),
        (
            "a refresh token",
            text(&revoked, "refresh_token").to_owned(),
        ),
        ("revoked", text(&revoked, "access_token").to_owned()),
        ("of a user who is gone", gone),
        ("from before a new password", outdated),
    ] {
        forge.is_refused(name, &token).await;
    }
}

#[tokio::test]
async fn s3_1_too_little_scope_is_403_with_what_is_needed() {
    let house = House::new().await;
    let answer = send(&app(&house), bearer("/both", &house.johndoe().await)).await;
    let challenge = r#"Bearer error="insufficient_scope", scope="items:read items:write""#;
    assert_eq!(
        answer.refusal(),
        (403, "insufficient_scope".into(), Some(challenge))
    );
    house
        .add("writer", "secret", "items:read items:write")
        .await;
    let token = house.token("username=writer&password=secret").await;
    assert_eq!(
        send(&app(&house), bearer("/both", &token)).await.status,
        200
    );
}

#[tokio::test]
async fn s3_1_a_malformed_request_is_400() {
    let house = House::new().await;
    let own = format!("Bearer {}", house.johndoe().await);
    for path in ["/items", "/both", "/users/me", "/users/me/sessions"] {
        let answer = with(&house, path, &[&own, &own]).await;
        assert_eq!(
            answer.refusal(),
            (400, "invalid_request".into(), None),
            "{path}"
        );
    }
}

/// The attributes of the only challenge, which must be a bearer's.
fn attributes(challenge: &str) -> Vec<(String, String)> {
    let mut rest = challenge.strip_prefix("Bearer").unwrap().trim_start();
    let mut found = Vec::new();
    while !rest.is_empty() {
        let (name, quoted) = rest.split_once("=\"").unwrap();
        let mut value = String::new();
        let mut letters = quoted.char_indices();
        let end = loop {
            match letters.next().unwrap() {
                (at, '"') => break at,
                (_, '\\') => value.push(letters.next().unwrap().1),
                (_, letter) => value.push(letter),
            }
        };
        found.push((name.to_owned(), value));
        rest = quoted[end + 1..].trim_start_matches(", ");
    }
    found
}

#[tokio::test]
async fn s3_attributes_are_there_once() {
    let house = House::new().await;
    let own = format!("Bearer {}", house.johndoe().await);
    let mut seen = Vec::new();
    for (path, value) in [
        ("/items", "Bearer x"),
        ("/both", &own),
        ("/both", "Bearer x"),
        ("/items", ""),
    ] {
        let answer = with(&house, path, &[value]).await;
        let challenge = answer.header("www-authenticate").unwrap();
        let found = attributes(challenge);
        let names: Vec<_> = found.iter().map(|(name, _)| name.clone()).collect();
        let mut once = names.clone();
        once.dedup();
        assert_eq!(names, once, "{challenge}");
        for (name, value) in &found {
            let allowed = |byte: u8| matches!(byte, 0x20..=0x21 | 0x23..=0x5B | 0x5D..=0x7E);
            assert!(value.bytes().all(allowed), "{name}: {value}");
        }
        seen.push(names);
    }
    assert_eq!(
        seen,
        [vec!["error"], vec!["error", "scope"], vec!["error"], vec![]]
    );
}

#[tokio::test]
async fn s3_no_scope_of_a_developers_breaks_out() {
    let house = House::new().await;
    let strange = ApiRouter::<portcullis::Auth>::new().route(
        "/strange",
        axum::routing::get(async |_: Security<ActiveUser, Strange>| "in"),
    );
    let app = house.app(strange);
    let answer = send(&app, bearer("/strange", &house.johndoe().await)).await;
    assert_eq!(answer.status, 403);
    let found = attributes(answer.header("www-authenticate").unwrap());
    let names: Vec<_> = found.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["error", "scope"], "{found:?}");
    assert_eq!(found[0].1, "insufficient_scope");
}

#[tokio::test]
async fn s5_3_short_lived_for_one_api_and_in_no_cookie() {
    let house = House::built(|auth| auth.audience("https://api.example.com")).await;
    let app = app(&house);
    let answer = send(&app, crate::fixture::login(LOGIN)).await;
    assert!(answer.json()["expires_in"].as_i64().unwrap() <= 3_600);
    assert_eq!(answer.header("set-cookie"), None);
    assert_eq!(answer.header("location"), None);
    let issued = answer.json();
    assert_eq!(
        super::dialogue::claims(&issued)["aud"],
        "https://api.example.com"
    );
    let token = text(&issued, "access_token");
    for cookie in ["access_token", "token", "Authorization", "session"] {
        let request = Request::get("/items").header("cookie", format!("{cookie}={token}"));
        let answer = send(&app, request.body(axum::body::Body::empty()).unwrap()).await;
        assert_eq!(
            answer.refusal(),
            (401, NOBODY.1.into(), NOBODY.2),
            "{cookie}"
        );
    }
}
