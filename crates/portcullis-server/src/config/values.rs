//! Values as text, with their origin.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;
use portcullis::auth::KeyRotation;
use portcullis::password::Argon2Parameters;
use portcullis::scope::Scope;
use portcullis::token::{SealingKey, SigningAlgorithm};

use super::ConfigError;
use crate::mail::{self, ServerAddress};

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    Default,
    File(PathBuf),
    Environment(String),
    CommandLine(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Environment(name) => write!(f, "environment variable {name}"),
            Self::CommandLine(option) => write!(f, "command line {option}"),
        }
    }
}

/// A value: texts, of which most settings have at most one.
#[derive(Clone)]
pub(crate) struct Value {
    pub(crate) texts: Vec<String>,
    pub(crate) origin: Origin,
}

/// The value of every setting, by key.
pub(crate) struct Values {
    pub(crate) settings: BTreeMap<&'static str, Value>,
    pub(crate) scopes: BTreeMap<String, String>,
    pub(crate) scopes_origin: Origin,
}

impl Values {
    fn value(&self, key: &str) -> (&[String], &Origin) {
        match self.settings.get(key) {
            Some(value) => (&value.texts, &value.origin),
            None => (&[], &Origin::Default),
        }
    }

    /// The error that says what is wrong with the value of `key`.
    pub(crate) fn wrong(&self, key: &str, reason: &str) -> ConfigError {
        let (_, origin) = self.value(key);
        ConfigError(format!("setting `{key}` ({origin}): {reason}"))
    }

    /// Whether nobody said anything about `key`.
    pub(crate) fn is_default(&self, key: &str) -> bool {
        *self.value(key).1 == Origin::Default
    }

    pub(crate) fn optional(&self, key: &str) -> Option<String> {
        self.value(key).0.first().cloned()
    }

    pub(crate) fn text(&self, key: &str) -> String {
        self.optional(key).unwrap_or_default()
    }

    pub(crate) fn list(&self, key: &str) -> Vec<String> {
        self.value(key).0.to_vec()
    }

    pub(crate) fn parse<T: FromStr>(&self, key: &str, expected: &str) -> Result<T, ConfigError> {
        let text = self.text(key);
        text.parse()
            .map_err(|_| self.wrong(key, &format!("{text:?} is not {expected}")))
    }

    /// In the environment, as elsewhere there, `1` and `0` do too.
    pub(crate) fn boolean(&self, key: &str) -> Result<bool, ConfigError> {
        match (self.text(key).as_str(), self.value(key).1) {
            ("1", Origin::Environment(_)) => Ok(true),
            ("0", Origin::Environment(_)) => Ok(false),
            _ => self.parse(key, "true or false"),
        }
    }

    pub(crate) fn number<T>(&self, key: &str, least: T, most: T) -> Result<T, ConfigError>
    where
        T: FromStr + PartialOrd + fmt::Display,
    {
        let expected = format!("a number from {least} to {most}");
        let number = self.parse(key, &expected)?;
        if (least..=most).contains(&number) {
            return Ok(number);
        }
        Err(self.wrong(key, &format!("{number} is not {expected}")))
    }

    pub(crate) fn one_of<'a>(
        &self,
        key: &str,
        choices: &[&'a str],
    ) -> Result<&'a str, ConfigError> {
        let text = self.text(key);
        let chosen = choices.iter().find(|choice| **choice == text).copied();
        chosen.ok_or_else(|| {
            self.wrong(
                key,
                &format!("{text:?} is not one of: {}", choices.join(", ")),
            )
        })
    }

    pub(crate) fn database(&self) -> Result<String, ConfigError> {
        let address = self.text("database");
        portcullis_sql::check_address(&address)
            .map_err(|error| self.wrong("database", &error.to_string()))?;
        Ok(address)
    }

    pub(crate) fn hashing(&self) -> Result<Argon2Parameters, ConfigError> {
        let parameters = Argon2Parameters {
            memory_kib: self.number(
                "hashing.memory_kib",
                8 * 1024,
                Argon2Parameters::MAX_MEMORY_KIB,
            )?,
            passes: self.number("hashing.passes", 1, 16)?,
            lanes: self.number("hashing.lanes", 1, Argon2Parameters::MAX_LANES)?,
        };
        if parameters.is_bearable() {
            return Ok(parameters);
        }
        Err(self.wrong(
            "hashing.passes",
            &format!(
                "memory times passes may be at most {} KiB",
                Argon2Parameters::MAX_WORK
            ),
        ))
    }

    pub(crate) fn hashing_threads(&self) -> Result<NonZeroUsize, ConfigError> {
        if self.optional("hashing.threads").is_none() {
            return Ok(std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN));
        }
        let threads = self.number("hashing.threads", 1, 256)?;
        Ok(NonZeroUsize::new(threads).unwrap_or(NonZeroUsize::MIN))
    }

    pub(crate) fn rotation(&self) -> Result<KeyRotation, ConfigError> {
        let names = SigningAlgorithm::ALL.map(SigningAlgorithm::name);
        let name = self.one_of("signing.algorithm", &names)?;
        let mut all = SigningAlgorithm::ALL.into_iter();
        let algorithm = all.find(|one| one.name() == name).unwrap_or_default();
        let days: i64 = self.number("signing.rotate_days", 0, 3_650)?;
        let published = self.number("signing.publish_seconds", 600, 604_800)?;
        Ok(KeyRotation {
            algorithm,
            every: (days > 0).then(|| SignedDuration::from_hours(days * 24)),
            publish_first: SignedDuration::from_secs(published),
            longest_token: SignedDuration::from_secs(super::LONGEST_ACCESS_SECONDS.into()),
        })
    }

    pub(crate) fn sealing_key(&self, key: &str) -> Result<Option<SealingKey>, ConfigError> {
        let text = self.optional(key);
        text.map(|text| SealingKey::from_base64(&text))
            .transpose()
            .map_err(|error| self.wrong(key, &error.to_string()))
    }

    pub(crate) fn mail(&self) -> Result<mail::Settings, ConfigError> {
        let server = self.optional("mail.url");
        let server = server.map(|url| ServerAddress::parse(&url)).transpose();
        let server = server.map_err(|reason| self.wrong("mail.url", reason))?;
        let form = "an address, or a name and an address, such as Example <no-reply@example.com>";
        let from = match self.optional("mail.from") {
            Some(_) => Some(self.parse("mail.from", form)?),
            None if server.is_some() => {
                let reason = format!("`mail.url` is set, so this must be, too: {form}");
                return Err(self.wrong("mail.from", &reason));
            }
            None => None,
        };
        Ok(mail::Settings {
            server,
            from,
            ca_file: self.optional("mail.ca_file").map(PathBuf::from),
            templates: self.optional("mail.templates").map(PathBuf::from),
            timeout: Duration::from_secs(self.number("mail.timeout_seconds", 1, 300)?),
        })
    }

    pub(crate) fn scopes(&self) -> Result<BTreeMap<String, String>, ConfigError> {
        for name in self.scopes.keys() {
            Scope::parse(name).map_err(|reason| {
                let origin = &self.scopes_origin;
                ConfigError(format!(
                    "scope {name:?} under [scopes] ({origin}): {reason}"
                ))
            })?;
        }
        Ok(self.scopes.clone())
    }
}
