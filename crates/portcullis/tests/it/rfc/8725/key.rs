//! Which key, which algorithm, and whose token: rows W1, W2, W4, W6 to W8, W11.

use aws_lc_rs::hmac;
use portcullis::token::{SigningAlgorithm, SigningKey};
use serde_json::{Value, json};

use crate::fixture::{House, bearer, get, key_for, send};
use crate::rfc::dialogue::{app, claims, tokens};
use crate::rfc::forge::{Forge, encode};

#[tokio::test]
async fn s3_1_one_key_for_one_algorithm() {
    for algorithm in SigningAlgorithm::ALL {
        let house = House::built(|auth| auth.signing_key(key_for(algorithm))).await;
        let set = send(&app(&house), get("/.well-known/jwks.json", &[]))
            .await
            .json();
        for key in set["keys"].as_array().unwrap() {
            for member in ["alg", "use", "kid"] {
                assert!(key[member].is_string(), "{member}: {key}");
            }
            let of_kind = [("EC", "ES256"), ("OKP", "EdDSA"), ("RSA", "RS256")];
            let kind = (key["kty"].as_str().unwrap(), key["alg"].as_str().unwrap());
            assert!(of_kind.contains(&kind), "{key}");
        }
    }
    let forge = Forge::new().await;
    for alg in [
        "EdDSA", "Ed25519", "ES384", "ES512", "ES256K", "RS256", "HS256",
    ] {
        let token = forge.headed(|header| header["alg"] = alg.into());
        forge.is_refused(alg, &token).await;
    }
}

#[tokio::test]
async fn s3_1_alg_is_compared_exactly() {
    let forge = Forge::new().await;
    for alg in [
        "none",
        "None",
        "NONE",
        "nOnE",
        " none",
        "none ",
        "",
        "es256",
        "Es256",
        "eS256",
        "ES256 ",
        " ES256",
        "ES256\0",
        "ES-256",
        "ES25",
        "ES2566",
        "ＥＳ256",
        "ES256,none",
        "HS256",
        "null",
    ] {
        let token = forge.headed(|header| header["alg"] = alg.into());
        forge.is_refused(alg, &token).await;
        let unsigned = format!("{}.", token.rsplit_once('.').unwrap().0);
        forge.is_refused(alg, &unsigned).await;
    }
    for alg in [
        Value::Null,
        json!(["ES256"]),
        json!(256),
        json!({ "alg": "ES256" }),
        json!(true),
    ] {
        let token = forge.headed(|header| header["alg"] = alg.clone());
        forge.is_refused(&alg.to_string(), &token).await;
    }
}

#[tokio::test]
async fn s3_5_no_shared_secret_signs() {
    let forge = Forge::new().await;
    let header = json!({ "typ": "at+jwt", "alg": "HS256", "kid": forge.header()["kid"] });
    let message = format!(
        "{}.{}",
        encode(header.to_string()),
        encode(forge.claims().to_string())
    );
    let jwks = send(&app(&forge.house), get("/.well-known/jwks.json", &[])).await;
    let set = jwks.json();
    let x = set["keys"][0]["x"].as_str().unwrap().to_owned();
    for (name, key) in [
        ("an empty one", Vec::new()),
        ("a word", b"secret".to_vec()),
        ("the public key", forge.public_key()),
        ("the published set", jwks.body.clone()),
        ("a coordinate", x.into_bytes()),
    ] {
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), message.as_bytes());
        forge
            .is_refused(name, &format!("{message}.{}", encode(tag)))
            .await;
    }
    // Keys are made of the system's randomness, and no two are one.
    let kids: Vec<_> = [House::new().await, House::new().await]
        .iter()
        .map(|house| {
            house.auth.verifier().keys(house.auth.now())[0]
                .kid()
                .to_owned()
        })
        .collect();
    assert_ne!(kids[0], kids[1]);
}

