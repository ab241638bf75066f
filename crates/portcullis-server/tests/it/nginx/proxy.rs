//! A throw-away nginx with the recipe of `docs/nginx/portcullis.conf`, and the API behind it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use tempfile::TempDir;

use crate::http::{self, Answer};
use crate::server::{root, temporary_folder};

/// Started as a daemon, so that it says at once whether it runs; stopped when the test's end of the pipe
/// is closed, however that comes about. `$1` is nginx, `$2` its folder.
const KEEPER: &str = r#"
trap '' HUP INT TERM PIPE
"$1" -p "$2" -c "$2/nginx.conf" </dev/null || exit 1
while ! pid=$(cat "$2/nginx.pid" 2>/dev/null) || [ -z "$pid" ]; do sleep 0.02; done
echo ready
cat > /dev/null
kill -TERM "$pid"
while kill -0 "$pid" 2>/dev/null; do sleep 0.02; done
"#;

/// A running nginx: before the API, and before Portcullis.
pub(super) struct Proxy {
    keeper: Child,
    /// Where the API is asked.
    pub(super) api: SocketAddr,
    /// Where Portcullis is asked.
    pub(super) id: SocketAddr,
    folder: Arc<TempDir>,
}

impl Proxy {
    pub(super) fn start(portcullis: SocketAddr, upstream: SocketAddr) -> Self {
        // A port that was free a moment ago may be taken by another test.
        for _ in 0..5 {
            if let Some(proxy) = Self::try_start(portcullis, upstream) {
                return proxy;
            }
        }
        panic!("nginx does not start five times: run scripts/prerequisites, or see above");
    }

    fn try_start(portcullis: SocketAddr, upstream: SocketAddr) -> Option<Self> {
        let folder = temporary_folder();
        let (api, id) = free_ports();
        let recipe = recipe([portcullis, upstream, api, id]);
        std::fs::write(folder.path().join("portcullis.conf"), recipe).unwrap();
        std::fs::write(folder.path().join("nginx.conf"), main_file()).unwrap();
        let program = ["/usr/sbin/nginx", "/usr/bin/nginx"];
        let program = program.into_iter().find(|path| Path::new(path).exists());
        let mut keeper = Command::new("sh")
            .args(["-c", KEEPER, "keeper", program.unwrap_or("nginx")])
            .arg(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell");
        let mut said = String::new();
        let mut stdout = BufReader::new(keeper.stdout.take().expect("a pipe"));
        stdout.read_line(&mut said).expect("a line");
        if said != "ready\n" {
            let _ = keeper.wait();
            return None;
        }
        Some(Self {
            keeper,
            api,
            id,
            folder,
        })
    }

    /// Asks the API through nginx.
    pub(super) fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        http::send(self.api, "GET", path, headers, b"")
    }

    /// Asks the API through nginx, with a token.
    pub(super) fn ask(&self, path: &str, token: &str) -> Answer {
        self.get(path, &[("Authorization", &format!("Bearer {token}"))])
    }

    /// What nginx wrote down as worse than a warning.
    pub(super) fn errors(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("error.log")).unwrap()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

fn free_ports() -> (SocketAddr, SocketAddr) {
    // Both at once, so that they differ.
    let free = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").expect("a free port"));
    let [api, id] = free.map(|one| one.local_addr().unwrap());
    (api, id)
}

/// The recipe, with these addresses in the place of its own, and without TLS.
fn recipe([portcullis, upstream, api, id]: [SocketAddr; 4]) -> String {
    let mut text = std::fs::read_to_string(root().join("docs/nginx/portcullis.conf")).unwrap();
    let mut replace = |old: &str, new: &str| {
        let (before, after) = text.split_once(old).expect(old);
        text = format!("{before}{new}{after}");
    };
    replace("server 127.0.0.1:8000;", &format!("server {portcullis};"));
    replace("server 127.0.0.1:9000;", &format!("server {upstream};"));
    for (name, address) in [("api", api), ("id", id)] {
        replace("listen 443 ssl;", &format!("listen {address};"));
        for file in [
            "certificate     /etc/nginx/tls/",
            "certificate_key /etc/nginx/tls/",
        ] {
            let ending = if file.contains("key") { "key" } else { "pem" };
            replace(&format!("ssl_{file}{name}.example.com.{ending};"), "");
        }
    }
    assert!(
        !text.contains("ssl"),
        "the test leaves something out: {text}"
    );
    text
}

fn main_file() -> &'static str {
    // A worker that is not root could not go into the folder of a root's test. Who is not root
    // is warned that the line means nothing.
    "user root;
     worker_processes 2;
     pid nginx.pid;
     error_log error.log error;
     events { worker_connections 256; }
     http {
         access_log off;
         client_body_temp_path body;
         proxy_temp_path proxy;
         fastcgi_temp_path fastcgi;
         uwsgi_temp_path uwsgi;
         scgi_temp_path scgi;
         include portcullis.conf;
     }"
}

/// What the API was sent.
#[derive(Debug, Clone)]
pub(super) struct Arrived {
    /// Method and path.
    pub(super) line: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: usize,
}

impl Arrived {
    /// All values of a header.
    pub(super) fn values(&self, name: &str) -> Vec<&str> {
        let found = self.headers.iter().filter(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str()).collect()
    }
}

/// An API that knows nothing of tokens, and remembers what arrived.
pub(super) struct Upstream {
    pub(super) address: SocketAddr,
    arrived: Arc<Mutex<Vec<Arrived>>>,
}

impl Upstream {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().unwrap();
        let arrived = Arc::default();
        let all = Arc::clone(&arrived);
        // It ends with the process of the tests.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let all = Arc::clone(&all);
                std::thread::spawn(move || answer(&stream, &all));
            }
        });
        Self { address, arrived }
    }

    /// What arrived since it was last asked.
    pub(super) fn arrived(&self) -> Vec<Arrived> {
        std::mem::take(&mut self.arrived.lock().unwrap())
    }

    /// The one request that arrived since it was last asked.
    #[track_caller]
    pub(super) fn one(&self) -> Arrived {
        let mut all = self.arrived();
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }
}

/// Answers one request: `/status/401` with that status, all else with `200`.
fn answer(stream: &TcpStream, all: &Mutex<Vec<Arrived>>) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let line = lines.first()?.trim_end_matches(" HTTP/1.1").to_owned();
    let headers: Vec<_> = lines
        .iter()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length
        .and_then(|(_, value)| value.parse().ok())
        .unwrap_or(0);
    let body = std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink()).ok()?;
    let status = line
        .split_once("/status/")
        .map_or("200", |(_, status)| status);
    let answer = format!(
        "HTTP/1.1 {status} So\r\nContent-Length: 7\r\nConnection: close\r\nX-Api: yes\r\n\r\nthe api"
    );
    let body = usize::try_from(body).ok()?;
    all.lock().ok()?.push(Arrived {
        line,
        headers,
        body,
    });
    let mut stream = stream;
    stream.write_all(answer.as_bytes()).ok()
}
