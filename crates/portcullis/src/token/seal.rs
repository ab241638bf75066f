//! Sealing: a signing key lies in the database only encrypted (AES-256-GCM).

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use zeroize::Zeroizing;

use super::key::{KeyFailed, SigningKey};
use crate::secret::{NoRandomness, random_bytes};

/// The key that seals signing keys. It lies outside the database, so that a copy of the database
/// cannot sign.
///
/// ```
/// use portcullis::token::{KeyFailed, SealingKey, SigningKey};
///
/// let (ours, theirs) = (SealingKey::generate()?, SealingKey::generate()?);
/// let sealed = ours.seal(&SigningKey::generate()?, jiff::Timestamp::UNIX_EPOCH)?;
/// assert!(ours.open(&sealed).is_ok());
/// assert_eq!(theirs.open(&sealed).err(), Some(KeyFailed::OtherSeal));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SealingKey(Zeroizing<[u8; 32]>);

impl SealingKey {
    /// Makes a new sealing key.
    ///
    /// ```
    /// use portcullis::token::SealingKey;
    ///
    /// let key = SealingKey::generate()?;
    /// assert_eq!(key.to_base64().len(), 44);
    /// # Ok::<(), portcullis::secret::NoRandomness>(())
    /// ```
    ///
    /// # Errors
    /// [`NoRandomness`].
    pub fn generate() -> Result<Self, NoRandomness> {
        Ok(Self(Zeroizing::new(random_bytes()?)))
    }

    /// Reads 32 bytes in base64, with or without white space around them.
    ///
    /// ```
    /// use portcullis::token::SealingKey;
    ///
    /// assert!(SealingKey::from_base64("TlRWSEVhWnJ6T2x5VmRFTVB4WGZqS3VCc0dtSWNRd0w=\n").is_ok());
    /// assert!(SealingKey::from_base64("a password").is_err());
    /// ```
    ///
    /// # Errors
    /// [`KeyFailed::SealingKey`].
    pub fn from_base64(text: &str) -> Result<Self, KeyFailed> {
        let bytes = Zeroizing::new(
            STANDARD
                .decode(text.trim())
                .map_err(|_| KeyFailed::SealingKey)?,
        );
        let key = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| KeyFailed::SealingKey)?;
        Ok(Self(Zeroizing::new(key)))
    }

    /// The key in base64, to be kept in a file that only its owner can read.
    ///
    /// ```
    /// use portcullis::token::SealingKey;
    ///
    /// let key = SealingKey::generate()?;
    /// let again = SealingKey::from_base64(&key.to_base64())?;
    /// assert_eq!(again.to_base64(), key.to_base64());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_base64(&self) -> Zeroizing<String> {
        Zeroizing::new(STANDARD.encode(*self.0))
    }

    /// Seals a signing key, which signs from the start.
    ///
    /// ```
    /// use portcullis::clock::{Clock, SystemClock};
    /// use portcullis::token::{SealingKey, SigningKey};
    ///
    /// let key = SigningKey::generate()?;
    /// let sealed = SealingKey::generate()?.seal(&key, SystemClock.second())?;
    /// assert_eq!(sealed.kid, key.public().kid());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`KeyFailed`].
    pub fn seal(&self, key: &SigningKey, created_at: Timestamp) -> Result<SealedKey, KeyFailed> {
        let kid = key.public().kid();
        let mut text = key.to_pkcs8()?.to_vec();
        let nonce = self
            .cipher()?
            .seal_in_place_append_tag(associated(kid), &mut text)
            .map_err(|_| KeyFailed::Sealing)?;
        let sealed = nonce.as_ref().iter().copied().chain(text).collect();
        Ok(SealedKey {
            kid: kid.to_owned(),
            sealed,
            created_at,
            signs_from: created_at,
            retires_at: None,
        })
    }

    /// Opens a sealed signing key.
    ///
    /// ```
    /// use portcullis::token::{SealingKey, SigningKey};
    ///
    /// let (sealing, key) = (SealingKey::generate()?, SigningKey::generate()?);
    /// let mut sealed = sealing.seal(&key, jiff::Timestamp::UNIX_EPOCH)?;
    /// assert_eq!(sealing.open(&sealed)?.public().kid(), key.public().kid());
    /// sealed.kid = "another".into();
    /// assert!(sealing.open(&sealed).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`KeyFailed::OtherSeal`] when it was sealed under another key or altered.
    pub fn open(&self, sealed: &SealedKey) -> Result<SigningKey, KeyFailed> {
        let (nonce, text) = sealed
            .sealed
            .split_first_chunk::<12>()
            .ok_or(KeyFailed::OtherSeal)?;
        let mut text = Zeroizing::new(text.to_vec());
        let der = self
            .cipher()?
            .open_in_place(Nonce::from(nonce), associated(&sealed.kid), &mut text)
            .map_err(|_| KeyFailed::OtherSeal)?;
        let key = SigningKey::from_pkcs8(der)?;
        if key.public().kid() == sealed.kid {
            Ok(key)
        } else {
            Err(KeyFailed::OtherSeal)
        }
    }

    fn cipher(&self) -> Result<RandomizedNonceKey, KeyFailed> {
        RandomizedNonceKey::new(&AES_256_GCM, self.0.as_slice()).map_err(|_| KeyFailed::SealingKey)
    }
}

