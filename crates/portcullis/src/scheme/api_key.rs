//! API keys: in a header, in the query, in a cookie (OpenAPI 3.1 §4.8.27).

use std::marker::PhantomData;

use http::HeaderMap;
use http::header::COOKIE;
use http::request::Parts;
use serde_json::{Value, json};

use super::challenge::Challenge;
use super::credential::{Credential, credential_is_text};
use super::form::{decode_parameter, pairs};
use super::{Reason, SecurityScheme};

/// The name under which a key is sent.
///
/// ```
/// use portcullis::ApiKeyHeader;
/// use portcullis::scheme::{ApiKey, SecurityScheme};
///
/// struct PartnerKey;
/// impl SecurityScheme for PartnerKey {}
/// impl ApiKey for PartnerKey {
///     const PARAMETER: &'static str = "x-key";
/// }
///
/// async fn orders(key: ApiKeyHeader<PartnerKey>) -> String {
///     format!("a key of {} characters", key.len())
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name an API key",
    label = "which header, query parameter or cookie?",
    note = "write `impl SecurityScheme for {Self} {{}}` and `impl ApiKey for {Self} {{ const PARAMETER: &'static str = \"x-key\"; }}`"
)]
pub trait ApiKey: SecurityScheme {
    /// The name of the header, the query parameter or the cookie.
    const PARAMETER: &'static str;
}

const REPEATED: Reason = Reason::Repeated("The API key is there more than once");

macro_rules! api_key {
    (
        $(#[$about:meta])*
        $name:ident, class $class:literal, in $place:literal, read by $read:path
    ) => {
        $(#[$about])*
        ///
        /// ```
        #[doc = concat!("use portcullis::", stringify!($name), ";")]
        /// use portcullis::scheme::{ApiKey, Rejection, SecurityScheme};
        ///
        /// struct Key;
        /// impl SecurityScheme for Key {}
        /// impl ApiKey for Key {
        ///     const PARAMETER: &'static str = "x-key";
        /// }
        ///
        #[doc = concat!("async fn orders(key: ", stringify!($name), "<Key>) -> Result<&'static str, Rejection> {")]
        ///     if key.matches("6Eim-ZXKHgE") {
        ///         Ok("the orders")
        ///     } else {
        ///         Err(key.refused())
        ///     }
        /// }
        /// ```
        ///
        /// As an `Option`, an absent key is `None`; one that is there but empty is refused, and so
        /// is one that is there twice.
        pub struct $name<K: ApiKey>(String, PhantomData<fn() -> K>);

        impl<K: ApiKey> $name<K> {
            /// The key.
            ///
            /// ```
            /// use portcullis::ApiKeyHeader;
            /// use portcullis::scheme::ApiKey;
            ///
            /// // As it is in every place.
            /// fn keep<K: ApiKey>(key: ApiKeyHeader<K>) -> String {
            ///     key.into_key()
            /// }
            /// ```
            pub fn into_key(self) -> String {
                self.0
            }
        }

        impl<K: ApiKey> Credential for $name<K> {
            type Scheme = K;
            const CLASS: &'static str = $class;
            const CHALLENGE: Challenge = Challenge::ApiKey;

            fn definition() -> Value {
                json!({ "type": "apiKey", "in": $place, "name": K::PARAMETER })
            }

            fn read(parts: &Parts) -> Result<Option<Self>, Reason> {
                const {
                    assert!(
                        is_token(K::PARAMETER),
                        "`ApiKey::PARAMETER` names a header, a query parameter or a cookie: letters, \
                         digits and !#$%&'*+-.^_`|~ (RFC 9110 section 5.6.2), at least one"
                    );
                }
                let key = $read(parts, K::PARAMETER)?;
                if key.as_deref() == Some("") {
                    return Err(Reason::NotAuthenticated);
                }
                Ok(key.map(|key| Self(key, PhantomData)))
            }
        }

        credential_is_text!([K: ApiKey] $name);
    };
}

api_key!(
    /// A key in a header, present but *not verified*: FastAPI's `APIKeyHeader`.
    ApiKeyHeader, class "APIKeyHeader", in "header", read by in_header
);
api_key!(
    /// A key in the query, present but *not verified*: FastAPI's `APIKeyQuery`. Addresses end up in
    /// logs and histories: prefer a header.
    ApiKeyQuery, class "APIKeyQuery", in "query", read by in_query
);
api_key!(
    /// A key in a cookie, present but *not verified*: FastAPI's `APIKeyCookie`. A browser sends
    /// cookies by itself: set it with `SameSite=Strict` or `Lax`, or other sites can act with it.
    ApiKeyCookie, class "APIKeyCookie", in "cookie", read by in_cookie
);

/// Whether the name is a token (RFC 9110 §5.6.2): anything else could never be sent.
const fn is_token(name: &str) -> bool {
    let mut bytes = name.as_bytes();
    if bytes.is_empty() {
        return false;
    }
    while let [first, rest @ ..] = bytes {
        if !matches!(first, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'0'..=b'9' | b'A'..=b'Z' | b'^'..=b'z' | b'|' | b'~')
        {
            return false;
        }
        bytes = rest;
    }
    true
}

fn in_header(parts: &Parts, name: &str) -> Result<Option<String>, Reason> {
    only(parts.headers.get_all(name).iter().map(|value| {
        // Visible ASCII alone: what other bytes mean is not defined (RFC 9110 §5.5).
        value
            .to_str()
            .map(str::to_owned)
            .map_err(|_| Reason::NotAuthenticated)
    }))
}

fn in_query(parts: &Parts, name: &str) -> Result<Option<String>, Reason> {
    let query = parts.uri.query().unwrap_or_default().as_bytes();
    let meant =
        pairs(query).filter(|(other, _)| decode_parameter(other).is_ok_and(|other| other == name));
    only(meant.map(|(_, value)| decode_parameter(value).map_err(|_| Reason::NotAuthenticated)))
}

fn in_cookie(parts: &Parts, name: &str) -> Result<Option<String>, Reason> {
    only(cookies(&parts.headers).filter_map(|pair| {
        let end = pair.iter().position(|byte| *byte == b'=')?;
        let (other, value) = pair.split_at(end);
        let value = value.strip_prefix(b"=")?.trim_ascii();
        if other.trim_ascii() != name.as_bytes() {
            return None;
        }
        let inner = value
            .strip_prefix(b"\"")
            .and_then(|value| value.strip_suffix(b"\""));
        let value = inner.unwrap_or(value);
        Some(if value.iter().copied().all(is_cookie_octet) {
            Ok(String::from_utf8_lossy(value).into_owned())
        } else {
            Err(Reason::NotAuthenticated)
        })
    }))
}

/// The pairs of every `Cookie` header: HTTP/2 may split it (RFC 9113 §8.2.3).
fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    let lines = headers.get_all(COOKIE).iter();
    lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';'))
}

