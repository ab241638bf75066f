//! The binary, started and stopped by a test.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::http::{self, Answer, form};

/// A running server, in a folder of its own, killed on drop.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    /// What it said on standard output until it listened.
    pub(crate) said: Vec<String>,
    log: Arc<Mutex<String>>,
    pub(crate) folder: Arc<TempDir>,
}

pub(crate) fn temporary_folder() -> Arc<TempDir> {
    Arc::new(tempfile::tempdir().expect("a temporary folder"))
}

/// The binary, without any setting of whoever runs the tests.
pub(crate) fn portcullis(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    command.current_dir(folder);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PORTCULLIS_") {
            command.env_remove(name);
        }
    }
    command
}

/// Runs a command to its end, with `input` on its standard input.
pub(crate) fn run(mut command: Command, input: &str) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    // It may end without reading.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("it ends")
}

impl Server {
    /// The demo.
    pub(crate) fn demo() -> Self {
        Self::start(&temporary_folder(), &["--demo"], &[])
    }

    /// A server in `folder`, on a free port, with more arguments and variables.
    pub(crate) fn start(
        folder: &Arc<TempDir>,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Self {
        let mut command = portcullis(folder.path());
        command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the server starts");
        let log = Arc::new(Mutex::new(String::new()));
        let mut stderr = child.stderr.take().expect("a pipe");
        let collected = Arc::clone(&log);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(length @ 1..) = stderr.read(&mut bytes) {
                let text = String::from_utf8_lossy(&bytes[..length]).into_owned();
                collected.lock().unwrap().push_str(&text);
            }
        });
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut said = Vec::new();
        let address = loop {
            let mut line = String::new();
            if stdout.read_line(&mut line).expect("a line") == 0 {
                let _ = child.wait();
                panic!("the server ended: {said:?} {}", log.lock().unwrap());
            }
            let line = line.trim_end().to_owned();
            let address = line
                .split_once("listens on http://")
                .and_then(|(_, rest)| rest.split(' ').next())
                .and_then(|address| address.parse().ok());
            said.push(line);
            if let Some(address) = address {
                break address;
            }
        };
        // Read on, so that the server never writes into a full or closed pipe.
        std::thread::spawn(move || std::io::copy(&mut stdout, &mut std::io::sink()));
        Self {
            child,
            address,
            said,
            log,
            folder: Arc::clone(folder),
        }
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Everything it wrote on standard error so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// The log, once `expected` is in it: what the server wrote takes a moment to arrive here.
    #[track_caller]
    pub(crate) fn log_with(&self, expected: &str) -> String {
        let began = Instant::now();
        loop {
            let log = self.log();
            if log.contains(expected) {
                return log;
            }
            assert!(
                began.elapsed() < Duration::from_secs(10),
                "{expected:?} is not in the log: {log}"
            );
            std::thread::yield_now();
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it is gone.
    pub(crate) fn wait(&mut self) {
        self.child.wait().expect("it ends");
    }

    /// Asks it to stop, and waits. Answers whether it ended well.
    pub(crate) fn stop(&mut self) -> bool {
        self.terminate();
        self.child.wait().expect("it ends").success()
    }

    pub(crate) fn terminate(&self) {
        let pid = self.child.id().to_string();
        let killed = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(killed.expect("kill runs").success());
    }

    pub(crate) fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        http::send(self.address, "GET", path, headers, b"")
    }

    /// Posts a form.
    pub(crate) fn post(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Answer {
        self.post_raw(path, form(fields).as_bytes(), headers)
    }

    /// Posts a form that is encoded already.
    pub(crate) fn post_raw(&self, path: &str, body: &[u8], headers: &[(&str, &str)]) -> Answer {
        let mut all = vec![("Content-Type", "application/x-www-form-urlencoded")];
        all.extend_from_slice(headers);
        http::send(self.address, "POST", path, &all, body)
    }

    pub(crate) fn login(&self, username: &str, password: &str) -> Answer {
        self.post(
            "/token",
            &[("username", username), ("password", password)],
            &[],
        )
    }

    /// A token of a login that must succeed.
    #[track_caller]
    pub(crate) fn token(&self, username: &str, password: &str) -> String {
        let answer = self.login(username, password);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["access_token"]
            .as_str()
            .expect("a token")
            .to_owned()
    }

    pub(crate) fn me(&self, token: &str) -> Answer {
        self.get(
            "/users/me",
            &[("Authorization", &format!("Bearer {token}"))],
        )
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .expect("the root")
}

/// Runs a program that tests the server at its base URL, and shows what it said when it fails.
#[track_caller]
pub(crate) fn assert_passes(mut command: Command) {
    let output = command.output().unwrap_or_else(|error| {
        panic!("{command:?} does not start ({error}): run scripts/prerequisites")
    });
    assert!(
        output.status.success(),
        "{command:?}\n{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
