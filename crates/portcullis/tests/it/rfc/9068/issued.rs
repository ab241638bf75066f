//! What is issued: rows J1, J3 to J8, J16, J17.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use portcullis::account::UserDraft;
use portcullis::secret::Password;
use portcullis::token::SigningAlgorithm;
use serde_json::{Value, json};

use crate::client::{InForm, draft};
use crate::fixture::{House, ISSUER, NOW, bearer, get, key_for, part, send};
use crate::rfc::dialogue::{LOGIN, app, ask, claims, refresh, text, tokens};
use crate::rfc::forge::encode;

const API: &str = "https://api.example.com";

async fn keys(house: &House) -> Vec<Value> {
    let set = send(&app(house), get("/.well-known/jwks.json", &[]))
        .await
        .json();
    set["keys"].as_array().unwrap().clone()
}

fn bytes(key: &Value, name: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text(key, name)).unwrap()
}

/// Verifies a token as another program would, by the published key alone.
fn is_signed_by(key: &Value, token: &str) -> bool {
    let (message, signature) = token.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let message = message.as_bytes();
    match text(key, "alg") {
        "ES256" => {
            let point = [vec![4], bytes(key, "x"), bytes(key, "y")].concat();
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                .verify(message, &signature)
                .is_ok()
        }
        "EdDSA" => {
            let key = UnparsedPublicKey::new(&ED25519, bytes(key, "x"));
            key.verify(message, &signature).is_ok()
        }
        "RS256" => {
            let (n, e) = (bytes(key, "n"), bytes(key, "e"));
            RsaPublicKeyComponents { n, e }
                .verify(&RSA_PKCS1_2048_8192_SHA256, message, &signature)
                .is_ok()
        }
        _ => false,
    }
}

#[tokio::test]
async fn s2_1_signed_with_a_published_key() {
    for algorithm in SigningAlgorithm::ALL {
        let house = House::built(|auth| auth.signing_key(key_for(algorithm))).await;
        let token = house.johndoe().await;
        let header = part(&token, 0);
        assert_eq!(header["alg"], algorithm.name());
        let published = keys(&house).await;
        let named = published
            .iter()
            .find(|key| key["kid"] == header["kid"])
            .unwrap();
        assert_eq!(named["alg"], header["alg"]);
        assert!(is_signed_by(named, &token));
        let mut changed = claims(&json!({ "access_token": token }));
        changed["sub"] = "another".into();
        let signature = token.rsplit('.').next().unwrap();
        let head = token.split('.').next().unwrap();
        let forged = format!("{head}.{}.{signature}", encode(changed.to_string()));
        assert!(!is_signed_by(named, &forged), "the check itself notices");
    }
}

#[tokio::test]
async fn s2_1_typ_is_at_jwt() {
    let house = House::new().await;
    let issued = tokens(&house, LOGIN).await;
    let renewed = tokens(&house, &refresh(&issued)).await;
    for given in [issued, renewed] {
        let header = part(text(&given, "access_token"), 0);
        assert_eq!(header["typ"], "at+jwt");
        let members: Vec<_> = header.as_object().unwrap().keys().collect();
        assert_eq!(members, ["alg", "kid", "typ"]);
    }
}

#[tokio::test]
async fn s2_2_the_claims() {
    let house = House::built(|auth| auth.audience(API).access_token_seconds(60)).await;
    let first = tokens(&house, LOGIN).await;
    let renewed = tokens(&house, &refresh(&first)).await;
    let user = house.administration().find("johndoe").await.unwrap();
    for issued in [&first, &renewed] {
        let mut claims = claims(issued);
        for name in ["jti", "sid"] {
            let id = claims[name].take();
            assert_eq!(id.as_str().map(str::len), Some(22), "{name}: 128 bits");
        }
        let expected = json!({
            "iss": ISSUER, "sub": user.id.as_str(), "aud": API, "exp": NOW + 60, "iat": NOW,
            "jti": null, "client_id": "portcullis", "sid": null, "epoch": 0,
            "scope": "items:read users:read",
        });
        assert_eq!(claims, expected);
    }
    let other = tokens(&house, LOGIN).await;
    let (first, renewed, other) = (claims(&first), claims(&renewed), claims(&other));
    assert!(first["jti"] != renewed["jti"] && first["jti"] != other["jti"]);
    assert_eq!(first["sid"], renewed["sid"], "one session");
    assert_ne!(first["sid"], other["sid"]);
}

