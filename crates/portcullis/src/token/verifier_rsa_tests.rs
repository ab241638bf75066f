//! RS256: as narrow as the others, and never anything but RS256.

use std::sync::LazyLock;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384,
    RSA_PSS_SHA512, RsaEncoding, RsaKeyPair,
};
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::token::SigningAlgorithm;

/// Made once: it takes a second.
static KEY: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let key = SigningKey::generate_for(SigningAlgorithm::Rs256).unwrap();
    key.to_pkcs8().unwrap().to_vec()
});

fn forge() -> Forge {
    Forge::of(SigningKey::from_pkcs8(&KEY).unwrap())
}

fn pair() -> RsaKeyPair {
    RsaKeyPair::from_pkcs8(&KEY).unwrap()
}

fn signed(pair: &RsaKeyPair, padding: &'static dyn RsaEncoding, message: &str) -> String {
    let mut signature = vec![0; pair.public_modulus_len()];
    let random = SystemRandom::new();
    pair.sign(padding, &random, message.as_bytes(), &mut signature)
        .unwrap();
    format!("{message}.{}", encode(&signature))
}

fn message(forge: &Forge, alg: &str) -> String {
    let header = forge.header.with("alg", &quoted(alg)).json();
    let claims = forge.claims.json();
    format!(
        "{}.{}",
        encode(header.as_bytes()),
        encode(claims.as_bytes())
    )
}

#[test]
fn alg_is_rs256_and_nothing_else() {
    let forge = forge();
    // The signature is right over each of these headers: only the header can refuse them.
    let cases: Vec<_> = [
        "none",
        "HS256",
        "HS384",
        "HS512",
        "RS384",
        "RS512",
        "RS1",
        "PS256",
        "PS384",
        "PS512",
        "ES256",
        "EdDSA",
        "rs256",
        "Rs256",
        "RS256 ",
        " RS256",
        "RS256\0",
        "RS2566",
        "RS25",
        "RSA",
        "RSA1_5",
        "RSA-OAEP",
        "",
        "RS256,ES256",
        "\u{ff32}S256",
    ]
    .iter()
    .map(|alg| {
        let token = forge.sign_header(&forge.header.with("alg", &quoted(alg)));
        (format!("alg {alg:?}"), token)
    })
    .collect();
    assert_eq!(cases.len(), 25);
    forge.refuses(&cases);
}

