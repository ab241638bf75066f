//! Access tokens: JWTs by RFC 9068, signed with ES256, or with Ed25519 or RS256 if chosen.
//!
//! Pure functions over bytes and times: nothing here waits, and nothing asks a store. Whether the
//! token's user still exists, and whether its epoch is still the user's, is asked afterwards, by
//! [`extract`](crate::extract).
//!
//! ```
//! # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
//! # fn main() -> Outcome {
//! # let (keys, token) = keys_and_token()?;
//! use portcullis::token::{InvalidToken, TokenVerifier};
//!
//! // In a service that only knows the public keys:
//! let verifier = TokenVerifier::new(keys, "https://login".into(), "https://api".into());
//! assert_eq!(verifier.verify(&token, 60)?.subject, "4f9x2");
//! assert_eq!(verifier.verify("abc", 60), Err(InvalidToken));
//! # Ok(()) }
//! ```

mod algorithm;
mod claims;
mod issuer;
mod jwk;
mod key;
mod key_ring;
mod one_time;
mod refresh_token;
mod rsa;
mod seal;
mod verifier;
mod verifying_key;

pub use algorithm::SigningAlgorithm;
pub use claims::{Claims, Epoch};
pub use issuer::{Grant, Issued, NotIssued, TokenIssuer};
pub use jwk::{Jwk, JwkSet};
pub use key::{KeyFailed, SigningKey};
pub use key_ring::{KeyRing, ScheduledKey};
pub use one_time::{OneTimeToken, Purpose};
pub use refresh_token::{RefreshToken, Salt, TokenDigest};
pub use seal::{SealedKey, SealingKey, SealingKeys};
pub use verifier::{InvalidToken, TokenVerifier};
pub use verifying_key::VerifyingKey;

/// The media type of an access token, as its `typ` header says it (RFC 9068 §2.1).
const TYPE: &str = "at+jwt";
