//! Signing with what is stored: as a key, as the key that opens the keys, as a shared secret.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use portcullis::token::{SealedKey, SealingKey, SigningKey};
use serde_json::{Value, json};

use super::Deployment;
use super::loot::{Loot, hex};

/// PKCS#8 of a P-256 key before its 32 bytes, without the public key.
const P256: &[u8] = b"\x30\x41\x02\x01\x00\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\
    \x2a\x86\x48\xce\x3d\x03\x01\x07\x04\x27\x30\x25\x02\x01\x01\x04\x20";

pub(super) fn nothing_signs(deployment: &Deployment, loot: &Loot) {
    let sealed = sealed(deployment);
    let kid = &sealed.kid;
    for value in &loot.values {
        assert!(!holds_key(value, kid), "a key in the clear");
        assert!(!opens(value, &sealed), "{} opens the keys", hex(value));
        shared_secret(deployment, value, kid);
    }
    nor_does_what_is_made_of_it(deployment, kid);

    // What the search is held against: it finds the key where it is.
    let own = deployment.folder.path().join("portcullis.key");
    let own = std::fs::read_to_string(own).unwrap();
    let own = SealingKey::from_base64(own.trim()).unwrap();
    let key = own.open(&sealed).unwrap();
    assert!(holds_key(&key.to_pkcs8().unwrap(), kid));
    let bytes = STANDARD.decode(&*own.to_base64()).unwrap();
    assert!(opens(&[b"before", &*bytes, b"behind"].concat(), &sealed));
}

/// The one key there is, as it lies in the database.
fn sealed(deployment: &Deployment) -> SealedKey {
    let blob = match deployment.database {
        crate::shell::Database::Sqlite(_) => "hex(sealed)",
        crate::shell::Database::Postgres(_) => "encode(sealed, 'hex')",
    };
    let row = format!("SELECT kid, {blob} FROM signing_keys;");
    let row = deployment.database.run(&row);
    let (kid, blob) = row.trim().split_once('|').unwrap();
    assert_eq!(kid, deployment.kid());
    let byte = |at| u8::from_str_radix(&blob[at..at + 2], 16).unwrap();
    SealedKey {
        kid: kid.to_owned(),
        sealed: (0..blob.len()).step_by(2).map(byte).collect(),
        created_at: jiff::Timestamp::UNIX_EPOCH,
        signs_from: jiff::Timestamp::UNIX_EPOCH,
        retires_at: None,
    }
}

/// Whether 32 bytes of it in a row are the private key.
fn holds_key(value: &[u8], kid: &str) -> bool {
    let is_kid = |key: SigningKey| key.public().kid() == kid;
    value.windows(32).any(|window| {
        let key = SigningKey::from_pkcs8(&[P256, window].concat());
        key.is_ok_and(is_kid)
    }) || SigningKey::from_pkcs8(value).is_ok_and(is_kid)
}

/// Whether 32 bytes of it in a row open the sealed key.
fn opens(value: &[u8], sealed: &SealedKey) -> bool {
    value.windows(32).any(|window| {
        let key = SealingKey::from_base64(&STANDARD.encode(window)).unwrap();
        key.open(sealed).is_ok()
    })
}

/// The claims of the session, as a thief can read them from its row.
fn claims(deployment: &Deployment) -> Value {
    let encoded = deployment.access.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(encoded).unwrap()).unwrap()
}

fn unsigned(deployment: &Deployment, algorithm: &str, kid: &str) -> String {
    let header = json!({ "typ": "at+jwt", "alg": algorithm, "kid": kid });
    let parts = [header, claims(deployment)];
    parts
        .map(|part| URL_SAFE_NO_PAD.encode(part.to_string()))
        .join(".")
}

/// A JWT under the value as a shared secret.
fn shared_secret(deployment: &Deployment, secret: &[u8], kid: &str) {
    for (name, algorithm) in [("HS256", hmac::HMAC_SHA256), ("ES256", hmac::HMAC_SHA512)] {
        let signed = unsigned(deployment, name, kid);
        let tag = hmac::sign(&hmac::Key::new(algorithm, secret), signed.as_bytes());
        is_refused(
            deployment,
            &format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag)),
        );
    }
}

/// A key of the thief's own, and none at all.
fn nor_does_what_is_made_of_it(deployment: &Deployment, kid: &str) {
    is_refused(deployment, &(unsigned(deployment, "none", kid) + "."));
    let zeros = URL_SAFE_NO_PAD.encode([0; 64]);
    is_refused(
        deployment,
        &format!("{}.{zeros}", unsigned(deployment, "ES256", kid)),
    );
}

fn is_refused(deployment: &Deployment, token: &str) {
    let server = &deployment.server;
    server.me(token).refuses(401, "invalid_token");
    let revoked = server.post("/revoke", &[("token", token)], &[]);
    assert_eq!(revoked.status, 200, "it tells nothing");
}
