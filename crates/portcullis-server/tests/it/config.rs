//! `portcullis config show` and `check`.

use std::process::Output;

use tempfile::TempDir;

use crate::server::{portcullis, run, temporary_folder};

fn config(folder: &TempDir, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = portcullis(folder.path());
    command
        .arg("config")
        .args(arguments)
        .envs(variables.iter().copied());
    run(command, "")
}

#[test]
fn each_value_is_shown_with_its_origin_and_no_secret() {
    let folder = temporary_folder();
    let file = "strict = true\n[scopes]\n\"items:read\" = \"Read items\"\n";
    std::fs::write(folder.path().join("portcullis.toml"), file).unwrap();
    let variables = [
        ("PORTCULLIS_ISSUER", "https://id.example.com"),
        (
            "PORTCULLIS_KEY_ENCRYPTION_KEY",
            "aHVudGVyMmh1bnRlcjJodW50ZXIyaHVudGVyMmh1bnQ=",
        ),
    ];
    let database = "postgres://app:hunter2@localhost/accounts";
    let shown = config(
        &folder,
        &["show", "--explain", "--database", database],
        &variables,
    );
    assert!(shown.status.success());
    let text = String::from_utf8(shown.stdout).unwrap();
    for line in [
        "strict = \"true\"  # portcullis.toml",
        "issuer = \"https://id.example.com\"  # environment variable PORTCULLIS_ISSUER",
        "database = \"postgres://app:…@localhost/accounts\"  # command line --database",
        "listen = \"127.0.0.1:8000\"  # default",
        "key_encryption_key = \"…\"  # environment variable PORTCULLIS_KEY_ENCRYPTION_KEY",
        "scopes.\"items:read\" = \"Read items\"  # portcullis.toml",
    ] {
        assert!(text.lines().any(|other| other == line), "{line} in {text}");
    }
    assert!(
        !text.contains("hunter2") && !text.contains("aHVudGVy"),
        "{text}"
    );
    let json = config(
        &folder,
        &["show", "--json", "--database", database],
        &variables,
    );
    let json = String::from_utf8(json.stdout).unwrap();
    assert!(
        !json.contains("hunter2") && !json.contains("aHVudGVy"),
        "{json}"
    );
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["settings"]["strict"]["origin"], "portcullis.toml");
    assert_eq!(json["settings"]["strict"]["value"], "true");
    assert_eq!(
        json["settings"]["audience"]["value"],
        serde_json::Value::Null
    );
    assert_eq!(
        json["settings"]["cors.origins"]["value"],
        serde_json::json!([])
    );
}

#[test]
fn check_says_what_serve_would() {
    let folder = temporary_folder();
    let good = config(&folder, &["check"], &[]);
    assert_eq!(good.status.code(), Some(0));
    let bad = config(&folder, &["check"], &[("PORTCULLIS_LISTEN", "0.0.0.0:80")]);
    assert_eq!(bad.status.code(), Some(1));
    let said = String::from_utf8(bad.stderr).unwrap();
    assert!(said.contains("PORTCULLIS_LISTEN"), "{said}");
    let twice = [("PORTCULLIS_METRICS_LISTEN", "127.0.0.1:8000")];
    let said = |output: Output| {
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    let checked = said(config(&folder, &["check"], &twice));
    assert!(checked.contains("metrics.listen"), "{checked}");
    let mut serve = portcullis(folder.path());
    serve.arg("serve").envs(twice);
    assert_eq!(said(run(serve, "")), checked);
    assert_eq!(config(&folder, &["chek"], &[]).status.code(), Some(2));
}