#[tokio::test]
async fn s3_8_issuer_key_and_subject_belong_together() {
    let forge = Forge::new().await;
    let elsewhere = Forge::built(|auth| auth.issuer("https://elsewhere.example")).await;
    // Their issuer with their key, our issuer with their key, their issuer with our key.
    let as_us = elsewhere.claiming(|claims| claims["iss"] = forge.claims()["iss"].clone());
    let as_them = forge.claiming(|claims| claims["iss"] = elsewhere.claims()["iss"].clone());
    let our_name = elsewhere.headed(|header| header["kid"] = forge.header()["kid"].clone());
    for (name, token) in [
        ("theirs", elsewhere.genuine.clone()),
        ("theirs in our name", as_us),
        ("ours in their name", as_them),
        ("theirs under our key's name", our_name),
    ] {
        forge.is_refused(name, &token).await;
    }
    for sub in [
        json!("nobody"),
        json!("johndoe"),
        json!(""),
        json!(1),
        Value::Null,
    ] {
        let token = forge.claiming(|claims| claims["sub"] = sub.clone());
        forge.is_refused(&format!("sub {sub}"), &token).await;
    }
    // A subject that exists, in a session that is somebody else's.
    forge.house.add("other", "secret", "").await;
    let other = tokens(&forge.house, "username=other&password=secret").await;
    let stolen = forge.claiming(|own| own["sub"] = claims(&other)["sub"].clone());
    forge.is_refused("another's session", &stolen).await;
}

#[tokio::test]
async fn s3_9_for_this_api_alone() {
    let der = SigningKey::generate().unwrap().to_pkcs8().unwrap();
    let key = || SigningKey::from_pkcs8(&der).unwrap();
    let api = "https://api.example.com";
    let here = House::built(|auth| auth.signing_key(key()).audience(api)).await;
    let there = House::built(|auth| auth.signing_key(key())).await;
    for (token, status) in [(here.johndoe().await, 200), (there.johndoe().await, 401)] {
        let answer = send(&app(&here), bearer("/users/me", &token)).await;
        assert_eq!(answer.status, status, "{}", answer.text());
    }
}

#[tokio::test]
async fn s3_10_kid_is_a_name_and_no_url_is_followed() {
    let forge = Forge::new().await;
    let kid = forge.header()["kid"].as_str().unwrap().to_owned();
    for bad in [
        json!("../../../../dev/null"),
        json!("/dev/null"),
        json!("' OR 1=1--"),
        json!("x\0"),
        json!(format!("{kid} ")),
        json!(format!("{kid}\0")),
        json!(kid[..kid.len() - 1]),
        json!(kid.to_uppercase()),
        json!("https://evil.example/key"),
        json!("x".repeat(5_000)),
        json!("x".repeat(1_000_000)),
        json!(""),
        Value::Null,
        json!([kid]),
        json!({ "kid": kid }),
        json!(0),
    ] {
        let token = forge.headed(|header| header["kid"] = bad.clone());
        let name = bad.to_string();
        forge.is_refused(&name[..name.len().min(40)], &token).await;
    }
    let own = json!({ "kty": "EC", "crv": "P-256", "alg": "ES256", "kid": kid });
    for (member, value) in [
        ("jku", json!("https://evil.example/jwks.json")),
        ("x5u", json!("https://evil.example/chain")),
        ("jwk", own),
        ("x5c", json!(["MIIB"])),
        ("x5t", json!("x")),
        ("url", json!("http://127.0.0.1/")),
    ] {
        let token = forge.headed(|header| header[member] = value);
        forge.is_refused(member, &token).await;
    }
}

#[tokio::test]
async fn rfc_7515_s4_1_11_what_is_critical_and_unknown() {
    let forge = Forge::new().await;
    for crit in [
        json!(["b64"]),
        json!(["exp"]),
        json!(["x"]),
        json!([]),
        json!("x"),
        Value::Null,
    ] {
        let token = forge.headed(|header| header["crit"] = crit.clone());
        forge.is_refused(&format!("crit {crit}"), &token).await;
        let with_it = forge.headed(|header| {
            header["crit"] = crit.clone();
            header["b64"] = false.into();
            header["x"] = 1.into();
        });
        forge
            .is_refused(&format!("crit {crit}, with it"), &with_it)
            .await;
    }
    let raw = forge.headed(|header| header["b64"] = false.into());
    forge.is_refused("b64 alone", &raw).await;
}