#[test]
fn other_rsa_signatures_are_refused_under_either_name() {
    let (forge, pair) = (forge(), pair());
    let right = signed(&pair, &RSA_PKCS1_SHA256, &message(&forge, "RS256"));
    assert!(forge.verify(&right).is_ok(), "the check itself signs");
    let paddings: [(&str, &'static dyn RsaEncoding); 5] = [
        ("RS384", &RSA_PKCS1_SHA384),
        ("RS512", &RSA_PKCS1_SHA512),
        ("PS256", &RSA_PSS_SHA256),
        ("PS384", &RSA_PSS_SHA384),
        ("PS512", &RSA_PSS_SHA512),
    ];
    let mut cases = Vec::new();
    for (name, padding) in paddings {
        for alg in [name, "RS256"] {
            let token = signed(&pair, padding, &message(&forge, alg));
            cases.push((format!("{name}, called {alg}"), token));
        }
    }
    let message = message(&forge, "RS256");
    let hashed = digest(&SHA256, message.as_bytes());
    let mut twice = vec![0; pair.public_modulus_len()];
    let random = SystemRandom::new();
    pair.sign(&RSA_PKCS1_SHA256, &random, hashed.as_ref(), &mut twice)
        .unwrap();
    let twice = format!("{message}.{}", encode(&twice));
    cases.push(("hashed twice".to_owned(), twice));
    assert_eq!(cases.len(), 11);
    forge.refuses(&cases);
}

/// The public key in every form in which a confused verifier may take it for a shared secret.
fn public_key_as_secret(key: &SigningKey) -> Vec<(String, Vec<u8>)> {
    let pair = pair();
    let pkcs1 = pair.public_key().as_ref().to_vec();
    let spki = pair.public_key().as_der().unwrap().as_ref().to_vec();
    let jwk = key.public().to_jwk();
    let n = jwk.n.clone().unwrap();
    let set = serde_json::json!({ "keys": [jwk] }).to_string();
    let bare = serde_json::json!({ "e": "AQAB", "kty": "RSA", "n": n }).to_string();
    let mut secrets = vec![
        ("modulus".to_owned(), URL_SAFE_NO_PAD.decode(&n).unwrap()),
        ("n".to_owned(), n.into_bytes()),
        ("JWK".to_owned(), serde_json::to_vec(&jwk).unwrap()),
        ("bare JWK".to_owned(), bare.into_bytes()),
        ("set".to_owned(), set.into_bytes()),
        ("kid".to_owned(), jwk.kid.into_bytes()),
        ("nothing".to_owned(), Vec::new()),
    ];
    for (label, der) in [("PUBLIC KEY", spki), ("RSA PUBLIC KEY", pkcs1)] {
        let body = STANDARD.encode(&der);
        let lines: Vec<_> = body
            .as_bytes()
            .chunks(64)
            .map(|line| std::str::from_utf8(line).unwrap())
            .collect();
        let lines = lines.join("\n");
        let pem = format!("-----BEGIN {label}-----\n{lines}\n-----END {label}-----");
        secrets.push((format!("DER, {label}"), der));
        secrets.push((format!("base64 of DER, {label}"), body.into_bytes()));
        secrets.push((
            format!("PEM, {label}, \\n"),
            format!("{pem}\n").into_bytes(),
        ));
        secrets.push((format!("PEM, {label}"), pem.into_bytes()));
    }
    secrets
}

#[test]
fn rfc_8725_s2_1_the_public_key_is_not_a_shared_secret() {
    let forge = forge();
    let mut cases = Vec::new();
    for (alg, algorithm) in [
        ("HS256", hmac::HMAC_SHA256),
        ("HS384", hmac::HMAC_SHA384),
        ("HS512", hmac::HMAC_SHA512),
        ("RS256", hmac::HMAC_SHA256),
    ] {
        let message = message(&forge, alg);
        for (form, secret) in public_key_as_secret(&forge.key) {
            let tag = hmac::sign(&hmac::Key::new(algorithm, &secret), message.as_bytes());
            let token = format!("{message}.{}", encode(tag.as_ref()));
            cases.push((format!("{alg} under {form}"), token));
        }
    }
    assert_eq!(cases.len(), 60);
    forge.refuses(&cases);
}

#[test]
fn signatures_of_nobody_are_refused() {
    let forge = forge();
    let token = forge.token();
    let [header, claims, signature] = segments(&token);
    let right = URL_SAFE_NO_PAD.decode(signature).unwrap();
    assert_eq!(right.len(), 384);
    let n = forge.key.public().to_jwk().n.unwrap();
    let n = URL_SAFE_NO_PAD.decode(n).unwrap();
    let mut one = vec![0; 384];
    one[383] = 1;
    let mut almost_n = n.clone();
    almost_n[383] -= 1; // n is odd
    let signatures: Vec<(&str, Vec<u8>)> = vec![
        ("empty", Vec::new()),
        ("0", vec![0; 384]),
        // 0, 1 and n - 1 are their own powers: what they "sign" is 0, 1 and n - 1.
        ("1", one),
        ("n - 1", almost_n),
        ("n", n),
        ("all ones", vec![0xff; 384]),
        ("without the last byte", right[..383].to_vec()),
        ("without the first byte", right[1..].to_vec()),
        ("a zero behind", [&right[..], &[0]].concat()),
        ("a zero in front", [&[0], &right[..]].concat()),
        ("twice", [&right[..], &right].concat()),
        ("backwards", right.iter().rev().copied().collect()),
        ("of a key of 2048 bits", vec![7; 256]),
        ("as long as an ES256 signature", right[..64].to_vec()),
        ("4 KiB", vec![7; 4096]),
    ];
    let mut cases: Vec<_> = signatures
        .into_iter()
        .map(|(name, bytes)| {
            let token = format!("{header}.{claims}.{}", encode(&bytes));
            (name.to_owned(), token)
        })
        .collect();
    for bit in [0, 1, 1_535, 3_064, 3_071] {
        let mut flipped = right.clone();
        flipped[bit / 8] ^= 0x80 >> (bit % 8);
        let token = format!("{header}.{claims}.{}", encode(&flipped));
        cases.push((format!("bit {bit} flipped"), token));
    }
    assert_eq!(cases.len(), 20);
    forge.refuses(&cases);
}

#[test]
fn a_signature_of_another_key_is_refused() {
    let (forge, p256) = (forge(), Forge::new());
    let message = message(&forge, "RS256");
    let other = RsaKeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
    let admin = forge.claims.with("sub", r#""admin""#);
    let token = forge.token();
    let [header, _, signature] = segments(&token);
    let admin = encode(admin.json().as_bytes());
    let cases = [
        (
            "another RSA key",
            signed(&other, &RSA_PKCS1_SHA256, &message),
        ),
        ("a P-256 key", p256.sign_text(&message)),
        (
            "a P-256 key that says so",
            p256.sign_header(&p256.header.with("kid", forge.header.raw("kid"))),
        ),
        ("of other claims", format!("{header}.{admin}.{signature}")),
    ];
    forge.refuses(&cases.map(|(name, token)| (name.to_owned(), token)));
}
