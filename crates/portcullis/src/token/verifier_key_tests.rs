//! Signatures: of other keys, of other algorithms, of nobody.

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm,
};
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::token::SigningAlgorithm;

/// DER of a `SubjectPublicKeyInfo` on P-256, up to the point (RFC 5480 §2).
const SPKI_PREFIX: &[u8] = &[
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// The public key in every form in which a confused verifier may take it for a shared secret.
fn public_key_as_secret(key: &SigningKey) -> Vec<(&'static str, Vec<u8>)> {
    let jwk = key.public().to_jwk();
    let x = URL_SAFE_NO_PAD.decode(jwk.x.clone().unwrap()).unwrap();
    let y = URL_SAFE_NO_PAD.decode(jwk.y.clone().unwrap()).unwrap();
    let coordinates = [x.clone(), y].concat();
    let point = [&[4][..], &coordinates].concat();
    let der = [SPKI_PREFIX, &point].concat();
    let body = STANDARD.encode(&der);
    let lines: Vec<_> = body
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    let pem = format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----",
        lines.join("\n")
    );
    vec![
        ("point", point.clone()),
        ("coordinates", coordinates),
        ("x", x),
        ("x in base64url", jwk.x.clone().unwrap().into_bytes()),
        ("point in base64url", encode(&point).into_bytes()),
        ("DER", der),
        ("base64 of DER", body.into_bytes()),
        ("PEM with a line end", format!("{pem}\n").into_bytes()),
        ("PEM", pem.into_bytes()),
        ("JWK", serde_json::to_vec(&jwk).unwrap()),
        ("kid", jwk.kid.into_bytes()),
        ("nothing", Vec::new()),
    ]
}

#[test]
fn rfc_8725_s2_1_the_public_key_is_not_a_shared_secret() {
    let forge = Forge::new();
    let mut cases = Vec::new();
    for (alg, algorithm) in [
        ("HS256", hmac::HMAC_SHA256),
        ("HS384", hmac::HMAC_SHA384),
        ("HS512", hmac::HMAC_SHA512),
        ("ES256", hmac::HMAC_SHA256),
        // 64 bytes: as long as an ES256 signature.
        ("ES256 by SHA-512", hmac::HMAC_SHA512),
    ] {
        let named = alg.split(' ').next().unwrap();
        let header = forge.header.with("alg", &quoted(named));
        let message = format!(
            "{}.{}",
            encode(header.json().as_bytes()),
            encode(forge.claims.json().as_bytes())
        );
        for (form, secret) in public_key_as_secret(&forge.key) {
            let tag = hmac::sign(&hmac::Key::new(algorithm, &secret), message.as_bytes());
            cases.push((
                format!("{alg} under {form}"),
                format!("{message}.{}", encode(tag.as_ref())),
            ));
        }
    }
    assert_eq!(cases.len(), 60);
    forge.refuses(&cases);
}

fn signed_by(
    pkcs8: Option<&[u8]>,
    algorithm: &'static EcdsaSigningAlgorithm,
    message: &str,
) -> String {
    let pair = match pkcs8 {
        Some(der) => EcdsaKeyPair::from_pkcs8(algorithm, der).unwrap(),
        None => EcdsaKeyPair::generate(algorithm).unwrap(),
    };
    let signature = pair.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
    format!("{message}.{}", encode(signature.as_ref()))
}

