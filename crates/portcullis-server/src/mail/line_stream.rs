//! A connection that is read line by line.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Gives out no byte beyond the end of a line before it is asked again.
///
/// After `STARTTLS`, whoever sits on the wire can append lines to the server's plain answer. Whatever was
/// read ahead of the handshake would be taken for answers under TLS. So nothing is read ahead: such lines
/// are what the handshake finds, and it fails. Nor does a line without an end fill the memory.
#[derive(Debug)]
pub(super) struct LineStream {
    stream: TcpStream,
    /// How many bytes of the present line were given out.
    in_line: usize,
}

/// More than an answer's line has (RFC 5321 §4.5.3.1.5: 512), and than a record of TLS (RFC 8446 §5.2).
const LONGEST: usize = 32 * 1024;

impl LineStream {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self { stream, in_line: 0 }
    }
}

impl AsyncRead for LineStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let space = into.remaining();
        if space == 0 {
            return Poll::Ready(Ok(()));
        }
        let there = {
            let mut ahead = ReadBuf::new(into.initialize_unfilled());
            ready!(self.stream.poll_peek(context, &mut ahead))?;
            let line = ahead.filled().split_inclusive(|byte| *byte == b'\n');
            line.map(<[u8]>::len).next().unwrap_or_default()
        };
        // Nothing there: the end, which the read below finds too.
        let mut line = into.take(there.max(1));
        ready!(Pin::new(&mut self.stream).poll_read(context, &mut line))?;
        let read = line.filled().len();
        self.in_line = match line.filled().last() {
            Some(b'\n') => 0,
            _ => self.in_line + read,
        };
        if self.in_line > LONGEST {
            let error = io::Error::new(io::ErrorKind::InvalidData, "a line has no end");
            return Poll::Ready(Err(error));
        }
        // The bytes of `line` are the next ones of `into`, which do not count yet.
        into.advance(read);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for LineStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl AsyncTokioStream for LineStream {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.peer_addr()
    }
}
