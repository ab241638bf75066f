//! What may be chosen as a password (NIST SP 800-63B-4 §3.1.1.2, ASVS 5.0 §6.2).

use std::sync::Arc;

use super::context::{host_words, word};
use super::derived::is_obvious;
use super::known::KnownPasswords;
use super::refused::{ContextWord, PasswordRefused};
use super::{PasswordContext, fold, normalised, without_marks};
use crate::secret::Password;

/// Words that everybody would try, at whatever service. Published: `docs/passwords.md`, and
/// [`PasswordPolicy::words`].
const WORDS: [&str; 11] = [
    "account",
    "admin",
    "administrator",
    "login",
    "passphrase",
    "password",
    "portcullis",
    "root",
    "secret",
    "user",
    "welcome",
];

/// What may be chosen as a password. No composition rules: any character, any mixture.
///
/// A password has at least 15 characters (Unicode code points, in normalisation form C), is not longer
/// than 1,024 bytes, is not on the list of known passwords that is inside the program
/// ([`KnownPasswords`]) nor obviously made of one, and is not made of what is known of its owner and the
/// service alone. It costs microseconds and no memory; cloning costs nothing.
///
/// ```
/// use portcullis::password::{PasswordContext, PasswordPolicy};
/// use portcullis::secret::Password;
///
/// let policy = PasswordPolicy::default().with_words(["Acme"]).with_issuer("https://id.acme.example");
/// let john = PasswordContext::of("johndoe");
/// let reason = |text: &str| policy.check(&Password::new(text), &john).err().map(|why| why.reason());
/// assert_eq!(reason("my password is long enough"), None);
/// assert_eq!(reason("Tr0ub4dor&3"), Some("password_too_short"));
/// assert_eq!(reason("iloveyou12345678"), Some("password_known"));
/// assert_eq!(reason("johndoe at acme 2026"), None);
/// assert_eq!(reason("johndoe.acme.2026"), Some("password_context"));
/// ```
#[derive(Debug, Clone)]
pub struct PasswordPolicy {
    min_code_points: usize,
    words: Arc<[String]>,
    length_alone: bool,
}

impl Default for PasswordPolicy {
    /// 15 characters: what NIST asks of a password that is the only factor.
    fn default() -> Self {
        Self {
            min_code_points: 15,
            words: WORDS.map(str::to_owned).into(),
            length_alone: false,
        }
    }
}

impl PasswordPolicy {
    /// Asks for at least so many characters: 8, where the password is always one of two factors.
    ///
    /// ```
    /// use portcullis::password::{PasswordContext, PasswordPolicy};
    /// use portcullis::secret::Password;
    ///
    /// let beside_a_second_factor = PasswordPolicy::default().with_min_code_points(8);
    /// let nobody = PasswordContext::default();
    /// assert!(beside_a_second_factor.check(&Password::new("blue boat"), &nobody).is_ok());
    /// assert!(beside_a_second_factor.check(&Password::new("swordfish"), &nobody).is_err()); // known
    /// ```
    #[must_use]
    pub fn with_min_code_points(mut self, least: usize) -> Self {
        self.min_code_points = least;
        self
    }

    /// Adds words of the service, such as its name: what is made of them alone is no password.
    ///
    /// ```
    /// use portcullis::password::{PasswordContext, PasswordPolicy};
    /// use portcullis::secret::Password;
    ///
    /// let policy = PasswordPolicy::default().with_words(["Acme Rockets"]);
    /// let nobody = PasswordContext::default();
    /// assert!(policy.check(&Password::new("acme-rockets-2026"), &nobody).is_err());
    /// ```
    #[must_use]
    pub fn with_words<W: AsRef<str>>(mut self, words: impl IntoIterator<Item = W>) -> Self {
        let more: Vec<String> = words
            .into_iter()
            .filter_map(|text| word(text.as_ref()))
            .collect();
        self.add(more);
        self
    }

