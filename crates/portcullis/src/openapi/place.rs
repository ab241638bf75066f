//! Where the credentials of a scheme stand in a request.

use serde_json::Value;

/// Where the document says that the credentials of a scheme stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// In `Authorization`, after this word.
    Authorization(String),
    /// In the header of this name, in small letters.
    Header(String),
    /// In the query.
    Query(String),
    /// In a cookie.
    Cookie(String),
    /// In none that is known: the type of the scheme.
    Unknown(String),
}

impl Place {
    /// Reads a Security Scheme Object.
    pub(crate) fn of(scheme: &Value) -> Self {
        let text = |name: &str| scheme.get(name).and_then(Value::as_str).unwrap_or_default();
        match (text("type"), text("in")) {
            ("oauth2" | "openIdConnect", _) => Self::Authorization("Bearer".into()),
            ("http", _) if !text("scheme").is_empty() => {
                Self::Authorization(spelled(text("scheme")))
            }
            ("apiKey", "header") => Self::Header(text("name").to_ascii_lowercase()),
            ("apiKey", "query") => Self::Query(text("name").into()),
            ("apiKey", "cookie") => Self::Cookie(text("name").into()),
            (kind, _) => Self::Unknown(kind.to_owned()),
        }
    }

    /// The word of a challenge for it, when it has one.
    pub(crate) fn challenge(&self) -> Option<&str> {
        match self {
            Self::Authorization(word) => Some(word),
            _ => None,
        }
    }

    fn is(&self, wanted: &str) -> bool {
        self.challenge() == Some(wanted)
    }

    pub(crate) fn is_bearer(&self) -> bool {
        self.is("Bearer")
    }

    pub(crate) fn is_basic(&self) -> bool {
        self.is("Basic")
    }

    pub(crate) fn is_digest(&self) -> bool {
        self.is("Digest")
    }

    /// Whether a request has room at one of them only.
    pub(crate) fn excludes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Authorization(_), Self::Authorization(_)) => true,
            (Self::Authorization(_), Self::Header(name))
            | (Self::Header(name), Self::Authorization(_)) => name == "authorization",
            _ => self == other,
        }
    }
}

/// The name of an HTTP scheme as RFCs spell it. Names are compared without regard to case.
fn spelled(scheme: &str) -> String {
    for known in ["Bearer", "Basic", "Digest"] {
        if scheme.eq_ignore_ascii_case(known) {
            return known.to_owned();
        }
    }
    scheme.to_owned()
}
