//! The configuration: every setting, where its value came from, and what it means.

mod accounts;
mod sources;
mod table;
mod values;

pub(crate) use sources::{CommandLine, Sources};
pub(crate) use table::{Kind, SETTINGS, Setting};
pub(crate) use values::{Origin, Values};

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::time::Duration;

use portcullis::account::AccountSettings;
use portcullis::auth::{InactiveLogin, KeyRotation, SessionLifetimes, UnverifiedLogin};
use portcullis::password::Argon2Parameters;
use portcullis::token::SealingKey;

use crate::mail;

/// What stops the start: which setting, where it stands, what is wrong, what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct ConfigError(pub(crate) String);

/// The longest that an access token can be valid. A key that no longer signs verifies for this long.
const LONGEST_ACCESS_SECONDS: u32 = 3_600;

/// What a listener's setting is.
const ADDRESS: &str = "an IP address and a port, such as 127.0.0.1:8000";

/// The configuration of a server, read and checked.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a setting of its own, which is true or false"
)]
pub(crate) struct Config {
    pub(crate) listen: SocketAddr,
    pub(crate) database: String,
    pub(crate) issuer: Option<String>,
    pub(crate) audience: Option<String>,
    pub(crate) behind_proxy: bool,
    pub(crate) strict: bool,
    pub(crate) inactive_login: InactiveLogin,
    pub(crate) access_token_seconds: u32,
    pub(crate) session_lifetimes: SessionLifetimes,
    pub(crate) password_grant: bool,
    pub(crate) scopes: BTreeMap<String, String>,
    pub(crate) cors_origins: Vec<String>,
    pub(crate) login_email: bool,
    pub(crate) unverified_login: UnverifiedLogin,
    pub(crate) accounts: AccountSettings,
    pub(crate) hashing: Argon2Parameters,
    pub(crate) hashing_threads: NonZeroUsize,
    pub(crate) metrics_listen: Option<SocketAddr>,
    pub(crate) mail: mail::Settings,
    pub(crate) connections: usize,
    pub(crate) header_timeout: Duration,
    pub(crate) shutdown_timeout: Duration,
    pub(crate) log_level: String,
    pub(crate) log_json: bool,
    pub(crate) rotation: KeyRotation,
    pub(crate) key_reload: Duration,
    pub(crate) sealing_key: Option<SealingKey>,
    pub(crate) previous_sealing_key: Option<SealingKey>,
}

impl Config {
    /// Reads every setting, and refuses what cannot be or is not safe.
    pub(crate) fn read(values: &Values) -> Result<Self, ConfigError> {
        let config = Self {
            listen: values.parse("listen", ADDRESS)?,
            database: values.database()?,
            issuer: values.optional("issuer"),
            audience: values.optional("audience"),
            behind_proxy: values.boolean("behind_proxy")?,
            strict: values.boolean("strict")?,
            inactive_login: match values.one_of("login.inactive", &["token", "refuse"])? {
                "refuse" => InactiveLogin::Refuse,
                _ => InactiveLogin::Token,
            },
            login_email: values.boolean("login.email")?,
            unverified_login: accounts::unverified_login(values)?,
            accounts: accounts::settings(values)?,
            access_token_seconds: values.number(
                "tokens.access_seconds",
                60,
                LONGEST_ACCESS_SECONDS,
            )?,
            session_lifetimes: SessionLifetimes {
                idle_seconds: values.number("sessions.idle_seconds", 3_600, 31_536_000)?,
                seconds: values.number("sessions.seconds", 3_600, 31_536_000)?,
            },
            password_grant: values.boolean("grants.password")?,
            scopes: values.scopes()?,
            cors_origins: values.list("cors.origins"),
            hashing: values.hashing()?,
            hashing_threads: values.hashing_threads()?,
            metrics_listen: match values.optional("metrics.listen") {
                Some(_) => Some(values.parse("metrics.listen", ADDRESS)?),
                None => None,
            },
            mail: values.mail()?,
            connections: values.number("limits.connections", 1, 100_000)?,
            header_timeout: Duration::from_secs(values.number("limits.header_seconds", 1, 300)?),
            shutdown_timeout: Duration::from_secs(values.number(
                "limits.shutdown_seconds",
                0,
                300,
            )?),
            log_level: values
                .one_of("log.level", &["error", "warn", "info", "debug", "trace"])?
                .to_owned(),
            log_json: values.one_of("log.format", &["text", "json"])? == "json",
            rotation: values.rotation()?,
            key_reload: Duration::from_secs(values.number("signing.reload_seconds", 1, 60)?),
            sealing_key: values.sealing_key("key_encryption_key")?,
            previous_sealing_key: values.sealing_key("key_encryption_key_previous")?,
        };
        config.check_listener(values)?;
        config.check_metrics_listener(values)?;
        config.check_sessions(values)?;
        config.check_issuer(values)?;
        config.check_origins(values)?;
        Ok(config)
    }

