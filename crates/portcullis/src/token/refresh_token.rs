//! Refresh tokens: opaque, 256 bits of secret, kept by the store as digests alone (RFC 6749 §1.5,
//! §10.4, §10.10).
//!
//! A token is the session's id, a secret of the family that all its tokens share, and a secret of
//! its own. The family's secret shows that a token that is not the present one was once ours: a
//! replay. Only its digest is stored, so neither a thief of the database nor somebody who merely saw
//! the session's id in an access token can feign a replay and end the session.
//!
//! The successor is derived from the presented token and a salt that lies in the session's row until
//! the successor is used or the time to retry is over: so a retry yields the same successor, while
//! without the presented token the database is worth nothing, and without the salt neither is a token
//! that was stolen after it was spent.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::{Zeroize, Zeroizing};

use crate::secret::{NoRandomness, random_bytes};

/// SHA-256 of a secret of 128 bits or more: what a store keeps of it.
///
/// ```
/// use portcullis::token::{RefreshToken, TokenDigest};
///
/// let token = RefreshToken::first("22-character-session-A")?;
/// let kept: TokenDigest = token.digest();
/// assert_eq!(kept, TokenDigest::from_bytes(*kept.as_bytes()));
/// # Ok::<(), portcullis::secret::NoRandomness>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenDigest([u8; 32]);

impl TokenDigest {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut kept = [0; 32];
        kept.copy_from_slice(digest(&SHA256, bytes).as_ref());
        Self(kept)
    }

    /// A digest that a store kept.
    ///
    /// ```
    /// let digest = portcullis::token::TokenDigest::from_bytes([7; 32]);
    /// assert_eq!(digest.as_bytes(), &[7; 32]);
    /// ```
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    ///
    /// ```
    /// let digest = portcullis::token::TokenDigest::from_bytes([7; 32]);
    /// assert_eq!(digest.as_bytes().len(), 32);
    /// ```
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// What, with the presented token, makes its successor. Worth nothing alone.
///
/// ```
/// use portcullis::token::Salt;
///
/// let salt = Salt::random()?;
/// assert_eq!(salt, Salt::from_bytes(*salt.as_bytes()));
/// # Ok::<(), portcullis::secret::NoRandomness>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt([u8; 32]);

impl std::fmt::Debug for Salt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Salt(…)")
    }
}

impl Salt {
    /// A new one.
    ///
    /// ```
    /// use portcullis::token::Salt;
    ///
    /// assert_ne!(Salt::random()?, Salt::random()?);
    /// # Ok::<(), portcullis::secret::NoRandomness>(())
    /// ```
    ///
    /// # Errors
    /// [`NoRandomness`] when the operating system's source fails.
    pub fn random() -> Result<Self, NoRandomness> {
        random_bytes().map(Self)
    }

    /// One that a store kept.
    ///
    /// ```
    /// let salt = portcullis::token::Salt::from_bytes([7; 32]);
    /// assert_eq!(salt.as_bytes(), &[7; 32]);
    /// ```
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    ///
    /// ```
    /// let salt = portcullis::token::Salt::from_bytes([7; 32]);
    /// assert_eq!(salt.as_bytes().len(), 32);
    /// ```
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// A refresh token.
///
/// ```
/// use portcullis::token::{RefreshToken, Salt};
///
/// let first = RefreshToken::first("22-character-session-A")?;
/// let salt = Salt::random()?;
/// // Made twice of the same, it is the same.
/// assert_eq!(*first.successor(&salt).text(), *first.successor(&salt).text());
/// let read = RefreshToken::parse(&first.text());
/// assert_eq!(read.map(|token| token.digest()), Some(first.digest()));
/// # Ok::<(), portcullis::secret::NoRandomness>(())
/// ```
#[derive(Clone)]
pub struct RefreshToken {
    session: String,
    family: [u8; 16],
    secret: [u8; 32],
}

impl std::fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RefreshToken(…)")
    }
}

impl Drop for RefreshToken {
    fn drop(&mut self) {
        self.family.zeroize();
        self.secret.zeroize();
    }
}

impl RefreshToken {
    /// Length of a session's id, in characters: 128 bits in base64url.
    const SESSION: usize = 22;
    /// Length of both secrets, in characters.
    const SECRETS: usize = 64;

    /// The first token of a session, whose id has 22 characters ([`random_id`]).
    ///
    /// [`random_id`]: crate::secret::random_id
    ///
    /// ```
    /// let token = portcullis::token::RefreshToken::first("22-character-session-A")?;
    /// assert_eq!(token.text().len(), 86);
    /// # Ok::<(), portcullis::secret::NoRandomness>(())
    /// ```
    ///
    /// # Errors
    /// [`NoRandomness`] when the operating system's source fails.
    pub fn first(session: &str) -> Result<Self, NoRandomness> {
        Ok(Self {
            session: session.to_owned(),
            family: random_bytes()?,
            secret: random_bytes()?,
        })
    }

