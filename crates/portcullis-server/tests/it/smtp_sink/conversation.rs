//! What is said on one connection.

use std::io::{Error, ErrorKind, Result};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;

use super::{Mail, Reply, State};

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// Answers everybody, until it is dropped.
pub(super) async fn all(listener: TcpListener, state: Arc<State>) {
    let mut conversations = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        state.kept.lock().unwrap().connections += 1;
        let state = Arc::clone(&state);
        conversations.spawn(async move {
            let stream: Box<dyn Stream> = match &state.manner.implicit_tls {
                None => Box::new(stream),
                Some(tls) => Box::new(tls.accept(stream).await?),
            };
            let is_encrypted = state.manner.implicit_tls.is_some();
            let mut conversation = Conversation {
                stream: Some(stream),
                ahead: Vec::new(),
                is_encrypted,
                login: None,
                from: String::new(),
                to: Vec::new(),
                state,
            };
            conversation.hold().await
        });
    }
}

struct Conversation {
    /// There, but for the moment in which TLS begins.
    stream: Option<Box<dyn Stream>>,
    ahead: Vec<u8>,
    is_encrypted: bool,
    login: Option<String>,
    from: String,
    to: Vec<String>,
    state: Arc<State>,
}

impl Conversation {
    async fn hold(&mut self) -> Result<()> {
        if !self.answer("CONNECT", "220 sink ESMTP").await? {
            return Ok(());
        }
        loop {
            let line = self.line().await?;
            let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
            match verb.to_ascii_uppercase().as_str() {
                "EHLO" => {
                    let offers = self.offers();
                    self.answer("EHLO", &offers).await?;
                }
                "STARTTLS" => self.start_tls().await?,
                "AUTH" => self.log_in(rest).await?,
                "MAIL" if self.state.manner.login.is_some() && self.login.is_none() => {
                    self.answer("MAIL", "530 5.7.0 log in first").await?;
                }
                "MAIL" => {
                    if self.answer("MAIL", "250 ok").await? {
                        rest.trim_start_matches("FROM:").clone_into(&mut self.from);
                        self.to.clear();
                    }
                }
                "RCPT" => {
                    if self.answer("RCPT", "250 ok").await? {
                        self.to.push(rest.trim_start_matches("TO:").to_owned());
                    }
                }
                "DATA" => self.data().await?,
                "QUIT" => {
                    self.answer("QUIT", "221 bye").await?;
                    return Ok(());
                }
                _ => self.say("500 what?").await?,
            }
        }
    }

    fn offers(&self) -> String {
        let manner = &self.state.manner;
        let mut lines = vec!["sink"];
        if manner.start_tls.is_some() && !self.is_encrypted {
            lines.push("STARTTLS");
        }
        lines.extend(manner.offers);
        let last = lines.len() - 1;
        let line = |(at, text): (usize, &&str)| {
            let sign = if at == last { ' ' } else { '-' };
            format!("250{sign}{text}")
        };
        let lines: Vec<_> = lines.iter().enumerate().map(line).collect();
        lines.join("\r\n")
    }

    async fn start_tls(&mut self) -> Result<()> {
        let Some(tls) = self.state.manner.start_tls.clone() else {
            return self.say("502 no").await;
        };
        if !self.answer("STARTTLS", "220 go ahead").await? {
            return Ok(());
        }
        assert!(self.ahead.is_empty(), "the client did not wait for TLS");
        let plain = self.stream.take().expect("a stream");
        self.stream = Some(Box::new(tls.accept(plain).await?));
        self.is_encrypted = true;
        Ok(())
    }

