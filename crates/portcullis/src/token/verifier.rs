//! Verifying access tokens (RFC 9068 §4, RFC 8725).

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use quick_cache::sync::Cache;
use serde_json::Value;

use super::key_ring::Keys;
use super::{Claims, KeyRing, TYPE, VerifyingKey};
use crate::strict_json::read_object;

/// The token is not one of ours, or no longer valid. Why is not told: every bad token gets the same
/// answer.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # fn main() -> Outcome {
/// # let (keys, _) = keys_and_token()?;
/// use portcullis::token::{InvalidToken, TokenVerifier};
///
/// let verifier = TokenVerifier::new(keys, "https://login".into(), "https://api".into());
/// assert_eq!(verifier.verify("abc", 0), Err(InvalidToken));
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the access token is not valid")]
pub struct InvalidToken;

/// Verifies access tokens, and remembers those that were right.
///
/// A signature costs some 35 µs to verify, a digest less than one: a token that was verified is
/// remembered by its SHA-256 until it expires, in bounded memory. Only what cannot change is
/// remembered; expiry is asked every time, and so is, by the caller, the user. When the keys change,
/// every token is verified anew.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # fn main() -> Outcome {
/// # let (keys, token) = keys_and_token()?;
/// use portcullis::token::TokenVerifier;
///
/// let verifier = TokenVerifier::new(keys, "https://login".into(), "https://api".into());
/// assert_eq!(verifier.verify(&token, 899)?.subject, "4f9x2");
/// assert!(verifier.verify(&token, 900).is_err()); // expired
/// # Ok(()) }
/// ```
pub struct TokenVerifier {
    keys: Arc<KeyRing>,
    issuer: Arc<str>,
    audience: Arc<str>,
    leeway_seconds: u32,
    verified: Cache<[u8; 32], Verified>,
}

/// What a token said, and with which keys that was found out.
#[derive(Clone)]
struct Verified {
    claims: Arc<Claims>,
    /// When its key verifies no more.
    key_ends_at: i64,
    /// Of the keys.
    generation: u64,
}

impl TokenVerifier {
    /// Longest token that is looked at, in bytes.
    pub const MAX_BYTES: usize = 8 * 1024;
    /// How many verified tokens are remembered, some 400 bytes each.
    const REMEMBERED: usize = 32 * 1024;

    /// A verifier of tokens that `issuer` signed with one of `keys` for `audience`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # fn main() -> Outcome {
    /// # let (keys, token) = keys_and_token()?;
    /// use portcullis::token::TokenVerifier;
    ///
    /// let another_api = TokenVerifier::new(keys, "https://login".into(), "https://other".into());
    /// assert!(another_api.verify(&token, 0).is_err()); // the token is for https://api
    /// # Ok(()) }
    /// ```
    pub fn new(keys: Vec<VerifyingKey>, issuer: Arc<str>, audience: Arc<str>) -> Self {
        Self::of_ring(Arc::new(KeyRing::of_public(keys)), issuer, audience)
    }

    /// A verifier of tokens that `issuer` signed for `audience` with a key that `keys` holds at the
    /// time.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # fn main() -> Outcome {
    /// # let now = jiff::Timestamp::UNIX_EPOCH;
    /// use std::sync::Arc;
    ///
    /// use portcullis::token::{KeyRing, SigningKey, TokenVerifier};
    ///
    /// let ring = Arc::new(KeyRing::of(SigningKey::generate()?));
    /// let verifier = TokenVerifier::of_ring(ring.clone(), "https://a".into(), "https://a".into());
    /// ring.replace(Vec::new());
    /// assert!(verifier.keys(now).is_empty());
    /// # Ok(()) }
    /// ```
    pub fn of_ring(keys: Arc<KeyRing>, issuer: Arc<str>, audience: Arc<str>) -> Self {
        Self {
            keys,
            issuer,
            audience,
            leeway_seconds: 0,
            verified: Cache::new(Self::REMEMBERED),
        }
    }

    /// Accepts a token for up to `seconds` after it expired, for a machine whose clock is not the
    /// issuer's. At most 60.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # fn main() -> Outcome {
    /// # let (keys, token) = keys_and_token()?;
    /// use portcullis::token::TokenVerifier;
    ///
    /// let verifier = TokenVerifier::new(keys, "https://login".into(), "https://api".into()).leeway(30);
    /// assert!(verifier.verify(&token, 929).is_ok());
    /// assert!(verifier.verify(&token, 930).is_err());
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn leeway(mut self, seconds: u32) -> Self {
        self.leeway_seconds = seconds.min(60);
        self
    }

