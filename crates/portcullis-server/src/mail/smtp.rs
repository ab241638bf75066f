//! Mail by SMTP (RFC 5321).

use std::net::IpAddr;
use std::time::Duration;

use anyhow::Context;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, Certificate, TlsParameters, TlsParametersBuilder,
};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::{Response, Severity};
use portcullis::mail::{Letter, MailFailed, Mailer, OneLine, Sending};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::line_stream::LineStream;
use super::message::{NotWritten, Writer, Written};
use super::server_address::Security;
use super::{ServerAddress, Settings};

/// How long the server may take for its goodbye, when the mail is decided.
const GOODBYE: Duration = Duration::from_secs(2);
/// How much of what a server says is kept.
const SAID: usize = 300;

/// Brings each mail to one server, by a connection of its own.
pub(super) struct Smtp {
    host: String,
    port: u16,
    security: Security,
    tls: TlsParameters,
    credentials: Option<Credentials>,
    hello: ClientId,
    timeout: Duration,
    writer: Writer,
}

/// What went wrong, and whether it is this mail's own.
struct Failure {
    is_permanent: bool,
    what: String,
}

impl Smtp {
    pub(super) fn new(
        settings: &Settings,
        server: &ServerAddress,
        writer: Writer,
    ) -> anyhow::Result<Self> {
        let hello = match writer.host().parse::<IpAddr>() {
            Ok(IpAddr::V4(ip)) => ClientId::Ipv4(ip),
            Ok(IpAddr::V6(ip)) => ClientId::Ipv6(ip),
            Err(_) => ClientId::Domain(writer.host().to_owned()),
        };
        let credentials = server.credentials.as_ref();
        Ok(Self {
            host: server.host.clone(),
            port: server.port,
            security: server.security,
            tls: trust(settings, server)?,
            credentials: credentials.map(|(user, password)| {
                Credentials::new(user.clone(), password.expose().to_owned())
            }),
            hello,
            timeout: settings.timeout,
            writer,
        })
    }

    /// Sends a message. What the server says of it counts, however the connection ends.
    async fn deliver(&self, mail: &Written) -> Result<(), Failure> {
        let attempt = async {
            let mut connection = self.connect().await?;
            let sent = hand_over(&mut connection, mail).await;
            Ok((connection, sent))
        };
        let Ok(attempted) = timeout(self.timeout, attempt).await else {
            let seconds = self.timeout.as_secs();
            return Err(Failure::passing(format!("it took longer than {seconds} s")));
        };
        let (mut connection, sent) = attempted?;
        let _ = timeout(GOODBYE, connection.abort()).await;
        sent
    }

    /// A connection on which mail may be sent: encrypted, and the server knows who we are. None of its
    /// failures is a mail's own.
    async fn connect(&self) -> Result<AsyncSmtpConnection, Failure> {
        let place = (self.host.as_str(), self.port);
        let opened = match self.security {
            Security::None => {
                AsyncSmtpConnection::connect_tokio1(place, None, &self.hello, None, None).await
            }
            Security::Implicit => {
                let tls = Some(self.tls.clone());
                AsyncSmtpConnection::connect_tokio1(place, None, &self.hello, tls, None).await
            }
            Security::StartTls => {
                let stream = TcpStream::connect(place).await;
                let stream = stream.map_err(|error| Failure::passing(error.to_string()))?;
                self.start_tls(LineStream::new(stream)).await
            }
        };
        let mut connection = opened.map_err(|error| Failure::passing(error.to_string()))?;
        if self.security != Security::None && !connection.is_encrypted() {
            return Err(Failure::passing("the connection is not encrypted"));
        }
        if let Some(credentials) = &self.credentials {
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            let answer = connection.auth(&mechanisms, credentials).await;
            expect(answer, 235).map_err(|failure| Failure {
                is_permanent: false,
                what: format!("the login was refused: {}", failure.what),
            })?;
        }
        Ok(connection)
    }

    async fn start_tls(&self, stream: LineStream) -> Result<AsyncSmtpConnection, Error> {
        let stream = Box::new(stream);
        let mut connection =
            AsyncSmtpConnection::connect_with_transport(stream, &self.hello).await?;
        connection.starttls(self.tls.clone(), &self.hello).await?;
        Ok(connection)
    }
}

