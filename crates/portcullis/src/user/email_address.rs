//! A user's e-mail address.

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_security::GeneralSecurityProfile;

/// An e-mail address: a local part, `@` and a host name, and nothing that could break a mail's header
/// or send it somewhere else. Whether it is somebody's is shown by a mail, not by its form.
///
/// It is kept as written, and a mail goes to what is kept. It is compared in canonical form: the local
/// part in NFC with small ASCII letters, the host as DNS has it, in small letters and punycode (UTS 46).
/// Letters outside ASCII keep their case, and lose no accent: `mıke@example.org` is not `mike`'s.
///
/// ```
/// use portcullis::user::EmailAddress;
///
/// let address = EmailAddress::parse("John.Doe@Bücher.example")?;
/// assert_eq!(address.canonical(), "john.doe@xn--bcher-kva.example");
/// assert!(EmailAddress::parse("a@x, b@y").is_err());
/// # Ok::<(), portcullis::user::InvalidEmailAddress>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailAddress {
    written: Box<str>,
    canonical: Box<str>,
}

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
    /// The longest address, in bytes, as written and in canonical form (RFC 5321 §4.5.3.1.3, without
    /// the angle brackets).
    pub const MAX_BYTES: usize = 254;
    /// The longest local part, in bytes (RFC 5321 §4.5.3.1.1).
    const MAX_LOCAL_BYTES: usize = 64;
    /// What a local part has besides letters, digits and dots: RFC 5322's `atext` but `%` and `!`, which
    /// some mail servers take for the way to another one (`victim%example.org@relay`).
    const LOCAL_PUNCTUATION: &str = "#$&'*+-/=?^_`{|}~";

    /// Reads an address.
    ///
    /// Quoted local parts, IP addresses for hosts, a dot at the end, and what DNS could not hold are
    /// refused.
    ///
    /// ```
    /// use portcullis::user::EmailAddress;
    ///
    /// assert!(EmailAddress::parse("first.last+tag@example.com").is_ok());
    /// assert!(EmailAddress::parse("a@b\r\nBcc: c@d").is_err());
    /// assert!(EmailAddress::parse("a@[127.0.0.1]").is_err());
    /// ```
    ///
    /// # Errors
    /// [`InvalidEmailAddress`].
    pub fn parse(written: &str) -> Result<Self, InvalidEmailAddress> {
        if written.len() > Self::MAX_BYTES {
            return Err(InvalidEmailAddress);
        }
        let (local, host) = written.split_once('@').ok_or(InvalidEmailAddress)?;
        let mut canonical = canonical_local(local)?;
        canonical.push('@');
        canonical.push_str(&canonical_host(host)?);
        if canonical.len() > Self::MAX_BYTES {
            return Err(InvalidEmailAddress);
        }
        Ok(Self {
            written: written.into(),
            canonical: canonical.into(),
        })
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
        &self.written
    }

    /// The form by which it is unique and found. Of an ASCII address it is the same in small letters.
    ///
    /// ```
    /// use portcullis::user::EmailAddress;
    ///
    /// let typed = EmailAddress::parse("A@X.ORG")?;
    /// assert_eq!(typed.canonical(), "a@x.org");
    /// let turkish = EmailAddress::parse("mıke@example.org")?;
    /// assert_ne!(turkish.canonical(), "mike@example.org");
    /// # Ok::<(), portcullis::user::InvalidEmailAddress>(())
    /// ```
    pub fn canonical(&self) -> &str {
        &self.canonical
    }
}

/// The hyphen, and the dots that UTS 46 knows.
const HOST_PUNCTUATION: &str = "-.\u{3002}\u{ff0e}\u{ff61}";

fn canonical_local(local: &str) -> Result<String, InvalidEmailAddress> {
    // Twice: NFC makes a capital `K` of the Kelvin sign, and a small `t` may take up a mark that the
    // capital could not.
    let composed: String = local.nfc().collect();
    let canonical: String = composed.to_ascii_lowercase().nfc().collect();
    // Outside ASCII, identifier letters: nothing invisible, nothing that turns the writing round.
    let fits = |letter: char| {
        if letter.is_ascii() {
            letter.is_ascii_alphanumeric() || EmailAddress::LOCAL_PUNCTUATION.contains(letter)
        } else {
            letter.identifier_allowed()
        }
    };
    let atoms_fit = canonical
        .split('.')
        .all(|atom| !atom.is_empty() && atom.chars().all(fits));
    let lengths_fit = local.len().max(canonical.len()) <= EmailAddress::MAX_LOCAL_BYTES;
    (atoms_fit && lengths_fit)
        .then_some(canonical)
        .ok_or(InvalidEmailAddress)
}

fn canonical_host(host: &str) -> Result<String, InvalidEmailAddress> {
    // UTS 46 drops what is invisible; what is kept as written must not hold it.
    let visible = |letter: char| {
        letter.is_alphanumeric() || is_combining_mark(letter) || HOST_PUNCTUATION.contains(letter)
    };
    if !host.chars().all(visible) {
        return Err(InvalidEmailAddress);
    }
    let ascii = Uts46::new()
        .to_ascii(
            host.as_bytes(),
            AsciiDenyList::STD3,
            Hyphens::Check,
            DnsLength::Verify,
        )
        .map_err(|_| InvalidEmailAddress)?;
    let last = ascii.rsplit('.').next().unwrap_or_default();
    // Where the last label is a number, `getaddrinfo` reads an address: `127.1`, `0x7f000001`.
    let hexadecimal = last
        .strip_prefix("0x")
        .is_some_and(|rest| rest.bytes().all(|digit| digit.is_ascii_hexdigit()));
    if hexadecimal || last.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(InvalidEmailAddress);
    }
    Ok(ascii.into_owned())
}

#[cfg(test)]
#[path = "email_address_tests.rs"]
mod tests;
