//! What is accepted: rows J2, J9 to J15.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use portcullis::AccessToken;
use portcullis::openapi::{ApiRouter, routing};
use portcullis::token::{SigningAlgorithm, SigningKey, TokenVerifier};
use serde_json::{Value, json};

use crate::fixture::{House, ISSUER, NOW, bearer, get, key_for, part, send};
use crate::rfc::dialogue::app;
use crate::rfc::forge::{Forge, encode};

const API: &str = "https://api.example.com";

#[tokio::test]
async fn s2_1_rs256_where_it_is_set_and_nowhere_else() {
    let rsa = || key_for(SigningAlgorithm::Rs256);
    let house = House::built(|auth| auth.signing_key(rsa())).await;
    let token = house.johndoe().await;
    assert_eq!(part(&token, 0)["alg"], "RS256");
    let me = send(&app(&house), bearer("/users/me", &token)).await;
    assert_eq!(me.status, 200, "{}", me.text());
    let header = json!({ "typ": "at+jwt", "alg": "ES256", "kid": part(&token, 0)["kid"] });
    let rest = token.split_once('.').unwrap().1;
    let renamed = format!("{}.{rest}", encode(header.to_string()));
    let answer = send(&app(&house), bearer("/users/me", &renamed)).await;
    assert_eq!(answer.status, 401);

    // As it is, without a word about it.
    let forge = Forge::new().await;
    forge.is_refused("of a key that is not here", &token).await;
    let jwks = send(&app(&forge.house), get("/.well-known/jwks.json", &[])).await;
    for key in jwks.json()["keys"].as_array().unwrap() {
        assert_eq!((&key["kty"], &key["alg"]), (&json!("EC"), &json!("ES256")));
    }
    let told = send(
        &app(&forge.house),
        get("/.well-known/oauth-authorization-server", &[]),
    )
    .await;
    assert!(!told.text().contains("RS256"), "{}", told.text());
    for alg in ["RS256", "RS384", "RS512", "PS256"] {
        let token = forge.headed(|header| header["alg"] = alg.into());
        forge.is_refused(alg, &token).await;
    }
}

#[tokio::test]
async fn s4_typ_and_nothing_else() {
    let forge = Forge::new().await;
    for good in [
        "at+jwt",
        "AT+JWT",
        "application/at+jwt",
        "Application/At+Jwt",
    ] {
        let token = forge.headed(|header| header["typ"] = good.into());
        forge.is_accepted(good, &token).await;
    }
    for bad in [
        "JWT",
        "jwt",
        "id+jwt",
        "at+jwt ",
        "text/at+jwt",
        "application/application/at+jwt",
        "",
    ] {
        let token = forge.headed(|header| header["typ"] = bad.into());
        forge.is_refused(bad, &token).await;
    }
    for bad in [Value::Null, json!(["at+jwt"]), json!(1)] {
        let token = forge.headed(|header| header["typ"] = bad.clone());
        forge.is_refused(&bad.to_string(), &token).await;
    }
    let missing = forge.headed(|header| {
        header.as_object_mut().unwrap().remove("typ");
    });
    forge.is_refused("missing", &missing).await;
}

#[tokio::test]
async fn s4_iss_letter_by_letter() {
    let forge = Forge::built(|auth| auth.issuer("https://id.example.com/a")).await;
    for bad in [
        "https://id.example.com/a/",
        "https://id.example.com/A",
        "https://ID.example.com/a",
        "https://id.example.com",
        "https://id.example.com:443/a",
        "http://id.example.com/a",
        " https://id.example.com/a",
        "https://id.example.com/%61",
        "",
    ] {
        let token = forge.claiming(|claims| claims["iss"] = bad.into());
        forge.is_refused(bad, &token).await;
    }
    let list = forge.claiming(|claims| claims["iss"] = json!(["https://id.example.com/a"]));
    forge.is_refused("a list", &list).await;
}

