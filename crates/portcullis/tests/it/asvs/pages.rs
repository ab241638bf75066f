//! V6.2.6 and V6.2.7: the fields of the server's pages, read from the pages themselves. What a browser
//! makes of them is shown by the server's own tests.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::conformance::repository;

fn files(folder: &Path, ends: &[&str]) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ends));
        } else if ends
            .iter()
            .any(|end| path.extension().is_some_and(|is| is == *end))
        {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    found
}

fn pages(ends: &[&str]) -> Vec<(PathBuf, String)> {
    let folder = repository().join("crates/portcullis-server/src/pages");
    let found = files(&folder, ends);
    assert!(!found.is_empty());
    found
}

type Attributes = BTreeMap<String, String>;

/// The attributes of every `<input>`.
fn inputs(html: &str) -> Vec<Attributes> {
    let tags = html.split("<input").skip(1);
    tags.map(|rest| attributes(rest.split_once('>').unwrap().0))
        .collect()
}

fn attributes(mut tag: &str) -> Attributes {
    let mut found = Attributes::new();
    loop {
        tag = tag.trim_start();
        let end = tag
            .find(|letter: char| letter == '=' || letter.is_whitespace())
            .unwrap_or(tag.len());
        let name = tag[..end].to_owned();
        if name.is_empty() {
            return found;
        }
        tag = &tag[end..];
        let mut value = "";
        if let Some(rest) = tag.strip_prefix("=\"") {
            (value, tag) = rest.split_once('"').unwrap();
        }
        found.insert(name, value.to_owned());
    }
}

fn is_password(input: &Attributes) -> bool {
    let says = |name: &str| {
        input
            .get(name)
            .is_some_and(|value| value.contains("password"))
    };
    says("name") && input.get("type").is_none_or(|kind| kind != "hidden") || says("autocomplete")
}

#[test]
fn v6_2_6_passwords_are_masked() {
    let mut secrets = 0;
    for (path, html) in pages(&["html"]) {
        for input in inputs(&html).into_iter().filter(is_password) {
            assert_eq!(input["type"], "password", "{}: {input:?}", path.display());
            secrets += 1;
        }
    }
    assert!(secrets > 0);
}

#[test]
fn v6_2_7_password_managers_and_the_clipboard_work() {
    for (path, html) in pages(&["html"]) {
        let path = path.display();
        for form in html.split("<form").skip(1) {
            let form = form.split("</form>").next().unwrap();
            let inputs = inputs(form);
            let Some(secret) = inputs.iter().find(|input| is_password(input)) else {
                continue;
            };
            let token = &secret["autocomplete"];
            let fits = ["current-password", "new-password"].contains(&token.as_str());
            assert!(fits, "{path}: {secret:?}");
        }
    }
    for (path, text) in pages(&["html", "js"]) {
        let text = text.to_lowercase();
        for hindrance in [
            "onpaste",
            "oncopy",
            "ondrop",
            "autocomplete=\"off\"",
            "'paste'",
            "\"paste\"",
        ] {
            assert!(!text.contains(hindrance), "{}: {hindrance}", path.display());
        }
    }
}

/// A password manager fills both fields of one form (NIST SP 800-63B-4 §3.1.1.2).
#[test]
fn v6_2_7_the_name_stands_beside_the_password() {
    let mut forms = 0;
    for (path, html) in pages(&["html"]) {
        for form in html.split("<form").skip(1) {
            let inputs = inputs(form.split("</form>").next().unwrap());
            let has = |token: &str| {
                let mut all = inputs.iter().filter_map(|input| input.get("autocomplete"));
                all.any(|value| value == token)
            };
            let signs_in = has("current-password")
                && inputs
                    .iter()
                    .any(|input| input.get("name").is_some_and(|name| name == "username"));
            if signs_in {
                assert!(has("username"), "{}", path.display());
                forms += 1;
            }
        }
    }
    assert!(forms > 0);
}
