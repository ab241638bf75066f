// A throw-away PostgreSQL for tests: real, empty, on a free port of 127.0.0.1,
// and gone when the test process is gone, however that ends.
//
// ```text
// test process ── pipe ──► sh: pg_ctl start; wait for the end of the pipe; pg_ctl stop; rm
// ```
//
// Rust drops no statics, and a killed process drops nothing at all; but the
// system always closes its pipes. So the shell at the other end does the
// cleaning, the same way for a dropped, an ended and a killed owner.
//
// Uses `std` and the `tempfile` crate alone, so that another crate's tests can
// take this file in by `#[path]`, and the documentation's examples by `include!`,
// which allows neither `//!` nor `#![…]` here.

use std::ffi::OsString;
use std::fmt::Display;
use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;

/// Nothing here outlives a test, so nothing needs to reach the disk.
const SETTINGS: &str = "
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
fsync = off
full_page_writes = off
synchronous_commit = off
autovacuum_naptime = 1d
";

/// `$1` is `pg_ctl`, `$2` the folder, `$3` the port. Neither a signal to the
/// tests nor a broken pipe may end it before it has cleaned up. Each line that comes is an order.
const KEEPER: &str = r#"
trap '' HUP INT TERM PIPE
stop() { "$1" stop --silent --wait --mode=immediate --pgdata="$2/data"; }
start() { "$1" start --silent --wait --timeout=60 --pgdata="$2/data" --log="$2/log" -o "-p $3"; }
start "$@" || { stop "$@"; exit 1; }
echo ready
while read -r order; do
  case $order in
    stop) stop "$@" ;;
    start) start "$@" ;;
  esac && echo ready || echo failed
done
stop "$@"
rm -rf "$2"
"#;

/// A running PostgreSQL server, stopped and removed on drop.
pub(crate) struct PostgresServer {
    keeper: Child,
    answers: BufReader<ChildStdout>,
    port: u16,
    psql: PathBuf,
    databases: AtomicU32,
}

impl PostgresServer {
    /// Starts a server of its own.
    #[expect(clippy::panic, reason = "a test without its database can only fail")]
    pub(crate) fn start() -> Self {
        Self::try_start().unwrap_or_else(|error| panic!("no PostgreSQL for the tests: {error}"))
    }

    /// The server that the tests of this process share, started by the first.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<PostgresServer> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// Where the server is: the superuser, in the database `postgres`.
    pub(crate) fn url(&self) -> String {
        self.url_of("postgres")
    }

    /// Creates an empty database and tells its URL.
    #[expect(clippy::panic, reason = "a test without its database can only fail")]
    pub(crate) fn fresh_database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        // Nobody can be connected to template0, so tests may create side by side.
        let create = format!("CREATE DATABASE {name} TEMPLATE template0");
        let mut psql = without_pg_variables(Command::new(&self.psql));
        psql.args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"])
            .args(["--command", &create, &self.url()]);
        run(&mut psql).unwrap_or_else(|error| panic!("no fresh database: {error}"));
        self.url_of(&name)
    }

    /// Stops it as a crash would; its data stay where they are.
    pub(crate) fn stop(&mut self) {
        self.order("stop");
    }

    /// Starts it again after a [`stop`](Self::stop), at the same address.
    pub(crate) fn start_again(&mut self) {
        self.order("start");
    }

    fn order(&mut self, order: &str) {
        let mut answer = String::new();
        let carried_out = match &mut self.keeper.stdin {
            Some(stdin) => {
                writeln!(stdin, "{order}").and_then(|()| self.answers.read_line(&mut answer))
            }
            None => Ok(0),
        };
        assert_eq!(
            answer, "ready\n",
            "PostgreSQL must {order}: {carried_out:?}"
        );
    }

    fn url_of(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    fn try_start() -> Result<Self, String> {
        let folder = tempfile::Builder::new()
            .prefix("portcullis-postgres-")
            .tempdir()
            .map_err(|error| format!("no temporary folder: {error}"))?;
        let account = Account::allowed_to_run_postgres()?;
        account.take_over(folder.path())?;

        let data = folder.path().join("data");
        let mut initdb = account.command(&program("initdb")?, folder.path());
        initdb
            .args(["--username=postgres", "--auth=trust", "--encoding=UTF8"])
            .args(["--locale=C", "--no-sync", "--pgdata"])
            .arg(&data);
        run(&mut initdb)?;
        OpenOptions::new()
            .append(true)
            .open(data.join("postgresql.conf"))
            .and_then(|mut file| file.write_all(SETTINGS.as_bytes()))
            .map_err(|error| format!("cannot write postgresql.conf: {error}"))?;

        let ((keeper, answers), port) = start_on_a_free_port(&account, folder)?;
        Ok(Self {
            keeper,
            answers,
            port,
            psql: program("psql")?,
            databases: AtomicU32::new(0),
        })
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        // Should the keeper be gone already, there is nothing to wait for.
        let _ = self.keeper.wait();
    }
}

