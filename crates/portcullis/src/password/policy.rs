//! What may be chosen as a password (NIST SP 800-63B-4 §3.1.1.2).

use super::normalised;
use crate::secret::Password;

/// What may be chosen as a password. No composition rules: any character, any mixture.
///
/// ```
/// use portcullis::{password::PasswordPolicy, secret::Password};
///
/// let beside_a_second_factor = PasswordPolicy { min_code_points: 8 };
/// assert!(beside_a_second_factor.check(&Password::new("swordfish")).is_ok());
/// assert!(PasswordPolicy::default().check(&Password::new("swordfish")).is_err());
/// ```
#[derive(Debug, Clone, Copy)]
pub struct PasswordPolicy {
    /// Fewest characters, counted as Unicode code points of the NFC form.
    pub min_code_points: usize,
}

impl Default for PasswordPolicy {
    /// 15 characters: what NIST asks of a password that is the only factor.
    fn default() -> Self {
        Self {
            min_code_points: 15,
        }
    }
}

/// Why a password may not be chosen.
///
/// ```
/// use portcullis::password::{PasswordPolicy, PasswordRefused};
/// use portcullis::secret::Password;
///
/// let refused = PasswordPolicy::default().check(&Password::new("swordfish"));
/// assert_eq!(refused, Err(PasswordRefused::TooShort { actual: 9, least: 15 }));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefused {
    /// Too few characters.
    #[error(
        "the password has {actual} characters; choose at least {least} (a few words in a row are easy to remember)"
    )]
    TooShort {
        /// How many it has.
        actual: usize,
        /// How many it needs.
        least: usize,
    },
    /// Too many bytes.
    #[error("the password is longer than 1,024 bytes")]
    TooLong,
}

impl PasswordPolicy {
    /// Says whether `password` may be chosen.
    ///
    /// ```
    /// use portcullis::{password::PasswordPolicy, secret::Password};
    ///
    /// let policy = PasswordPolicy::default();
    /// assert!(policy.check(&Password::new("correct horse battery staple")).is_ok());
    /// assert!(policy.check(&Password::new("Tr0ub4dor&3")).is_err()); // short, for all its signs
    /// ```
    ///
    /// # Errors
    /// [`PasswordRefused`] with the reason.
    pub fn check(&self, password: &Password) -> Result<(), PasswordRefused> {
        if password.expose().len() > Password::MAX_BYTES {
            return Err(PasswordRefused::TooLong);
        }
        let nfc = normalised(password);
        // Some characters grow when they are normalised.
        if nfc.len() > Password::MAX_BYTES {
            return Err(PasswordRefused::TooLong);
        }
        let actual = nfc.chars().count();
        if actual < self.min_code_points {
            return Err(PasswordRefused::TooShort {
                actual,
                least: self.min_code_points,
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<(), PasswordRefused> {
        PasswordPolicy::default().check(&Password::new(text))
    }

    #[test]
    fn length_is_counted_in_code_points_of_the_nfc_form() {
        assert!(check(&"😀".repeat(15)).is_ok());
        assert!(matches!(
            check(&"😀".repeat(14)),
            Err(PasswordRefused::TooShort {
                actual: 14,
                least: 15
            })
        ));
        // e + combining acute is one character after NFC.
        assert!(check(&"e\u{301}".repeat(14)).is_err());
        assert!(check(&"e\u{301}".repeat(15)).is_ok());
    }

    #[test]
    fn nothing_is_asked_of_the_mixture() {
        for good in [
            "correct horse battery staple",
            "пароль-длинный-пароль",
            "'; DROP TABLE users; --",
            "                    ",
        ] {
            assert!(check(good).is_ok(), "{good:?}");
        }
    }

    #[test]
    fn the_cap_holds_before_and_after_normalising() {
        assert_eq!(check(&"a".repeat(1025)), Err(PasswordRefused::TooLong));
        assert!(check(&"a".repeat(1024)).is_ok());
        // U+FB1D (3 bytes) becomes two code points of 2 bytes each.
        assert_eq!(
            check(&"\u{fb1d}".repeat(341)),
            Err(PasswordRefused::TooLong)
        );
    }
}
