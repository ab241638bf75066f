//! `HttpDigest`: the credentials of HTTP Digest (RFC 7616), read but not computed.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use http::request::Parts;
use serde_json::{Value, json};

use super::challenge::Challenge;
use super::credential::{Credential, credential_is_guard};
use super::{Plain, Reason, SecurityScheme, authorization};

/// The credentials of HTTP Digest, well formed but *not verified*: FastAPI's `HTTPDigest`.
///
/// It reads the header's parameters (RFC 7616 §3.4) and leaves the arithmetic to you: nonces are
/// state, and Digest asks for passwords that can be read back or for hashes without salt. For
/// anything new, take [`ActiveUser`](crate::ActiveUser) or [`HttpBasic`](super::HttpBasic) over TLS.
/// The challenge is a bare `Digest`; a client needs a nonce in it, which
/// [`SecurityScheme::refuse`] can add.
///
/// ```
/// use portcullis::HttpDigest;
///
/// async fn who(digest: HttpDigest) -> String {
///     digest.parameter("username").unwrap_or("nobody").to_owned()
/// }
/// ```
pub struct HttpDigest<D: SecurityScheme = Plain> {
    text: String,
    parameters: Vec<(String, String)>,
    scheme: PhantomData<fn() -> D>,
}

impl<D: SecurityScheme> HttpDigest<D> {
    /// A parameter, such as `username`, `nonce` or `response`, without its quotes. Names are in small
    /// letters.
    ///
    /// ```
    /// use portcullis::HttpDigest;
    ///
    /// async fn nonce(digest: HttpDigest) -> String {
    ///     digest.parameter("nonce").unwrap_or_default().to_owned()
    /// }
    /// ```
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let mut all = self.parameters.iter();
        all.find(|(other, _)| other == name)
            .map(|(_, value)| value.as_str())
    }
}

impl<D: SecurityScheme> Clone for HttpDigest<D> {
    fn clone(&self) -> Self {
        Self {
            text: self.text.clone(),
            parameters: self.parameters.clone(),
            scheme: PhantomData,
        }
    }
}

/// Without what is in it.
impl<D: SecurityScheme> fmt::Debug for HttpDigest<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HttpDigest(…)")
    }
}

/// What stands after `Digest`, as it was sent.
impl<D: SecurityScheme> Deref for HttpDigest<D> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl<D: SecurityScheme> Credential for HttpDigest<D> {
    type Scheme = D;
    const CLASS: &'static str = "HTTPDigest";
    const CHALLENGE: Challenge = Challenge::Digest;

    fn definition() -> Value {
        json!({ "type": "http", "scheme": "digest" })
    }

    fn read(parts: &Parts) -> Result<Option<Self>, Reason> {
        let Some(bytes) = authorization::presented(&parts.headers, "Digest")? else {
            return Ok(None);
        };
        let text = std::str::from_utf8(bytes).map_err(|_| Reason::NotAuthenticated)?;
        let parameters = parameters(text).ok_or(Reason::NotAuthenticated)?;
        Ok(Some(Self {
            text: text.to_owned(),
            parameters,
            scheme: PhantomData,
        }))
    }
}

credential_is_guard!([D: SecurityScheme] HttpDigest<D>);

/// RFC 7616 has twelve, and each is compared with each: a header of 400 KiB has room for sixty
/// thousand.
const MOST_PARAMETERS: usize = 32;

/// `auth-param`s between commas, each name once (RFC 9110 §11.2, §5.6.1).
fn parameters(text: &str) -> Option<Vec<(String, String)>> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut rest = text.trim_matches([' ', '\t', ',']);
    while !rest.is_empty() {
        if found.len() == MOST_PARAMETERS {
            return None;
        }
        let (name, after) = rest.split_once('=')?;
        let name = name.trim_end_matches([' ', '\t']).to_ascii_lowercase();
        let (value, after) = value(after.trim_start_matches([' ', '\t']))?;
        if !is_token(&name) || found.iter().any(|(other, _)| *other == name) {
            return None;
        }
        found.push((name, value));
        let after = after.trim_start_matches([' ', '\t']);
        if !after.is_empty() && !after.starts_with(',') {
            return None;
        }
        rest = after.trim_start_matches([' ', '\t', ',']);
    }
    (!found.is_empty()).then_some(found)
}

/// A token or a quoted-string (RFC 9110 §5.6.2, §5.6.4), and what follows it.
fn value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([' ', '\t', ',']).unwrap_or(text.len());
        let (token, rest) = text.split_at(end);
        return is_token(token).then(|| (token.to_owned(), rest));
    };
    let mut value = String::new();
    let mut letters = quoted.chars();
    loop {
        match letters.next()? {
            '"' => return Some((value, letters.as_str())),
            '\\' => value.push(letters.next().filter(|letter| !letter.is_control())?),
            letter if letter.is_control() && letter != '\t' => return None,
            letter => value.push(letter),
        }
    }
}

fn is_token(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Vec<String>> {
        let found = parameters(text)?.into_iter();
        Some(
            found
                .map(|(name, value)| format!("{name}={value}"))
                .collect(),
        )
    }

    #[test]
    fn rfc_7616_s3_9_1_the_example() {
        let text = "username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", \
            algorithm=MD5, nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, \
            cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, \
            response=\"8ca523f5e9506fed4657c9700eebdbec\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";
        let found = read(text).unwrap();
        assert_eq!(found.len(), 10);
        assert_eq!(found[0], "username=Mufasa");
        assert_eq!(found[5], "nc=00000001");
    }

    #[test]
    fn sixty_thousand_parameters_are_no_work() {
        let many = |count: usize| {
            let all: Vec<_> = (0..count).map(|number| format!("{number:x}=1")).collect();
            all.join(",")
        };
        assert_eq!(read(&many(32)).unwrap().len(), 32);
        assert_eq!(read(&many(33)), None);
        let begun = std::time::Instant::now();
        assert_eq!(read(&many(60_000)), None);
        assert!(begun.elapsed() < std::time::Duration::from_secs(1));
    }

    #[test]
    fn rfc_9110_s11_2_forms() {
        for (text, expected) in [
            ("a=1", Some("a=1")),
            ("A = \"x, \\\"y\\\"\" , b=2", Some("a=x, \"y\"|b=2")),
            (",, a=1 ,", Some("a=1")),
            ("a=1,a=2", None),
            ("a=1 b=2", None),
            ("foobar", None),
            ("a=", None),
            ("=1", None),
            ("a=\"open", None),
            ("a b=1", None),
            ("a=\"\u{1}\"", None),
            ("", None),
        ] {
            let found = read(text).map(|found| found.join("|"));
            assert_eq!(found.as_deref(), expected, "{text:?}");
        }
    }
}