    /// Adds the names in the address of the service.
    ///
    /// ```
    /// use portcullis::password::PasswordPolicy;
    ///
    /// let policy = PasswordPolicy::default().with_issuer("https://id.acme.example:8443/auth");
    /// assert!(policy.words().any(|word| word == "acme"));
    /// ```
    #[must_use]
    pub fn with_issuer(mut self, issuer: &str) -> Self {
        let rest = issuer.split_once("://").map_or(issuer, |(_, rest)| rest);
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = match authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => authority,
        };
        self.add(host_words(host));
        self
    }

    fn add(&mut self, more: Vec<String>) {
        let mut words = self.words.to_vec();
        words.extend(more);
        words.sort_unstable();
        words.dedup();
        self.words = words.into();
    }

    /// Asks for nothing but the length, so that passwords are accepted that are tried first: for tests
    /// and demonstrations.
    ///
    /// ```
    /// use portcullis::password::{PasswordContext, PasswordPolicy};
    /// use portcullis::secret::Password;
    ///
    /// let policy = PasswordPolicy::default().with_min_code_points(1).dangerous_length_alone();
    /// assert!(policy.check(&Password::new("secret"), &PasswordContext::default()).is_ok());
    /// ```
    #[must_use]
    pub fn dangerous_length_alone(mut self) -> Self {
        self.length_alone = true;
        self
    }

    /// Fewest characters, counted as Unicode code points of the NFC form.
    ///
    /// ```
    /// assert_eq!(portcullis::password::PasswordPolicy::default().min_code_points(), 15);
    /// ```
    pub fn min_code_points(&self) -> usize {
        self.min_code_points
    }

    /// The words of the service, as they are compared: in small letters, without spaces and
    /// marks. ASVS 6.1.2 asks for them to be published.
    ///
    /// ```
    /// let policy = portcullis::password::PasswordPolicy::default();
    /// assert!(policy.words().any(|word| word == "portcullis"));
    /// ```
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(String::as_str)
    }

    /// What to tell somebody who is about to choose a password.
    ///
    /// ```
    /// let advice = portcullis::password::PasswordPolicy::default().advice();
    /// assert!(advice.starts_with("At least 15 characters"));
    /// ```
    pub fn advice(&self) -> String {
        format!(
            "At least {} characters; any will do, spaces too. A few words that do not belong together \
             are easy to remember and hard to guess. Passwords that are known, and names of yours or of \
             this service, are refused.",
            self.min_code_points
        )
    }

    /// Says whether `password` may be chosen by whoever `context` is about.
    ///
    /// ```
    /// use portcullis::password::{PasswordContext, PasswordPolicy};
    /// use portcullis::secret::Password;
    ///
    /// let (policy, nobody) = (PasswordPolicy::default(), PasswordContext::default());
    /// assert!(policy.check(&Password::new("correct horse battery staple"), &nobody).is_ok());
    /// assert!(policy.check(&Password::new("Tr0ub4dor&3"), &nobody).is_err()); // short, for all its signs
    /// assert!(policy.check(&Password::new("passwordpassword"), &nobody).is_err());
    /// ```
    ///
    /// # Errors
    /// [`PasswordRefused`] with the reason.
    pub fn check(
        &self,
        password: &Password,
        context: &PasswordContext<'_>,
    ) -> Result<(), PasswordRefused> {
        self.check_length(password)?;
        if self.length_alone {
            return Ok(());
        }
        let folded = fold(password.expose());
        let joined = without_marks(&folded);
        if is_obvious(&folded, &joined, KnownPasswords::holds) {
            return Err(PasswordRefused::Known);
        }
        let whose = context.makes(&joined, &self.words);
        whose.map_or(Ok(()), |of: ContextWord| {
            Err(PasswordRefused::Context { of })
        })
    }

    fn check_length(&self, password: &Password) -> Result<(), PasswordRefused> {
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
