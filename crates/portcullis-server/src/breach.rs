//! The list of stolen passwords elsewhere that `password.breach_url` names.

use std::sync::{Arc, OnceLock};

use axum::body::Bytes;
use http::header::{ACCEPT, HOST, USER_AGENT};
use http::{Request, StatusCode, Uri};
use http_body_util::{BodyExt, Empty, LengthLimitError, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use portcullis::account::{BreachedPasswords, RangeAnswer, RangeUnavailable};
use portcullis::password::HashPrefix;
use rustls::pki_types::{InvalidDnsNameError, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;

/// The largest answer that is read. A padded one has some 40 KiB.
const LARGEST: usize = 512 * 1024;

/// Asks over HTTP, with one connection for each question.
pub(crate) struct BreachList {
    is_https: bool,
    host: String,
    port: u16,
    /// Where the prefix is added.
    path: String,
    /// What is trusted, read when it is needed first.
    tls: OnceLock<Arc<ClientConfig>>,
}

/// Why there is no answer. None of it tells what was asked.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("it cannot be connected to: {0}")]
    Connect(#[source] std::io::Error),
    #[error("its name cannot be one of a certificate")]
    Name(#[from] InvalidDnsNameError),
    #[error("no trusted certificate was found on this machine; install ca-certificates")]
    NoCertificates,
    #[error("TLS: {0}")]
    Tls(#[from] rustls::Error),
    #[error("HTTP: {0}")]
    Http(#[from] hyper::Error),
    #[error("the question cannot be put")]
    Request(#[from] http::Error),
    #[error("it answered with status {0}")]
    Status(StatusCode),
    #[error("its answer is longer than 512 KiB")]
    TooLong,
    #[error("its answer broke off")]
    BrokeOff,
    #[error("its answer is not text")]
    NotText,
}

impl BreachList {
    /// The list at `url`, or why that cannot be an address of one.
    pub(crate) fn at(url: &str) -> Result<Self, &'static str> {
        const WRONG: &str = "it must be an https:// address without user, query and fragment \
             (http:// only with a loopback host), such as https://api.pwnedpasswords.com/range/";
        let uri: Uri = url.parse().map_err(|_| WRONG)?;
        let host = uri.host().filter(|host| !host.is_empty()).ok_or(WRONG)?;
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        let is_https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") if crate::config::is_loopback(authority) => false,
            _ => return Err(WRONG),
        };
        if authority.contains('@') || url.contains(['?', '#']) {
            return Err(WRONG);
        }
        Ok(Self {
            is_https,
            host: host.trim_matches(['[', ']']).to_owned(),
            port: uri.port_u16().unwrap_or(if is_https { 443 } else { 80 }),
            path: format!("{}/", uri.path().trim_end_matches('/')),
            tls: OnceLock::new(),
        })
    }

    async fn ask(&self, prefix: &HashPrefix) -> Result<String, Failed> {
        let address = (self.host.as_str(), self.port);
        let stream = TcpStream::connect(address).await.map_err(Failed::Connect)?;
        if !self.is_https {
            return self.ask_over(stream, prefix).await;
        }
        let name = ServerName::try_from(self.host.clone())?;
        let connector = TlsConnector::from(self.trusted()?);
        let stream = connector.connect(name, stream).await;
        self.ask_over(stream.map_err(Failed::Connect)?, prefix)
            .await
    }

    async fn ask_over<S>(&self, stream: S, prefix: &HashPrefix) -> Result<String, Failed>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        // Whoever stops waiting drops it, and the connection with it.
        let mut connections = JoinSet::new();
        connections.spawn(connection);
        let request = Request::get(format!("{}{}", self.path, prefix.as_str()))
            .header(HOST, self.authority())
            .header(
                USER_AGENT,
                concat!("portcullis/", env!("CARGO_PKG_VERSION")),
            )
            .header(ACCEPT, "text/plain")
            .header("add-padding", "true")
            .body(Empty::<Bytes>::new())?;
        let answer = sender.send_request(request).await?;
        if answer.status() != StatusCode::OK {
            return Err(Failed::Status(answer.status()));
        }
        let body = Limited::new(answer.into_body(), LARGEST).collect().await;
        let body = body.map_err(|error| match error.downcast_ref::<LengthLimitError>() {
            Some(_) => Failed::TooLong,
            None => Failed::BrokeOff,
        })?;
        String::from_utf8(body.to_bytes().into()).map_err(|_| Failed::NotText)
    }

    fn authority(&self) -> String {
        let host = &self.host;
        match (self.is_https, self.port) {
            (true, 443) | (false, 80) => host.clone(),
            (_, port) if host.contains(':') => format!("[{host}]:{port}"),
            (_, port) => format!("{host}:{port}"),
        }
    }

    /// Trusts what the operating system trusts, or the file that `SSL_CERT_FILE` names.
    fn trusted(&self) -> Result<Arc<ClientConfig>, Failed> {
        if let Some(trusted) = self.tls.get() {
            return Ok(Arc::clone(trusted));
        }
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            return Err(Failed::NoCertificates);
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Arc::clone(self.tls.get_or_init(|| Arc::new(config))))
    }
}

impl BreachedPasswords for BreachList {
    fn range<'a>(&'a self, prefix: &'a HashPrefix) -> RangeAnswer<'a> {
        // How long is waited, the library says.
        Box::pin(async { self.ask(prefix).await.map_err(RangeUnavailable::new) })
    }
}

#[cfg(test)]
#[path = "breach_tests.rs"]
mod tests;
