//! The little of HTTP/1.1 that a load generator needs: one request at a time
//! on a kept connection, answers delimited by `Content-Length` alone.

use anyhow::{Context, bail, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// More than this before the blank line is no answer of ours.
const LONGEST_HEAD: usize = 16 * 1024;

/// The bytes of `GET /users/me` with a bearer token.
///
/// `Host` names no port, so that both sides are sent the same bytes.
pub(crate) fn current_user_request(token: &str) -> Vec<u8> {
    format!(
        "GET /users/me HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n\
         Authorization: Bearer {token}\r\n\r\n"
    )
    .into_bytes()
}

/// The bytes of `POST /token`. Both values must need no form encoding.
pub(crate) fn login_request(username: &str, password: &str) -> Vec<u8> {
    let form = format!("grant_type=password&username={username}&password={password}");
    format!(
        "POST /token HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    )
    .into_bytes()
}

/// A connection that is kept over many exchanges.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer, borrowed from the connection's buffer.
pub(crate) struct Response<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a [u8],
    /// Bytes of head and body together.
    pub(crate) bytes: usize,
}

impl Connection {
    pub(crate) fn over(stream: std::net::TcpStream) -> anyhow::Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        Ok(Self {
            stream: TcpStream::from_std(stream)?,
            buffer: Vec::with_capacity(LONGEST_HEAD),
        })
    }

    /// Sends one request and reads its answer to the end.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> anyhow::Result<Response<'_>> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let (head, end) = loop {
            let read = self.stream.read_buf(&mut self.buffer).await?;
            ensure!(read > 0, "the server closed the connection");
            if let Some(head) = read_head(&self.buffer)? {
                let end = head.length + head.content_length;
                ensure!(self.buffer.len() <= end, "more bytes than one answer has");
                if self.buffer.len() == end {
                    break (head, end);
                }
            }
        };
        Ok(Response {
            status: head.status,
            body: self.buffer.get(head.length..end).unwrap_or_default(),
            bytes: end,
        })
    }
}

/// What the head of an answer says about where the answer ends.
#[derive(Debug, PartialEq, Eq)]
struct Head {
    status: u16,
    /// Bytes up to and including the blank line.
    length: usize,
    content_length: usize,
}

/// Reads the head from what has arrived so far; `None` until all of it is there.
fn read_head(bytes: &[u8]) -> anyhow::Result<Option<Head>> {
    let mut status = None;
    let mut content_length = None;
    let mut length = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let Some(line) = line.strip_suffix(b"\r\n") else {
            break;
        };
        length += line.len() + 2;
        if status.is_none() {
            status = Some(status_of(line)?);
        } else if line.is_empty() {
            return Ok(Some(Head {
                status: status.unwrap_or_default(),
                length,
                content_length: content_length.context("an answer without Content-Length")?,
            }));
        } else if let Some(value) = field(line, b"content-length") {
            content_length = Some(std::str::from_utf8(value)?.trim().parse()?);
        } else if field(line, b"transfer-encoding").is_some() {
            bail!("an answer with Transfer-Encoding, which this reader does not know");
        }
    }
    ensure!(bytes.len() < LONGEST_HEAD, "a head that does not end");
    Ok(None)
}

fn status_of(line: &[u8]) -> anyhow::Result<u16> {
    let digits = line
        .strip_prefix(b"HTTP/1.1 ")
        .and_then(|rest| rest.get(..3))
        .with_context(|| format!("not HTTP/1.1: {}", String::from_utf8_lossy(line)))?;
    Ok(std::str::from_utf8(digits)?.parse()?)
}

/// The value of the header field, if this line is it.
fn field<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (start, rest) = line.split_at_checked(name.len())?;
    let value = rest.strip_prefix(b":")?;
    start.eq_ignore_ascii_case(name).then_some(value)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::*;

    const ANSWER: &[u8] =
        b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nCONTENT-LENGTH:  2\r\n\r\n{}";

    #[test]
    fn a_head_is_read_only_when_all_of_it_is_there() {
        let end = ANSWER.len() - 2;
        for arrived in 0..end {
            assert_eq!(read_head(&ANSWER[..arrived]).unwrap(), None, "{arrived}");
        }
        let head = Head {
            status: 503,
            length: end,
            content_length: 2,
        };
        assert_eq!(read_head(&ANSWER[..end]).unwrap().as_ref(), Some(&head));
        assert_eq!(read_head(ANSWER).unwrap(), Some(head));
    }

    #[test]
    fn a_longer_field_name_is_another_field() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length-Was: 9\r\ncontent-length: 3\r\n\r\n";
        assert_eq!(read_head(answer).unwrap().unwrap().content_length, 3);
    }

    #[test]
    fn answers_that_end_some_other_way_are_refused() {
        for answer in [
            &b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"[..],
            b"HTTP/1.1 200 OK\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            b"HTTP/2 200\r\n\r\n",
            b"HTTP/1.1 2\r\n\r\n",
        ] {
            assert!(
                read_head(answer).is_err(),
                "{}",
                String::from_utf8_lossy(answer)
            );
        }
        assert!(read_head(&vec![b'a'; LONGEST_HEAD]).is_err());
    }

    /// A server on one thread that answers the pieces, a moment apart.
    fn server(pieces: &'static [&'static [u8]]) -> std::net::TcpStream {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.set_nodelay(true).unwrap();
            let mut request = [0; 1024];
            assert!(stream.read(&mut request).unwrap() > 0);
            for piece in pieces {
                stream.write_all(piece).unwrap();
                std::thread::yield_now();
            }
        });
        std::net::TcpStream::connect(address).unwrap()
    }

    #[tokio::test]
    async fn an_answer_in_pieces_is_put_together() {
        let stream = server(&[
            b"HTTP/1.1 200 OK\r",
            b"\nContent-Le",
            b"ngth: 4\r\n\r\nab",
            b"cd",
        ]);
        let mut connection = Connection::over(stream).unwrap();
        let response = connection
            .exchange(&current_user_request("t"))
            .await
            .unwrap();
        assert_eq!((response.status, response.body), (200, &b"abcd"[..]));
        assert_eq!(response.bytes, 42);
    }

    #[tokio::test]
    async fn a_short_answer_is_a_failure() {
        let stream = server(&[b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab"]);
        let mut connection = Connection::over(stream).unwrap();
        assert!(connection.exchange(b"GET").await.is_err());
    }

    #[tokio::test]
    async fn bytes_after_the_answer_are_a_failure() {
        let stream = server(&[b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab"]);
        let mut connection = Connection::over(stream).unwrap();
        assert!(connection.exchange(b"GET").await.is_err());
    }

    #[test]
    fn a_login_counts_its_form() {
        let request = String::from_utf8(login_request("ann", "secret")).unwrap();
        let (head, form) = request.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("Content-Length: {}", form.len())));
        assert_eq!(form, "grant_type=password&username=ann&password=secret");
    }
}