    /// Reads what a client presents. `None` for anything that was never a token: another length,
    /// another alphabet, spare bits.
    ///
    /// ```
    /// assert!(portcullis::token::RefreshToken::parse("nonsense").is_none());
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != Self::SESSION + Self::SECRETS || !text.is_ascii() {
            return None;
        }
        let (session, secrets) = text.split_at(Self::SESSION);
        let mut bytes = Zeroizing::new([0; 48]);
        let length = URL_SAFE_NO_PAD
            .decode_slice(secrets, bytes.as_mut_slice())
            .ok()?;
        if length != bytes.len() || URL_SAFE_NO_PAD.decode(session).ok()?.len() != 16 {
            return None;
        }
        let (family, secret) = bytes.split_first_chunk()?;
        Some(Self {
            session: session.to_owned(),
            family: *family,
            secret: secret.try_into().ok()?,
        })
    }

    /// The token as it is sent.
    ///
    /// ```
    /// let token = portcullis::token::RefreshToken::first("22-character-session-A")?;
    /// assert!(token.text().starts_with("22-character-session-A"));
    /// # Ok::<(), portcullis::secret::NoRandomness>(())
    /// ```
    pub fn text(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new([0; 48]);
        let (family, secret) = bytes.split_at_mut(16);
        family.copy_from_slice(&self.family);
        secret.copy_from_slice(&self.secret);
        let mut text = Zeroizing::new(String::with_capacity(Self::SESSION + Self::SECRETS));
        text.push_str(&self.session);
        URL_SAFE_NO_PAD.encode_string(bytes.as_slice(), &mut text);
        text
    }

    /// The session it belongs to.
    ///
    /// ```
    /// let token = portcullis::token::RefreshToken::first("22-character-session-A")?;
    /// assert_eq!(token.session(), "22-character-session-A");
    /// # Ok::<(), portcullis::secret::NoRandomness>(())
    /// ```
    pub fn session(&self) -> &str {
        &self.session
    }

    /// What is kept of the token.
    ///
    /// ```
    /// let token = portcullis::token::RefreshToken::first("22-character-session-A")?;
    /// assert_ne!(token.digest(), token.family_digest());
    /// # Ok::<(), portcullis::secret::NoRandomness>(())
    /// ```
    pub fn digest(&self) -> TokenDigest {
        TokenDigest::of(&self.secret)
    }

    /// What is kept of the family's secret.
    ///
    /// ```
    /// use portcullis::token::{RefreshToken, Salt};
    ///
    /// let token = RefreshToken::first("22-character-session-A")?;
    /// let next = token.successor(&Salt::random()?);
    /// assert_eq!(token.family_digest(), next.family_digest());
    /// # Ok::<(), portcullis::secret::NoRandomness>(())
    /// ```
    pub fn family_digest(&self) -> TokenDigest {
        TokenDigest::of(&self.family)
    }

    /// The token that takes this one's place: HMAC-SHA-256 under its secret, of the salt.
    ///
    /// ```
    /// use portcullis::token::{RefreshToken, Salt};
    ///
    /// let token = RefreshToken::first("22-character-session-A")?;
    /// let salt = Salt::random()?;
    /// assert_eq!(token.successor(&salt).digest(), token.successor(&salt).digest());
    /// # Ok::<(), portcullis::secret::NoRandomness>(())
    /// ```
    #[must_use]
    pub fn successor(&self, salt: &Salt) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.secret);
        let tag = hmac::sign(&key, &salt.0);
        let mut secret = [0; 32];
        secret.copy_from_slice(tag.as_ref());
        Self {
            session: self.session.clone(),
            family: self.family,
            secret,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::random_id;

    #[test]
    fn every_prefix_extension_and_other_letter_is_no_such_token() {
        let token = RefreshToken::first(&random_id().unwrap()).unwrap();
        let text = token.text();
        let same = |text: &str| {
            RefreshToken::parse(text).is_some_and(|read| {
                read.session == token.session
                    && read.digest() == token.digest()
                    && read.family_digest() == token.family_digest()
            })
        };
        assert!(same(&text));
        for end in 0..text.len() {
            assert!(!same(&text[..end]), "{end}");
        }
        for more in ["A", "=", ".", " ", "\n", "AAAA", "\u{e9}"] {
            assert!(!same(&format!("{}{more}", *text)), "{more:?}");
            assert!(!same(&format!("{more}{}", *text)), "{more:?}");
        }
        for at in 0..text.len() {
            for letter in ["A", "B", "_", "+", "/", "=", " "] {
                let mut other = text.to_string();
                other.replace_range(at..=at, letter);
                assert_eq!(same(&other), other == *text, "{at} {letter}");
            }
        }
    }

    #[test]
    fn a_digest_tells_neither_the_token_nor_its_successor() {
        let token = RefreshToken::first(&random_id().unwrap()).unwrap();
        let salt = Salt::random().unwrap();
        let next = token.successor(&salt);
        assert_ne!(next.digest(), token.digest());
        // What lies in the database, taken for the secret, leads nowhere.
        let from_database = RefreshToken {
            session: token.session.clone(),
            family: token.family,
            secret: *token.digest().as_bytes(),
        };
        assert_ne!(from_database.successor(&salt).digest(), next.digest());
        let other_salt = Salt::random().unwrap();
        assert_ne!(token.successor(&other_salt).digest(), next.digest());
    }

    #[test]
    fn it_prints_nothing() {
        let token = RefreshToken::first(&random_id().unwrap()).unwrap();
        assert_eq!(format!("{token:?}"), "RefreshToken(…)");
        assert_eq!(format!("{:?}", Salt::random().unwrap()), "Salt(…)");
    }
}
