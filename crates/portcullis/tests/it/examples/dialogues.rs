//! The dialogues with `curl` in the guide: each is held with the example it names.

use std::path::Path;

use axum::Router;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{Reply, Served, accounts, schemes, scopes, tokens, users};

/// Pages of the guide that hold dialogues, from the root of the repository.
const PAGES: [&str; 8] = [
    "docs/tutorial.md",
    "crates/portcullis/src/manual/tutorial/first_steps.rs",
    "crates/portcullis/src/manual/tutorial/current_user.rs",
    "crates/portcullis/src/manual/tutorial/simple_oauth2.rs",
    "crates/portcullis/src/manual/tutorial/jwt.rs",
    "crates/portcullis/src/manual/tutorial/scopes.rs",
    "crates/portcullis/src/manual/tutorial/http_basic.rs",
    "crates/portcullis/src/manual/tutorial/dependencies.rs",
];

async fn app(example: &str) -> Router {
    match example {
        "first_steps" => tokens::first_steps::app().unwrap(),
        "current_user" => tokens::current_user::app().unwrap(),
        "simple_oauth2" => tokens::simple_oauth2::app().unwrap(),
        "quickstart" => users::quickstart::app().await.unwrap(),
        "jwt" => users::jwt::app().await.unwrap(),
        "dependencies" => users::dependencies::app().await.unwrap(),
        "scopes" => scopes::example::app().await.unwrap(),
        "http_basic" => schemes::http_basic::app().unwrap(),
        "accounts" => accounts::app_without_mail(),
        "api_keys" => schemes::api_keys::app().await.unwrap(),
        other => panic!("no example `{other}`"),
    }
}

/// A command, and what is said to come back.
#[derive(Debug, PartialEq)]
struct Exchange {
    command: String,
    answer: String,
}

/// The dialogues of a page, each with the example that was named last before it.
fn dialogues(page: &str) -> Vec<(String, Vec<Exchange>)> {
    let mut found = Vec::new();
    let mut example = String::new();
    let mut open: Option<Vec<Exchange>> = None;
    for line in page.lines() {
        let line = line.strip_prefix("//!").unwrap_or(line);
        let line = line.strip_prefix(' ').unwrap_or(line);
        if let Some((_, after)) = line.split_once("--example ") {
            let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
            example = after
                .split(|letter| !is_name(letter))
                .next()
                .unwrap()
                .into();
        }
        match (&mut open, line) {
            (None, "```console") => open = Some(Vec::new()),
            (None, _) => {}
            (Some(_), "```") => found.push((example.clone(), open.take().unwrap())),
            (Some(exchanges), _) => {
                if let Some(command) = line.strip_prefix("$ ") {
                    exchanges.push(Exchange {
                        command: command.to_owned(),
                        answer: String::new(),
                    });
                } else {
                    let answer = &mut exchanges.last_mut().unwrap().answer;
                    answer.push_str(line);
                    answer.push('\n');
                }
            }
        }
    }
    assert!(open.is_none(), "a dialogue is not closed");
    found
}

/// The words of a command, as a shell divides them; `$TOKEN` stands for a token.
fn words(command: &str, token: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for letter in command.replace("$TOKEN", token).chars() {
        match (quote, letter) {
            (None, ' ') => words.push(String::new()),
            (None, '\'' | '"') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            _ => words.last_mut().unwrap().push(letter),
        }
    }
    words
}

/// Sends what `curl` would send. Also, whether the head is asked for.
async fn curl(served: &Served, command: &str, token: &str) -> (Reply, bool) {
    let (mut method, mut path, mut body) = ("GET", String::new(), String::new());
    let mut headers: Vec<String> = Vec::new();
    let mut with_head = false;
    let mut words = words(command, token).into_iter();
    assert_eq!(words.next().as_deref(), Some("curl"), "{command}");
    while let Some(word) = words.next() {
        match word.as_str() {
            "-i" => with_head = true,
            "-H" => headers.push(words.next().unwrap()),
            "-u" => {
                let encoded = STANDARD.encode(words.next().unwrap());
                headers.push(format!("authorization: Basic {encoded}"));
            }
            "-d" => {
                method = "POST";
                body = words.next().unwrap();
            }
            url => path = url.strip_prefix("http://127.0.0.1:8000").unwrap().into(),
        }
    }
    let says_type = |header: &String| header.to_ascii_lowercase().starts_with("content-type:");
    if method == "POST" && !headers.iter().any(says_type) {
        headers.push("content-type: application/x-www-form-urlencoded".into());
    }
    let headers: String = headers
        .iter()
        .map(|header| header.clone() + "\r\n")
        .collect();
    let line = format!("{method} {path}");
    (served.send(&line, &headers, &body).await, with_head)
}

/// Whether `text` is `pattern`, in which `…` stands for anything.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('…');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap()) else {
        return false;
    };
    let parts: Vec<_> = parts.collect();
    let Some((last, between)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in between {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// What the guide says, against what came: the lines of the head that it shows, and the body.
#[track_caller]
fn compare(place: &str, said: &str, reply: &Reply, with_head: bool) {
    let mut body = said;
    if with_head {
        let (head, after) = said.split_once("\n\n").unwrap_or((said, ""));
        let shown = head.lines().filter(|line| *line != "…");
        for line in shown {
            let is_it = |other: &str| fits(&line.to_ascii_lowercase(), other);
            assert!(
                reply.head.lines().any(is_it),
                "{place}: {line}\n{}",
                reply.head
            );
        }
        body = after;
    }
    let body = body.trim_end();
    assert!(fits(body, &reply.body), "{place}: {body}\n{}", reply.body);
}

#[tokio::test]
async fn every_dialogue_of_the_guide_is_true() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for name in PAGES {
        let page = std::fs::read_to_string(root.join(name)).unwrap();
        let dialogues = dialogues(&page);
        assert!(!dialogues.is_empty(), "{name} has no dialogue");
        for (example, exchanges) in dialogues {
            let served = Served::new(app(&example).await).await;
            let mut token = String::new();
            for Exchange { command, answer } in exchanges {
                let (reply, with_head) = curl(&served, &command, &token).await;
                compare(&format!("{name}: {command}"), &answer, &reply, with_head);
                let json: serde_json::Value = serde_json::from_str(&reply.body).unwrap_or_default();
                if let Some(issued) = json["access_token"].as_str() {
                    token = issued.to_owned();
                }
            }
        }
    }
}

#[test]
fn a_dialogue_is_read_as_a_shell_reads_it() {
    let page = "//! `cargo run -p portcullis --example jwt`.\n//!\n//! ```console\n\
        //! $ curl -H \"A: $TOKEN\" 'http://a b'\n//! HTTP/1.1 200 OK\n//!\n//! {\"a\":1}\n//! ```\n";
    let expected = Exchange {
        command: "curl -H \"A: $TOKEN\" 'http://a b'".into(),
        answer: "HTTP/1.1 200 OK\n\n{\"a\":1}\n".into(),
    };
    assert_eq!(dialogues(page), [("jwt".to_owned(), vec![expected])]);
    let read = words("curl -H \"A: $TOKEN\" 'http://a b'", "t");
    assert_eq!(read, ["curl", "-H", "A: t", "http://a b"]);
}

#[test]
fn an_ellipsis_stands_for_anything_and_nothing_else_does() {
    for (pattern, text, expected) in [
        ("a", "a", true),
        ("a", "ab", false),
        ("a…", "ab", true),
        ("a…d", "abcd", true),
        ("a…d", "abc", false),
        ("…c…", "abcd", true),
        ("…x…", "abcd", false),
        ("", "a", false),
    ] {
        assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
    }
}
