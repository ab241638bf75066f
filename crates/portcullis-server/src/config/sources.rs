//! Where values come from: the command line, over the environment, over the file, over the defaults.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::ConfigError;
use super::table::{Kind, SETTINGS, Setting};
use super::values::{Origin, Value, Values};

/// The file that is read when it is there and no other is named.
const DEFAULT_FILE: &str = "portcullis.toml";
const PREFIX: &str = "PORTCULLIS_";

/// What the command line says.
#[derive(Debug, Default)]
pub(crate) struct CommandLine {
    pub(crate) config: Option<PathBuf>,
    pub(crate) listen: Option<String>,
    pub(crate) database: Option<String>,
}

/// Everything that is read.
pub(crate) struct Sources {
    pub(crate) command_line: CommandLine,
    pub(crate) environment: Vec<(String, String)>,
}

impl Sources {
    /// The command line and the process's environment.
    pub(crate) fn of_process(command_line: CommandLine) -> Result<Self, ConfigError> {
        let environment = std::env::vars_os()
            .filter(|(name, _)| name.to_string_lossy().starts_with(PREFIX))
            .map(
                |(name, value)| match (name.into_string(), value.into_string()) {
                    (Ok(name), Ok(value)) => Ok((name, value)),
                    (name, _) => Err(ConfigError(format!(
                        "environment variable {}: it is not UTF-8",
                        name.unwrap_or_else(|name| name.to_string_lossy().into_owned())
                    ))),
                },
            )
            .collect::<Result<_, _>>()?;
        Ok(Self {
            command_line,
            environment,
        })
    }

    /// Puts the sources on top of each other.
    pub(crate) fn merge(self) -> Result<Values, ConfigError> {
        let mut values = defaults();
        let (file, named) = match self.command_line.config {
            Some(file) => (file, true),
            None => (PathBuf::from(DEFAULT_FILE), false),
        };
        if named || file.exists() {
            read_file(&file, &mut values)?;
        }
        read_environment(&self.environment, &mut values)?;
        let options = [
            ("listen", "--listen", self.command_line.listen),
            ("database", "--database", self.command_line.database),
        ];
        for (key, option, text) in options {
            if let Some(text) = text {
                let origin = Origin::CommandLine(option);
                let texts = vec![text];
                values.settings.insert(key, Value { texts, origin });
            }
        }
        Ok(values)
    }
}

fn defaults() -> Values {
    let value = |setting: &Setting| Value {
        texts: texts(setting.default),
        origin: Origin::Default,
    };
    Values {
        settings: SETTINGS
            .iter()
            .map(|setting| (setting.key, value(setting)))
            .collect(),
        scopes: BTreeMap::new(),
        scopes_origin: Origin::Default,
    }
}

/// Empty text is no value at all.
fn texts(text: &str) -> Vec<String> {
    if text.is_empty() {
        Vec::new()
    } else {
        vec![text.to_owned()]
    }
}

fn read_file(path: &Path, values: &mut Values) -> Result<(), ConfigError> {
    let place = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| ConfigError(format!("{place}: it cannot be read: {error}")))?;
    let mut table: toml::Table = toml::from_str(&text).map_err(|error| {
        // Not the error as it prints itself: that quotes the line, which may hold a secret.
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map_or(1, |before| before.matches('\n').count() + 1);
        let message = error.message();
        ConfigError(format!(
            "{place}, line {line}: it is not TOML: {message} (texts, and names with a `:`, stand in \
             double quotes)"
        ))
    })?;
    if let Some(scopes) = table.remove("scopes") {
        values.scopes =
            scopes_of(scopes).map_err(|wrong| ConfigError(format!("{place}: {wrong}")))?;
        values.scopes_origin = Origin::File(path.to_owned());
    }
    let mut found = Vec::new();
    flatten("", table, &mut found);
    for (key, value) in found {
        let Some(setting) = SETTINGS.iter().find(|setting| setting.key == key) else {
            return Err(ConfigError(format!(
                "{place}: there is no setting `{key}`{}",
                did_you_mean(&key)
            )));
        };
        let texts = toml_texts(setting.kind, &value).ok_or_else(|| {
            let wanted = match setting.kind {
                Kind::List => "a list of texts, such as [\"a\", \"b\"]",
                _ => "one text, number, true or false",
            };
            ConfigError(format!("{place}: setting `{key}` must be {wanted}"))
        })?;
        let origin = Origin::File(path.to_owned());
        values.settings.insert(setting.key, Value { texts, origin });
    }
    Ok(())
}