    async fn log_in(&mut self, rest: &str) -> Result<()> {
        let decoded = |text: &str| String::from_utf8(STANDARD.decode(text).unwrap()).unwrap();
        let (user, password) = if let Some(both) = rest.strip_prefix("PLAIN ") {
            let both = decoded(both);
            let mut parts = both.split('\0').skip(1).map(str::to_owned);
            (parts.next().unwrap(), parts.next().unwrap())
        } else {
            self.say(&format!("334 {}", STANDARD.encode("Username:")))
                .await?;
            let user = decoded(&self.line().await?);
            self.say(&format!("334 {}", STANDARD.encode("Password:")))
                .await?;
            (user, decoded(&self.line().await?))
        };
        if self.state.manner.login == Some((user.as_str(), password.as_str())) {
            if self.answer("AUTH", "235 welcome").await? {
                self.login = Some(user);
            }
            return Ok(());
        }
        self.answer("AUTH", "535 5.7.8 wrong").await.map(drop)
    }

    async fn data(&mut self) -> Result<()> {
        if !self.answer("DATA", "354 go on").await? {
            return Ok(());
        }
        let mut raw = Vec::new();
        loop {
            let line = self.bytes_of_a_line().await?;
            if line == b".\r\n" {
                break;
            }
            raw.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
        let mail = Mail {
            from: std::mem::take(&mut self.from),
            to: std::mem::take(&mut self.to),
            raw,
            is_encrypted: self.is_encrypted,
            login: self.login.clone(),
        };
        let reply = self.state.kept.lock().unwrap().replies.get(".").copied();
        // Kept before it is answered: who reads the answer finds the mail.
        if !matches!(reply, Some(Reply::Say(text)) if text.starts_with(['4', '5'])) {
            self.state.kept.lock().unwrap().mails.push(mail);
            self.state.arrived.notify_all();
        }
        self.answer(".", "250 taken").await.map(drop)
    }

    /// Answers, and says whether the conversation goes on as the client wishes.
    async fn answer(&mut self, at: &str, usual: &str) -> Result<bool> {
        let state = Arc::clone(&self.state);
        // Heard from here on, also if it is said before it is waited for.
        let mut behaves = std::pin::pin!(state.behaves.notified());
        behaves.as_mut().enable();
        let mut reply = state.kept.lock().unwrap().replies.get(at).copied();
        if matches!(reply, Some(Reply::Late)) {
            behaves.await;
            reply = None;
        }
        match reply {
            None | Some(Reply::Late) => self
                .say(usual)
                .await
                .map(|()| usual.starts_with(['2', '3'])),
            Some(Reply::Say(text)) => self.say(text).await.map(|()| text.starts_with(['2', '3'])),
            Some(Reply::Close) => Err(Error::from(ErrorKind::ConnectionAborted)),
            Some(Reply::Hang) => std::future::pending().await,
        }
    }

    async fn say(&mut self, text: &str) -> Result<()> {
        let stream = self.stream.as_mut().expect("a stream");
        stream.write_all(format!("{text}\r\n").as_bytes()).await?;
        stream.flush().await
    }

    async fn line(&mut self) -> Result<String> {
        let line = self.bytes_of_a_line().await?;
        let line = String::from_utf8(line).expect("UTF-8");
        let line = line.trim_end_matches("\r\n").to_owned();
        let mut kept = self.state.kept.lock().unwrap();
        let heard = if self.is_encrypted {
            &mut kept.encrypted
        } else {
            &mut kept.clear
        };
        heard.push(line.clone());
        Ok(line)
    }

    /// The next line, with its end, which is `\r\n` and nothing else (RFC 5321 §2.3.8).
    async fn bytes_of_a_line(&mut self) -> Result<Vec<u8>> {
        loop {
            if let Some(end) = self.ahead.windows(2).position(|two| two == b"\r\n") {
                return Ok(self.ahead.drain(..end + 2).collect());
            }
            let mut bytes = [0; 4096];
            let stream = self.stream.as_mut().expect("a stream");
            match stream.read(&mut bytes).await? {
                0 => return Err(Error::from(ErrorKind::UnexpectedEof)),
                length => self.ahead.extend_from_slice(&bytes[..length]),
            }
        }
    }
}