/// `cookie-octet` of RFC 6265 §4.1.1, and the space and comma that browsers send too.
fn is_cookie_octet(byte: u8) -> bool {
    matches!(byte, b' ' | b'!' | b'#'..=b':' | b'<'..=b'[' | b']'..=b'~')
}

/// The only one. Of two, nobody can say which is meant.
fn only(mut found: impl Iterator<Item = Result<String, Reason>>) -> Result<Option<String>, Reason> {
    let Some(first) = found.next() else {
        return Ok(None);
    };
    if found.next().is_some() {
        return Err(REPEATED);
    }
    first.map(Some)
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn parts(uri: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::get(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    fn told(found: &Result<Option<String>, Reason>) -> String {
        match found {
            Ok(Some(key)) => key.clone(),
            Ok(None) => "absent".to_owned(),
            Err(Reason::Repeated(_)) => "twice".to_owned(),
            Err(_) => "malformed".to_owned(),
        }
    }

    #[test]
    fn a_query_is_decoded_once() {
        for (uri, expected) in [
            ("/", "absent"),
            ("/?other=1", "absent"),
            ("/?Key=1", "absent"),
            ("/?key=a%2Bb+c", "a+b c"),
            ("/?k%65y=1", "1"),
            ("/?key=a=b", "a=b"),
            ("/?key=%ff", "malformed"),
            ("/?key=1&key=1", "twice"),
            ("/?key=1&%6bey=2", "twice"),
            ("/?key", ""),
        ] {
            assert_eq!(told(&in_query(&parts(uri, &[]), "key")), expected, "{uri}");
        }
    }

    #[test]
    fn rfc_6265_s4_2_1_cookies() {
        for (lines, expected) in [
            (&["key=a"][..], "a"),
            (&["x=1; key=a; y=2"], "a"),
            (&["x=1", "key=a"], "a"),
            (&["key=\"a\""], "a"),
            (&["key=a=b"], "a=b"),
            (&["key="], ""),
            (&["Key=a"], "absent"),
            (&["xkey=a"], "absent"),
            (&["key"], "absent"),
            (&["key=a; key=a"], "twice"),
            (&["key=a", "key=b"], "twice"),
            (&["key=a\"b"], "malformed"),
        ] {
            let headers: Vec<_> = lines.iter().map(|line| ("cookie", *line)).collect();
            let found = in_cookie(&parts("/", &headers), "key");
            assert_eq!(told(&found), expected, "{lines:?}");
        }
    }

    #[test]
    fn a_header_is_found_in_any_case_and_once() {
        let found = |headers: &[(&str, &str)]| told(&in_header(&parts("/", headers), "X-Key"));
        assert_eq!(found(&[("x-key", "a")]), "a");
        assert_eq!(found(&[("x-key", "a"), ("X-KEY", "a")]), "twice");
        assert_eq!(found(&[("x-key", "\u{e9}")]), "malformed");
        assert_eq!(found(&[]), "absent");
    }
}
