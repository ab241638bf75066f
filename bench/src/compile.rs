//! Builds the release binary that is measured.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};
use serde_json::Value;

/// Builds `portcullis` as a user would install it and tells where it lies.
pub(crate) fn portcullis() -> anyhow::Result<PathBuf> {
    // `cargo run` names itself here; a bench started by hand takes the one in PATH.
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    eprintln!("building portcullis …");
    let output = Command::new(cargo)
        .args(["build", "--release", "--package", "portcullis-server"])
        .args(["--bin", "portcullis"])
        .arg("--message-format=json-render-diagnostics")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::inherit())
        .output()
        .context("cannot run cargo")?;
    ensure!(output.status.success(), "portcullis does not build");
    executable(&String::from_utf8_lossy(&output.stdout))
        .context("cargo built portcullis and did not say where")
}

/// The path of the program among cargo's messages, one JSON object a line.
fn executable(messages: &str) -> Option<PathBuf> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message.pointer("/target/name") == Some(&Value::from("portcullis")))
        .find_map(|message| message.get("executable")?.as_str().map(PathBuf::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_told_from_the_library_of_the_same_name() {
        let messages = concat!(
            r#"{"reason":"compiler-artifact","target":{"name":"portcullis"},"executable":null}"#,
            "\n",
            r#"{"reason":"compiler-artifact","target":{"name":"other"},"executable":"/t/other"}"#,
            "\n",
            r#"{"reason":"compiler-artifact","target":{"name":"portcullis"},"executable":"/t/portcullis"}"#,
            "\n",
            r#"{"reason":"build-finished","success":true}"#,
        );
        assert_eq!(executable(messages), Some(PathBuf::from("/t/portcullis")));
        assert_eq!(executable("not json\n{}"), None);
    }
}
