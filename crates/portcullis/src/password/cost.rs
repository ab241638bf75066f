//! What comparing with a stored hash costs: its scheme and its parameters.

use argon2::{Algorithm, Version};

use super::phc::ParsedArgon2;
use super::{Argon2Parameters, PasswordHash};

/// Costs of bcrypt that are verified. 14 takes about a second.
const BCRYPT_COSTS: std::ops::RangeInclusive<u32> = 4..=14;

/// What comparing with a hash costs. Hashes of one cost take the same time on one machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HashCost {
    Argon2 {
        algorithm: Algorithm,
        version: Version,
        parameters: Argon2Parameters,
    },
    Bcrypt(u32),
}

impl HashCost {
    /// Of the hashes that are made with `parameters`.
    pub(crate) fn of_new(parameters: Argon2Parameters) -> Self {
        Self::Argon2 {
            algorithm: Algorithm::Argon2id,
            version: Version::V0x13,
            parameters,
        }
    }

    /// `None` where no password could match: the hash is malformed, unknown, or too costly.
    pub(super) fn of(stored: &str) -> Option<Self> {
        bcrypt_cost(stored).map(Self::Bcrypt).or_else(|| {
            let parsed = ParsedArgon2::parse(stored)?;
            Some(Self::Argon2 {
                algorithm: parsed.algorithm,
                version: parsed.version,
                parameters: parsed.parameters,
            })
        })
    }

    /// A hash of this cost that no known password matches, to see how long it takes.
    pub(crate) fn sample(self) -> PasswordHash {
        PasswordHash::from_store(match self {
            Self::Argon2 {
                algorithm,
                version,
                parameters:
                    Argon2Parameters {
                        memory_kib,
                        passes,
                        lanes,
                    },
            } => format!(
                "${}$v={}$m={memory_kib},t={passes},p={lanes}${}${}",
                algorithm.ident(),
                u32::from(version),
                // 16 and 32 bytes of zero, in base64.
                "A".repeat(22),
                "A".repeat(43),
            ),
            Self::Bcrypt(cost) => format!("$2b${cost:02}${}", ".".repeat(22 + 31)),
        })
    }
}

/// The cost of a bcrypt string; `None` for what is none, or too costly.
pub(super) fn bcrypt_cost(stored: &str) -> Option<u32> {
    let rest = ["$2a$", "$2b$", "$2y$"]
        .iter()
        .find_map(|prefix| stored.strip_prefix(prefix))?;
    let cost = rest.get(..2)?.parse().ok()?;
    BCRYPT_COSTS.contains(&cost).then_some(cost)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::password::{Hasher, Verdict};
    use crate::secret::Password;

    const SMALL: Argon2Parameters = Argon2Parameters {
        memory_kib: 64,
        passes: 1,
        lanes: 1,
    };

    #[test]
    fn a_sample_is_of_its_cost_and_can_be_compared() {
        let mut hasher = Hasher::new(SMALL).unwrap();
        let mut costs = vec![HashCost::Bcrypt(4), HashCost::Bcrypt(10)];
        for algorithm in [Algorithm::Argon2d, Algorithm::Argon2i, Algorithm::Argon2id] {
            for version in [Version::V0x10, Version::V0x13] {
                costs.push(HashCost::Argon2 {
                    algorithm,
                    version,
                    parameters: SMALL,
                });
            }
        }
        for cost in costs {
            let sample = cost.sample();
            assert_eq!(sample.cost(), Some(cost), "{}", sample.as_str());
            let verdict = hasher.verify(&Password::new("secret"), &sample);
            assert_eq!(verdict, Verdict::Wrong, "{}", sample.as_str());
        }
    }

    #[test]
    fn a_new_hash_is_of_the_present_cost() {
        let mut hasher = Hasher::new(SMALL).unwrap();
        let stored = hasher.hash(&Password::new("secret")).unwrap();
        assert_eq!(stored.cost(), Some(HashCost::of_new(SMALL)));
    }

    #[test]
    fn what_cannot_be_compared_has_no_cost() {
        for stored in [
            "",
            "secret",
            "$2b$15$WCMetE1BapjKl7Knpd7yW.vJaTdm3qtzV4v0WFq8P1wvr45DErw26",
            "$2b$03$WCMetE1BapjKl7Knpd7yW.vJaTdm3qtzV4v0WFq8P1wvr45DErw26",
            "$2x$10$WCMetE1BapjKl7Knpd7yW.vJaTdm3qtzV4v0WFq8P1wvr45DErw26",
            "$2b$é",
            "$argon2id$v=19$m=4194304,t=1000,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ] {
            assert_eq!(PasswordHash::from_store(stored).cost(), None, "{stored}");
        }
    }
}
