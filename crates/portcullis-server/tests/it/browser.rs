//! A real browser on the pages: headless Chromium, driven by `tests/browser/*.mjs`.

use std::process::Command;

use crate::server::{Server, assert_passes, root};

/// Runs a script against the demo. Screenshots are left where a person can look at them.
fn drive(script: &str) {
    drive_on(script, &Server::demo().base_url());
}

/// Runs a script against an address.
pub(crate) fn drive_on(script: &str, base: &str) {
    drive_with(script, base, &[]);
}

/// Runs a script against an address, and tells it more.
pub(crate) fn drive_with(script: &str, base: &str, more: &[&str]) {
    let root = root();
    let tools = root.join("target/tools/browser");
    // Node resolves modules from where a script lies, so it is run beside them.
    let sources = root.join("crates/portcullis-server/tests/browser");
    for name in ["browser.mjs", "audit.mjs", script] {
        std::fs::copy(sources.join(name), tools.join(name))
            .unwrap_or_else(|error| panic!("{name}: {error}; run scripts/prerequisites"));
    }
    let screenshots = root.join("target/screenshots");
    std::fs::create_dir_all(&screenshots).unwrap();
    let mut command = Command::new("node");
    command
        .current_dir(&tools)
        .arg(script)
        .arg(base)
        .arg(&screenshots)
        .args(more);
    assert_passes(command);
}

#[test]
fn docs() {
    drive("docs.mjs");
}

#[test]
fn sign_in() {
    drive("sign_in.mjs");
}

#[test]
fn pages() {
    drive("pages.mjs");
}
