//! A forger who has the signing key itself: what is refused here is refused for what it says, not for
//! its signature.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use portcullis::auth::AuthBuilder;
use portcullis::token::SigningKey;
use portcullis::user::User;
use serde_json::Value;

use super::dialogue::app;
use crate::fixture::{House, bearer, part, send};

const INVALID: &str = r#"{"detail":"Could not validate credentials","error":"invalid_token"}"#;

pub(super) struct Forge {
    pub(super) house: House,
    key: EcdsaKeyPair,
    /// A token of johndoe's, as the house issued it.
    pub(super) genuine: String,
}

pub(super) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Forge {
    pub(super) async fn new() -> Self {
        Self::built(|builder| builder).await
    }

    pub(super) async fn built(with: impl FnOnce(AuthBuilder<User>) -> AuthBuilder<User>) -> Self {
        let der = SigningKey::generate().unwrap().to_pkcs8().unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der).unwrap();
        let ours = SigningKey::from_pkcs8(&der).unwrap();
        let house = House::built(|auth| with(auth.signing_key(ours))).await;
        let genuine = house.johndoe().await;
        let forge = Self {
            house,
            key,
            genuine,
        };
        // What is signed here is believed, as long as it says what the house would.
        forge
            .is_accepted("the template", &forge.claiming(|_| ()))
            .await;
        forge
    }

    pub(super) fn header(&self) -> Value {
        part(&self.genuine, 0)
    }

    pub(super) fn claims(&self) -> Value {
        part(&self.genuine, 1)
    }

    /// Signs whatever stands before the last dot.
    pub(super) fn sign(&self, message: &str) -> String {
        let signature = self.key.sign(&SystemRandom::new(), message.as_bytes());
        format!("{message}.{}", encode(signature.unwrap()))
    }

    pub(super) fn sign_bytes(&self, header: &[u8], claims: &[u8]) -> String {
        self.sign(&format!("{}.{}", encode(header), encode(claims)))
    }

    /// The genuine token with another header.
    pub(super) fn headed(&self, change: impl FnOnce(&mut Value)) -> String {
        let mut header = self.header();
        change(&mut header);
        self.headed_raw(&header.to_string())
    }

    pub(super) fn headed_raw(&self, header: &str) -> String {
        self.sign_bytes(header.as_bytes(), self.claims().to_string().as_bytes())
    }

    /// The genuine token with other claims.
    pub(super) fn claiming(&self, change: impl FnOnce(&mut Value)) -> String {
        let mut claims = self.claims();
        change(&mut claims);
        self.claiming_raw(&claims.to_string())
    }

    pub(super) fn claiming_raw(&self, claims: &str) -> String {
        self.sign_bytes(self.header().to_string().as_bytes(), claims.as_bytes())
    }

    pub(super) fn public_key(&self) -> Vec<u8> {
        use aws_lc_rs::signature::KeyPair;

        self.key.public_key().as_ref().to_vec()
    }

    pub(super) async fn is_accepted(&self, name: &str, token: &str) {
        let answer = send(&app(&self.house), bearer("/users/me", token)).await;
        assert_eq!(answer.status, 200, "{name}: {}", answer.text());
        assert_eq!(answer.json()["username"], "johndoe", "{name}");
    }

    /// Refused with the bytes of every bad token, twice: what was refused is not remembered as right.
    pub(super) async fn is_refused(&self, name: &str, token: &str) {
        for time in ["first", "second"] {
            let answer = send(&app(&self.house), bearer("/users/me", token)).await;
            assert_eq!(
                (answer.status, answer.text()),
                (401, INVALID),
                "{name}, {time}"
            );
            let challenge = answer.header("www-authenticate");
            assert_eq!(challenge, Some(r#"Bearer error="invalid_token""#), "{name}");
        }
    }
}