#[tokio::test]
async fn s4_aud_has_us() {
    let forge = Forge::built(|auth| auth.audience(API)).await;
    for (name, good) in [
        ("alone", json!([API])),
        ("among others", json!(["https://b", API])),
    ] {
        let token = forge.claiming(|claims| claims["aud"] = good);
        forge.is_accepted(name, &token).await;
    }
    for bad in [
        json!("https://b"),
        json!("https://api.example.com/"),
        json!("https://api.example.co"),
        json!("https://api.example.com.evil.example"),
        json!("https://API.example.com"),
        json!("https://b https://api.example.com"),
        json!(ISSUER),
        json!([]),
        json!(["https://b"]),
        json!([API, 1]),
        json!({ API: API }),
        json!(""),
        Value::Null,
    ] {
        let token = forge.claiming(|claims| claims["aud"] = bad.clone());
        forge.is_refused(&bad.to_string(), &token).await;
    }
    let missing = forge.claiming(|claims| {
        claims.as_object_mut().unwrap().remove("aud");
    });
    forge.is_refused("missing", &missing).await;
}

#[tokio::test]
async fn s4_the_signature_is_ours() {
    let forge = Forge::new().await;
    let (message, signature) = forge.genuine.rsplit_once('.').unwrap();
    let unsigned = forge.headed(|header| header["alg"] = "none".into());
    let unsigned = unsigned.rsplit_once('.').unwrap().0.to_owned();
    let other = Forge::new().await;
    let mut flipped = URL_SAFE_NO_PAD.decode(signature).unwrap();
    flipped[40] ^= 1;
    for (name, token) in [
        ("none, empty", format!("{unsigned}.")),
        ("none, without a part", unsigned.clone()),
        ("none, with a signature", forge.sign(&unsigned)),
        ("removed", format!("{message}.")),
        ("another key", other.sign(message)),
        ("one bit", format!("{message}.{}", encode(flipped))),
        ("zeroes", format!("{message}.{}", encode([0; 64]))),
        (
            "another token's",
            format!("{}.{signature}", other.genuine.rsplit_once('.').unwrap().0),
        ),
    ] {
        forge.is_refused(name, &token).await;
    }
    forge.is_accepted("as it was", &forge.genuine).await;
}

#[tokio::test]
async fn s4_exp_is_the_first_second_that_is_refused() {
    let forge = Forge::new().await;
    let exp = forge.claims()["exp"].as_i64().unwrap();
    forge.house.clock.advance(exp - NOW - 1);
    forge.is_accepted("the last second", &forge.genuine).await;
    forge.house.clock.advance(1);
    forge
        .is_refused("the first second after", &forge.genuine)
        .await;
    // Elsewhere a little patience can be set, and never more than a minute.
    let house = House::new().await;
    let token = house.johndoe().await;
    for (set, accepted) in [(0, 0), (30, 30), (60, 60), (61, 60), (u32::MAX, 60)] {
        let verifier = TokenVerifier::new(
            house.auth.verifier().keys(house.auth.now()),
            ISSUER.into(),
            ISSUER.into(),
        );
        let verifier = verifier.leeway(set);
        assert!(verifier.verify(&token, exp + accepted - 1).is_ok(), "{set}");
        assert!(verifier.verify(&token, exp + accepted).is_err(), "{set}");
    }
}

#[tokio::test]
async fn s4_every_failure_is_invalid_token() {
    let forge = Forge::new().await;
    for name in ["iss", "aud", "exp", "sub", "client_id", "jti", "iat"] {
        let without = forge.claiming(|claims| {
            claims.as_object_mut().unwrap().remove(name);
        });
        forge.is_refused(name, &without).await;
    }
    let not_yet = forge.claiming(|claims| claims["nbf"] = (NOW + 1).into());
    forge.is_refused("nbf", &not_yet).await;
}

#[tokio::test]
async fn s5_an_api_takes_its_own_tokens_alone() {
    let der = SigningKey::generate().unwrap().to_pkcs8().unwrap();
    let key = || SigningKey::from_pkcs8(&der).unwrap();
    let api = |audience: &'static str| {
        House::built(move |auth| auth.signing_key(key()).audience(audience))
    };
    let (one, other) = (api("https://one").await, api("https://other").await);
    // One issuer and one key, so that only the audience differs; of the claims alone, since each
    // house has users of its own.
    for (from, to, status) in [
        (&one, &one, 200),
        (&one, &other, 401),
        (&other, &one, 401),
        (&other, &other, 200),
    ] {
        let open = ApiRouter::new().api_route("/claims", routing::get(async |_: AccessToken| "in"));
        let answer = send(&to.app(open), bearer("/claims", &from.johndoe().await)).await;
        assert_eq!(answer.status, status);
    }
}
