//! Argon2id (RFC 9106), and the verification of hashes that were made elsewhere.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use aws_lc_rs::constant_time::verify_slices_are_equal;

use super::cost::bcrypt_cost;
use super::phc::ParsedArgon2;
use super::{PasswordHash, candidates, normalised};
use crate::secret::{NoRandomness, Password, random_bytes};

/// The cost of a new hash. The default is OWASP's and RFC 9106's smaller choice: 19 MiB, two
/// passes, one lane.
///
/// ```
/// use portcullis::password::{Argon2Parameters, Hasher};
///
/// let thrice = Argon2Parameters { passes: 3, ..Argon2Parameters::default() };
/// assert_eq!(thrice.memory_kib, 19 * 1024);
/// assert!(Hasher::new(thrice).is_ok());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Argon2Parameters {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Default for Argon2Parameters {
    fn default() -> Self {
        Self {
            memory_kib: 19 * 1024,
            passes: 2,
            lanes: 1,
        }
    }
}

impl Argon2Parameters {
    /// The most memory that any stored hash may ask for, in KiB.
    pub const MAX_MEMORY_KIB: u32 = 128 * 1024;
    /// The most work that any stored hash may ask for: memory in KiB times passes.
    pub const MAX_WORK: u64 = 512 * 1024;
    /// The most lanes.
    pub const MAX_LANES: u32 = 16;

    /// Whether hashing with these parameters stays within what a server can bear. Asked before
    /// hashing, of every stored hash, so that a row cannot buy minutes or gigabytes.
    ///
    /// ```
    /// use portcullis::password::Argon2Parameters;
    ///
    /// let two_gib = Argon2Parameters { memory_kib: 2 * 1024 * 1024, ..Argon2Parameters::default() };
    /// assert!(!two_gib.is_bearable());
    /// assert!(Argon2Parameters::default().is_bearable());
    /// ```
    pub fn is_bearable(self) -> bool {
        self.memory_kib <= Self::MAX_MEMORY_KIB
            && u64::from(self.memory_kib) * u64::from(self.passes) <= Self::MAX_WORK
            && self.lanes <= Self::MAX_LANES
    }

    fn params(self) -> Result<Params, HashingFailed> {
        Params::new(
            self.memory_kib,
            self.passes,
            self.lanes,
            Some(Hasher::OUTPUT_BYTES),
        )
        .ok()
        .filter(|_| self.is_bearable())
        .ok_or(HashingFailed::Parameters(self))
    }
}

/// Why a hash could not be made.
///
/// ```
/// use portcullis::password::{Argon2Parameters, Hasher, HashingFailed};
///
/// let no_pass = Argon2Parameters { passes: 0, ..Argon2Parameters::default() };
/// assert!(matches!(Hasher::new(no_pass), Err(HashingFailed::Parameters(_))));
/// ```
#[derive(Debug, thiserror::Error)]
pub enum HashingFailed {
    /// No salt.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// Parameters that Argon2 or [`Argon2Parameters::is_bearable`] refuses.
    #[error("Argon2 cannot hash with {0:?}")]
    Parameters(Argon2Parameters),
    /// No thread to hash on.
    #[error("no thread for hashing could be started")]
    Threads(#[source] std::io::Error),
}

/// What comparing a password with a stored hash showed.
///
/// ```
/// use portcullis::password::{Argon2Parameters, Hasher, PasswordHash, Verdict};
/// use portcullis::secret::Password;
///
/// let mut hasher = Hasher::new(Argon2Parameters::default())?;
/// let bcrypt = "$2b$04$Pd0Gz9jPPyPFbUyBqLHuWOVbju1iZ6YwAoi80qcuA2Zf3G5jaO7t2";
/// let verdict = hasher.verify(&Password::new("secret"), &PasswordHash::from_store(bcrypt));
/// assert_eq!(verdict, Verdict::Right { outdated: true }); // time for Argon2
/// # Ok::<(), portcullis::password::HashingFailed>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The password is right. `outdated`: the hash was made elsewhere or with other parameters, and
    /// should be replaced now that the password is known.
    Right {
        /// Whether the stored hash should be replaced.
        outdated: bool,
    },
    /// The password is wrong.
    Wrong,
    /// No password could match: the hash is malformed, unknown, or too costly.
    Unusable,
}

