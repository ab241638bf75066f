//! A user's e-mail address.

/// An e-mail address: one `@`, a local part and a host name, and nothing that could break a mail's
/// header. Kept as written. Whether it is somebody's is shown by a mail, not by its form.
///
/// ```
/// use portcullis::user::EmailAddress;
///
/// assert!(EmailAddress::parse("johndoe@example.com").is_ok());
/// assert!(EmailAddress::parse("a@x, b@y").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailAddress(Box<str>);

/// The text cannot be an e-mail address.
///
/// ```
/// use portcullis::user::{EmailAddress, InvalidEmailAddress};
///
/// assert_eq!(EmailAddress::parse("johndoe").err(), Some(InvalidEmailAddress));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an e-mail address is like name@example.com")]
pub struct InvalidEmailAddress;

impl EmailAddress {
    /// The longest address, in bytes (RFC 5321 §4.5.3.1.3, without the angle brackets).
    pub const MAX_BYTES: usize = 254;

    /// Reads an address.
    ///
    /// ```
    /// use portcullis::user::EmailAddress;
    ///
    /// assert!(EmailAddress::parse("first.last+tag@example.com").is_ok());
    /// assert!(EmailAddress::parse("a@b\r\nBcc: c@d").is_err());
    /// ```
    ///
    /// # Errors
    /// [`InvalidEmailAddress`].
    pub fn parse(written: &str) -> Result<Self, InvalidEmailAddress> {
        let (local, host) = written.split_once('@').ok_or(InvalidEmailAddress)?;
        let plain = |letter: char| {
            !letter.is_whitespace() && !letter.is_control() && !",;:<>()[]\"\\".contains(letter)
        };
        let labels_fit = host.split('.').all(|label| {
            !label.is_empty()
                && label
                    .chars()
                    .all(|letter| letter.is_alphanumeric() || letter == '-')
        });
        let fits = written.len() <= Self::MAX_BYTES
            && !local.is_empty()
            && local.chars().all(plain)
            && labels_fit;
        fits.then(|| Self(written.into()))
            .ok_or(InvalidEmailAddress)
    }

    /// The address as written.
    ///
    /// ```
    /// use portcullis::user::EmailAddress;
    ///
    /// let address = EmailAddress::parse("JohnDoe@example.com")?;
    /// assert_eq!(address.as_str(), "JohnDoe@example.com");
    /// # Ok::<(), portcullis::user::InvalidEmailAddress>(())
    /// ```
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form by which it is unique and found.
    pub fn canonical(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}