/// The lines under `[scopes]`. TOML counts every plain line to the heading above it, so a setting that
/// was written below is found here.
fn scopes_of(scopes: toml::Value) -> Result<BTreeMap<String, String>, String> {
    const WANTED: &str =
        "under [scopes], each line is a name and a description: \"items:read\" = \"Read items\"";
    let toml::Value::Table(lines) = scopes else {
        return Err(format!("`scopes` is a heading: {WANTED}"));
    };
    let mut scopes = BTreeMap::new();
    for (name, value) in lines {
        if let Some(setting) = setting_in(&name, &value) {
            return Err(format!(
                "`{setting}` stands under [scopes], but is a setting: move it above [scopes]"
            ));
        }
        let toml::Value::String(description) = value else {
            return Err(format!("`{name}` is no scope: {WANTED}"));
        };
        scopes.insert(name, description);
    }
    Ok(scopes)
}

/// The setting that a line under `[scopes]` sets, by its name: `listen = …`, or `metrics.listen = …`,
/// which is a table of its own. `metrics = "…"` is a scope.
fn setting_in(name: &str, value: &toml::Value) -> Option<String> {
    let is_group = |name: &str| {
        let mut keys = SETTINGS
            .iter()
            .filter_map(|setting| setting.key.split_once('.'));
        keys.any(|(group, _)| group == name)
    };
    match value {
        toml::Value::Table(inner) if is_group(name) => {
            let first = inner.keys().next();
            Some(first.map_or_else(|| name.to_owned(), |first| format!("{name}.{first}")))
        }
        _ => {
            let named = SETTINGS.iter().find(|setting| setting.key == name);
            named.map(|setting| setting.key.to_owned())
        }
    }
}

fn flatten(prefix: &str, table: toml::Table, found: &mut Vec<(String, toml::Value)>) {
    for (name, value) in table {
        let key = format!("{prefix}{name}");
        match value {
            toml::Value::Table(inner) => flatten(&format!("{key}."), inner, found),
            value => found.push((key, value)),
        }
    }
}

fn toml_texts(kind: Kind, value: &toml::Value) -> Option<Vec<String>> {
    let scalar = |value: &toml::Value| match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(answer) => Some(answer.to_string()),
        _ => None,
    };
    match (kind, value) {
        (Kind::List, toml::Value::Array(items)) => items.iter().map(scalar).collect(),
        (Kind::List, _) => None,
        (_, one) => scalar(one).map(|text| texts(&text)),
    }
}

fn read_environment(
    environment: &[(String, String)],
    values: &mut Values,
) -> Result<(), ConfigError> {
    for (variable, text) in environment {
        let name = variable.strip_prefix(PREFIX).unwrap_or(variable);
        let named = |name: &str| {
            SETTINGS
                .iter()
                .find(|setting| env_name(setting.key) == name)
        };
        let from_file = || name.strip_suffix("_FILE").and_then(named);
        let (setting, text) = if let Some(setting) = named(name) {
            (setting, text.clone())
        } else if let Some(setting) = from_file() {
            let twin = format!("{PREFIX}{}", env_name(setting.key));
            if environment.iter().any(|(other, _)| *other == twin) {
                return Err(ConfigError(format!(
                    "both {twin} and {variable} are set; keep one"
                )));
            }
            let read = std::fs::read_to_string(text).map_err(|error| {
                ConfigError(format!(
                    "environment variable {variable}: {text} cannot be read: {error}"
                ))
            })?;
            (setting, read.trim_end_matches(['\r', '\n']).to_owned())
        } else {
            return Err(ConfigError(format!(
                "environment variable {variable}: there is no such setting{}",
                did_you_mean(&name.to_ascii_lowercase())
            )));
        };
        if setting.kind == Kind::Secret && text.is_empty() {
            return Err(ConfigError(format!(
                "{variable} is set, but what it gives is empty; unset it, or give the secret"
            )));
        }
        let texts = if setting.kind == Kind::List {
            let items = text.split([',', ' ']).filter(|item| !item.is_empty());
            items.map(str::to_owned).collect()
        } else {
            texts(&text)
        };
        let origin = Origin::Environment(variable.clone());
        values.settings.insert(setting.key, Value { texts, origin });
    }
    Ok(())
}

fn env_name(key: &str) -> String {
    key.replace('.', "_").to_ascii_uppercase()
}

/// A setting that ends or begins alike.
fn did_you_mean(key: &str) -> String {
    let plain = |key: &str| key.replace(['.', '_', '-'], "").to_ascii_lowercase();
    let wanted = plain(key);
    let close = SETTINGS.iter().find(|setting| {
        let known = plain(setting.key);
        known == wanted || known.ends_with(&wanted) || wanted.ends_with(&known)
    });
    match close {
        Some(setting) => format!("; did you mean `{}`?", setting.key),
        None => "; `portcullis config show --explain` lists those there are".to_owned(),
    }
}
