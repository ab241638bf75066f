//! Public keys, as they verify and as they are named.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
    VerificationAlgorithm,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::rsa::RsaNumbers;
use super::{Jwk, SigningAlgorithm};

/// A public key that verifies access tokens.
///
/// ```
/// use portcullis::token::SigningKey;
///
/// let key = SigningKey::generate()?;
/// let public = key.public();
/// assert_eq!(public.to_jwk().kid, public.kid());
/// # Ok::<(), portcullis::token::KeyFailed>(())
/// ```
#[derive(Debug, Clone)]
pub struct VerifyingKey {
    kid: Box<str>,
    algorithm: SigningAlgorithm,
    /// On P-256 the uncompressed point: `0x04`, then 32 bytes of x and 32 of y. Of Ed25519 32 bytes.
    /// Of RSA an `RSAPublicKey` in DER (RFC 8017 §A.1.1).
    bytes: Box<[u8]>,
}

impl VerifyingKey {
    pub(super) fn read(algorithm: SigningAlgorithm, bytes: &[u8]) -> Option<Self> {
        // RFC 7638 §3.2: the required members, in alphabetical order, without spaces.
        let named = match algorithm {
            SigningAlgorithm::Es256 => {
                let (x, y) = coordinates(bytes)?;
                format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#)
            }
            SigningAlgorithm::EdDsa => {
                let x = (bytes.len() == 32).then(|| URL_SAFE_NO_PAD.encode(bytes))?;
                format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#)
            }
            SigningAlgorithm::Rs256 => {
                let (n, e) = RsaNumbers::read(bytes)?.encoded();
                format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#)
            }
        };
        Some(Self {
            kid: URL_SAFE_NO_PAD
                .encode(digest(&SHA256, named.as_bytes()))
                .into(),
            algorithm,
            bytes: bytes.into(),
        })
    }

    /// The key's identifier: its thumbprint (RFC 7638), 43 characters.
    ///
    /// ```
    /// use portcullis::token::SigningKey;
    ///
    /// let key = SigningKey::generate()?;
    /// assert_eq!(key.public().kid().len(), 43);
    /// # Ok::<(), portcullis::token::KeyFailed>(())
    /// ```
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The one algorithm that the key is for.
    ///
    /// ```
    /// use portcullis::token::{SigningAlgorithm, SigningKey};
    ///
    /// let key = SigningKey::generate()?;
    /// assert_eq!(key.public().algorithm(), SigningAlgorithm::Es256);
    /// # Ok::<(), portcullis::token::KeyFailed>(())
    /// ```
    pub fn algorithm(&self) -> SigningAlgorithm {
        self.algorithm
    }

    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let algorithm: &'static dyn VerificationAlgorithm = match self.algorithm {
            SigningAlgorithm::Es256 => &ECDSA_P256_SHA256_FIXED,
            SigningAlgorithm::EdDsa => &ED25519,
            SigningAlgorithm::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
        };
        UnparsedPublicKey::new(algorithm, &self.bytes)
            .verify(message, signature)
            .is_ok()
    }

    /// The key as a JWK.
    ///
    /// ```
    /// use portcullis::token::SigningKey;
    ///
    /// let jwk = serde_json::to_value(SigningKey::generate()?.public().to_jwk())?;
    /// assert_eq!((&jwk["kty"], &jwk["crv"]), (&"EC".into(), &"P-256".into()));
    /// assert!(jwk.get("d").is_none()); // the private half stays here
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_jwk(&self) -> Jwk {
        let mut jwk = Jwk {
            kty: "",
            crv: None,
            x: None,
            y: None,
            n: None,
            e: None,
            kid: self.kid.to_string(),
            alg: self.algorithm.name(),
            usage: "sig",
        };
        match self.algorithm {
            SigningAlgorithm::Es256 => {
                (jwk.kty, jwk.crv) = ("EC", Some("P-256"));
                (jwk.x, jwk.y) = coordinates(&self.bytes).unzip();
            }
            SigningAlgorithm::EdDsa => {
                (jwk.kty, jwk.crv) = ("OKP", Some("Ed25519"));
                jwk.x = Some(URL_SAFE_NO_PAD.encode(&self.bytes));
            }
            SigningAlgorithm::Rs256 => {
                jwk.kty = "RSA";
                (jwk.n, jwk.e) = RsaNumbers::read(&self.bytes)
                    .map(|numbers| numbers.encoded())
                    .unzip();
            }
        }
        jwk
    }
}

fn coordinates(point: &[u8]) -> Option<(String, String)> {
    let (&form, rest) = point.split_first()?;
    let (x, y) = rest.split_at_checked(32)?;
    (form == 4 && y.len() == 32).then(|| (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key, its thumbprint, a token and its signature: RFC 8037, appendix A.
    #[test]
    fn rfc_8037_appendix_a_key_thumbprint_and_signature() {
        let bytes = |text| URL_SAFE_NO_PAD.decode(text).unwrap();
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        let key = VerifyingKey::read(SigningAlgorithm::EdDsa, &bytes(x)).unwrap();
        assert_eq!(key.kid(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        assert_eq!(
            serde_json::to_value(key.to_jwk()).unwrap(),
            serde_json::json!({
                "kty": "OKP", "crv": "Ed25519", "x": x, "kid": key.kid(), "alg": "EdDSA", "use": "sig"
            })
        );
        let message = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
        let signature = bytes(
            "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
        );
        assert!(key.verifies(message, &signature));
        assert!(!key.verifies(&message[1..], &signature));
    }

    #[test]
    fn bytes_that_are_no_key_are_refused() {
        for (algorithm, length) in [
            (SigningAlgorithm::Es256, 64),
            (SigningAlgorithm::Es256, 65), // not 4 in front
            (SigningAlgorithm::Es256, 0),
            (SigningAlgorithm::EdDsa, 31),
            (SigningAlgorithm::EdDsa, 33),
            (SigningAlgorithm::Rs256, 0),
            (SigningAlgorithm::Rs256, 256),
        ] {
            assert!(VerifyingKey::read(algorithm, &vec![0; length]).is_none());
        }
    }
}