/// The key that seals, and the one that did so before it was exchanged.
///
/// ```
/// use portcullis::token::{SealingKey, SealingKeys, SigningKey};
///
/// let (before, now) = (SealingKey::generate()?, SealingKey::generate()?);
/// let sealed = before.seal(&SigningKey::generate()?, jiff::Timestamp::UNIX_EPOCH)?;
/// let keys = SealingKeys { current: now, previous: Some(before) };
/// assert!(keys.open(&sealed).is_ok());
/// assert!(keys.current.open(&sealed).is_err()); // until it is sealed anew
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct SealingKeys {
    /// Seals, and opens.
    pub current: SealingKey,
    /// Opens what is still sealed under it.
    pub previous: Option<SealingKey>,
}

impl SealingKeys {
    /// Opens a sealed signing key by the current or the previous sealing key.
    ///
    /// ```
    /// use portcullis::token::{KeyFailed, SealingKey, SealingKeys, SigningKey};
    ///
    /// let keys = SealingKeys::from(SealingKey::generate()?);
    /// let sealed = SealingKey::generate()?.seal(&SigningKey::generate()?, jiff::Timestamp::UNIX_EPOCH)?;
    /// assert_eq!(keys.open(&sealed).err(), Some(KeyFailed::OtherSeal));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`KeyFailed::OtherSeal`] when it was sealed under neither, or altered.
    pub fn open(&self, sealed: &SealedKey) -> Result<SigningKey, KeyFailed> {
        self.current.open(sealed).or_else(|failed| {
            let previous = self.previous.as_ref().ok_or(failed)?;
            previous.open(sealed)
        })
    }

    /// The same key under the current sealing key; `None` when it is under that already.
    pub(crate) fn seal_anew(&self, sealed: &SealedKey) -> Result<Option<SealedKey>, KeyFailed> {
        if self.current.open(sealed).is_ok() {
            return Ok(None);
        }
        let anew = self.current.seal(&self.open(sealed)?, sealed.created_at)?;
        Ok(Some(SealedKey {
            sealed: anew.sealed,
            ..sealed.clone()
        }))
    }
}

impl From<SealingKey> for SealingKeys {
    fn from(current: SealingKey) -> Self {
        Self {
            current,
            previous: None,
        }
    }
}

