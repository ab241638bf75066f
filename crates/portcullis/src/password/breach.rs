//! What is asked of a list of stolen passwords, and what its answer says.
//!
//! The list is asked for everything that begins as the password's SHA-1 does (five of forty digits), and
//! the rest is compared here: whoever keeps the list does not learn which password was meant, nor whether
//! it was on it.

use std::fmt;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use zeroize::Zeroizing;

use super::normalised;
use crate::secret::Password;

/// Digits that the list is told.
const TOLD: usize = 5;
/// Digits that it is not.
const KEPT: usize = 35;

/// The first five digits of a password's SHA-1, in capitals. About one password in a million begins so.
///
/// ```
/// use portcullis::password::BreachQuestion;
/// use portcullis::secret::Password;
///
/// let question = BreachQuestion::of(&Password::new("passwordpassword"));
/// assert_eq!(question.prefix().as_str(), "476E2");
/// ```
#[derive(Clone)]
pub struct HashPrefix(String);

impl HashPrefix {
    /// The five digits, as they stand at the end of the address that is asked.
    ///
    /// ```
    /// # use portcullis::{password::BreachQuestion, secret::Password};
    /// let question = BreachQuestion::of(&Password::new("twelve yellow umbrellas"));
    /// let address = format!("https://list.example/range/{}", question.prefix().as_str());
    /// assert_eq!(address.len(), "https://list.example/range/".len() + 5);
    /// ```
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for HashPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// Whether one password is on a list of stolen ones, asked without telling the password.
///
/// ```
/// use portcullis::password::BreachQuestion;
/// use portcullis::secret::Password;
///
/// let question = BreachQuestion::of(&Password::new("passwordpassword"));
/// // The list's answer: what its entries with this prefix end in, and how often each was seen.
/// let answer = "0018A45C4D1DEF81644B54AB7F969B88D65:1\r\nAFC50B9A2E51B0B1A2B3C4D5E6F70819293:0\r\n";
/// assert!(!question.is_in(answer)?);
/// # Ok::<(), portcullis::password::MalformedRange>(())
/// ```
pub struct BreachQuestion {
    prefix: HashPrefix,
    rest: Zeroizing<String>,
}

impl BreachQuestion {
    /// The question for `password`, in normalisation form C.
    ///
    /// ```
    /// # use portcullis::{password::BreachQuestion, secret::Password};
    /// let question = BreachQuestion::of(&Password::new("twelve yellow umbrellas"));
    /// assert_eq!(format!("{question:?}"), "BreachQuestion(…)");
    /// ```
    pub fn of(password: &Password) -> Self {
        let text = Zeroizing::new(normalised(password).into_owned());
        let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes());
        let mut digits = Zeroizing::new(String::with_capacity(TOLD + KEPT));
        for byte in hash.as_ref() {
            for half in [byte >> 4, byte & 15] {
                digits.extend(char::from_digit(half.into(), 16));
            }
        }
        digits.make_ascii_uppercase();
        let (prefix, rest) = digits.split_at_checked(TOLD).unwrap_or_default();
        Self {
            prefix: HashPrefix(prefix.to_owned()),
            rest: Zeroizing::new(rest.to_owned()),
        }
    }

    /// What the list may be told.
    ///
    /// ```
    /// # use portcullis::{password::BreachQuestion, secret::Password};
    /// let question = BreachQuestion::of(&Password::new("twelve yellow umbrellas"));
    /// assert_eq!(question.prefix().as_str().len(), 5);
    /// ```
    pub fn prefix(&self) -> &HashPrefix {
        &self.prefix
    }

    /// Whether the password is in `answer`: lines of 35 digits, a colon, and how often the password was
    /// seen. A line with 0 is there only so that answers are of one length.
    ///
    /// ```
    /// # use portcullis::{password::BreachQuestion, secret::Password};
    /// let question = BreachQuestion::of(&Password::new("twelve yellow umbrellas"));
    /// assert!(question.is_in("<html>Please sign in").is_err());
    /// ```
    ///
    /// # Errors
    /// [`MalformedRange`] if it is no such answer.
    pub fn is_in(&self, answer: &str) -> Result<bool, MalformedRange> {
        let mut found = false;
        let lines = answer.lines().filter(|line| !line.trim().is_empty());
        for line in lines {
            let (digits, times) = line.trim().split_once(':').ok_or(MalformedRange)?;
            let are_digits = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
            if digits.len() != KEPT || !are_digits {
                return Err(MalformedRange);
            }
            let times: u64 = times.parse().map_err(|_| MalformedRange)?;
            found |= times > 0 && digits.eq_ignore_ascii_case(&self.rest);
        }
        Ok(found)
    }
}

impl fmt::Debug for BreachQuestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BreachQuestion(…)")
    }
}

/// What was answered is not an answer of a list of stolen passwords.
///
/// ```
/// let text = portcullis::password::MalformedRange.to_string();
/// assert!(text.contains("not an answer"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what was answered is not an answer of a list of stolen passwords")]
pub struct MalformedRange;
