//! JWTs of whatever header and claims, signed by a key that the test holds.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use portcullis::token::SigningKey;
use serde_json::{Value, json};

/// A key that signs anything.
pub(super) struct Forge(EcdsaKeyPair);

impl Forge {
    pub(super) fn of(key: &SigningKey) -> Self {
        let der = key.to_pkcs8().unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der);
        Self(pair.unwrap())
    }

    pub(super) fn sign(&self, header: &Value, claims: &Value) -> String {
        let signed = unsigned(header, claims);
        let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes());
        let signature = URL_SAFE_NO_PAD.encode(signature.unwrap());
        format!("{signed}.{signature}")
    }
}

pub(super) fn unsigned(header: &Value, claims: &Value) -> String {
    let encoded = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    encoded.join(".")
}

/// `object` with another member. `null` takes it away.
pub(super) fn with(object: &Value, name: &str, value: Value) -> Value {
    let mut object = object.clone();
    let members = object.as_object_mut().unwrap();
    if value == json!(null) {
        members.remove(name);
    } else {
        members.insert(name.to_owned(), value);
    }
    object
}
