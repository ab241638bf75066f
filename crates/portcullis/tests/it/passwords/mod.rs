//! What may be chosen as a password: NIST SP 800-63B-4 §3.1.1.2 (rows N1 to N17, N21), ASVS 5.0 §6.1
//! and §6.2. Over HTTP the same is asked at every place where a password is chosen.

mod breached;
mod context;
mod known;
mod length;
mod property;

use portcullis::password::{PasswordContext, PasswordPolicy, PasswordRefused};
use portcullis::secret::Password;

/// What the default policy says of `text`, for nobody in particular.
fn check(text: &str) -> Result<(), PasswordRefused> {
    PasswordPolicy::default().check(&Password::new(text), &PasswordContext::default())
}

/// The reason for which the default policy refuses `text`.
fn reason(text: &str) -> Option<&'static str> {
    check(text).err().map(PasswordRefused::reason)
}
