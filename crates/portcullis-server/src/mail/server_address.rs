//! The setting `mail.url`: where the mail server is, and how it is spoken to.

use std::fmt;
use std::net::IpAddr;

use percent_encoding::percent_decode_str;
use portcullis::secret::Password;
use url::Url;

/// How mail is kept from others on its way to the mail server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Security {
    /// TLS from the first byte (RFC 8314 §3.3).
    Implicit,
    /// STARTTLS (RFC 3207), and nothing is sent without.
    StartTls,
    /// In the clear, which does not leave this machine.
    None,
}

/// Where the mail server is. It prints without user and password.
pub(crate) struct ServerAddress {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) security: Security,
    pub(crate) credentials: Option<(String, Password)>,
}

/// What the setting has to be.
const FORM: &str = "it must be smtps://USER:PASSWORD@HOST:465, smtp://USER:PASSWORD@HOST:587?tls=required, or, \
     for a mail server on this machine, smtp://127.0.0.1:25 (in a user or a password, `%`, `/`, `?`, `#`, `:` \
     and `@` are written as %25, %2F, %3F, %23, %3A and %40)";
const IN_THE_CLEAR: &str = "mail crosses a network only by TLS: write smtps://…, or smtp://…?tls=required for \
     STARTTLS; without TLS only a mail server on this machine is spoken to, as smtp://127.0.0.1 or smtp://localhost";

impl ServerAddress {
    /// Reads the setting. What is wrong is said without a word of it, for a password stands there.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        // `Url` would leave out what cannot be seen.
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(FORM);
        }
        let url = Url::parse(text).map_err(|_| FORM)?;
        let has_rest = !matches!(url.path(), "" | "/") || url.fragment().is_some();
        let host = url.host_str().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        if has_rest || host.is_empty() || url.port() == Some(0) {
            return Err(FORM);
        }
        let security = match (url.scheme(), url.query()) {
            ("smtps", None) => Security::Implicit,
            ("smtp", Some("tls=required")) => Security::StartTls,
            ("smtp", None) if is_loopback(host) => Security::None,
            ("smtp", None) => return Err(IN_THE_CLEAR),
            _ => return Err(FORM),
        };
        let usual = match security {
            Security::Implicit => 465,
            Security::StartTls => 587,
            Security::None => 25,
        };
        Ok(Self {
            host: host.to_owned(),
            port: url.port().unwrap_or(usual),
            security,
            credentials: credentials(&url)?,
        })
    }
}

fn is_loopback(host: &str) -> bool {
    let ip = host.parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || ip.is_ok_and(|ip| ip.is_loopback())
}

fn credentials(url: &Url) -> Result<Option<(String, Password)>, &'static str> {
    let decoded = |text| percent_decode_str(text).decode_utf8().map_err(|_| FORM);
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        ("", Some(_)) | (_, None | Some("")) => Err(FORM),
        (user, Some(password)) => {
            let user = decoded(user)?.into_owned();
            Ok(Some((user, Password::new(decoded(password)?))))
        }
    }
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, query) = match self.security {
            Security::Implicit => ("smtps", ""),
            Security::StartTls => ("smtp", "?tls=required"),
            Security::None => ("smtp", ""),
        };
        let (host, port) = (&self.host, self.port);
        if host.contains(':') {
            write!(f, "{scheme}://[{host}]:{port}{query}")
        } else {
            write!(f, "{scheme}://{host}:{port}{query}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_shown_without_its_password() {
        for (text, shown) in [
            ("smtps://mail.example.com", "smtps://mail.example.com:465"),
            (
                "smtps://u:hunter2@mail.example.com:2465/",
                "smtps://mail.example.com:2465",
            ),
            (
                "smtp://u:hunter2@h?tls=required",
                "smtp://h:587?tls=required",
            ),
            ("smtp://127.0.0.1:2525", "smtp://127.0.0.1:2525"),
            ("smtp://localhost", "smtp://localhost:25"),
            ("smtp://[::1]:2525", "smtp://[::1]:2525"),
            (
                "smtp://127.0.0.1?tls=required",
                "smtp://127.0.0.1:587?tls=required",
            ),
        ] {
            let address = ServerAddress::parse(text).unwrap();
            assert_eq!(address.to_string(), shown);
            assert_eq!(address.credentials.is_some(), text.contains('@'));
        }
    }

    #[test]
    fn user_and_password_are_decoded() {
        let address = ServerAddress::parse("smtps://a%40b.example:p%2Fw%3A%25%C3%A9@h").unwrap();
        let (user, password) = address.credentials.unwrap();
        assert_eq!(
            (user.as_str(), password.expose()),
            ("a@b.example", "p/w:%é")
        );
    }

    #[test]
    fn whatever_would_send_in_the_clear_or_means_nothing_is_refused_without_being_quoted() {
        for text in [
            "smtp://hunter2:hunter2@mail.example.com",
            "smtp://hunter2:hunter2@mail.example.com:25?tls=optional",
            "smtp://hunter2:hunter2@192.0.2.1:25",
            "smtp://127.0.0.1.hunter2.example",
            "smtp://localhost.hunter2.example",
            "smtp://h?tls=required&hunter2",
            "smtps://h?tls=hunter2",
            "smtps://h/hunter2",
            "smtps://u:hunter2#x@h",
            "smtps://u:hunter2@h:0",
            "smtps://u:hunter2@h:99999",
            "smtps://:hunter2@h",
            "smtps://hunter2@h",
            "smtps://hunter2:@h",
            "smtps://u:%ff-hunter2@h",
            "smtps://u:hunter2@h\r\nRSET",
            "smtps://u:hunter2@",
            "https://u:hunter2@h",
            "hunter2",
            "",
        ] {
            let refused = ServerAddress::parse(text).err().expect(text);
            assert!(
                !refused.contains("hunter2") && refused.contains("smtps://"),
                "{refused}"
            );
        }
    }
}
