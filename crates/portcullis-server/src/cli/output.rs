//! What a command prints. A reader that goes away (`| head`) is no error.

use std::io::Write;

use portcullis::User;
use serde::Serialize;

/// A line for whoever asked, on standard output.
pub(super) fn line(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// A line for the operator, on standard error.
pub(super) fn note(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// What went wrong, on standard error.
pub(super) fn error(text: &str) {
    note(&format!("error: {text}"));
}

/// A value as JSON, on standard output.
pub(super) fn json(value: &impl Serialize) -> anyhow::Result<()> {
    line(&serde_json::to_string_pretty(value)?);
    Ok(())
}

/// One account, for a person.
pub(super) fn user(user: &User) {
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".into());
    for (name, value) in [
        ("username", visible(&user.username)),
        ("id", visible(user.id.as_str())),
        ("full name", visible(&text(&user.full_name))),
        ("e-mail", visible(&text(&user.email))),
        ("active", if user.disabled { "no" } else { "yes" }.into()),
        ("scopes", scopes(user)),
        ("created", user.created_at.to_string()),
    ] {
        line(&format!("{name:<10} {value}"));
    }
}

/// One account in a list, for a person.
pub(super) fn user_row(user: &User) {
    let state = if user.disabled { "inactive" } else { "active" };
    let username = visible(&user.username);
    line(&format!("{username:<24} {state:<9} {}", scopes(user)));
}

fn scopes(user: &User) -> String {
    if user.scopes.is_empty() {
        "-".into()
    } else {
        user.scopes.to_string()
    }
}

/// Text from the database, without anything that could steer a terminal or turn its direction.
pub(super) fn visible(text: &str) -> String {
    let invisible = |letter| matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}');
    text.chars()
        .map(|letter| {
            if letter.is_control() || invisible(letter) {
                '\u{fffd}'
            } else {
                letter
            }
        })
        .collect()
}
