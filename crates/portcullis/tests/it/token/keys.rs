//! `GET /.well-known/jwks.json` (RFC 7517).

use std::sync::Arc;

use jiff::Timestamp;
use portcullis::token::{KeyRing, ScheduledKey, SigningKey};
use serde_json::json;

use super::{LOGIN, app};
use crate::fixture::{House, get, login, send};

const PATH: &str = "/.well-known/jwks.json";

#[tokio::test]
async fn public_keys_and_nothing_private() {
    let house = House::new().await;
    let answer = send(&app(&house), get(PATH, &[])).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
    let mut set = answer.json();
    let keys = set["keys"].as_array_mut().unwrap();
    assert_eq!(keys.len(), 1);
    for name in ["x", "y"] {
        assert_eq!(
            keys[0][name].take().as_str().map(str::len),
            Some(43),
            "{name}: 32 bytes"
        );
    }
    let verifying = house.auth.verifier().keys(house.auth.now());
    let kid = verifying[0].kid();
    let expected = json!({
        "kty": "EC", "crv": "P-256", "x": null, "y": null, "kid": kid, "alg": "ES256", "use": "sig",
    });
    assert_eq!(keys[0], expected, "no `d`");
}

#[tokio::test]
async fn who_knows_the_keys_is_not_sent_them_again() {
    let house = House::new().await;
    let app = app(&house);
    let first = send(&app, get(PATH, &[])).await;
    let tag = first.header("etag").unwrap().to_owned();
    let strong = tag.trim_matches('"').to_owned();
    assert_eq!(tag, format!("\"{strong}\""), "a quoted tag");
    for (known, status) in [
        (tag.clone(), 304),
        (format!("W/{tag}"), 304),
        (format!("\"x\", {tag}"), 304),
        ("*".to_owned(), 304),
        ("\"x\"".to_owned(), 200),
        (strong, 200),
        (String::new(), 200),
    ] {
        let answer = send(&app, get(PATH, &[("if-none-match", &known)])).await;
        assert_eq!(answer.status, status, "{known}");
        assert_eq!(answer.header("etag"), Some(&*tag), "{known}");
        assert_eq!(answer.body.is_empty(), status == 304, "{known}");
    }
}

#[tokio::test]
async fn the_tag_is_the_keys() {
    let der = SigningKey::generate().unwrap().to_pkcs8().unwrap();
    let key = || SigningKey::from_pkcs8(&der).unwrap();
    let mut tags = Vec::new();
    for house in [
        House::built(|auth| auth.signing_key(key())).await,
        House::built(|auth| auth.signing_key(key())).await,
        House::new().await,
    ] {
        let answer = send(&app(&house), get(PATH, &[])).await;
        tags.push(answer.header("etag").unwrap().to_owned());
    }
    assert_eq!(tags[0], tags[1], "the same after a restart");
    assert_ne!(tags[0], tags[2]);
}

#[tokio::test]
async fn the_set_follows_the_keys() {
    let key = || SigningKey::generate().unwrap();
    let ring = Arc::new(KeyRing::of(key()));
    let house = House::built(|auth| auth.keys(Arc::clone(&ring))).await;
    let app = app(&house);
    let mut tag = String::new();
    let now = house.auth.now().as_second();
    let second = |offset| Timestamp::from_second(now + offset).unwrap();
    // One signs, one will, one did not long ago, and one is over.
    let times = [(-50, None), (60, None), (-500, Some(60)), (-900, Some(-60))];
    for (count, published) in [(1, 1), (2, 2), (3, 3), (4, 3)] {
        let keys = times[..count].iter().map(|(from, end)| ScheduledKey {
            key: key().into(),
            signs_from: second(*from),
            retires_at: end.map(second),
        });
        ring.replace(keys.collect());
        let known = [("if-none-match", &*tag)];
        let answer = send(&app, get(PATH, &known)).await;
        assert_eq!(answer.status, 200, "the tag of other keys");
        let set = answer.json();
        assert_eq!(set["keys"].as_array().unwrap().len(), published);
        tag = answer.header("etag").unwrap().to_owned();
    }
}

#[tokio::test]
async fn without_a_key_the_server_is_not_ready() {
    let ring = Arc::new(KeyRing::of(SigningKey::generate().unwrap()));
    let house = House::built(|auth| auth.keys(Arc::clone(&ring))).await;
    let app = app(&house);
    assert_eq!(send(&app, get("/readyz", &[])).await.status, 200);
    ring.replace(vec![]);
    assert_eq!(send(&app, get("/readyz", &[])).await.status, 503);
}

/// A node cannot read what another one made: it is this node that is not ready, not the client wrong.
#[tokio::test]
async fn without_a_key_to_sign_with_a_login_may_be_tried_again() {
    let ring = Arc::new(KeyRing::new(vec![]));
    let house = House::built(|builder| builder.keys(Arc::clone(&ring))).await;
    let app = app(&house);
    let answer = send(&app, login(LOGIN)).await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.header("retry-after"), Some("10"));
    let expected = json!({
        "error": "temporarily_unavailable", "error_description": "Temporarily unavailable",
        "detail": "Temporarily unavailable",
    });
    assert_eq!(answer.json(), expected);

    ring.replace(vec![ScheduledKey {
        key: Arc::new(SigningKey::generate().unwrap()),
        signs_from: Timestamp::UNIX_EPOCH,
        retires_at: None,
    }]);
    assert_eq!(send(&app, login(LOGIN)).await.status, 200);
}