/// Ties a sealed key to its purpose and its identifier.
fn associated(kid: &str) -> Aad<Vec<u8>> {
    Aad::from(format!("portcullis signing key {kid}").into_bytes())
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// A signing key as a store keeps it.
///
/// ```
/// use portcullis::token::{SealedKey, SealingKey, SigningKey};
///
/// let (sealing, key) = (SealingKey::generate()?, SigningKey::generate()?);
/// let stored = sealing.seal(&key, jiff::Timestamp::UNIX_EPOCH)?;
/// // As a store writes its columns, and makes it of them again:
/// let SealedKey { kid, sealed, created_at, signs_from, retires_at } = stored;
/// let read = SealedKey { kid, sealed, created_at, signs_from, retires_at };
/// assert!(sealing.open(&read).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedKey {
    /// The key's identifier.
    pub kid: String,
    /// Nonce (12 bytes), ciphertext, tag (16 bytes).
    pub sealed: Vec<u8>,
    /// When it was made, and published.
    pub created_at: Timestamp,
    /// From when on it signs.
    pub signs_from: Timestamp,
    /// From when on nothing that it signed is accepted; unset while no newer key is there.
    pub retires_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::SigningAlgorithm;

    #[test]
    fn opens_only_under_its_own_key_and_unaltered() {
        let sealing = SealingKey::generate().unwrap();
        let key = SigningKey::generate().unwrap();
        let sealed = sealing.seal(&key, Timestamp::UNIX_EPOCH).unwrap();
        let again = SealingKey::from_base64(&sealing.to_base64()).unwrap();
        assert_eq!(again.open(&sealed).unwrap().public().kid(), sealed.kid);

        let other = SealingKey::generate().unwrap();
        assert_eq!(other.open(&sealed).err(), Some(KeyFailed::OtherSeal));
        for position in 0..sealed.sealed.len() {
            let mut altered = sealed.clone();
            altered.sealed[position] ^= 1;
            assert_eq!(sealing.open(&altered).err(), Some(KeyFailed::OtherSeal));
        }
        let mut renamed = sealed.clone();
        renamed.kid = "another".into();
        assert_eq!(sealing.open(&renamed).err(), Some(KeyFailed::OtherSeal));
    }

    /// What a key is for is said twice, and both under the seal: in its PKCS#8, and in its name, which
    /// is a digest over the key's type too.
    #[test]
    fn a_row_is_never_read_as_a_key_of_another_algorithm() {
        let sealing = SealingKey::generate().unwrap();
        let keys =
            SigningAlgorithm::ALL.map(|algorithm| SigningKey::generate_for(algorithm).unwrap());
        let rows = keys
            .each_ref()
            .map(|key| sealing.seal(key, Timestamp::UNIX_EPOCH).unwrap());
        for (at, row) in rows.iter().enumerate() {
            let opened = sealing.open(row).unwrap();
            assert_eq!(opened.public().algorithm(), SigningAlgorithm::ALL[at]);
            for (other, key) in keys.iter().enumerate().filter(|(other, _)| *other != at) {
                let exchanged = SealedKey {
                    sealed: rows[other].sealed.clone(),
                    ..row.clone()
                };
                assert_eq!(sealing.open(&exchanged).err(), Some(KeyFailed::OtherSeal));
                // Even by who holds the sealing key: the key of one under the name of another.
                let mut text = key.to_pkcs8().unwrap().to_vec();
                let cipher = sealing.cipher().unwrap();
                let nonce = cipher.seal_in_place_append_tag(associated(&row.kid), &mut text);
                let forged = SealedKey {
                    sealed: [&nonce.unwrap().as_ref()[..], &text].concat(),
                    ..row.clone()
                };
                assert_eq!(sealing.open(&forged).err(), Some(KeyFailed::OtherSeal));
            }
        }
    }

    #[test]
    fn the_private_key_is_not_in_the_sealed_bytes() {
        let key = SigningKey::generate().unwrap();
        let sealed = SealingKey::generate()
            .unwrap()
            .seal(&key, Timestamp::UNIX_EPOCH)
            .unwrap();
        let der = key.to_pkcs8().unwrap();
        let scalar = &der[36..68];
        assert!(!sealed.sealed.windows(16).any(|part| part == &scalar[..16]));
    }
}