    /// Whether the metrics are on the listener of the API: only while nobody can reach it who is not on
    /// this machine. Whoever is reached by https:// is so through a proxy, said or not.
    pub(crate) fn metrics_are_beside_the_others(&self) -> bool {
        let is_proxied = self.behind_proxy || self.issuer_is_https();
        self.metrics_listen.is_none() && !is_proxied && self.listen.ip().is_loopback()
    }

    fn issuer_is_https(&self) -> bool {
        let issuer = self.issuer.as_deref();
        issuer.is_some_and(|issuer| issuer.starts_with("https://"))
    }

    /// Passwords and tokens cross a network only encrypted.
    fn check_listener(&self, values: &Values) -> Result<(), ConfigError> {
        if self.listen.ip().is_loopback() {
            return Ok(());
        }
        if self.issuer_is_https() && self.behind_proxy {
            return Ok(());
        }
        Err(values.wrong(
            "listen",
            "it is not a loopback address, and passwords must not cross a network in the clear: put \
             a proxy that speaks TLS in front, set `issuer` to its https:// address and \
             `behind_proxy = true`; or listen on 127.0.0.1",
        ))
    }

    /// Two listeners cannot have one address. Port 0 is another one each time.
    fn check_metrics_listener(&self, values: &Values) -> Result<(), ConfigError> {
        let (server, Some(metrics)) = (self.listen, self.metrics_listen) else {
            return Ok(());
        };
        let is_one_ip = server.ip() == metrics.ip()
            || server.ip().is_unspecified()
            || metrics.ip().is_unspecified();
        if server.port() == 0 || server.port() != metrics.port() || !is_one_ip {
            return Ok(());
        }
        let reason =
            format!("the server itself listens there (`listen` is {server}): choose another port");
        Err(values.wrong("metrics.listen", &reason))
    }

    /// The default of the one does not stand in the way of the other.
    fn check_sessions(&self, values: &Values) -> Result<(), ConfigError> {
        let SessionLifetimes {
            idle_seconds,
            seconds,
        } = self.session_lifetimes;
        let key = "sessions.idle_seconds";
        if idle_seconds <= seconds || values.is_default(key) {
            return Ok(());
        }
        let reason = format!(
            "{idle_seconds} is more than `sessions.seconds`, {seconds}, after which a login ends in any \
             case: make the one smaller, or the other larger"
        );
        Err(values.wrong(key, &reason))
    }

    fn check_issuer(&self, values: &Values) -> Result<(), ConfigError> {
        let Some(issuer) = &self.issuer else {
            return Ok(());
        };
        let rest = issuer.strip_prefix("https://").or_else(|| {
            issuer
                .strip_prefix("http://")
                .filter(|rest| is_loopback(rest))
        });
        let fits = rest.is_some_and(|rest| {
            !rest.is_empty()
                && !rest.contains(['?', '#', '"', '\\', '@'])
                && rest.bytes().all(|byte| byte.is_ascii_graphic())
        });
        if fits {
            return Ok(());
        }
        Err(values.wrong(
            "issuer",
            "it must be an https:// address without user, query and fragment (http:// only with a \
             loopback host)",
        ))
    }

    fn check_origins(&self, values: &Values) -> Result<(), ConfigError> {
        for origin in &self.cors_origins {
            let host = origin
                .strip_prefix("https://")
                .or_else(|| origin.strip_prefix("http://"));
            let is_origin = host.is_some_and(|host| {
                !host.is_empty()
                    && !host.contains(['/', '*', '?', '#', '@'])
                    && host.bytes().all(|byte| byte.is_ascii_graphic())
                    && !host.bytes().any(|byte| byte.is_ascii_uppercase())
            });
            if !is_origin {
                return Err(values.wrong(
                    "cors.origins",
                    &format!(
                        "{origin:?} is not an exact origin; write scheme, host and port in small \
                         letters, such as https://app.example.com, without a path and without `*`"
                    ),
                ));
            }
        }
        Ok(())
    }
}

pub(crate) fn is_loopback(address: &str) -> bool {
    let authority = address.split('/').next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
