//! `portcullis config`.

use clap::{Args, Subcommand};
use serde_json::json;

use super::{Global, output};
use crate::config::{Config as Checked, Kind, SETTINGS, Setting, Values};
use crate::mail;

#[derive(Subcommand)]
pub(super) enum Config {
    /// Each value, and where it came from.
    Show(Show),
    /// Whether a server could start with it.
    Check(Check),
}

#[derive(Args)]
pub(super) struct Show {
    #[command(flatten)]
    global: Global,
    /// Say what each setting does.
    #[arg(long)]
    explain: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(super) struct Check {
    #[command(flatten)]
    global: Global,
}

impl Config {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Show(show) => show.run(),
            Self::Check(check) => {
                let config = check.global.config()?;
                // Whatever issuer: the templates and the certificates are what can be wrong.
                mail::mailer(
                    &config.mail,
                    config.issuer.as_deref().unwrap_or("http://127.0.0.1"),
                )?;
                output::line("The configuration is good.");
                Ok(())
            }
        }
    }
}

impl Show {
    fn run(&self) -> anyhow::Result<()> {
        let values = self.global.values(None)?;
        if self.json {
            output::json(&as_json(&values))?;
        } else {
            for setting in SETTINGS {
                if self.explain {
                    output::line(&format!("# {}", setting.about));
                }
                let origin = values
                    .settings
                    .get(setting.key)
                    .map(|value| value.origin.to_string())
                    .unwrap_or_default();
                let shown = shown(setting, &values);
                output::line(&format!("{} = {shown}  # {origin}", setting.key));
                if self.explain {
                    output::line("");
                }
            }
            for (name, description) in &values.scopes {
                let origin = &values.scopes_origin;
                output::line(&format!("scopes.{name:?} = {description:?}  # {origin}"));
            }
        }
        // Shown first: whoever asks why it is refused sees the values.
        Checked::read(&values)?;
        Ok(())
    }
}

/// A setting's values, as they may be shown.
fn visible(setting: &Setting, values: &Values) -> Vec<String> {
    let texts = values.settings.get(setting.key).map(|value| &value.texts);
    let shown = |text: &String| match setting.kind {
        Kind::Secret => "…".to_owned(),
        Kind::Address => portcullis_sql::without_password(text),
        Kind::Text | Kind::List => text.clone(),
    };
    texts.into_iter().flatten().map(shown).collect()
}

fn shown(setting: &Setting, values: &Values) -> String {
    let visible = visible(setting, values);
    match visible.as_slice() {
        [] => "(not set)".to_owned(),
        [one] if setting.kind != Kind::List => format!("{one:?}"),
        several => format!("{several:?}"),
    }
}

fn as_json(values: &Values) -> serde_json::Value {
    let settings: serde_json::Map<_, _> = SETTINGS
        .iter()
        .map(|setting| {
            let origin = values
                .settings
                .get(setting.key)
                .map(|value| value.origin.to_string());
            let visible = visible(setting, values);
            let value = if setting.kind == Kind::List {
                json!(visible)
            } else {
                json!(visible.first())
            };
            let described = json!({ "value": value, "origin": origin, "about": setting.about });
            (setting.key.to_owned(), described)
        })
        .collect();
    json!({ "settings": settings, "scopes": values.scopes })
}
