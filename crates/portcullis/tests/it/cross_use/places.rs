//! Every place where a credential of some kind is accepted.

use axum::body::Body;
use http::{HeaderValue, Request};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use portcullis::token::SealingKey;

use super::world::{JOHN, World};
use crate::fixture::{Answer, FORM, basic, post, send};

/// Operation, and where in it.
pub(super) type Place = &'static str;

/// Where the sealed signing keys are opened, which no request reaches.
pub(super) const SEALING: Place = "the sealing key";

pub(super) const PLACES: [Place; 25] = [
    "GET /users/me bearer",
    "GET /users/me/sessions bearer",
    "DELETE /users/me/sessions bearer",
    "DELETE /users/me/sessions/{id} bearer",
    "GET /verify bearer",
    //
    "DELETE /users/me/sessions/{id} path",
    //
    "POST /token username",
    "POST /token password",
    "POST /token refresh_token",
    //
    "POST /token client_id",
    "POST /token client_secret",
    "POST /token Basic id",
    "POST /token Basic secret",
    //
    "POST /revoke token",
    //
    "POST /revoke client_id",
    "POST /revoke client_secret",
    "POST /revoke Basic id",
    "POST /revoke Basic secret",
    //
    "POST /introspect token",
    //
    "POST /introspect client_id",
    "POST /introspect client_secret",
    "POST /introspect Basic id",
    "POST /introspect Basic secret",
    //
    SEALING,
    //
    "GET /users/me ?access_token",
];

fn encoded(value: &str) -> String {
    utf8_percent_encode(value, NON_ALPHANUMERIC).to_string()
}

/// The request in which `value` stands at `place`, and all else is right. `None` where it cannot be
/// sent.
pub(super) fn request(world: &World, place: &str, value: &str) -> Option<Request<Body>> {
    let (method, rest) = place.split_once(' ').unwrap();
    let (path, part) = rest.split_once(' ').unwrap();
    let main = world.main.claim("sid");
    match part {
        "bearer" => with_bearer(method, &path.replace("{id}", &main), value),
        "path" => {
            let path = path.replace("{id}", &encoded(value));
            with_bearer(method, &path, &world.asking.access)
        }
        "?access_token" => {
            let path = format!("{path}?access_token={}", encoded(value));
            Some(Request::get(path).body(Body::empty()).unwrap())
        }
        _ => Some(form_request(world, (path, part), value)),
    }
}

fn with_bearer(method: &str, path: &str, token: &str) -> Option<Request<Body>> {
    let header = HeaderValue::from_bytes(format!("Bearer {token}").as_bytes()).ok()?;
    let request = Request::builder().method(method).uri(path);
    Some(
        request
            .header("authorization", header)
            .body(Body::empty())
            .unwrap(),
    )
}

fn form_request(world: &World, (path, part): (&str, &str), value: &str) -> Request<Body> {
    let encoded = encoded(value);
    let form = match part {
        "username" => format!("username={encoded}&password=secret"),
        "password" => format!("username=johndoe&password={encoded}"),
        "refresh_token" => format!("grant_type=refresh_token&refresh_token={encoded}"),
        "token" => format!("token={encoded}"),
        _ => return client_request(world, (path, part), &encoded),
    };
    if path != "/introspect" {
        return post(path, &[FORM], form);
    }
    let basic = basic(&format!("{}:{}", world.clients.id, world.clients.secret));
    post(path, &[FORM, ("authorization", &basic)], form)
}

/// A client asks for what it may, and it is the client that is in question.
fn client_request(world: &World, (path, part): (&str, &str), value: &str) -> Request<Body> {
    let (id, secret) = (&world.clients.id, &world.clients.secret);
    let asked = match (path, part) {
        // Without a secret, as a public client.
        ("/token", "client_id") => JOHN.to_owned(),
        ("/token", _) => "grant_type=client_credentials".to_owned(),
        _ => format!("token={}", world.main.access),
    };
    let (form, header) = match (path, part) {
        ("/introspect", "client_id") => {
            (format!("&client_id={value}&client_secret={secret}"), None)
        }
        (_, "client_id") => (format!("&client_id={value}"), None),
        (_, "client_secret") => (format!("&client_id={id}&client_secret={value}"), None),
        (_, "Basic id") => (String::new(), Some(basic(&format!("{value}:{secret}")))),
        (_, "Basic secret") => (String::new(), Some(basic(&format!("{id}:{value}")))),
        _ => panic!("no such place: {path} {part}"),
    };
    let form = asked + &form;
    match header {
        None => post(path, &[FORM], form),
        Some(basic) => post(path, &[FORM, ("authorization", &basic)], form),
    }
}

/// Whether `value` was accepted at `place`. `None`: it cannot be sent there.
pub(super) async fn accepted(world: &World, place: Place, value: &str) -> Option<bool> {
    if place == SEALING {
        let key = SealingKey::from_base64(value);
        return Some(key.is_ok_and(|key| key.open(&world.sealed).is_ok()));
    }
    let answer = send(&world.app, request(world, place, value)?).await;
    // Whether there was such a token is not told (RFC 7009 §2.2): what became of it, is.
    if place == "POST /revoke token" && answer.status == 200 {
        assert_eq!(answer.text(), "");
        return Some(!world.is_main_alive().await);
    }
    // What is worth nothing is answered in the same way, whatever it is (RFC 7662 §2.2).
    if answer.text() == r#"{"active":false}"# {
        return Some(false);
    }
    let accepted = matches!(answer.status, 200 | 204);
    if !accepted {
        is_refused_rightly(place, value, &answer);
    }
    Some(accepted)
}

fn is_refused_rightly(place: Place, value: &str, answer: &Answer) {
    let (status, error, challenge) = answer.refusal();
    let basic = challenge.is_some_and(|challenge| challenge.starts_with("Basic "));
    let as_it_should = match (place.rsplit_once(' ').unwrap().1, status, &*error) {
        ("bearer", 401, "invalid_token") => challenge == Some("Bearer error=\"invalid_token\""),
        ("?access_token", 401, "not_authenticated") => challenge == Some("Bearer"),
        ("path", 404, "not_found")
        | ("username" | "password" | "refresh_token", 400, "invalid_grant")
        // Longer than any password.
        | ("password", 400, "invalid_request")
        | ("client_id" | "client_secret", 401, "invalid_client") => challenge.is_none(),
        ("id" | "secret", 401, "invalid_client") => basic,
        _ => false,
    };
    assert!(as_it_should, "{place} {value:?}: {answer:?}");
    // No error echoes what was sent.
    if value.len() > 8 {
        assert!(!answer.text().contains(value), "{place} {value:?}");
    }
}