/// The shell that keeps the server, and what it says.
type Keeper = (Child, BufReader<ChildStdout>);

/// Between the choice of a port and its use somebody else may take it: then again.
fn start_on_a_free_port(account: &Account, folder: TempDir) -> Result<(Keeper, u16), String> {
    let pg_ctl = program("pg_ctl")?;
    let mut log = String::new();
    for _ in 0..5 {
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .map_err(|error| format!("no free port: {error}"))?
            .port();
        if let Some(keeper) = start_keeper(account, &pg_ctl, folder.path(), port)? {
            // From here on the keeper removes the folder.
            let _ = folder.keep();
            return Ok((keeper, port));
        }
        log = fs::read_to_string(folder.path().join("log")).unwrap_or_default();
        if !log.contains("Address already in use") {
            break;
        }
    }
    Err(format!("the server did not start; its log:\n{log}"))
}

/// `None` when the server did not come up: its log says why.
fn start_keeper(
    account: &Account,
    pg_ctl: &Path,
    folder: &Path,
    port: u16,
) -> Result<Option<Keeper>, String> {
    let mut keeper = account
        .command(Path::new("/bin/sh"), folder)
        .args(["-c", KEEPER, "postgres-keeper"])
        .args([pg_ctl.as_os_str(), folder.as_os_str()])
        .arg(port.to_string())
        // Ctrl-C is for the tests; the keeper learns of their end by the pipe.
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("cannot start a shell: {error}"))?;
    let stdout = keeper.stdout.take().ok_or("the shell has no output")?;
    let (mut answers, mut answer) = (BufReader::new(stdout), String::new());
    answers
        .read_line(&mut answer)
        .map_err(|error| format!("cannot read from the shell: {error}"))?;
    if answer == "ready\n" {
        return Ok(Some((keeper, answers)));
    }
    keeper
        .wait()
        .map_err(|error| format!("lost the shell: {error}"))?;
    Ok(None)
}

/// Who runs the server: PostgreSQL refuses to run as root.
enum Account {
    Ours,
    Other { uid: u32, gid: u32 },
}

impl Account {
    fn allowed_to_run_postgres() -> Result<Self, String> {
        if id(&["-u"]) != Some(0) {
            return Ok(Self::Ours);
        }
        ["postgres", "nobody"]
            .into_iter()
            .find_map(|name| {
                let (uid, gid) = (id(&["-u", name])?, id(&["-g", name])?);
                Some(Self::Other { uid, gid })
            })
            .ok_or_else(|| "root may not run it, and neither `postgres` nor `nobody` exists".into())
    }

    fn take_over(&self, folder: &Path) -> Result<(), String> {
        match *self {
            Self::Ours => Ok(()),
            Self::Other { uid, gid } => chown(folder, Some(uid), Some(gid))
                .map_err(|error| format!("cannot give {} away: {error}", folder.display())),
        }
    }

    fn command(&self, program: &Path, folder: &Path) -> Command {
        let mut command = without_pg_variables(Command::new(program));
        // The tests' own folder may be closed to that account.
        command.current_dir(folder).env("LC_ALL", "C");
        if let Self::Other { uid, gid } = *self {
            command.uid(uid).gid(gid);
        }
        command
    }
}

fn id(arguments: &[&str]) -> Option<u32> {
    let output = Command::new("id").args(arguments).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

/// `PGDATA`, `PGOPTIONS` and the like would lead the programs elsewhere.
fn without_pg_variables(mut command: Command) -> Command {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PG") {
            command.env_remove(name);
        }
    }
    command
}

fn run(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_owned();
    let said = |what: &dyn Display| format!("{}: {what}", program.display());
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|error| said(&error))?;
    if output.status.success() {
        return Ok(());
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    Err(said(&format!("{}\n{stderr}", output.status)))
}

/// Debian keeps the server's programs out of `PATH`, one folder a version.
fn program(name: &str) -> Result<PathBuf, String> {
    let path = std::env::var_os("PATH").unwrap_or_else(|| OsString::from("/usr/bin:/bin"));
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    versions.sort_unstable_by(|one, other| other.cmp(one));
    versions
        .into_iter()
        .map(|(_, folder)| folder)
        .chain(std::env::split_paths(&path))
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
        .ok_or_else(|| {
            format!(
                "`{name}` is neither in PATH nor in /usr/lib/postgresql/*/bin; \
                 run scripts/prerequisites, or install it: apt-get install postgresql"
            )
        })
}
