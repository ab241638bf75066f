//! The same mails, in the eyes of a mail server and a mail reader that nobody here wrote.

use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};

use portcullis::mail::Letter;
use serde_json::{Value, json};

use super::{send, settings, to};
use crate::server::root;

/// It ends when it is dropped.
pub(crate) struct Python {
    child: Child,
    lines: Option<Lines<BufReader<ChildStdout>>>,
}

impl Python {
    /// Begins to listen. The first line is the port, and each that follows a mail.
    pub(crate) fn start() -> Self {
        let root = root();
        let mut child = Command::new(root.join("target/tools/python/bin/python"))
            .arg(root.join("crates/portcullis-server/tests/clients/mail_server.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{error}: run scripts/prerequisites"));
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self {
            child,
            lines: Some(lines),
        }
    }

    pub(crate) fn line(&mut self) -> String {
        let lines = self.lines.as_mut().unwrap();
        lines.next().expect("it is still there").unwrap()
    }

    /// The lines from here on, for another thread.
    pub(crate) fn take_lines(&mut self) -> Lines<BufReader<ChildStdout>> {
        self.lines.take().unwrap()
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn every_letter_is_read_as_it_was_meant() {
    let mut python = Python::start();
    let settings = settings(&format!("smtp://127.0.0.1:{}", python.line()));
    let mut letters = Letter::samples();
    letters.push(to("invitation", "jürgen@bücher.example"));
    for letter in letters {
        send(&settings, &letter).unwrap();
        let mail: Value = serde_json::from_str(&python.line()).unwrap();
        let header = |name: &str| {
            let all = mail["headers"].as_array().unwrap();
            let named: Vec<_> = all.iter().filter(|header| header[0] == name).collect();
            assert_eq!(named.len(), 1, "{name}: {mail}");
            named[0][1].as_str().unwrap().to_owned()
        };
        assert_eq!(mail["defects"], json!([]));
        assert_eq!(mail["envelope_from"], "no-reply@example.com");
        let address = letter.to.as_str().replace("bücher", "xn--bcher-kva");
        assert_eq!(mail["envelope_to"], json!([address]));
        assert_eq!(header("To"), address);
        assert_eq!(
            header("From"),
            "\"Müller & Söhne\" <no-reply@example.com>".replace('"', "")
        );
        assert_eq!(header("Subject"), letter.subject());
        assert_eq!(header("Auto-Submitted"), "auto-generated");
        assert_eq!(mail["content_type"], "multipart/alternative");
        let text = mail["parts"]["text/plain"].as_str().unwrap();
        assert_eq!(text.replace("\r\n", "\n"), letter.text());
        let html = mail["parts"]["text/html"].as_str().unwrap();
        assert!(html.contains("<!DOCTYPE html>") && html.contains(&letter.wording().button));
    }
}
