//! A mail that arrived.

use mail_parser::{Message, MessageParser};

/// A mail, as it came, and what was said of it.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    /// What stood in `MAIL`, behind `FROM:`, and in each `RCPT`, behind `TO:`.
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    /// Headers and body, the dots taken away that were put in for the wire.
    pub(crate) raw: Vec<u8>,
    pub(crate) is_encrypted: bool,
    pub(crate) login: Option<String>,
}

impl Mail {
    fn parsed(&self) -> Message<'_> {
        MessageParser::default().parse(&self.raw).expect("a mail")
    }

    /// The lines of a header, as they came; one for each time that it is there.
    pub(crate) fn headers(&self, name: &str) -> Vec<String> {
        let parsed = self.parsed();
        let all = parsed.headers_raw();
        let named = all.filter(|(other, _)| other.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.trim().to_owned()).collect()
    }

    /// The names of all headers.
    pub(crate) fn header_names(&self) -> Vec<String> {
        let parsed = self.parsed();
        parsed
            .headers_raw()
            .map(|(name, _)| name.to_owned())
            .collect()
    }

    pub(crate) fn subject(&self) -> String {
        self.parsed().subject().expect("a subject").to_owned()
    }

    /// The body in plain text, decoded.
    pub(crate) fn text(&self) -> String {
        let parsed = self.parsed();
        parsed.body_text(0).expect("a text").replace("\r\n", "\n")
    }

    /// The body in HTML, decoded.
    pub(crate) fn html(&self) -> String {
        let parsed = self.parsed();
        parsed.body_html(0).expect("HTML").replace("\r\n", "\n")
    }
}
