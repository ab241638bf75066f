//! `portcullis key`.

use std::sync::Arc;

use anyhow::Context;
use clap::{Args, Subcommand};
use jiff::Timestamp;
use portcullis::auth::{KeyState, ListedKey, StoredKeys, list_keys};
use portcullis::clock::{Clock, SystemClock};
use portcullis::store::Store;
use portcullis_sql::Create;
use serde_json::json;

use super::{Options, block_on, output};
use crate::config::Config;
use crate::{sealing, telemetry};

#[derive(Subcommand)]
pub(super) enum Key {
    /// List the keys, the oldest first.
    List(Options),
    /// Make the next key. It is published at once and signs later; nobody is signed out.
    Rotate(Rotate),
    /// Take a key away at once, for one that others may know: the tokens it signed are refused.
    Retire(Retire),
}

#[derive(Args)]
pub(super) struct Rotate {
    /// Throw away keys whose sealing key is lost; the tokens they signed are refused then.
    #[arg(long)]
    discard_unreadable: bool,
    #[command(flatten)]
    options: Options,
}

#[derive(Args)]
pub(super) struct Retire {
    /// The key's identifier, as `portcullis key list` shows it.
    kid: String,
    #[command(flatten)]
    options: Options,
}

impl Key {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let options = match &self {
            Self::List(options) => options,
            Self::Rotate(rotate) => &rotate.options,
            Self::Retire(retire) => &retire.options,
        };
        let config = options.global.config()?;
        telemetry::start(&config);
        block_on(async {
            let store = portcullis_sql::open(&config.database, Create::Never).await?;
            match &self {
                Self::List(options) => options.list(&config, &*store).await,
                Self::Rotate(rotate) => rotate.run(&config, store).await,
                Self::Retire(retire) => retire.run(&config, store).await,
            }
        })
    }
}

impl Options {
    /// Also without the sealing key, so that it can be seen what is missing.
    async fn list(&self, config: &Config, store: &dyn Store) -> anyhow::Result<()> {
        let sealing = sealing::known(config)?;
        let store: &dyn portcullis::store::SigningKeys = store;
        let keys = list_keys(store, sealing.as_ref(), SystemClock.second()).await?;
        if keys.iter().any(|key| key.state == KeyState::Unreadable) {
            let why = sealing::unreadable(config)?;
            output::note(&format!("warning: {why}"));
        }
        self.show(&keys)
    }

    fn show(&self, keys: &[ListedKey]) -> anyhow::Result<()> {
        if self.json {
            return output::json(&keys);
        }
        keys.iter().for_each(row);
        Ok(())
    }

    async fn show_all(&self, keys: &StoredKeys, now: Timestamp) -> anyhow::Result<()> {
        self.show(&keys.list(now).await?)
    }
}

impl Rotate {
    async fn run(&self, config: &Config, store: Arc<dyn Store>) -> anyhow::Result<()> {
        let now = SystemClock.second();
        let before = store.list_signing_keys().await?;
        let keys = if self.discard_unreadable {
            // Said before it is done: whoever reads it knows what was there.
            for kid in sealing::lost_keys(config, &*store).await? {
                output::note(&format!(
                    "The key {kid} cannot be read, and is thrown away: every token that it signed is \
                     refused."
                ));
            }
            sealing::open_readable_keys(config, store).await?
        } else {
            sealing::open_keys(config, store).await?
        };
        let present = keys.list(now).await?;
        // Opening them made one where none could sign.
        let made = present
            .iter()
            .any(|key| before.iter().all(|known| known.kid != key.kid));
        if made {
            output::note("A new key was made, and signs at once.");
            return self.options.show(&present);
        }
        let next = keys.rotate(now).await?;
        let what = if next.made {
            "is published now"
        } else {
            "was published already; nothing was changed"
        };
        let (kid, from) = (&next.kid, next.signs_from);
        output::note(&format!(
            "The next key, {kid}, {what}. It signs from {from}."
        ));
        self.options.show_all(&keys, now).await
    }
}

impl Retire {
    async fn run(&self, config: &Config, store: Arc<dyn Store>) -> anyhow::Result<()> {
        let now = SystemClock.second();
        let keys = sealing::open_keys(config, store).await?;
        let retired = keys.retire(&self.kid, now).await;
        retired.context("nothing was changed; `portcullis key list` shows the keys")?;
        output::note(&format!(
            "The key {} is gone. A running server refuses what it signed within {} s.",
            self.kid,
            config.key_reload.as_secs()
        ));
        if self.options.json {
            let left = keys.list(now).await?;
            return output::json(&json!({ "retired": self.kid, "keys": left }));
        }
        self.options.show_all(&keys, now).await
    }
}

/// One key in a list, for a person.
fn row(key: &ListedKey) {
    let algorithm = key.algorithm.unwrap_or("-");
    let verifies = match key.retires_at {
        Some(end) => format!("verifies until {end}"),
        None => format!("made {}", key.created_at),
    };
    let when = match (key.state, key.signs_until) {
        (KeyState::Published, _) => format!("signs from {}", key.signs_from),
        (KeyState::Signing, None) => format!("signs since {}", key.signs_from),
        (KeyState::Signing, Some(end)) => format!("signs until {end}, {verifies}"),
        (KeyState::Verifying | KeyState::Unreadable, _) => verifies,
        (KeyState::Retired, _) => match key.retires_at {
            Some(end) => format!("since {end}"),
            None => verifies,
        },
    };
    let state = match key.state {
        KeyState::Published => "published",
        KeyState::Signing => "signing",
        KeyState::Verifying => "verifying",
        KeyState::Retired => "retired",
        KeyState::Unreadable => "unreadable",
    };
    output::line(&format!(
        "{:<43} {algorithm:<5} {state:<10} {when}",
        key.kid
    ));
}
