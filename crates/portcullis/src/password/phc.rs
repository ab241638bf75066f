//! A stored Argon2 hash, read: the string of the Password Hashing Competition.

use argon2::{Algorithm, Params, Version};

use super::Argon2Parameters;

/// A PHC string of Argon2 whose cost is bearable.
pub(super) struct ParsedArgon2 {
    pub(super) algorithm: Algorithm,
    pub(super) version: Version,
    pub(super) parameters: Argon2Parameters,
    pub(super) params: Params,
    pub(super) salt: Vec<u8>,
    pub(super) output: Vec<u8>,
}

impl ParsedArgon2 {
    const OUTPUT_BYTES: std::ops::RangeInclusive<usize> = 16..=64;

    /// `None` for what is no such string, or too costly.
    pub(super) fn parse(stored: &str) -> Option<Self> {
        let phc = argon2::PasswordHash::new(stored).ok()?;
        let algorithm = match phc.algorithm.as_str() {
            "argon2id" => Algorithm::Argon2id,
            "argon2i" => Algorithm::Argon2i,
            "argon2d" => Algorithm::Argon2d,
            _ => return None,
        };
        let version = match phc.version {
            // Strings from before version 1.3 carry none.
            None | Some(0x10) => Version::V0x10,
            Some(0x13) => Version::V0x13,
            Some(_) => return None,
        };
        let parameters = Argon2Parameters {
            memory_kib: phc.params.get_decimal("m")?,
            passes: phc.params.get_decimal("t")?,
            lanes: phc.params.get_decimal("p")?,
        };
        let salt = phc.salt?.as_ref().to_vec();
        let output = phc.hash?.as_bytes().to_vec();
        if !parameters.is_bearable() || !Self::OUTPUT_BYTES.contains(&output.len()) {
            return None;
        }
        let params = Params::new(
            parameters.memory_kib,
            parameters.passes,
            parameters.lanes,
            Some(output.len()),
        )
        .ok()?;
        Some(Self {
            algorithm,
            version,
            parameters,
            params,
            salt,
            output,
        })
    }
}
