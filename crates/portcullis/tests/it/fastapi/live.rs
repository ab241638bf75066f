//! The pinned FastAPI, started by the test and ended with it.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

/// A running `tests/fastapi/app.py`.
pub(super) struct FastApi {
    child: Child,
    /// It ends when this closes, so also when the test is killed.
    stdin: Option<ChildStdin>,
    pub(super) address: SocketAddr,
}

impl FastApi {
    pub(super) fn start() -> Self {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let python = here.join("../../target/tools/python/bin/python");
        assert!(
            python.exists(),
            "there is no {}; run scripts/prerequisites",
            python.display()
        );
        let mut child = Command::new(python)
            // The test leaves nothing behind in the tree.
            .arg("-B")
            .arg(here.join("tests/fastapi/app.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python starts");
        let stdin = child.stdin.take();
        let mut line = String::new();
        let stdout = child.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let (port, version) = line.trim().split_once(' ').expect("port and version");
        let pins = here.join("../../scripts/python-requirements.txt");
        let pins = std::fs::read_to_string(pins).unwrap();
        let pinned = pins.lines().any(|pin| pin == format!("fastapi=={version}"));
        assert!(pinned, "FastAPI {version} is not the pinned one");
        let port: u16 = port.parse().expect("a port");
        Self {
            child,
            stdin,
            address: ([127, 0, 0, 1], port).into(),
        }
    }
}

impl Drop for FastApi {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