    /// The public keys that verify at `now`.
    ///
    /// ```
    /// use portcullis::token::{SigningKey, TokenVerifier, VerifyingKey};
    ///
    /// let (old, new) = (SigningKey::generate()?, SigningKey::generate()?);
    /// let both = vec![old.public().clone(), new.public().clone()];
    /// let verifier = TokenVerifier::new(both, "https://login".into(), "https://api".into());
    /// let keys = verifier.keys(jiff::Timestamp::UNIX_EPOCH);
    /// let names: Vec<_> = keys.iter().map(VerifyingKey::kid).collect();
    /// assert_eq!(names, [old.public().kid(), new.public().kid()]);
    /// # Ok::<(), portcullis::token::KeyFailed>(())
    /// ```
    pub fn keys(&self, now: Timestamp) -> Vec<VerifyingKey> {
        self.keys.published(now)
    }

    /// Verifies a token at `now`, in seconds since the Unix epoch.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # fn main() -> Outcome {
    /// # let (keys, token) = keys_and_token()?;
    /// use portcullis::token::TokenVerifier;
    ///
    /// let verifier = TokenVerifier::new(keys, "https://login".into(), "https://api".into());
    /// assert!(verifier.verify(&token, 60)?.scopes.contains("items:read"));
    /// let (unsigned, _signature) = token.rsplit_once('.').ok_or("no JWT")?;
    /// assert!(verifier.verify(&format!("{unsigned}."), 60).is_err());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`InvalidToken`], whatever was wrong.
    pub fn verify(&self, token: &str, now: i64) -> Result<Arc<Claims>, InvalidToken> {
        if token.len() > Self::MAX_BYTES {
            return Err(InvalidToken);
        }
        let mut name = [0; 32];
        name.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        let generation = self.keys.generation();
        match self.verified.get(&name) {
            Some(known) if known.generation == generation => {
                if self.is_fresh(&known.claims, now) && now < known.key_ends_at {
                    return Ok(known.claims);
                }
                self.verified.remove(&name);
                return Err(InvalidToken);
            }
            // Found out with other keys: forgotten, and found out anew.
            Some(_) => drop(self.verified.remove(&name)),
            None => {}
        }
        let verified = self.verify_unseen(token, now).ok_or(InvalidToken)?;
        let claims = Arc::clone(&verified.claims);
        self.verified.insert(name, verified);
        Ok(claims)
    }

    fn is_fresh(&self, claims: &Claims, now: i64) -> bool {
        now < claims
            .expires_at
            .saturating_add(i64::from(self.leeway_seconds))
    }

    fn verify_unseen(&self, token: &str, now: i64) -> Option<Verified> {
        let (message, signature) = token.rsplit_once('.')?;
        let (header, payload) = message.split_once('.')?;
        // A fourth part would stand in `payload`, where base64url has no dot.
        let keys = self.keys.present();
        let (key, key_ends_at) = key_of(&keys, &URL_SAFE_NO_PAD.decode(header).ok()?, now)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        if !key.verifies(message.as_bytes(), &signature) {
            return None;
        }
        // Only signed bytes are read from here on.
        let members = read_object(&URL_SAFE_NO_PAD.decode(payload).ok()?)?;
        let claims = Claims::read(&members)?;
        let fits = *claims.issuer == *self.issuer
            && self.is_in_audience(members.get("aud")?)
            && self.has_begun(members.get("nbf"), now)
            && self.is_fresh(&claims, now);
        fits.then(|| Verified {
            claims: Arc::new(claims),
            key_ends_at,
            generation: keys.generation,
        })
    }

    fn is_in_audience(&self, aud: &Value) -> bool {
        match aud {
            Value::String(one) => **one == *self.audience,
            Value::Array(several) => {
                several.iter().all(Value::is_string)
                    && several.iter().any(|one| one == &*self.audience)
            }
            _ => false,
        }
    }

    fn has_begun(&self, not_before: Option<&Value>, now: i64) -> bool {
        match not_before {
            None => true,
            Some(value) => value
                .as_i64()
                .is_some_and(|start| start <= now.saturating_add(i64::from(self.leeway_seconds))),
        }
    }
}

/// The key that the header names, if the header is exactly one that we would write. A member nobody
/// knows (`crit`, `jku`, `x5u`, `jwk`, `zip` …) is refused, whatever it says.
fn key_of<'a>(keys: &'a Keys, header: &[u8], now: i64) -> Option<(&'a VerifyingKey, i64)> {
    let mut members = read_object(header)?;
    let mut take = |name: &str| match members.remove(name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    };
    let (typ, alg, kid) = (take("typ")?, take("alg")?, take("kid")?);
    // RFC 9068 §4: `typ` may carry the prefix, and is a media type, so its case is free.
    let typ = typ.to_ascii_lowercase();
    if typ.strip_prefix("application/").unwrap_or(&typ) != TYPE || !members.is_empty() {
        return None;
    }
    let found = keys.find(&kid, now)?;
    // RFC 8725 §3.1: the key says which algorithm, and the header must agree.
    (found.0.algorithm().name() == alg).then_some(found)
}

#[cfg(test)]
#[path = "verifier_tests.rs"]
mod tests;
