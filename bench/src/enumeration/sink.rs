//! A mail server that takes everything and keeps nothing.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// It lives as long as the process.
pub(crate) struct Sink {
    pub(crate) address: SocketAddr,
    taken: Arc<AtomicUsize>,
}

impl Sink {
    pub(crate) fn open() -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let taken = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&taken);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let count = Arc::clone(&count);
                // Who breaks off in between tries again.
                thread::spawn(move || serve(&stream, &count));
            }
        });
        Ok(Self { address, taken })
    }

    /// How many mails it took.
    pub(crate) fn taken(&self) -> usize {
        self.taken.load(Ordering::Relaxed)
    }
}

fn serve(stream: &TcpStream, taken: &AtomicUsize) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut lines = BufReader::new(stream).split(b'\n');
    let answer = |text: &str| {
        let mut stream = stream;
        stream.write_all(text.as_bytes())
    };
    answer("220 sink\r\n")?;
    let mut is_letter = false;
    while let Some(line) = lines.next().transpose()? {
        let line = line.strip_suffix(b"\r").unwrap_or(&line);
        if is_letter {
            if line == b"." {
                is_letter = false;
                taken.fetch_add(1, Ordering::Relaxed);
                answer("250 taken\r\n")?;
            }
            continue;
        }
        match line.get(..4).map(<[u8]>::to_ascii_uppercase).as_deref() {
            Some(b"DATA") => {
                is_letter = true;
                answer("354 go on\r\n")?;
            }
            Some(b"QUIT") => return answer("221 bye\r\n"),
            Some(b"EHLO") => answer("250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n")?,
            _ => answer("250 ok\r\n")?,
        }
    }
    Ok(())
}
