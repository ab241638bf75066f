//! A letter as a message (RFC 5322): headers, plain text, HTML.

use std::net::{IpAddr, Ipv6Addr};
use std::time::SystemTime;

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message};
use portcullis::clock::{Clock, SystemClock};
use portcullis::mail::Letter;

use super::templates::Templates;

/// Makes messages of letters.
pub(super) struct Writer {
    templates: Templates,
    from: Mailbox,
    host: String,
}

/// A message, and between whom it goes.
pub(super) struct Written {
    pub(super) from: Address,
    pub(super) to: Address,
    pub(super) bytes: Vec<u8>,
}

/// Why there is no message.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotWritten {
    #[error("nothing can be sent to that address")]
    Address,
    #[error("{0}")]
    Template(String),
    #[error("the message cannot be made: {0}")]
    Message(lettre::error::Error),
}

impl Writer {
    /// Writes for the service at `issuer`.
    pub(super) fn new(templates: Templates, from: Mailbox, issuer: &str) -> Self {
        Self {
            templates,
            from,
            host: host_of(issuer),
        }
    }

    /// The host of the issuer, without a port.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    pub(super) fn write(&self, letter: &Letter) -> Result<Written, NotWritten> {
        let mail = self
            .templates
            .render(letter)
            .map_err(NotWritten::Template)?;
        let to = address_of(letter.to.as_str()).ok_or(NotWritten::Address)?;
        let automatic = HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        );
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to.clone()))
            .subject(mail.subject)
            .date(SystemTime::from(SystemClock.second()))
            .message_id(Some(self.message_id(letter)))
            // RFC 3834 §5: nobody's absence is to be answered to it.
            .raw_header(automatic)
            .multipart(MultiPart::alternative_plain_html(mail.text, mail.html))
            .map_err(NotWritten::Message)?;
        Ok(Written {
            from: self.from.email.clone(),
            to,
            bytes: message.formatted(),
        })
    }

    fn message_id(&self, letter: &Letter) -> String {
        let is_plain = |letter: &char| letter.is_ascii_alphanumeric() || "-_".contains(*letter);
        let id: String = letter.message_id.chars().filter(is_plain).collect();
        let host = &self.host;
        match host.parse::<IpAddr>() {
            Ok(IpAddr::V6(_)) => format!("<{id}@[IPv6:{host}]>"),
            Ok(IpAddr::V4(_)) => format!("<{id}@[{host}]>"),
            Err(_) => format!("<{id}@{host}>"),
        }
    }
}

/// A stored address as mail servers know it: they resolve a host name in ASCII alone (RFC 5891).
fn address_of(text: &str) -> Option<Address> {
    let (local, host) = text.rsplit_once('@')?;
    if host.is_ascii() {
        return Address::new(local, host).ok();
    }
    match url::Host::parse(host).ok()? {
        url::Host::Domain(host) => Address::new(local, host).ok(),
        _ => None,
    }
}

fn host_of(issuer: &str) -> String {
    let rest = issuer.split_once("://").map_or(issuer, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or_default();
    let v6 = authority
        .strip_prefix('[')
        .and_then(|rest| rest.split(']').next())
        .filter(|host| host.parse::<Ipv6Addr>().is_ok());
    let host = v6.unwrap_or_else(|| authority.split(':').next().unwrap_or_default());
    host.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_of_an_issuer_has_no_port() {
        for (issuer, host) in [
            ("https://id.example.com", "id.example.com"),
            ("https://id.example.com:8443/auth", "id.example.com"),
            ("http://127.0.0.1:8000", "127.0.0.1"),
            ("http://[::1]:8000", "::1"),
        ] {
            assert_eq!(host_of(issuer), host);
        }
    }

    #[test]
    fn a_host_name_in_other_letters_is_written_in_ascii() {
        for (stored, sent) in [
            ("JohnDoe@Example.com", Some("JohnDoe@Example.com")),
            ("a@bücher.example", Some("a@xn--bcher-kva.example")),
            (
                "jürgen@bücher.example",
                Some("jürgen@xn--bcher-kva.example"),
            ),
            ("a@１２７.0.0.1", None),
            ("a..b@example.com", None),
        ] {
            let address = address_of(stored).map(|address| address.to_string());
            assert_eq!(address.as_deref(), sent, "{stored}");
        }
    }
}