#[tokio::test]
async fn s2_2_3_scope_as_granted() {
    let house = House::new().await;
    for (asked, granted) in [
        ("", json!("items:read users:read")),
        ("&scope=users:read", json!("users:read")),
        ("&scope=items:read+items:write", json!("items:read")),
    ] {
        let issued = tokens(&house, &format!("{LOGIN}{asked}")).await;
        assert_eq!(claims(&issued)["scope"], granted, "{asked}");
    }
    house.add("nothing", "secret", "").await;
    let bare = tokens(&house, "username=nothing&password=secret").await;
    assert_eq!(claims(&bare).get("scope"), None);
}

#[tokio::test]
async fn s3_the_audience_is_the_one_that_is_set() {
    for (house, audience) in [
        (House::new().await, ISSUER),
        (House::built(|auth| auth.audience(API)).await, API),
    ] {
        for more in ["", "&resource=https://other", "&audience=https://other"] {
            let issued = tokens(&house, &format!("{LOGIN}{more}")).await;
            assert_eq!(claims(&issued)["aud"], audience, "{more}");
        }
    }
}

#[tokio::test]
async fn s3_a_token_is_never_for_two() {
    let house = House::built(|auth| auth.audience(API)).await;
    // RFC 8707 would say two resources so; here a parameter is there once, or the request is refused.
    let two = format!("{LOGIN}&resource=https://a&resource=https://b");
    let answer = ask(&house, &two).await;
    assert_eq!(answer.refusal(), (400, "invalid_request".into(), None));
    for one in [
        "resource=https://a",
        "resource=https://a+https://b",
        "aud=https://b",
    ] {
        let issued = tokens(&house, &format!("{LOGIN}&{one}&scope=items:read")).await;
        assert_eq!(
            claims(&issued)["aud"],
            json!(API),
            "{one}: one text, no list"
        );
    }
}

#[tokio::test]
async fn s2_2_1_nothing_is_said_of_how_somebody_signed_in() {
    let house = House::new().await;
    let first = tokens(&house, LOGIN).await;
    house.clock.advance(60);
    let renewed = tokens(&house, &refresh(&first)).await;
    for issued in [&first, &renewed] {
        for name in ["auth_time", "acr", "amr"] {
            assert_eq!(claims(issued).get(name), None, "{name}");
        }
    }
    for same in ["sub", "sid", "client_id", "epoch", "aud", "scope"] {
        assert_eq!(claims(&first)[same], claims(&renewed)[same], "{same}");
    }
}

#[tokio::test]
async fn s6_nothing_personal_is_in_it() {
    const ALLOWED: [&str; 10] = [
        "aud",
        "client_id",
        "epoch",
        "exp",
        "iat",
        "iss",
        "jti",
        "scope",
        "sid",
        "sub",
    ];
    let house = House::new().await;
    let draft = UserDraft {
        username: "jane-d".into(),
        full_name: Some("Jane Doe".into()),
        ..UserDraft::default()
    };
    let password = Password::new("secret");
    house.administration().add(draft, &password).await.unwrap();
    for form in [
        LOGIN,
        "username=jane-d&password=secret",
        "username=alice&password=secret2",
    ] {
        let claims = claims(&tokens(&house, form).await);
        for name in claims.as_object().unwrap().keys() {
            assert!(ALLOWED.contains(&&**name), "{form}: {name}");
        }
        let said = claims.to_string().to_lowercase();
        for personal in ["johndoe", "jane", "doe", "alice", "@"] {
            assert!(!said.contains(personal), "{form}: {said}");
        }
    }
}

#[tokio::test]
async fn s2_2_sub_is_the_user_or_the_client_and_never_both() {
    let house = House::new().await;
    let report = InForm::new(&house, draft("report")).await;
    // Somebody who calls themselves as the client is called is still somebody else.
    house.add(&report.id, "secret", "items:read").await;
    let form = format!("username={}&password=secret", report.id);
    let namesake = claims(&tokens(&house, &form).await);
    let user = house.administration().find(&report.id).await.unwrap();
    assert_eq!(namesake["sub"], user.id.as_str());
    let own = report.own().await;
    assert_eq!(claims(&own)["sub"], *report.id);
    assert_eq!(claims(&own)["client_id"], *report.id);
    assert_ne!(claims(&own)["sub"], namesake["sub"]);
    assert!(report.id.starts_with("client-"));
    assert!(!user.id.as_str().starts_with("client-"));
    // And opens nothing of the namesake's.
    for path in ["/users/me", "/users/me/sessions"] {
        let answer = send(&app(&house), bearer(path, text(&own, "access_token"))).await;
        assert_eq!(answer.refusal().1, "invalid_token", "{path}");
    }
}
