//! `HttpBasic`: a username and a password in every request (RFC 7617).

use std::fmt;
use std::marker::PhantomData;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::request::Parts;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::challenge::Challenge;
use super::credential::{Credential, credential_is_guard};
use super::{Plain, Reason, SecurityScheme, authorization};
use crate::secret::{Password, same};

/// The realm of a Basic scheme: what a browser's dialogue shows (RFC 7617 §2).
///
/// ```
/// use portcullis::HttpBasic;
/// use portcullis::scheme::{Realm, SecurityScheme};
///
/// struct Backstage;
/// impl SecurityScheme for Backstage {}
/// impl Realm for Backstage {
///     const REALM: &'static str = "backstage";
/// }
///
/// async fn backstage(who: HttpBasic<Backstage>) -> String {
///     who.username
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name a realm",
    label = "which realm?",
    note = "write `impl SecurityScheme for {Self} {{}}` and `impl Realm for {Self} {{ const REALM: &'static str = \"backstage\"; }}`"
)]
pub trait Realm: SecurityScheme {
    /// The realm, in printable ASCII. RFC 7617 requires one.
    const REALM: &'static str = "api";
}

impl Realm for Plain {}

/// A username and a password, present and well formed, but *not verified*: FastAPI's `HTTPBasic`.
///
/// ```
/// use portcullis::HttpBasic;
/// use portcullis::scheme::Rejection;
///
/// async fn me(who: HttpBasic) -> Result<String, Rejection> {
///     if who.matches("stanleyjobson", "swordfish") {
///         Ok(who.username)
///     } else {
///         Err(who.refused())
///     }
/// }
/// ```
///
/// Both are UTF-8 (RFC 7617 §2.1). As an `Option`, an absent credential is `None`; one that is there
/// but malformed is refused.
pub struct HttpBasic<R: Realm = Plain> {
    /// What stands before the first colon. It may be empty.
    pub username: String,
    /// What stands after it. It may be empty.
    pub password: Password,
    scheme: PhantomData<fn() -> R>,
}

impl<R: Realm> HttpBasic<R> {
    /// Whether both are these, in a time that tells nothing of where they differ.
    ///
    /// ```
    /// use portcullis::HttpBasic;
    ///
    /// async fn knows(who: HttpBasic) -> &'static str {
    ///     if who.matches("stanleyjobson", "swordfish") { "yes" } else { "no" }
    /// }
    /// ```
    pub fn matches(&self, username: &str, password: &str) -> bool {
        same(&self.username, username) & same(self.password.expose(), password)
    }
}

impl<R: Realm> Clone for HttpBasic<R> {
    fn clone(&self) -> Self {
        Self {
            username: self.username.clone(),
            password: self.password.clone(),
            scheme: PhantomData,
        }
    }
}

/// Without the password.
impl<R: Realm> fmt::Debug for HttpBasic<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpBasic")
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

impl<R: Realm> Credential for HttpBasic<R> {
    type Scheme = R;
    const CLASS: &'static str = "HTTPBasic";
    const CHALLENGE: Challenge = Challenge::Basic { realm: R::REALM };

    fn definition() -> Value {
        json!({ "type": "http", "scheme": "basic" })
    }

    fn read(parts: &Parts) -> Result<Option<Self>, Reason> {
        let Some(encoded) = authorization::presented(&parts.headers, "Basic")? else {
            return Ok(None);
        };
        let (username, password) = decode(encoded).ok_or(Reason::NotAuthenticated)?;
        Ok(Some(Self {
            username,
            password,
            scheme: PhantomData,
        }))
    }
}

credential_is_guard!([R: Realm] HttpBasic<R>);

/// RFC 7617 §2: base64 of UTF-8 with a colon, and without control characters.
fn decode(encoded: &[u8]) -> Option<(String, Password)> {
    let decoded = Zeroizing::new(STANDARD.decode(encoded).ok()?);
    let text = std::str::from_utf8(&decoded).ok()?;
    let (username, password) = text.split_once(':')?;
    let is_text = !text.chars().any(char::is_control);
    is_text.then(|| (username.to_owned(), Password::new(password)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Option<(String, String)> {
        let (username, password) = decode(STANDARD.encode(text).as_bytes())?;
        Some((username, password.expose().to_owned()))
    }

    #[test]
    fn rfc_7617_s2_the_first_colon_divides() {
        let pair = |one: &str, two: &str| Some((one.to_owned(), two.to_owned()));
        assert_eq!(read(b"Aladdin:open sesame"), pair("Aladdin", "open sesame"));
        assert_eq!(read(b"u:p:q"), pair("u", "p:q"));
        assert_eq!(read(b":"), pair("", ""));
        assert_eq!(read(b"nocolon"), None);
    }

    #[test]
    fn rfc_7617_s2_1_is_utf_8() {
        // The example of the section.
        let found = decode(b"dGVzdDoxMjPCow==").unwrap();
        assert_eq!((&*found.0, found.1.expose()), ("test", "123\u{a3}"));
        assert_eq!(read(b"test:123\xa3"), None, "Latin-1");
    }

    #[test]
    fn rfc_7617_s2_no_control_characters() {
        for text in ["a\n:b", "a:b\r", "a:\u{7f}", "a:\u{85}", "\0:b"] {
            assert_eq!(read(text.as_bytes()), None, "{text:?}");
        }
    }

    #[test]
    fn rfc_4648_s3_strict_base64() {
        for encoded in ["YTpi!", "YTp i", "YTo", "YTo=x", "YTp=", "", "="] {
            assert!(decode(encoded.as_bytes()).is_none(), "{encoded}");
        }
        assert!(decode(b"YTo=").is_some());
    }
}