impl Mailer for Smtp {
    fn send<'a>(&'a self, letter: &'a Letter) -> Sending<'a> {
        Box::pin(async move {
            let sent = match self.writer.write(letter) {
                Ok(mail) => self.deliver(&mail).await,
                Err(error) => Err(Failure {
                    is_permanent: matches!(error, NotWritten::Address),
                    what: error.to_string(),
                }),
            };
            sent.map_err(|failure| {
                let what = repeated(&failure.what, letter);
                if failure.is_permanent {
                    MailFailed::permanent(what)
                } else {
                    MailFailed::temporary(what)
                }
            })
        })
    }
}

/// The four steps of RFC 5321 §3.3. Only what is said of the recipient or of the mail is for good.
async fn hand_over(connection: &mut AsyncSmtpConnection, mail: &Written) -> Result<(), Failure> {
    let mut parameters = Vec::new();
    let server = connection.server_info();
    let is_ascii = |address: &lettre::Address| AsRef::<str>::as_ref(address).is_ascii();
    if !is_ascii(&mail.from) || !is_ascii(&mail.to) {
        if !server.supports_feature(Extension::SmtpUtfEight) {
            return Err(Failure {
                is_permanent: is_ascii(&mail.from),
                what: "the mail server takes only ASCII in addresses (no SMTPUTF8)".to_owned(),
            });
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if !mail.bytes.is_ascii() {
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    let sender = Mail::new(Some(mail.from.clone()), parameters);
    expect(connection.command(sender).await, 250).map_err(|failure| Failure {
        is_permanent: false,
        what: format!("the sender was refused: {}", failure.what),
    })?;
    let recipient = Rcpt::new(mail.to.clone(), Vec::new());
    expect(connection.command(recipient).await, 250)?;
    expect(connection.command(Data).await, 354)?;
    expect(connection.message(&mail.bytes).await, 250)
}

/// Whether the server's answer is the one that was asked for.
fn expect(answer: Result<Response, Error>, code: u16) -> Result<(), Failure> {
    match answer {
        Ok(answer) if answer.has_code(code) => Ok(()),
        // RFC 5321 §4.3.2 lets a server that forwards say 251.
        Ok(answer) if code == 250 && is_success(&answer) => Ok(()),
        Ok(answer) => Err(Failure::passing(format!(
            "the server answered {} out of turn",
            answer.code()
        ))),
        Err(error) => Err(Failure {
            is_permanent: error.is_permanent() && !asks_for_a_login(&error),
            what: error.to_string(),
        }),
    }
}

fn is_success(answer: &Response) -> bool {
    answer.code().severity == Severity::PositiveCompletion
}

/// RFC 4954 §6: 530, 534, 535, 538. Those are the settings' fault, not the mail's.
fn asks_for_a_login(error: &Error) -> bool {
    error.status().is_some_and(|code| {
        let code = code.to_string();
        code.starts_with("53")
    })
}

/// What a server said, for the log: a line, not too long, and without the token, which it may quote.
fn repeated(what: &str, letter: &Letter) -> String {
    let line = what.replace(['\r', '\n'], " ");
    let line = OneLine::new(&line);
    let text = match letter.content.link() {
        Some(link) => line.as_str().replace(link.token(), "…"),
        None => line.as_str().to_owned(),
    };
    text.chars().take(SAID).collect()
}

impl Failure {
    fn passing(what: impl Into<String>) -> Self {
        Self {
            is_permanent: false,
            what: what.into(),
        }
    }
}

/// Whom we believe that he is the mail server: the system's authorities, and those of `mail.ca_file`.
fn trust(settings: &Settings, server: &ServerAddress) -> anyhow::Result<TlsParameters> {
    let mut builder = TlsParametersBuilder::new(server.host.clone());
    if let Some(file) = &settings.ca_file {
        let place = file.display();
        let wrong = || format!("setting `mail.ca_file`: {place} holds no certificates in PEM");
        let pem = std::fs::read(file)
            .with_context(|| format!("setting `mail.ca_file`: {place} cannot be read"))?;
        let is_there = String::from_utf8_lossy(&pem).contains("-----BEGIN CERTIFICATE-----");
        anyhow::ensure!(is_there, wrong());
        builder = builder.add_root_certificate(Certificate::from_pem(&pem).with_context(wrong)?);
        return builder.build().with_context(wrong);
    }
    Ok(builder.build()?)
}
