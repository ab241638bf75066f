//! Commands beside a running server, on its database.

use serde_json::Value;

use crate::server::{Server, portcullis, run};

/// A server and the commands beside it.
pub(crate) struct Beside {
    pub(crate) server: Server,
    url: String,
    /// The first word of each command: `user`, `client` …
    noun: &'static str,
}

pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Beside {
    pub(crate) fn new(server: Server, url: String, noun: &'static str) -> Self {
        Self { server, url, noun }
    }

    pub(crate) fn say(&self, arguments: &[&str], input: &str) -> Said {
        let mut command = portcullis(self.server.folder.path());
        command
            .arg(self.noun)
            .args(arguments)
            .args(["--database", &self.url]);
        let output = run(command, input);
        Said {
            code: output.status.code().expect("it was not killed"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    #[track_caller]
    pub(crate) fn done(&self, arguments: &[&str], input: &str) -> String {
        let said = self.say(arguments, input);
        assert_eq!(
            said.code, 0,
            "{arguments:?}: {}{}",
            said.stdout, said.stderr
        );
        said.stdout
    }

    /// Exit code 1, and a text that says why.
    #[track_caller]
    pub(crate) fn fails(&self, arguments: &[&str], input: &str, because: &str) {
        let said = self.say(arguments, input);
        assert_eq!(
            said.code, 1,
            "{arguments:?}: {}{}",
            said.stdout, said.stderr
        );
        assert!(said.stderr.starts_with("error: "), "{}", said.stderr);
        assert!(
            said.stderr.contains(because),
            "{arguments:?}: {}",
            said.stderr
        );
        assert!(
            !said.stderr.contains(input.trim()) || input.is_empty(),
            "{}",
            said.stderr
        );
    }

    #[track_caller]
    pub(crate) fn json(&self, arguments: &[&str], input: &str) -> Value {
        let mut all = arguments.to_vec();
        all.push("--json");
        serde_json::from_str(&self.done(&all, input)).expect("JSON")
    }
}
