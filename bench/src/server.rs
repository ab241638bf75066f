//! A server in a process of its own: `portcullis`, or the yardstick `bare`.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};

use crate::enumeration::control::Defect;

/// How long a server may take to listen, migrations included, or to stop.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running server. Dropped, it is killed.
pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
    log: PathBuf,
}

impl Server {
    /// Starts `portcullis serve` on the database and waits until it listens.
    ///
    /// It works in `directory`: its key file and its log are made there, and
    /// no configuration but the defaults reaches it.
    pub(crate) fn portcullis(
        program: &Path,
        directory: &Path,
        database: &Path,
    ) -> anyhow::Result<Self> {
        let url = format!("sqlite://{}", database.display());
        let arguments = [OsStr::new("--database"), OsStr::new(&url)];
        let mut command = Command::new(program);
        command.arg("serve").args(arguments);
        Self::start(command, &directory.join("portcullis.log"))
    }

    /// Starts this program again as the yardstick, answering `body`.
    pub(crate) fn bare(directory: &Path, body: &str) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["bare", "--body", body]);
        Self::start(command, &directory.join("bare.log"))
    }

    /// Starts this program again as a server whose logins tell who has an account.
    pub(crate) fn control(
        directory: &Path,
        database: &Path,
        defect: Defect,
    ) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["enumeration-control", "--defect", defect.name()]);
        command.arg("--database").arg(database);
        Self::start(command, &directory.join("control.log"))
    }

    fn start(mut command: Command, log: &Path) -> anyhow::Result<Self> {
        let address = free_address()?;
        let output = File::create(log)?;
        let directory = log.parent().context("a log lies in a directory")?;
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PORTCULLIS_") || name == "RUST_LOG" {
                command.env_remove(name);
            }
        }
        let child = command
            .args(["--listen", &address.to_string()])
            .current_dir(directory)
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()
            .with_context(|| format!("cannot start {}", command.get_program().display()))?;
        let mut server = Self {
            child,
            address,
            log: log.to_owned(),
        };
        server.wait_until_it_listens()?;
        Ok(server)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    fn wait_until_it_listens(&mut self) -> anyhow::Result<()> {
        let begun = Instant::now();
        while TcpStream::connect(self.address).is_err() {
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended ({status}):\n{}", self.last_words());
            }
            ensure!(
                begun.elapsed() < PATIENCE,
                "the server does not listen:\n{}",
                self.last_words()
            );
            thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    /// Asks the server to stop, as a service manager does, and waits for it.
    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        // The shell's own `kill` is there where no program of that name is.
        let sent = Command::new("/bin/sh")
            .args(["-c", "kill -TERM \"$1\"", "sh"])
            .arg(self.child.id().to_string())
            .status()?;
        ensure!(sent.success(), "cannot send SIGTERM to the server");
        let status = self.wait_for_exit()?;
        ensure!(
            status.success(),
            "the server answered SIGTERM with {status}:\n{}",
            self.last_words()
        );
        Ok(())
    }

    fn wait_for_exit(&mut self) -> anyhow::Result<ExitStatus> {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            ensure!(begun.elapsed() < PATIENCE, "the server ignores SIGTERM");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// The end of what the server printed.
    fn last_words(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let start = lines.len().saturating_sub(20);
        lines.get(start..).unwrap_or_default().join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail when the child has already ended, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A loopback address that was free a moment ago.
fn free_address() -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?)
}