#[test]
fn a_signature_of_another_key_or_form_is_refused() {
    let forge = Forge::new();
    let other = Forge::new();
    let token = forge.token();
    let message = token.rsplit_once('.').unwrap().0;
    let der = forge.key.to_pkcs8().unwrap();
    let mut cases = vec![
        // A key of another issuer, perhaps of this same program elsewhere.
        ("other key, other kid", other.token()),
        (
            "other key, our kid",
            other.sign(&forge.header, &forge.claims),
        ),
        (
            "our key, other kid",
            forge.sign(&other.header, &forge.claims),
        ),
        (
            "our key, DER signature",
            signed_by(Some(&der), &ECDSA_P256_SHA256_ASN1_SIGNING, message),
        ),
        (
            "other P-384 key",
            signed_by(None, &ECDSA_P384_SHA384_FIXED_SIGNING, message),
        ),
    ];
    let [header, claims, signature] = segments(&token);
    let es384 = forge.header.with("alg", r#""ES384""#);
    let message = format!("{}.{claims}", encode(es384.json().as_bytes()));
    cases.push((
        "ES384, truly",
        signed_by(None, &ECDSA_P384_SHA384_FIXED_SIGNING, &message),
    ));
    let admin = forge.claims.with("sub", r#""admin""#);
    let admin = encode(admin.json().as_bytes());
    cases.push((
        "signature of other claims",
        format!("{header}.{admin}.{signature}"),
    ));
    cases.push(("signature of the claims alone", {
        let alone = forge.sign_text(claims);
        format!("{header}.{claims}.{}", alone.rsplit_once('.').unwrap().1)
    }));
    cases.push((
        "header and claims exchanged",
        forge.sign_text(&format!("{claims}.{header}")),
    ));
    let cases: Vec<_> = cases
        .into_iter()
        .map(|(name, token)| (name.to_owned(), token))
        .collect();
    assert_eq!(cases.len(), 9);
    forge.refuses(&cases);
    assert!(
        other.verify(&other.token()).is_ok(),
        "the other's own verifier takes it"
    );
}

#[test]
fn signatures_of_nobody_are_refused() {
    let forge = Forge::new();
    let token = forge.token();
    let [header, claims, signature] = segments(&token);
    let right = URL_SAFE_NO_PAD.decode(signature).unwrap();
    // The order of P-256: r and s must lie between 1 and it.
    let order = [
        0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc,
        0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ];
    let (r, s) = right.split_at(32);
    let mut one = [0; 32];
    one[31] = 1;
    let signatures: Vec<(&str, Vec<u8>)> = vec![
        ("empty", Vec::new()),
        // CVE-2022-21449.
        ("r = s = 0", vec![0; 64]),
        ("r = 0", [&[0; 32], s].concat()),
        ("s = 0", [r, &[0; 32]].concat()),
        ("r = s = 1", [one, one].concat()),
        ("r = s = the order", [order, order].concat()),
        ("r = the order", [&order[..], s].concat()),
        ("all ones", vec![0xff; 64]),
        ("63 bytes", right[..63].to_vec()),
        ("63 bytes, without the first", right[1..].to_vec()),
        ("65 bytes", [&right[..], &[0]].concat()),
        ("65 bytes, a zero first", [&[0], &right[..]].concat()),
        ("twice", [&right[..], &right].concat()),
        ("s and r exchanged", [s, r].concat()),
        ("a byte", vec![1]),
        ("4 KiB", vec![7; 4096]),
    ];
    let cases: Vec<_> = signatures
        .into_iter()
        .map(|(name, bytes)| {
            (
                name.to_owned(),
                format!("{header}.{claims}.{}", encode(&bytes)),
            )
        })
        .collect();
    assert_eq!(cases.len(), 16);
    forge.refuses(&cases);
}

#[test]
fn of_several_keys_each_verifies_its_own() {
    let (old, new, foreign) = (Forge::new(), Forge::new(), Forge::new());
    let keys = vec![new.key.public().clone(), old.key.public().clone()];
    let both = TokenVerifier::new(keys, ISSUER.into(), AUDIENCE.into());
    assert!(both.verify(&old.token(), NOW).is_ok());
    assert!(both.verify(&new.token(), NOW).is_ok());
    assert!(both.verify(&foreign.token(), NOW).is_err());
    assert!(both.verify(&old.sign_header(&new.header), NOW).is_err());
    let none = TokenVerifier::new(Vec::new(), ISSUER.into(), AUDIENCE.into());
    assert!(none.verify(&old.token(), NOW).is_err());
}

#[test]
fn rfc_8725_s3_1_a_key_is_for_one_algorithm() {
    let p256 = Forge::new();
    let ed25519 = SigningKey::generate_for(SigningAlgorithm::EdDsa).unwrap();
    let rsa = SigningKey::generate_for(SigningAlgorithm::Rs256).unwrap();
    let keys = [&p256.key, &ed25519, &rsa].map(|key| key.public().clone());
    let keys = keys.to_vec();
    let all = TokenVerifier::new(keys, ISSUER.into(), AUDIENCE.into());
    let kid = |key: &SigningKey| quoted(key.public().kid());
    for (alg, key, fine) in [
        ("ES256", &p256.key, true),
        ("EdDSA", &ed25519, true),
        ("RS256", &rsa, true),
        ("EdDSA", &p256.key, false),
        ("RS256", &p256.key, false),
        ("ES256", &ed25519, false),
        ("RS256", &ed25519, false),
        ("ES256", &rsa, false),
        ("EdDSA", &rsa, false),
        // RFC 9864's name for it, which we do not write.
        ("Ed25519", &ed25519, false),
        ("eddsa", &ed25519, false),
    ] {
        let header = p256.header.with("alg", &quoted(alg)).with("kid", &kid(key));
        let message = format!(
            "{}.{}",
            encode(header.json().as_bytes()),
            encode(p256.claims.json().as_bytes())
        );
        let signature = key.sign(message.as_bytes()).unwrap();
        let token = format!("{message}.{}", encode(signature.as_ref()));
        let of = key.public().algorithm();
        assert_eq!(all.verify(&token, NOW).is_ok(), fine, "{alg} of {of}");
    }
    for other in [&ed25519, &rsa] {
        let other_kid = p256.header.with("kid", &kid(other));
        assert!(all.verify(&p256.sign_header(&other_kid), NOW).is_err());
        let as_theirs = other_kid.with("alg", &quoted(other.public().algorithm().name()));
        assert!(all.verify(&p256.sign_header(&as_theirs), NOW).is_err());
    }
}
