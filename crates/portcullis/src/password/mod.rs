//! Passwords: what may be chosen, how they are hashed, which foreign hashes are understood.
//!
//! Nothing here waits or spawns: the pool that runs these functions is
//! [`account::HashingPool`](crate::account::HashingPool).
//!
//! ```
//! # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
//! # fn main() -> Outcome {
//! use portcullis::password::{Hasher, PasswordContext, PasswordPolicy, Verdict};
//! use portcullis::secret::Password;
//!
//! let chosen = Password::new("correct horse battery staple");
//! PasswordPolicy::default().check(&chosen, &PasswordContext::of("johndoe"))?;
//! let mut hasher = Hasher::new(cheap())?;
//! let stored = hasher.hash(&chosen)?;
//! assert_eq!(hasher.verify(&chosen, &stored), Verdict::Right { outdated: false });
//! # Ok(()) }
//! ```

mod breach;
mod context;
mod cost;
mod derived;
mod hash;
mod known;
mod phc;
mod policy;
mod refused;
mod stored;

pub use breach::{BreachQuestion, HashPrefix, MalformedRange};
pub use context::PasswordContext;
pub(crate) use cost::HashCost;
pub use hash::{Argon2Parameters, Hasher, HashingFailed, Verdict};
pub use known::KnownPasswords;
pub use policy::PasswordPolicy;
pub use refused::{ContextWord, PasswordRefused};
pub use stored::PasswordHash;

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use zeroize::Zeroizing;

use crate::secret::Password;

/// The password in Unicode normalisation form C, the form that is hashed (NIST SP 800-63B-4
/// §3.1.1.2). NFC and not NFKC: `ℌ` and `H` stay two letters.
fn normalised(password: &Password) -> Cow<'_, str> {
    let text = password.expose();
    if is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.nfc().collect())
}

/// What a password is compared as: in NFC, and, where that differs, as it was sent, because a hash
/// that was made elsewhere may have been made without normalising.
fn candidates(password: &Password) -> impl Iterator<Item = Zeroizing<String>> {
    let nfc = normalised(password).into_owned();
    let as_sent = (nfc != password.expose()).then(|| password.expose().to_owned());
    std::iter::once(nfc).chain(as_sent).map(Zeroizing::new)
}

/// How often a password is hashed, at most, to compare it.
pub(crate) fn tries(password: &Password) -> u32 {
    candidates(password).fold(0, |tries, _| tries + 1)
}

/// What two texts are compared as where case does not matter: in small letters and in NFC.
fn fold(text: &str) -> Zeroizing<String> {
    let composed: Zeroizing<String> = Zeroizing::new(text.nfc().collect());
    let small = Zeroizing::new(composed.to_lowercase());
    Zeroizing::new(small.nfc().collect())
}

/// `text` without spaces and the marks that ASCII has, such as people put between words.
fn without_marks(text: &str) -> Zeroizing<String> {
    let is_mark = |letter: char| letter.is_ascii_punctuation() || letter.is_whitespace();
    Zeroizing::new(text.chars().filter(|letter| !is_mark(*letter)).collect())
}