/// One thread's hashing: the parameters, and the memory that is kept between hashes.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
/// # fn main() -> Outcome {
/// use portcullis::password::{Hasher, Verdict};
/// use portcullis::secret::Password;
///
/// let mut hasher = Hasher::new(cheap())?;
/// let stored = hasher.hash(&Password::new("secret"))?;
/// let verdict = hasher.verify(&Password::new("Secret"), &stored);
/// assert_eq!(verdict, Verdict::Wrong);
/// # Ok(()) }
/// ```
pub struct Hasher {
    parameters: Argon2Parameters,
    params: Params,
    memory: Vec<Block>,
    computed: u64,
}

impl Hasher {
    const SALT_BYTES: usize = 16;
    const OUTPUT_BYTES: usize = 32;
    /// bcrypt reads no further than this many bytes.
    const BCRYPT_MAX_BYTES: usize = 72;

    /// A hasher that makes hashes with `parameters`. Memory is taken at the first hash.
    ///
    /// ```
    /// use portcullis::password::{Argon2Parameters, Hasher};
    ///
    /// assert!(Hasher::new(Argon2Parameters::default()).is_ok());
    /// assert!(Hasher::new(Argon2Parameters { lanes: 0, ..Argon2Parameters::default() }).is_err());
    /// ```
    ///
    /// # Errors
    /// [`HashingFailed::Parameters`] when they are out of bounds.
    pub fn new(parameters: Argon2Parameters) -> Result<Self, HashingFailed> {
        Ok(Self {
            parameters,
            params: parameters.params()?,
            memory: Vec::new(),
            computed: 0,
        })
    }

    /// How many hashes it has computed, of any kind: made, compared, or for nothing.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # fn main() -> Outcome {
    /// use portcullis::{password::Hasher, secret::Password};
    ///
    /// let mut hasher = Hasher::new(cheap())?;
    /// hasher.verify_nothing(&Password::new("secret"))?;
    /// assert_eq!(hasher.computed(), 1);
    /// # Ok(()) }
    /// ```
    pub const fn computed(&self) -> u64 {
        self.computed
    }

    /// Gives the kept memory back to the operating system.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # fn main() -> Outcome {
    /// use portcullis::{password::Hasher, secret::Password};
    ///
    /// let mut hasher = Hasher::new(cheap())?;
    /// hasher.hash(&Password::new("secret"))?;
    /// hasher.release(); // nothing to hash for a while
    /// assert!(hasher.hash(&Password::new("secret")).is_ok());
    /// # Ok(()) }
    /// ```
    pub fn release(&mut self) {
        self.memory = Vec::new();
    }

    /// Hashes a new password, in NFC, with a fresh salt of 128 bits.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # fn main() -> Outcome {
    /// use portcullis::{password::Hasher, secret::Password};
    ///
    /// let stored = Hasher::new(cheap())?.hash(&Password::new("secret"))?;
    /// assert!(stored.as_str().starts_with("$argon2id$v=19$m="));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`HashingFailed`].
    pub fn hash(&mut self, password: &Password) -> Result<PasswordHash, HashingFailed> {
        let salt = random_bytes::<{ Self::SALT_BYTES }>()?;
        let text = normalised(password);
        let output = self.argon2id(text.as_bytes(), &salt)?;
        let Argon2Parameters {
            memory_kib,
            passes,
            lanes,
        } = self.parameters;
        let encode = |bytes: &[u8]| {
            base64::Engine::encode(&base64::engine::general_purpose::STANDARD_NO_PAD, bytes)
        };
        Ok(PasswordHash::from_store(format!(
            "$argon2id$v=19$m={memory_kib},t={passes},p={lanes}${}${}",
            encode(&salt),
            encode(&output)
        )))
    }

    /// Compares a password with a stored hash.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # fn main() -> Outcome {
    /// use portcullis::password::{Hasher, PasswordHash, Verdict};
    /// use portcullis::secret::Password;
    ///
    /// let mut hasher = Hasher::new(cheap())?;
    /// let (secret, stored) = (Password::new("secret"), hasher.hash(&Password::new("secret"))?);
    /// assert_eq!(hasher.verify(&secret, &stored), Verdict::Right { outdated: false });
    /// let unknown = PasswordHash::from_store("md5:5ebe2294ecd0e0f0");
    /// assert_eq!(hasher.verify(&secret, &unknown), Verdict::Unusable);
    /// # Ok(()) }
    /// ```
    pub fn verify(&mut self, password: &Password, stored: &PasswordHash) -> Verdict {
        let text = stored.as_str();
        if text.starts_with("$argon2") {
            self.verify_argon2(password, text)
        } else if bcrypt_cost(text).is_some() {
            self.verify_bcrypt(password, text)
        } else {
            Verdict::Unusable
        }
    }

