//! `portcullis config`.

use clap::{Args, Subcommand};
use serde_json::json;

use super::{Global, output};
use crate::config::{Config as Checked, SETTINGS, Setting, Values};

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
                check.global.config()?;
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

fn shown(setting: &Setting, values: &Values) -> String {
    let texts = values
        .settings
        .get(setting.key)
        .map(|value| value.texts.clone())
        .unwrap_or_default();
    let texts: Vec<String> = texts
        .iter()
        .map(|text| match setting {
            _ if setting.secret => "\"…\"".to_owned(),
            _ if setting.key == "database" => {
                format!("{:?}", portcullis_sql::without_password(text))
            }
            _ => format!("{text:?}"),
        })
        .collect();
    match texts.as_slice() {
        [] => "(not set)".to_owned(),
        [one] if setting.key != "cors.origins" => one.clone(),
        several => format!("[{}]", several.join(", ")),
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
            let described = json!({
                "value": shown(setting, values),
                "origin": origin,
                "about": setting.about,
            });
            (setting.key.to_owned(), described)
        })
        .collect();
    json!({ "settings": settings, "scopes": values.scopes })
}
