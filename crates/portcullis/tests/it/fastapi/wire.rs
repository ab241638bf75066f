//! One request and its answer, as bytes: what a client library would refuse to send, or would mend
//! on the way, must reach both sides alike.

use std::fmt;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// A request, but for the host.
#[derive(Debug, Clone)]
pub(super) struct Request {
    /// `GET /path`.
    line: String,
    headers: Vec<Vec<u8>>,
    body: Vec<u8>,
}

impl Request {
    pub(super) fn get(target: &str) -> Self {
        Self {
            line: format!("GET {target}"),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub(super) fn post(target: &str, media_type: &str, body: &[u8]) -> Self {
        let request = Self {
            line: format!("POST {target}"),
            headers: Vec::new(),
            body: body.to_vec(),
        };
        request.header("content-type", media_type.as_bytes())
    }

    pub(super) fn header(mut self, name: &str, value: &[u8]) -> Self {
        self.headers
            .push([name.as_bytes(), b": ", value, b"\r\n"].concat());
        self
    }

    fn bytes(&self) -> Vec<u8> {
        let head = format!(
            "{} HTTP/1.1\r\nhost: compared\r\nconnection: close\r\ncontent-length: {}\r\n",
            self.line,
            self.body.len()
        );
        [
            head.as_bytes(),
            &self.headers.concat(),
            b"\r\n",
            &*self.body,
        ]
        .concat()
    }

    /// Sends it on a connection of its own.
    pub(super) fn send(&self, to: SocketAddr) -> Answer {
        let mut stream = TcpStream::connect(to).expect("the server listens");
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        stream.write_all(&self.bytes()).expect("it reads");
        let mut received = Vec::new();
        stream.read_to_end(&mut received).expect("it answers");
        Answer::received(&received)
    }
}

/// What is compared of an answer; of a document, what stands in one place of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    /// Nothing for a document.
    pub(super) status: Option<u16>,
    pub(super) body: Value,
    /// Every `WWW-Authenticate` line, joined as RFC 9110 §5.3 allows.
    pub(super) challenge: Option<String>,
}

impl Answer {
    fn received(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.unwrap_or_else(|| panic!("no end of the head: {bytes:?}"));
        let head = String::from_utf8_lossy(&bytes[..end]);
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.get(9..12));
        let mut challenges = Vec::new();
        for line in lines {
            let (name, value) = line.split_once(':').expect("a header");
            // The body is all that follows, as long as neither side sends it in chunks.
            assert!(!name.eq_ignore_ascii_case("transfer-encoding"), "{head}");
            if name.eq_ignore_ascii_case("www-authenticate") {
                challenges.push(value.trim().to_owned());
            }
        }
        let body = &bytes[end + 4..];
        Self {
            status: Some(status.and_then(|status| status.parse().ok()).expect("one")),
            body: serde_json::from_slice(body)
                .unwrap_or_else(|_| String::from_utf8_lossy(body).into()),
            challenge: (!challenges.is_empty()).then(|| challenges.join(", ")),
        }
    }

    /// A part of a document.
    pub(super) fn told(body: Value) -> Self {
        Self {
            status: None,
            body,
            challenge: None,
        }
    }

    /// Reads what [`Display`](fmt::Display) writes: `401 {"detail":"…"} | Bearer`.
    pub(super) fn parse(line: &str) -> Self {
        let (line, challenge) = match line.split_once(" | ") {
            Some((rest, challenge)) => (rest, Some(challenge.to_owned())),
            None => (line, None),
        };
        let (status, body) = match line.split_once(' ') {
            Some((status, body)) if status.len() == 3 && status.parse::<u16>().is_ok() => {
                (status.parse().ok(), body)
            }
            _ => (None, line),
        };
        Self {
            status,
            body: serde_json::from_str(body).unwrap_or_else(|error| panic!("{line}: {error}")),
            challenge,
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(status) = self.status {
            write!(f, "{status} ")?;
        }
        write!(f, "{}", self.body)?;
        if let Some(challenge) = &self.challenge {
            write!(f, " | {challenge}")?;
        }
        Ok(())
    }
}