    /// Does the work of comparing a password with a current hash, for nobody: what an unknown
    /// name, or one without a usable hash, costs.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/house.rs"));
    /// # fn main() -> Outcome {
    /// use portcullis::password::{Hasher, PasswordHash, Verdict};
    /// use portcullis::secret::Password;
    ///
    /// let mut hasher = Hasher::new(cheap())?;
    /// let password = Password::new("secret");
    /// let stored: Option<PasswordHash> = None; // nobody has this name
    /// let verdict = match stored {
    ///     Some(stored) => hasher.verify(&password, &stored),
    ///     None => hasher.verify_nothing(&password).map(|()| Verdict::Wrong)?,
    /// };
    /// assert_eq!(verdict, Verdict::Wrong); // and it took as long
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`HashingFailed`].
    pub fn verify_nothing(&mut self, password: &Password) -> Result<(), HashingFailed> {
        for candidate in candidates(password) {
            let output = self.argon2id(candidate.as_bytes(), &[0; Self::SALT_BYTES])?;
            std::hint::black_box(output);
        }
        Ok(())
    }

    fn argon2id(
        &mut self,
        password: &[u8],
        salt: &[u8],
    ) -> Result<[u8; Self::OUTPUT_BYTES], HashingFailed> {
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params.clone());
        let mut output = [0; Self::OUTPUT_BYTES];
        self.memory.resize(self.params.block_count(), Block::new());
        self.computed += 1;
        argon2
            .hash_password_into_with_memory(password, salt, &mut output, &mut self.memory)
            .map_err(|_| HashingFailed::Parameters(self.parameters))?;
        Ok(output)
    }

    fn verify_argon2(&mut self, password: &Password, stored: &str) -> Verdict {
        let Some(parsed) = ParsedArgon2::parse(stored) else {
            return Verdict::Unusable;
        };
        let outdated = parsed.algorithm != Algorithm::Argon2id
            || parsed.version != Version::V0x13
            || parsed.parameters != self.parameters
            || parsed.output.len() != Self::OUTPUT_BYTES
            || parsed.salt.len() < Self::SALT_BYTES;
        let usual = self.params.block_count();
        self.memory
            .resize(parsed.params.block_count().max(usual), Block::new());
        let argon2 = Argon2::new(parsed.algorithm, parsed.version, parsed.params.clone());
        let mut verdict = Verdict::Wrong;
        for candidate in candidates(password) {
            let mut output = vec![0; parsed.output.len()];
            self.computed += 1;
            let hashed = argon2.hash_password_into_with_memory(
                candidate.as_bytes(),
                &parsed.salt,
                &mut output,
                &mut self.memory,
            );
            if hashed.is_err() {
                verdict = Verdict::Unusable;
                break;
            }
            if verify_slices_are_equal(&output, &parsed.output).is_ok() {
                verdict = Verdict::Right { outdated };
                break;
            }
        }
        // Another system's larger parameters must not stay in memory after its last user left.
        if self.memory.len() > usual {
            self.memory.truncate(usual);
            self.memory.shrink_to_fit();
        }
        verdict
    }

    fn verify_bcrypt(&mut self, password: &Password, stored: &str) -> Verdict {
        for candidate in candidates(password) {
            // bcrypt repeats a password with a NUL after it until it fills its key, so `a` and `a\0a` are
            // one to it. Its hashes are of texts without NUL.
            let could_be = !candidate.contains('\0');
            self.computed += 1;
            match bcrypt::verify(candidate.as_bytes(), stored) {
                // A password that fills the key may go on where nobody compared, so what was typed must
                // not become the new hash.
                Ok(true) if could_be => {
                    return Verdict::Right {
                        outdated: candidate.len() < Self::BCRYPT_MAX_BYTES,
                    };
                }
                Ok(_) => {}
                Err(_) => return Verdict::Unusable,
            }
        }
        Verdict::Wrong
    }
}

#[cfg(test)]
#[path = "hash_tests.rs"]
mod tests;
