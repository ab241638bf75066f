//! What is put where a scheme's credentials stand.

use http::header::{AUTHORIZATION, COOKIE, HOST, InvalidHeaderName, InvalidHeaderValue};
use http::request::Builder;
use http::{HeaderName, HeaderValue};

use crate::openapi::Place;

impl Place {
    /// Credentials that the scheme must refuse by their form: what they are, and the value.
    pub(super) fn malformed(&self) -> Vec<(String, String)> {
        let Self::Authorization(word) = self else {
            return vec![("an empty key".into(), String::new())];
        };
        let mut found = vec![(format!("`{word}` and nothing after it"), word.clone())];
        if self.is_bearer() {
            // RFC 6750 §2.1: a b64token has no space.
            found.push(("`Bearer not a token`".into(), "Bearer not a token".into()));
        }
        if self.is_basic() {
            found.push(("`Basic !`, which is not base64".into(), "Basic !".into()));
            // "no colon"
            found.push((
                "`Basic` and a text without a colon".into(),
                "Basic bm8gY29sb24=".into(),
            ));
        }
        found
    }

    /// Well-formed credentials that nobody was given.
    pub(super) fn invented(&self) -> String {
        match self {
            // "invented:invented"
            Self::Authorization(word) if self.is_basic() => {
                format!("{word} aW52ZW50ZWQ6aW52ZW50ZWQ=")
            }
            Self::Authorization(word) if self.is_digest() => format!(
                "{word} username=\"invented\", realm=\"api\", nonce=\"invented\", uri=\"/\", \
                 response=\"00000000000000000000000000000000\""
            ),
            Self::Authorization(word) => format!("{word} aW52ZW50ZWQ"),
            _ => "aW52ZW50ZWQ".into(),
        }
    }
}

/// `value`, with one letter changed: where its signature begins, if it has one.
pub(super) fn altered(value: &str) -> String {
    let after = |mark: &str| value.rfind(mark).map(|at| at + mark.len());
    let from = after("response=\"")
        .or_else(|| after("."))
        .or_else(|| after(" "))
        .unwrap_or(0);
    let letter = value
        .char_indices()
        .find(|(at, letter)| *at >= from && letter.is_ascii_alphanumeric());
    let Some((at, letter)) = letter else {
        return format!("{value}x");
    };
    let other = if letter.eq_ignore_ascii_case(&'x') {
        'y'
    } else {
        'x'
    };
    let (before, rest) = value.split_at(at);
    let rest: String = rest.chars().skip(1).collect();
    format!("{before}{other}{rest}")
}

/// A credential at its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Presented {
    pub(super) place: Place,
    pub(super) value: String,
}

/// Everything that is sent beside path and body.
#[derive(Debug, Default, Clone)]
pub(super) struct Sent {
    pub(super) headers: Vec<(String, String)>,
    pub(super) query: Vec<(String, String)>,
    pub(super) cookies: Vec<(String, String)>,
}

/// Why a request cannot be sent.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unsendable {
    #[error(transparent)]
    Name(#[from] InvalidHeaderName),
    #[error(transparent)]
    Value(#[from] InvalidHeaderValue),
    #[error(transparent)]
    Http(#[from] http::Error),
}

impl Sent {
    pub(super) fn present(&mut self, presented: &Presented) {
        let value = presented.value.clone();
        match &presented.place {
            Place::Authorization(_) => self.headers.push((AUTHORIZATION.to_string(), value)),
            Place::Header(name) => self.headers.push((name.clone(), value)),
            Place::Query(name) => self.query.push((name.clone(), value)),
            Place::Cookie(name) => self.cookies.push((name.clone(), value)),
            Place::Unknown(_) => {}
        }
    }

    /// The request target of `path`.
    pub(super) fn target(&self, path: &str) -> String {
        let pairs: Vec<String> = self
            .query
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        if pairs.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{}", pairs.join("&"))
        }
    }

    pub(super) fn head(self, mut request: Builder) -> Result<Builder, Unsendable> {
        request = request.header(HOST, "localhost");
        for (name, value) in self.headers {
            let name = HeaderName::try_from(name)?;
            request = request.header(name, HeaderValue::try_from(value)?);
        }
        if !self.cookies.is_empty() {
            let pairs = self.cookies.iter();
            let pairs: Vec<String> = pairs
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            request = request.header(COOKIE, HeaderValue::try_from(pairs.join("; "))?);
        }
        Ok(request)
    }
}

/// Percent-encodes all but the unreserved characters (RFC 3986 §2.3).
pub(super) fn encode(text: &str) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~');
    utf8_percent_encode(text, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::altered;

    #[test]
    fn one_letter_is_changed_where_it_counts() {
        for (right, wrong) in [
            ("secret", "xecret"),
            ("Bearer abc", "Bearer xbc"),
            ("Bearer aa.bb.Xc", "Bearer aa.bb.yc"),
            ("Basic Og==", "Basic xg=="),
            (
                "Digest username=\"a.b\", response=\"0f\", qop=auth",
                "Digest username=\"a.b\", response=\"xf\", qop=auth",
            ),
            ("", "x"),
            ("é", "éx"),
        ] {
            assert_eq!(altered(right), wrong);
        }
    }
}
